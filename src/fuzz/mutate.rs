//! Growing inputs: from the suite's vectors, from the catalogue of mistakes, and from what the
//! implementation has answered before.

use fastrand::Rng;

use crate::derivation::{Edit, Recipe};
use crate::fuzz::input::{Input, Signer, Token};
use crate::fuzz::seed_pool::{INTERPRETED, LONGEST_GROWN, SeedPool};
use crate::scheme::{Field, SecretEncoding};
use crate::signature::{Encoding, Fields, Op, Secret, Secrets, Value};
use crate::suite::InputKind;

/// How many inputs that brought something new are kept.
const MOST_KEPT: usize = 2048;

/// What has been done to an input, one bit a kind of change: its class.
pub(super) type Class = u32;

/// Who grows inputs. The same seed and the same kept inputs give the same ones.
#[derive(Debug)]
pub(super) struct Mutator {
    rng: Rng,
    kept: Vec<Input>,
}

impl Mutator {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            kept: Vec::new(),
        }
    }

    /// Keeps an input to grow from.
    pub(super) fn keep(&mut self, input: Input) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(input);
        } else {
            let at = self.rng.usize(..MOST_KEPT);
            self.kept[at] = input;
        }
    }

    /// The inputs that were kept.
    pub(super) fn kept(&self) -> &[Input] {
        &self.kept
    }

    /// Another input, with its class.
    pub(super) fn grow(&mut self, pools: &[SeedPool<'_>]) -> (Input, Class) {
        let pool = &pools[self.rng.usize(..pools.len())];
        let mut input = self.parent(pool);
        input.op = pool.ops[self.rng.usize(..pool.ops.len())];
        let mut class = 0;
        if input.op.verifies() && matches!(input.token, Token::Absent) {
            input.token = Token::Made(Recipe::default());
        }
        for _ in 0..=self.rng.u8(..3) {
            class |= 1 << self.change(pool, &mut input);
        }
        (input, class)
    }

    fn parent(&mut self, pool: &SeedPool<'_>) -> Input {
        if !self.kept.is_empty() && self.rng.u8(..3) == 0 {
            let kept = &self.kept[self.rng.usize(..self.kept.len())];
            if kept.suite == pool.base.suite {
                return kept.clone();
            }
        }
        pool.base.clone()
    }

    /// Changes something; which kind of change it was.
    fn change(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let dice = self.rng.u8(..if input.op == Op::Sign { 12 } else { 30 });
        match dice {
            0..=3 => self.other_text(pool, &mut input.fields),
            4..=7 => self.edited_text(pool, &mut input.fields),
            8 => self.other_secret(pool, input),
            9 => self.edited_secret(pool, input),
            10 => self.other_time(pool, input),
            11 => self.other_choice(pool, input),
            12..=15 => self.by_mistake(pool, input),
            16..=18 => self.signed_other(pool, input),
            19..=26 => self.edited_token(pool, input),
            27 => {
                input.now = self.other_now(pool, input.now);
                8
            }
            28 => self.no_text(pool, input),
            _ => {
                input.token = Token::Made(Recipe::default());
                9
            }
        }
    }

    fn text_field(&mut self, pool: &SeedPool<'_>, fields: &Fields) -> Option<String> {
        let scheme = &pool.suite().scheme;
        let names: Vec<&str> = fields
            .iter()
            .map(|(name, _)| name)
            .filter(|name| scheme.has_free_text(name))
            .collect();
        let at = self.rng.usize(..names.len().max(1));
        names.get(at).map(|name| (*name).to_owned())
    }

    fn other_text(&mut self, pool: &SeedPool<'_>, fields: &mut Fields) -> u32 {
        if let Some(name) = self.text_field(pool, fields)
            && !pool.texts.is_empty()
        {
            let text = pool.texts[self.rng.usize(..pool.texts.len())].clone();
            let text = self.mostly_of_its_form(pool, &name, text);
            fields.set(name, text);
        }
        0
    }

    fn edited_text(&mut self, pool: &SeedPool<'_>, fields: &mut Fields) -> u32 {
        let Some(name) = self.text_field(pool, fields) else {
            return 1;
        };
        match fields.value(&name) {
            Some(Value::Text(text)) if text.len() <= LONGEST_GROWN => {
                let edited = self.edited(pool, text).into();
                let edited = self.mostly_of_its_form(pool, &name, edited);
                fields.set(name, edited);
            }
            Some(Value::Number(_)) | None => {
                fields.set(name, self.rng.i64(0..1 << 53).to_string());
            }
            _ => {}
        }
        1
    }

    /// What is not of a field's form becomes, mostly, what is: little can be demanded outside it.
    fn mostly_of_its_form(&mut self, pool: &SeedPool<'_>, name: &str, value: Value) -> Value {
        let fixture = pool.bounds.fixture();
        let domain = pool
            .suite()
            .scheme
            .fields
            .index(name)
            .map(|at| fixture.domain(at));
        match domain.filter(|domain| !domain.takes(&value)) {
            Some(domain) if self.rng.u8(..8) > 0 => {
                let numbered = domain.numbered(self.rng.u64(..1_000_000));
                numbered
                    .or_else(|| domain.numbered(self.rng.u64(..10)))
                    .unwrap_or_else(|| domain.ordinary().to_owned())
                    .into()
            }
            _ => value,
        }
    }

    fn edited(&mut self, pool: &SeedPool<'_>, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.rng.usize(..=characters.len());
        let other = pool.characters[self.rng.usize(..pool.characters.len())];
        match self.rng.u8(..8) {
            0 | 1 => characters.insert(at, other),
            2 if at < characters.len() => {
                characters.remove(at);
            }
            3 if at < characters.len() => characters[at] = other,
            4 => characters.truncate(at),
            5 => return text.to_uppercase(),
            6 => {
                let tail: Vec<char> = characters[at..].to_vec();
                characters.extend(tail);
            }
            _ => characters.push(other),
        }
        characters.into_iter().collect()
    }

    fn other_secret(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        if !pool.secrets.is_empty() {
            let secrets = &pool.secrets[self.rng.usize(..pool.secrets.len())];
            input.secrets = secrets.clone();
        }
        2
    }

    fn edited_secret(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let edited = |mutator: &mut Self, secret: &Secret| {
            let rule = &pool.suite().scheme.secret;
            if rule.encoding == SecretEncoding::Utf8 {
                let text = String::from_utf8_lossy(secret.reveal()).into_owned();
                let edited = Secret::new(mutator.edited(pool, &text));
                let is_kept = rule.is_of_its_form(&edited) || mutator.rng.u8(..8) == 0;
                return if is_kept { edited } else { secret.clone() };
            }
            let mut key = rule
                .decode(secret)
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default();
            key.push(mutator.rng.u8(..));
            rule.spell(&key)
        };
        input.secrets = match &input.secrets {
            Secrets::One(secret) => Secrets::One(edited(self, secret)),
            Secrets::Rotated { newest, previous } => Secrets::Rotated {
                newest: edited(self, newest),
                previous: previous.clone(),
            },
            Secrets::Per(secrets) => {
                let mut secrets = secrets.clone();
                let at = self.rng.usize(..secrets.len().max(1));
                if let Some((_, secret)) = secrets.get_mut(at) {
                    *secret = edited(self, secret);
                }
                Secrets::Per(secrets)
            }
        };
        3
    }

    fn time_field<'b>(pool: &'b SeedPool<'_>) -> Option<&'b Field> {
        let field = pool.bounds.fixture().time?;
        Some(pool.suite().scheme.fields.at(field))
    }

    fn some_seconds(&mut self, now: u64) -> u64 {
        match self.rng.u8(..8) {
            0 => now + self.rng.u64(..1000),
            1 => now.saturating_sub(self.rng.u64(..1000)),
            2 => self.rng.u64(1_000_000_000..4_000_000_000),
            3 => 0x8000_0000,
            4 => 0x1_0000_0000,
            5 => now + 1,
            6 => now.saturating_sub(1),
            _ => self.rng.u64(..1 << 33),
        }
    }

    fn other_time(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let field = Self::time_field(pool);
        if let Some((field, form)) = field.and_then(|field| Some((field, field.kind.time_form()?)))
        {
            let seconds = self.some_seconds(input.now);
            let finer = self.rng.u64(..form.per_second());
            let time = match field.time_at(seconds) {
                Some(time) if !form.is_number() && finer.is_multiple_of(2) => time,
                _ => form.value(seconds.saturating_mul(form.per_second()) + finer),
            };
            input.fields.set(&field.name, time);
            input.now = seconds;
        }
        4
    }

    fn other_now(&mut self, pool: &SeedPool<'_>, now: u64) -> u64 {
        let (max_age, max_skew) = pool.bounds.fixture().limits();
        let limit = max_age.or(max_skew).unwrap_or(300);
        match self.rng.u8(..6) {
            0 => now + limit + 1,
            1 => now + limit.saturating_sub(2),
            2 => now.saturating_sub(limit + 1),
            3 => now.saturating_sub(limit.saturating_sub(2)),
            4 => now + 86_400 * self.rng.u64(1..4000),
            _ => now.saturating_sub(86_400 * self.rng.u64(1..4000)),
        }
    }

    /// Another platform, another value of an enum, or a field absent or there again.
    fn other_choice(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let scheme = &pool.suite().scheme;
        if let Some(field) = scheme.secret.per {
            let names: Vec<String> = input
                .secrets
                .iter()
                .filter_map(|(name, _)| name.map(str::to_owned))
                .collect();
            if !names.is_empty() {
                let name = names[self.rng.usize(..names.len())].clone();
                input
                    .fields
                    .set(scheme.fields.at(field).name.as_str(), name);
            }
        }
        for field in scheme.fields.iter() {
            if let crate::scheme::FieldKind::Enum(values) = &field.kind {
                let value = values[self.rng.usize(..values.len())].clone();
                input.fields.set(field.name.as_str(), value);
            }
        }
        // What may be absent is there in half of these.
        for at in scheme.message.optional() {
            let name = scheme.fields.at(at).name.as_str();
            match pool.base.fields.value(name) {
                Some(value) if self.rng.bool() => input.fields.set(name, value.clone()),
                _ => drop(input.fields.remove(name)),
            }
        }
        5
    }

    /// Changes how the token of an input is made.
    fn remade(pool: &SeedPool<'_>, input: &mut Input, change: impl FnOnce(&mut Recipe)) {
        let mut recipe = match std::mem::replace(&mut input.token, Token::Absent) {
            Token::Made(recipe) => recipe,
            Token::Absent | Token::Literal(_) => {
                // What a literal token was asked with need not hold all that is signed.
                for (name, value) in pool.base.fields.iter() {
                    if input.fields.value(name).is_none() {
                        input.fields.set(name, value.clone());
                    }
                }
                Recipe::default()
            }
        };
        change(&mut recipe);
        input.token = Token::Made(recipe);
    }

    fn by_mistake(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        if !pool.mistakes.is_empty() {
            let mistake = pool.mistakes[self.rng.usize(..pool.mistakes.len())];
            Self::remade(pool, input, |recipe| recipe.by = Some(mistake));
        }
        6
    }

    fn signed_other(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let mut signed = input.fields.clone();
        match self.rng.u8(..4) {
            0 => {
                if let Some(field) = Self::time_field(pool)
                    && let Some(time) = field.time_at(self.some_seconds(input.now))
                {
                    signed.set(&field.name, time);
                }
            }
            1 => {
                self.other_text(pool, &mut signed);
            }
            _ => {
                self.edited_text(pool, &mut signed);
            }
        }
        let others: Vec<(String, Value)> = signed
            .iter()
            .filter(|(name, value)| input.fields.value(name) != Some(value))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        Self::remade(pool, input, |recipe| recipe.signs = others);
        7
    }

    fn edited_token(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let length = 96;
        let character = pool.characters[self.rng.usize(..pool.characters.len())];
        let at = self.rng.usize(..length);
        let (edit, class) = match self.rng.u8(..18) {
            0 => (Edit::Keep(at), 10),
            1 => (Edit::Keep(at % 9), 10),
            2 => (Edit::Drop(1 + at % 64), 11),
            3 => (Edit::Append(character.to_string()), 12),
            4 => (Edit::Prepend(character.to_string()), 13),
            5 => (Edit::Upper, 14),
            6 => (Edit::Lower, 15),
            7 => (Edit::Replace(at, character), 16),
            8 => (Edit::Insert(at, character), 17),
            9 => (Edit::Remove(at), 18),
            10 => (
                Edit::Respell(Encoding::ALL[self.rng.usize(..Encoding::ALL.len())]),
                19,
            ),
            11 | 12 => (Edit::Flip(self.rng.usize(..512)), 20),
            13 => (Edit::Cut(self.rng.usize(..64)), 21),
            14 => {
                let words = [
                    "=", "==", "\r\n", "0x", "sha256=", "AAAA", "00", "-1", "%00",
                ];
                let word = words[self.rng.usize(..words.len())].to_owned();
                (Edit::Append(word), 12)
            }
            15 => {
                let words = ["0x", "sha256=", "Bearer ", "0", "\u{feff}", "v1,", "+"];
                let word = words[self.rng.usize(..words.len())].to_owned();
                (Edit::Prepend(word), 13)
            }
            16 => (Edit::Beside(self.rng.bool()), 23),
            _ => (Edit::Replace(at, '0'), 16),
        };
        Self::remade(pool, input, |recipe| {
            if recipe.edits.len() < 4 {
                recipe.edits.push(edit);
            }
        });
        class
    }

    /// A token that is not a string, or none at all, or is more than a token where it is interpreted.
    fn no_text(&mut self, pool: &SeedPool<'_>, input: &mut Input) -> u32 {
        let text = |text: &str| Token::Literal(text.into());
        if !pool.takes.contains(&InputKind::Json) {
            let at = self.rng.usize(..=INTERPRETED.len());
            input.token = text(INTERPRETED.get(at).unwrap_or(&""));
            return 22;
        }
        let json = |json: serde_json::Value| Token::Literal(Value::Json(json));
        let token = |input: &Input| {
            let mut signer = Signer::default();
            let made = input
                .request(pool.suite(), &mut signer)
                .and_then(|made| made.token);
            made.and_then(|token| token.as_text().map(str::to_owned))
        };
        let made = token(input).unwrap_or_default();
        input.token = match self.rng.usize(..10 + INTERPRETED.len()) {
            0 => Token::Absent,
            1 => json(serde_json::Value::Null),
            2 => json(true.into()),
            3 => Token::Literal(Value::Number(self.rng.i64(0..1000))),
            4 => {
                Self::remade(pool, input, |recipe| recipe.in_list = true);
                return 22;
            }
            5 => json(serde_json::json!({ "length": made.len() })),
            6 => json(serde_json::json!([])),
            7 => json(serde_json::json!({ "$ne": "" })),
            8 => json(serde_json::json!({ "$gt": "" })),
            at => text(INTERPRETED.get(at - 9).unwrap_or(&"")),
        };
        22
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::present::Present;
    use crate::protocol::{Hello, ImplementationInfo};
    use crate::suite::{Suite, well_known};

    /// Inputs of one suite grow from inputs of that suite, wherever its pool stands in the slice:
    /// the secret and the fields of another suite's request mean nothing to it.
    #[test]
    fn inputs_are_mutated_from_their_own_suite_only() {
        let suites: Vec<Suite> = well_known().map(|suite| suite.parsed().clone()).collect();
        let hello = Hello {
            protocol: 1,
            implementation: ImplementationInfo::default(),
            suites: None,
            ops: None,
            clock: None,
            inputs: None,
            max_in_flight: None,
        };
        let pools: Vec<_> = std::iter::zip(0.., &suites)
            .map(|(at, suite)| SeedPool::new(at, suite, &hello, Present::OfTheRequest))
            .collect();
        let mut mutator = Mutator::new(11);
        for pool in &pools {
            for _ in 0..20 {
                mutator.keep(pool.base.clone());
            }
        }
        for (at, pool) in pools.iter().enumerate() {
            for _ in 0..200 {
                let (input, _) = mutator.grow(&pools[at..=at]);
                assert_eq!(input.suite, at);
                let names = |input: &Input| -> Vec<String> {
                    let names = input.fields.iter().map(|(name, _)| name.to_owned());
                    names.collect()
                };
                let own = names(&pool.base);
                assert!(
                    names(&input).iter().all(|name| own.contains(name)),
                    "{}: {:?}",
                    pool.suite().name,
                    input.fields
                );
            }
        }
    }
}
