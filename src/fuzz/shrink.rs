//! Shrinking: the smallest input that still shows what is wrong.
//!
//! Each step proposes simpler inputs, the boldest first; the implementation is asked about several
//! at once, and the first that still shows it is the next.

use crate::fuzz::input::{Edit, Input, Recipe, Signer, Token};
use crate::fuzz::mutate::SeedPool;
use crate::mistakes::{Mistaken, catalogue};
use crate::results::Failure;
use crate::scheme::{Call, Implementation as _, Scheme, SecretEncoding};
use crate::signature::{Fields, Op, Secret, Secrets, Value};

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
            let key = scheme.secret.key(secret);
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
    let (literal, in_list) = match &input.token {
        Token::Literal(Value::Text(literal)) => (literal, false),
        Token::Literal(Value::Json(serde_json::Value::Array(items))) => match &items[..] {
            [serde_json::Value::String(literal)] => (literal, true),
            _ => return input.clone(),
        },
        _ => return input.clone(),
    };
    let scheme = &pool.suite().scheme;
    let mut whole = input.clone();
    if let Some(parsed) = scheme.token.parse(&scheme.fields, literal) {
        for (field, text) in parsed.fields() {
            let field = scheme.fields.at(field);
            whole.fields.set(field.name.as_str(), number_or_text(text));
        }
    }
    for (name, value) in pool.base().fields.iter() {
        if whole.fields.value(name).is_none() {
            whole.fields.set(name, value.clone());
        }
    }
    let mut signer = Signer::default();
    let mut made = |recipe: Recipe| {
        let candidate = Input {
            token: Token::Made(Recipe { in_list, ..recipe }),
            ..whole.clone()
        };
        let request = candidate.request(pool.suite(), &mut signer)?;
        let presented = match &input.token {
            Token::Literal(value) => request.token.as_ref() == Some(value),
            _ => false,
        };
        presented.then_some(candidate)
    };
    let right = right_token(scheme, &whole.secrets, &whole.fields, whole.now);
    let edits = right.iter().flat_map(|right| edits(right, literal));
    for edits in edits {
        let recipe = Recipe {
            edits,
            ..Recipe::default()
        };
        if let Some(found) = made(recipe) {
            return found;
        }
    }
    for mistake in catalogue()
        .iter()
        .filter(|mistake| !mistake.is_of_verifying())
    {
        let recipe = Recipe {
            by: Some(mistake.id),
            ..Recipe::default()
        };
        if mistake.applies(scheme).is_ok()
            && let Some(found) = made(recipe)
        {
            return found;
        }
    }
    input.clone()
}

fn number_or_text(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text && number <= crate::signature::MAX_NUMBER => {
            Value::Number(number)
        }
        _ => text.into(),
    }
}

fn right_token(scheme: &Scheme, secrets: &Secrets, fields: &Fields, now: u64) -> Option<String> {
    let call = Call::sign(scheme, secrets, fields, now);
    Mistaken::new(&[]).ok()?.call(&call).into_token()
}

/// Ways in which the right token may have become another.
fn edits(right: &str, literal: &str) -> Vec<Vec<Edit>> {
    let count = literal.chars().count();
    let mut found = vec![
        Vec::new(),
        vec![Edit::Upper],
        vec![Edit::Lower],
        vec![Edit::Keep(count)],
        vec![Edit::Drop(right.chars().count().saturating_sub(count))],
    ];
    if let Some(more) = literal.strip_prefix(right) {
        found.push(vec![Edit::Append(more.to_owned())]);
    }
    if let Some(more) = literal.strip_suffix(right) {
        found.push(vec![Edit::Prepend(more.to_owned())]);
    }
    let differing: Vec<usize> = std::iter::zip(right.chars(), literal.chars())
        .enumerate()
        .filter(|(_, (one, other))| one != other)
        .map(|(at, _)| at)
        .collect();
    if let (&[at], true) = (&differing[..], right.chars().count() == count) {
        let other = literal.chars().nth(at).unwrap_or('0');
        found.push(vec![Edit::Replace(at, other)]);
    }
    found
}
