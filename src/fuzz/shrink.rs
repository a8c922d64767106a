//! Shrinking: the smallest input that still shows what is wrong.
//!
//! Each step proposes simpler inputs, the boldest first; the implementation is asked about several
//! at once, and the first that still shows it is the next.

use crate::derivation::{Edit, Recipe, fields_as_shown, presented_text};
use crate::fuzz::input::{Input, Token};
use crate::fuzz::seed_pool::SeedPool;
use crate::results::Failure;
use crate::scheme::{Call, Scheme, SecretEncoding};
use crate::signature::{Op, Secret, Secrets, Value};

/// How much shrinking may ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// How many requests in all.
    pub(super) most: usize,
    /// How many at once.
    pub(super) at_once: usize,
}

impl Budget {
    /// What may be asked about something that is answered, or that fails like this.
    pub(super) fn of<'f>(failures: impl IntoIterator<Item = &'f Failure>) -> Self {
        let of_one = |failure: &Failure| Self {
            // What is waited for until the time is over costs that time.
            most: if matches!(failure, Failure::TimedOut(_)) {
                24
            } else {
                150
            },
            // One that ends the process would take the others with it.
            at_once: 1,
        };
        let of_answers = Self {
            most: 4000,
            at_once: 64,
        };
        let all = failures.into_iter().map(of_one);
        all.min_by_key(|budget| budget.most).unwrap_or(of_answers)
    }
}

/// How complicated an input is: how its token came to be, how long it is, and how many of its
/// characters are not the plainest.
pub(super) fn size(input: &Input) -> (usize, usize, usize) {
    let mut recipe = 0;
    let mut length = 0;
    let mut odd = 0;
    let mut measure = |text: &[u8]| {
        length += String::from_utf8_lossy(text).chars().count();
        odd += text
            .iter()
            .filter(|byte| !matches!(byte, b'a' | b'k'))
            .count();
    };
    for (_, secret) in input.secrets.iter() {
        measure(secret.reveal());
    }
    for (_, value) in input.fields.iter() {
        match value {
            Value::Text(text) => measure(text.as_bytes()),
            Value::Bytes(bytes) => measure(bytes),
            // A time is a time, however many digits it has.
            Value::Number(_) => {}
            Value::Json(_) => recipe += 1,
        }
    }
    match (&input.token, input.op) {
        (_, Op::Sign) | (Token::Absent, _) => {}
        (Token::Literal(value), _) => {
            recipe += 1;
            let text = value.to_bytes().map(|bytes| bytes.len());
            length += text.unwrap_or_default();
        }
        (Token::Made(made), _) => {
            recipe += 2 * usize::from(made.by.is_some()) + 2 * made.signs.len();
            recipe += usize::from(made.in_list);
            for edit in &made.edits {
                recipe += 2;
                match edit {
                    Edit::Append(text) | Edit::Prepend(text) => length += text.chars().count(),
                    Edit::Keep(count) => odd += usize::from(*count > 0),
                    _ => {}
                }
            }
            for (_, value) in &made.signs {
                length += value.to_bytes().map_or(1, |bytes| bytes.len());
            }
        }
    }
    (recipe, length, odd)
}

/// The length of an input in characters: its secrets, its texts, and a token that is literal.
pub(super) fn length(input: &Input) -> usize {
    size(input).1
}

/// Simpler inputs than this one, the boldest first.
pub(super) fn simpler(pool: &SeedPool<'_>, input: &Input) -> Vec<Input> {
    let scheme = &pool.suite().scheme;
    let mut found: Vec<Input> = Vec::new();
    let mut add = |change: &dyn Fn(&mut Input)| {
        let mut simpler = input.clone();
        change(&mut simpler);
        found.push(simpler);
    };
    recipes(input, &mut add);
    let base = pool.base();
    add(&|simpler| simpler.secrets = base.secrets.clone());
    for (name, value) in base.fields.iter() {
        add(&|simpler| {
            if simpler.fields.value(name).is_some() {
                simpler.fields.set(name, value.clone());
            }
        });
    }
    for secrets in secrets(scheme, pool, input) {
        add(&|simpler| simpler.secrets = secrets.clone());
    }
    for (name, value) in input.fields.iter() {
        if !scheme.has_free_text(name) {
            continue;
        }
        for shorter in shorter_values(value) {
            add(&|simpler| simpler.fields.set(name, shorter.clone()));
            // What was signed besides changes along with it.
            add(&|simpler| {
                simpler.fields.set(name, shorter.clone());
                if let Token::Made(recipe) = &mut simpler.token {
                    recipe.signs.retain(|(signed, _)| signed != name);
                }
            });
        }
    }
    add(&|simpler| simpler.now = base.now);
    let before = size(input);
    found.retain(|simpler| size(simpler) < before);
    found.sort_by_key(size);
    found.dedup();
    found
}

/// Takes a change, and proposes the input that it makes.
type Propose<'p> = &'p mut dyn FnMut(&dyn Fn(&mut Input));

fn recipes(input: &Input, add: Propose<'_>) {
    if input.op == Op::Sign {
        return;
    }
    match &input.token {
        Token::Absent => {}
        Token::Literal(value) => {
            add(&|simpler| simpler.token = Token::Made(Recipe::default()));
            for shorter in shorter_values(value) {
                add(&|simpler| simpler.token = Token::Literal(shorter.clone()));
            }
        }
        Token::Made(recipe) => {
            let mut remade = |change: &dyn Fn(&mut Recipe)| {
                let mut recipe = recipe.clone();
                change(&mut recipe);
                add(&|simpler| simpler.token = Token::Made(recipe.clone()));
            };
            remade(&|recipe| recipe.by = None);
            remade(&|recipe| recipe.signs.clear());
            remade(&|recipe| recipe.in_list = false);
            for at in 0..recipe.edits.len() {
                remade(&|recipe| {
                    recipe.edits.remove(at);
                });
                let plainer: Vec<Edit> = match &recipe.edits[at] {
                    Edit::Keep(count) => vec![Edit::Keep(0), Edit::Keep(1), Edit::Keep(count / 2)],
                    Edit::Append(text) => shorter(text).into_iter().map(Edit::Append).collect(),
                    Edit::Prepend(text) => shorter(text).into_iter().map(Edit::Prepend).collect(),
                    _ => Vec::new(),
                };
                for edit in plainer {
                    remade(&|recipe| recipe.edits[at] = edit.clone());
                }
            }
            for (at, (_, value)) in recipe.signs.iter().enumerate() {
                for shorter in shorter_values(value) {
                    remade(&|recipe| recipe.signs[at].1 = shorter.clone());
                }
            }
        }
    }
}

fn secrets(scheme: &Scheme, pool: &SeedPool<'_>, input: &Input) -> Vec<Secrets> {
    let simpler = |secret: &Secret| -> Vec<Secret> {
        if scheme.secret.encoding != SecretEncoding::Utf8 {
            let key = scheme.secret.decode(secret);
            let key = key.map(std::borrow::Cow::into_owned).unwrap_or_default();
            let plain = vec![b'k'; key.len()];
            return [plain, key[..key.len() / 2].to_vec(), vec![b'k'; 16]]
                .iter()
                .map(|key| pool.suite().scheme.secret.spell(key))
                .collect();
        }
        match std::str::from_utf8(secret.reveal()) {
            Ok(text) => shorter(text).into_iter().map(Secret::new).collect(),
            Err(_) => Vec::new(),
        }
    };
    match &input.secrets {
        Secrets::One(secret) => simpler(secret).into_iter().map(Secrets::One).collect(),
        Secrets::Rotated { newest, previous } => {
            let alone = std::iter::once(Secrets::One(newest.clone()));
            let fewer = (0..previous.len())
                .filter(|_| previous.len() > 1)
                .map(|at| {
                    let mut fewer = previous.clone();
                    fewer.remove(at);
                    Secrets::Rotated {
                        newest: newest.clone(),
                        previous: fewer,
                    }
                });
            alone.chain(fewer).collect()
        }
        Secrets::Per(all) => {
            let mut found = Vec::new();
            for at in 0..all.len() {
                let mut fewer = all.clone();
                fewer.remove(at);
                if !fewer.is_empty() {
                    found.push(Secrets::Per(fewer));
                }
                for secret in simpler(&all[at].1) {
                    let mut changed = all.clone();
                    changed[at].1 = secret;
                    found.push(Secrets::Per(changed));
                }
            }
            found
        }
    }
}

fn shorter_values(value: &Value) -> Vec<Value> {
    match value {
        Value::Text(text) => shorter(text).into_iter().map(Value::Text).collect(),
        Value::Bytes(bytes) => {
            let half = bytes.len() / 2;
            let halves = [bytes[..half].to_vec(), bytes[half..].to_vec()];
            let one_less = bytes.iter().enumerate().map(|(at, _)| {
                let mut fewer = bytes.clone();
                fewer.remove(at);
                fewer
            });
            let texts = std::str::from_utf8(bytes).ok().map(Value::from);
            let all = halves.into_iter().chain(one_less.take(64));
            texts.into_iter().chain(all.map(Value::Bytes)).collect()
        }
        Value::Number(number) if *number != 0 => vec![Value::Number(0), Value::Number(number / 10)],
        Value::Number(_) | Value::Json(_) => Vec::new(),
    }
}

/// The same text with something taken out, or with plainer characters.
fn shorter(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let count = characters.len();
    let mut found = vec![String::new(), "a".to_owned(), "kk".to_owned()];
    let mut chunk = count / 2;
    while chunk > 0 {
        let starts = (0..count).step_by(chunk).take(64);
        found.extend(starts.map(|start| {
            let end = (start + chunk).min(count);
            let kept = characters[..start].iter().chain(&characters[end..]);
            kept.collect()
        }));
        chunk /= 2;
    }
    let plainer = (0..count.min(64)).filter(|at| characters[*at] != 'a');
    found.extend(plainer.map(|at| {
        let mut plain = characters.clone();
        plain[at] = 'a';
        plain.into_iter().collect()
    }));
    found.retain(|shorter| shorter != text);
    found
}

/// The same input with its literal token as one that is made, where it is what somebody with some
/// mistake would make of these fields, or a changed form of the right one.
pub(super) fn as_made(pool: &SeedPool<'_>, input: &Input) -> Input {
    let Token::Literal(presented) = &input.token else {
        return input.clone();
    };
    let Some((text, _)) = presented_text(presented) else {
        return input.clone();
    };
    let scheme = &pool.suite().scheme;
    let parsed = scheme.token.parse(&scheme.fields, text);
    let mut fields = fields_as_shown(scheme, &input.fields, input.now, parsed.as_ref());
    for (name, value) in pool.base().fields.iter() {
        if fields.value(name).is_none() {
            fields.set(name, value.clone());
        }
    }
    let call = Call::sign(scheme, &input.secrets, &fields, input.now);
    match Recipe::of(&call, presented) {
        Some(recipe) => Input {
            token: Token::Made(recipe),
            fields,
            ..input.clone()
        },
        None => input.clone(),
    }
}
