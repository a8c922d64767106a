//! Reads vectors into [`Vector`]s that are valid for their scheme.

use std::collections::HashMap;
use std::sync::Arc;

use crate::scheme::{Order, Scheme, TokenGrammar};
use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Slug, Value};
use crate::suite::error::{Fault, Problem, Unusable};
use crate::suite::expect_reader::read_expect;
use crate::suite::forms::Entries;
use crate::suite::input_needs::{Input, found};
use crate::suite::literal::Literal;
use crate::suite::policy_reader::read_context;
use crate::suite::position::{At, Position};
use crate::suite::raw::{ContextFile, VectorFile};
use crate::suite::{Basis, Expect, InputKind, Level, Requirement, Vector};

/// Maximum length of one `{repeat, times}`, in bytes.
const MAX_LONG: usize = 1 << 20;
/// Maximum total length of all values of a suite, in bytes.
const MAX_TOGETHER: usize = 64 << 20;
/// The time of verification if the scheme has no time: 2026-01-01T00:00:00Z.
const DEFAULT_NOW: u64 = 1_767_225_600;

/// Reads the vectors of a suite one after the other.
pub(super) struct VectorReader<'s> {
    suite: Arc<str>,
    scheme: &'s Scheme,
    requirements: &'s [Requirement],
    /// Indices into `requirements`, by id.
    by_name: HashMap<&'s str, usize>,
    /// The ids read so far, with their lines.
    ids: HashMap<Slug, u32>,
    /// Whether any field of the scheme is a time.
    has_time: bool,
    /// What remains of [`MAX_TOGETHER`].
    bytes_left: usize,
}

/// How many secrets hold beside the newest at most.
const MAX_PREVIOUS: usize = 8;

impl<'s> VectorReader<'s> {
    pub(super) fn new(suite: &Slug, scheme: &'s Scheme, requirements: &'s [Requirement]) -> Self {
        let by_name = requirements
            .iter()
            .enumerate()
            .map(|(index, requirement)| (requirement.id.as_str(), index))
            .collect();
        Self {
            suite: suite.into(),
            scheme,
            requirements,
            by_name,
            ids: HashMap::new(),
            has_time: scheme.times().next().is_some(),
            bytes_left: MAX_TOGETHER,
        }
    }

    /// Reads the next vector. Fails on its first error.
    pub(super) fn read(&mut self, file: At<VectorFile>) -> Result<Vector, Fault> {
        let At { value: file, at } = file;
        let id = Slug::new(&file.id.value).map_err(|error| Fault::new(file.id.at, error))?;
        if let Some(line) = self.ids.insert(id.clone(), file.id.at.line) {
            let id = id.to_string();
            return Err(Fault::new(file.id.at, Problem::IdTwice { id, line }));
        }
        self.read_named(id.clone(), file, at)
            .map_err(|fault| fault.of_vector(id.as_str()))
    }

    fn read_named(&mut self, id: Slug, file: VectorFile, at: Position) -> Result<Vector, Fault> {
        let (shows, level) = self.read_shows(&file.shows)?;
        if file.op == Op::Send && self.scheme.body_to_send().is_none() {
            return Err(Fault::new(at, Problem::NothingToSend));
        }
        let mut input = Input::new(file.input.as_ref());
        let secrets = self.read_secrets(file.secret, file.secrets, at, &mut input)?;
        let secrets = match file.previous {
            None => secrets,
            Some(previous) => self.read_previous(file.op, secrets, previous, &mut input)?,
        };
        let fields = self.read_fields(file.op, file.fields, &mut input)?;
        let (token, now) = match file.op {
            Op::Sign => {
                let only_verify = |at, what| Err(Fault::new(at, Problem::OnlyVerify(what)));
                if let Some(token) = file.token {
                    return only_verify(token.at, "token");
                }
                if let Some(now) = file.now {
                    return only_verify(now.at, "now");
                }
                (None, DEFAULT_NOW)
            }
            Op::Send => {
                if let Some(token) = file.token {
                    return Err(Fault::new(token.at, Problem::OnlyVerify("token")));
                }
                (None, self.read_now(file.now.as_ref(), at)?)
            }
            Op::Verify | Op::Identify => (
                self.read_token(file.op, file.token, at, &mut input)?,
                self.read_now(file.now.as_ref(), at)?,
            ),
        };
        let context = self.read_context(file.op, file.context, at)?;
        let mut expect = read_expect(file.op, level, file.expect, file.observe, now, at)?;
        if let Expect::Token { pairs, .. } = &mut expect {
            *pairs = self.pairs_in_any_order(&shows);
        }
        let basis = Vector::basis_of(shows.iter().map(|&index| self.requirements[index].basis));
        Ok(Vector {
            id,
            shows,
            level,
            basis,
            note: file.note,
            line: at.line,
            request: Request {
                suite: Arc::clone(&self.suite),
                op: file.op,
                secrets,
                fields,
                token,
                context,
                now,
            },
            input: input.kind()?,
            expect,
        })
    }

    /// The separator of the token's pairs, if they may stand in any order, also where the token is
    /// signed: there the order counts only if the document is cited for it.
    fn pairs_in_any_order(&self, shows: &[usize]) -> Option<String> {
        let TokenGrammar::Pairs(pairs) = &self.scheme.token else {
            return None;
        };
        let mut shown = shows.iter().map(|&index| &self.requirements[index]);
        let is_cited = shown.any(|one| {
            one.basis == Basis::Document && one.id.as_str() == Requirement::TOKEN_IS_EXACT
        });
        (pairs.order == Order::Any && !is_cited).then(|| pairs.separator.clone())
    }

    fn read_shows(&self, shows: &At<Vec<At<String>>>) -> Result<(Vec<usize>, Level), Fault> {
        let mut found: Vec<usize> = Vec::with_capacity(shows.value.len());
        for At { value: name, at } in &shows.value {
            let Some(&index) = self.by_name.get(name.as_str()) else {
                return Err(Fault::new(*at, Problem::ShowsUnknown(name.clone())));
            };
            if found.contains(&index) {
                return Err(Fault::new(*at, Problem::ShowsTwice(name.clone())));
            }
            if let Some(&first) = found.first() {
                let (one, other) = (&self.requirements[first], &self.requirements[index]);
                if one.level != other.level {
                    let problem = Problem::MixedLevels {
                        one: one.id.to_string(),
                        one_level: one.level,
                        other: other.id.to_string(),
                        other_level: other.level,
                    };
                    return Err(Fault::new(*at, problem));
                }
            }
            found.push(index);
        }
        match found.first() {
            Some(&first) => {
                let level = self.requirements[first].level;
                Ok((found, level))
            }
            None => Err(Fault::new(shows.at, Problem::ShowsNothing)),
        }
    }

    fn read_secrets(
        &mut self,
        one: Option<At<Literal>>,
        several: Option<At<Entries<At<Literal>>>>,
        at: Position,
        input: &mut Input,
    ) -> Result<Secrets, Fault> {
        let wrong = |at, text| Err(Fault::new(at, Problem::SecretShape(text)));
        match (self.scheme.secret.per, one, several) {
            (None, Some(one), None) => self.read_secret(one, input).map(Secrets::One),
            (Some(_), None, Some(several)) => {
                let Entries(entries) = several.value;
                let secret = |(name, secret): (At<String>, At<Literal>)| {
                    Ok((name.value, self.read_secret(secret, input)?))
                };
                entries
                    .into_iter()
                    .map(secret)
                    .collect::<Result<_, Fault>>()
                    .map(Secrets::Per)
            }
            (None, _, Some(several)) => wrong(
                several.at,
                "the scheme has one secret: give secret; a scheme with several has per: in its secret",
            ),
            (Some(_), Some(one), _) => wrong(
                one.at,
                "the scheme has a secret for each value of a field: give secrets: {value: \"…\"}",
            ),
            (None, None, None) => wrong(at, "the vector has no secret"),
            (Some(_), None, None) => wrong(at, "the vector has no secrets: {value: \"…\"}"),
        }
    }

    fn read_previous(
        &mut self,
        op: Op,
        secrets: Secrets,
        previous: At<Vec<At<Literal>>>,
        input: &mut Input,
    ) -> Result<Secrets, Fault> {
        let At { value: all, at } = previous;
        let wrong = |text| Err(Fault::new(at, Problem::Previous(text)));
        if !self.scheme.secret.rotates {
            return wrong("the scheme does not say rotates: true of its secret");
        }
        if op.has_context() {
            return wrong("previous secrets cannot be given for identify");
        }
        if all.is_empty() || all.len() > MAX_PREVIOUS {
            return wrong("previous holds from one to eight secrets");
        }
        let Secrets::One(newest) = secrets else {
            return wrong("previous secrets stand beside one secret");
        };
        input.holds(InputKind::Rotation, at);
        let previous = all.into_iter().map(|one| self.read_secret(one, input));
        Ok(Secrets::Rotated {
            newest,
            previous: previous.collect::<Result<_, _>>()?,
        })
    }

    fn read_secret(&mut self, literal: At<Literal>, input: &mut Input) -> Result<Secret, Fault> {
        let at = literal.at;
        match self.read_value(literal)? {
            Value::Text(text) => Ok(Secret::new(text)),
            Value::Bytes(bytes) => {
                // A secret is sent as text if it is valid UTF-8.
                if std::str::from_utf8(&bytes).is_err() {
                    input.holds(InputKind::Bytes, at);
                }
                Ok(Secret::new(bytes))
            }
            Value::Number(_) | Value::Json(_) => Err(Fault::new(at, Problem::SecretType)),
        }
    }

    fn read_fields(
        &mut self,
        op: Op,
        file: At<Entries<At<Literal>>>,
        input: &mut Input,
    ) -> Result<Fields, Fault> {
        let mut fields = Fields::new();
        let Entries(entries) = file.value;
        for (name, literal) in entries {
            let Some(index) = self.scheme.fields.index(&name.value) else {
                let problem = Problem::unknown_field(&name.value, &self.scheme.fields);
                return Err(Fault::new(name.at, problem));
            };
            if op.presents_a_token() && self.scheme.carries(index) {
                return Err(Fault::new(name.at, Problem::FieldInToken(name.value)));
            }
            if op == Op::Send && self.scheme.is_time(index) {
                return Err(Fault::new(name.at, Problem::TimeToSend(name.value)));
            }
            let at = literal.at;
            let value = self.read_value(literal)?;
            let is_sent = op == Op::Send && self.scheme.body_to_send() == Some(index);
            if is_sent && matches!(value, Value::Json(_)) {
                // What is to be sent is an object, which no adapter has to declare.
                fields.set(name.value, value);
                continue;
            }
            let kind = &self.scheme.fields.at(index).kind;
            input.holds_field(op, &name.value, kind, &value, at)?;
            fields.set(name.value, value);
        }
        for (index, field) in self.scheme.fields.iter().enumerate() {
            let due = self.scheme.needs(op, index);
            if due && fields.value(&field.name).is_none() {
                input.needs_json(file.at, Problem::FieldMissing(field.name.clone()))?;
            }
        }
        Ok(fields)
    }

    fn read_context(
        &self,
        op: Op,
        context: Option<At<Entries<At<ContextFile>>>>,
        at: Position,
    ) -> Result<Context, Fault> {
        match (op, &self.scheme.policy, context) {
            (Op::Identify, None, _) => Err(Fault::new(at, Problem::NoPolicy)),
            (Op::Identify, Some(_), None) => Err(Fault::new(at, Problem::NoContext)),
            (Op::Identify, Some(policy), Some(context)) => read_context(context, policy),
            (_, _, None) => Ok(Context::default()),
            (_, _, Some(context)) => Err(Fault::new(context.at, Problem::ContextElsewhere)),
        }
    }

    fn read_token(
        &mut self,
        op: Op,
        token: Option<At<Literal>>,
        at: Position,
        input: &mut Input,
    ) -> Result<Option<Value>, Fault> {
        let Some(token) = token else {
            // Policies decide about calls without a token, so only `verify` requires one.
            if op.verifies() {
                input.needs_json(at, Problem::TokenMissing)?;
            }
            return Ok(None);
        };
        let at = token.at;
        let value = self.read_value(token)?;
        match &value {
            Value::Text(_) => {}
            Value::Bytes(_) => input.holds(InputKind::Bytes, at),
            other => {
                let what = "the token".to_owned();
                let found = found(other);
                input.needs_json(at, Problem::NeedsJson { what, found })?;
            }
        }
        Ok(Some(value))
    }

    fn read_now(&self, now: Option<&At<Literal>>, at: Position) -> Result<u64, Fault> {
        match now {
            Some(now) => now.whole(),
            None if self.has_time => Err(Fault::new(at, Problem::NowMissing)),
            None => Ok(DEFAULT_NOW),
        }
    }

    fn read_value(&mut self, literal: At<Literal>) -> Result<Value, Fault> {
        let At { value, at } = literal;
        let value = match value {
            Literal::Text(text) => Value::Text(text),
            Literal::Number(number) => Value::Number(number),
            Literal::Bytes(bytes) => Value::Bytes(bytes),
            Literal::Json(json) => Value::Json(json),
            Literal::Fraction(_) => return Err(Fault::new(at, Unusable::Number)),
            Literal::Unusable(problem) => return Err(Fault::new(at, problem)),
            Literal::Repeated { text, times } => {
                let length = usize::try_from(times)
                    .ok()
                    .and_then(|times| times.checked_mul(text.len()))
                    .filter(|&length| length <= MAX_LONG);
                // An empty text stays empty however often it is repeated.
                match length {
                    Some(0) => Value::Text(String::new()),
                    Some(length) => {
                        self.spend(length, at)?;
                        Value::Text(text.repeat(length / text.len()))
                    }
                    None => return Err(Fault::new(at, Problem::TooLong { limit: MAX_LONG })),
                }
            }
        };
        Ok(value)
    }

    fn spend(&mut self, bytes: usize, at: Position) -> Result<(), Fault> {
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                Ok(())
            }
            None => Err(Fault::new(
                at,
                Problem::TooLongTogether {
                    limit: MAX_TOGETHER,
                },
            )),
        }
    }
}
