//! How a verifier judges a token: by recomputing it through a pipeline, and with mistakes on top.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::mistakes::token_text::{LooseToken, loosely, meant};
use crate::mistakes::{
    Attempt, Change, Inputs, Judgement, Mistake, Pipeline, Step, Stop, TokenPieces,
};
use crate::scheme::{Call, FieldTexts, Rejection, Scheme, TimeForm, is_unix_time, unfiltered};
use crate::signature::{Fields, Outcome, Secrets, Value};

impl From<Judgement> for Outcome {
    fn from(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Accepted => Self::Accept,
            Judgement::Rejected(_) => Self::REJECT,
            Judgement::Refused(refusal) => Self::Refused(refusal.to_string()),
            Judgement::Threw(what) => Self::Threw(what),
        }
    }
}

impl From<Stop> for Judgement {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Self::Refused(refusal),
            Stop::Threw(mistake) => Self::Threw(thrown(mistake)),
        }
    }
}

/// What an exception of a planted mistake says.
pub(super) fn thrown(mistake: crate::mistakes::MistakeId) -> String {
    format!("planted mistake {mistake}: no result for such an input")
}

/// Judges a token by a verifier with these mistakes.
pub(super) fn judge(
    call: Call<'_>,
    pipeline: &Pipeline,
    mistakes: &[&'static Mistake],
) -> Judgement {
    judge_from(call, pipeline, mistakes, 0)
}

/// Asks the mistakes from `at` on whether they make a difference.
fn judge_from(
    call: Call<'_>,
    pipeline: &Pipeline,
    mistakes: &[&'static Mistake],
    at: usize,
) -> Judgement {
    let Some(mistake) = mistakes.get(at) else {
        return recompute(&call, pipeline);
    };
    let attempt = Attempt {
        call,
        pipeline,
        mistakes,
        at,
    };
    let changed = match mistake.change {
        Change::Verifying(change) => change(&attempt),
        _ => None,
    };
    changed.unwrap_or_else(|| attempt.judged())
}

impl<'a> Attempt<'a> {
    /// What is to be said of the token without this mistake.
    pub fn judged(&self) -> Judgement {
        judge_from(self.call, self.pipeline, self.mistakes, self.at + 1)
    }

    /// What is to be said of another request in its place, by a verifier with all the others of
    /// its mistakes.
    fn judged_in_place(&self, call: Call<'_>) -> Judgement {
        let mut others = self.mistakes.to_vec();
        others.remove(self.at);
        judge(call, self.pipeline, &others)
    }

    /// The presented token, where it is a text.
    pub fn text(&self) -> Option<&'a str> {
        self.call.token.and_then(Value::as_text)
    }

    /// What is to be said of another token in its place.
    pub fn judged_text(&self, token: &str) -> Judgement {
        let token = Value::Text(token.to_owned());
        let call = Call {
            token: Some(&token),
            ..self.call
        };
        self.judged_in_place(call)
    }

    /// What is to be said under other secrets.
    pub fn judged_with_secrets(&self, secrets: &Secrets) -> Judgement {
        let call = Call {
            secrets,
            ..self.call
        };
        self.judged_in_place(call)
    }

    /// What is to be said by another scheme.
    pub fn judged_by(&self, scheme: &Scheme) -> Judgement {
        let call = Call {
            scheme,
            ..self.call
        };
        self.judged_in_place(call)
    }

    /// What is to be said at another time.
    pub fn judged_at(&self, now: u64) -> Judgement {
        self.judged_in_place(Call { now, ..self.call })
    }

    /// What is to be said of other fields.
    pub fn judged_with_fields(&self, fields: &Fields) -> Judgement {
        let call = Call {
            fields,
            ..self.call
        };
        self.judged_in_place(call)
    }

    /// The pipeline by which the expected token is made.
    pub fn pipeline(&self) -> &Pipeline {
        self.pipeline
    }

    /// For each MAC that the token may offer, taken apart by its literals only: where `same` finds
    /// its text and the expected one the same, what is to be said of the token with the expected
    /// one in its place.
    pub fn judged_where(&self, same: impl Fn(&str, &str) -> bool) -> Option<Judgement> {
        self.judged_where_of(self.pipeline, &same)
    }

    /// The same, with the MAC's text that another pipeline expects.
    pub fn judged_where_of(
        &self,
        pipeline: &Pipeline,
        same: &dyn Fn(&str, &str) -> bool,
    ) -> Option<Judgement> {
        let text = self.text()?;
        loosely(self.call.scheme, text).iter().find_map(|token| {
            let (compared, own) = (
                self.mac_of(pipeline, token)?,
                self.mac_of(self.pipeline, token)?,
            );
            // Where the MAC is the right one to the letter, nothing hangs on how it is compared.
            if token.mac == own || !same(&token.mac, &compared) {
                return None;
            }
            Some(self.judged_text(&self.written(token, &own)))
        })
    }

    /// The tokens that the presented text may offer.
    pub(super) fn loose(&self) -> Vec<LooseToken> {
        self.text()
            .map(|text| loosely(self.call.scheme, text))
            .unwrap_or_default()
    }

    /// The text of the MAC for the fields of the request and of a token.
    pub(super) fn mac_of(&self, pipeline: &Pipeline, token: &LooseToken) -> Option<String> {
        mac_of(&self.call, pipeline, token)
    }

    /// The text of the MAC for other fields than those of the request.
    pub(super) fn mac_with(&self, fields: &Fields, token: &LooseToken) -> Option<String> {
        let call = Call {
            fields,
            ..self.call
        };
        mac_of(&call, self.pipeline, token)
    }

    /// The token that is expected; with the present time, where it carries one.
    pub(super) fn expected_token(&self) -> Option<String> {
        let inputs = inputs(&self.call);
        let scheme = self.call.scheme;
        let mut texts = self.pipeline.read(scheme, self.call.fields).ok()?;
        for field in scheme.token.fields() {
            if let Some(now) = scheme.fields.at(field).time_text_at(self.call.now) {
                texts.set(field, now.into_bytes());
            }
        }
        self.pipeline.token_of(&inputs, &texts).ok()
    }

    /// A token with another text for its MAC.
    pub(super) fn written(&self, token: &LooseToken, mac: &str) -> String {
        let text = |field: usize| {
            let mut fields = token.fields.iter();
            fields
                .find(|(known, _)| *known == field)
                .map(|(_, text)| text.clone())
        };
        TokenPieces::of(self.call.scheme, mac, text).write()
    }
}

fn mac_of(call: &Call<'_>, pipeline: &Pipeline, token: &LooseToken) -> Option<String> {
    let inputs = inputs(call);
    let mut texts = pipeline.read(call.scheme, call.fields).ok()?;
    for (field, text) in &token.fields {
        let filters = call.scheme.token.filters(*field);
        texts.set(*field, unfiltered(text.as_bytes(), filters)?);
    }
    let times = pipeline.time(&inputs, &texts).ok()?;
    pipeline.mac_text(&inputs, &texts, &times).ok()
}

fn inputs<'a>(call: &Call<'a>) -> Inputs<'a> {
    Inputs {
        scheme: call.scheme,
        secrets: call.secrets,
        fields: call.fields,
        now: call.now,
        millis: None,
    }
}

/// Judges as the oracle does, but by comparison with the token that the pipeline makes.
fn recompute(call: &Call<'_>, pipeline: &Pipeline) -> Judgement {
    match recomputed(call, pipeline) {
        Ok(()) => Judgement::Accepted,
        Err(judgement) => judgement,
    }
}

fn recomputed(call: &Call<'_>, pipeline: &Pipeline) -> Result<(), Judgement> {
    let rejected = |rejection| Err(Judgement::Rejected(rejection));
    let scheme = call.scheme;
    let inputs = inputs(call);
    let mut texts = match pipeline.read(scheme, call.fields) {
        Err(Stop::Refused(refusal)) => return rejected(Rejection::Field(refusal)),
        read => read?,
    };
    pipeline.decode_secret(&inputs, &texts)?;
    let text = match call.token {
        None => return rejected(Rejection::Absent),
        Some(Value::Text(text)) if text.is_empty() => return rejected(Rejection::Absent),
        Some(Value::Text(text)) => text,
        Some(_) => return rejected(Rejection::NotText),
    };
    let expected = |texts: &FieldTexts<'_>| match pipeline.token_of(&inputs, texts) {
        Err(Stop::Refused(refusal)) => Err(Judgement::Rejected(Rejection::Field(refusal))),
        token => token.map_err(Judgement::from),
    };
    if let Some(parsed) = scheme.token.parse(&scheme.fields, text) {
        for (field, bytes) in parsed.fields() {
            texts.set(field, bytes.to_vec());
        }
        let expected = expected(&texts)?;
        let same = parsed.macs().any(|mac| {
            let token = scheme.token.render(&scheme.fields, mac, &texts);
            token.is_ok_and(|token| token == expected)
        });
        if same || *text == expected {
            let fresh = scheme.freshness.check(&scheme.fields, &texts, call.now);
            return fresh.map_err(|problem| Judgement::Rejected(Rejection::Time(problem)));
        }
        if pipeline.is_right() {
            return rejected(Rejection::WrongMac);
        }
    } else if pipeline.is_right() {
        return rejected(Rejection::Malformed);
    }
    // A verifier that makes other tokens finds the time where its own have it.
    let is_put_together_otherwise = pipeline
        .choices()
        .any(|choice| choice.mistake.step() == Step::Token);
    for fields in times_within(scheme, text, is_put_together_otherwise) {
        for (field, bytes) in &fields {
            texts.set(*field, bytes.clone());
        }
        if expected(&texts).is_ok_and(|expected| expected == *text) {
            let fresh = scheme.freshness.check(&scheme.fields, &texts, call.now);
            return fresh.map_err(|problem| Judgement::Rejected(Rejection::Time(problem)));
        }
    }
    rejected(Rejection::WrongMac)
}

/// The dates at the ends of a text.
fn dates_within(scheme: &Scheme, field: usize, text: &str) -> Vec<Vec<(usize, Vec<u8>)>> {
    let Some(form) = scheme.time_form(field) else {
        return Vec::new();
    };
    let first = form.length_at_start(text).and_then(|end| text.get(..end));
    let start = |length| text.len().checked_sub(length);
    let last = form.length_at_end(text).and_then(start);
    let last = last.and_then(|start| text.get(start..));
    let ends = first.into_iter().chain(last);
    let dates = ends.filter(|date| form.takes(date.as_bytes()));
    dates.map(|date| vec![(field, date.into())]).collect()
}

/// What the fields of a token may be meant to say: each in the first of its ways, and then one after
/// the other in the others.
fn meanings(scheme: &Scheme, fields: &[(usize, String)]) -> Vec<Vec<(usize, Vec<u8>)>> {
    let ways = |(field, text): &(usize, String)| {
        let ways = meant(text, scheme.token.filters(*field)).into_iter();
        ways.map(|bytes| (*field, bytes)).collect::<Vec<_>>()
    };
    let ways: Vec<Vec<(usize, Vec<u8>)>> = fields.iter().map(ways).collect();
    let Some(first) = ways.iter().map(|ways| ways.first().cloned()).collect() else {
        return Vec::new();
    };
    let mut meanings: Vec<Vec<(usize, Vec<u8>)>> = vec![first];
    for (at, ways) in ways.iter().enumerate() {
        for way in ways.iter().skip(1) {
            let mut other = meanings[0].clone();
            other[at] = way.clone();
            meanings.push(other);
        }
    }
    meanings
}

/// What the fields of a token may be, when it is written otherwise than the scheme says: any run
/// of digits may be its time, unless that is a date. Where a token is put together otherwise, perhaps without a
/// separator, it may also be some of the last digits.
fn times_within(
    scheme: &Scheme,
    text: &str,
    is_put_together_otherwise: bool,
) -> Vec<Vec<(usize, Vec<u8>)>> {
    let carried: Vec<usize> = scheme.token.fields().collect();
    let field = match carried[..] {
        [] => return vec![Vec::new()],
        [field] if scheme.time_form(field).is_some_and(TimeForm::is_number) => field,
        [field] if scheme.is_time(field) => return dates_within(scheme, field, text),
        _ => {
            let is_sound = |(field, text): &(usize, String)| {
                let form = scheme.time_form(*field);
                form.is_none_or(|form| form.takes(text.as_bytes()))
            };
            let fields = loosely(scheme, text).into_iter().map(|token| token.fields);
            let sound = fields.filter(|fields| fields.iter().all(is_sound));
            return sound.flat_map(|fields| meanings(scheme, &fields)).collect();
        }
    };
    // It stands at one of the ends, or is as long as no chance digits of a MAC are.
    let is_digit = |c: char| c.is_ascii_digit();
    let first = text.len() - text.trim_start_matches(is_digit).len();
    let last = text.len() - text.trim_end_matches(is_digit).len();
    let mut runs = vec![&text[text.len() - last..], &text[..first]];
    runs.extend(text.split(|c| !is_digit(c)).filter(|run| run.len() > 8));
    if is_put_together_otherwise {
        let last_digits = (1..last.min(20)).rev();
        runs.extend(last_digits.map(|digits| &text[text.len() - digits..]));
    }
    let mut times: Vec<Cow<'_, str>> = Vec::new();
    for run in runs.into_iter().filter(|run| run.len() <= 20) {
        times.push(run.into());
        times.push(format!("{run}000").into());
        if let Some(seconds) = run.len().checked_sub(3).and_then(|end| run.get(..end)) {
            times.push(seconds.into());
        }
    }
    let mut seen = HashSet::new();
    times
        .into_iter()
        .filter(|time| is_unix_time(time.as_bytes()) && seen.insert(time.clone()))
        .map(|time| vec![(field, time.into_owned().into_bytes())])
        .collect()
}
