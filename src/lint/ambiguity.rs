//! Whether two inputs can have the same message.
//!
//! Inputs that a filter makes equal are one input: that is what the filter is for.
//!
//! Where each field stands once, the question is decided exactly. A message then is a
//! concatenation of regular languages (literals, texts of their patterns or without what their
//! filters remove, canonical times, enums), and two inputs share one if and only if some word can be cut into these pieces in
//! two ways; the product of the automaton with itself finds the shortest such word. A field that
//! stands twice makes copies that no automaton can compare: then a word that can be cut in one way
//! only still settles it, and so does a single field in any number of copies; for the rest there is
//! a small search, and the honest answer that nothing was found.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::lint::cuts::{Cuts, TwoCuts};
use crate::scheme::{FieldKind, FieldTexts, Filter, MessagePart, Scheme};
use crate::signature::{Fields, Value};

/// Whether two inputs can have the same message.
#[derive(Clone, Debug, PartialEq)]
pub enum Ambiguity {
    /// No two inputs can.
    None,
    /// These can; it has been tried.
    Found(Box<Collision>),
    /// It could not be decided.
    Undecided,
}

/// Two different inputs and the message that they share.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    /// An input, as the fields to sign.
    pub one: Fields,
    /// Another.
    pub other: Fields,
    /// The bytes that are signed for both.
    pub message: Vec<u8>,
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, and {}", Shown(&self.one), Shown(&self.other))
    }
}

/// Fields as a person reads them: `user_id "a", timestamp 5`.
pub(super) struct Shown<'a>(pub(super) &'a Fields);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let value = serde_json::to_string(value).map_err(|_| fmt::Error)?;
            write!(f, "{comma}{name} {value}")?;
        }
        Ok(())
    }
}

/// Decides whether two inputs of a scheme can have the same message.
pub fn ambiguity(scheme: &Scheme) -> Ambiguity {
    // Inputs without empty texts are easier to believe, so they are tried first.
    let mut cuts = Cuts::of(scheme, false).map(|cuts| cuts.find_two());
    if matches!(cuts, Some(TwoCuts::None)) {
        cuts = Cuts::of(scheme, true).map(|cuts| cuts.find_two());
    }
    match cuts {
        Some(TwoCuts::None) => Ambiguity::None,
        _ if repeats_a_field(scheme) => of_copies(scheme),
        Some(TwoCuts::Found(one, other)) => prove(scheme, &one, &other),
        Some(TwoCuts::TooMany) | None => Ambiguity::Undecided,
    }
}

/// Turns two ways to cut a word into two inputs, and renders both.
fn prove(scheme: &Scheme, one: &[(usize, Vec<u8>)], other: &[(usize, Vec<u8>)]) -> Ambiguity {
    let fields = |cut: &[(usize, Vec<u8>)]| -> Fields {
        cut.iter()
            .filter_map(|(part, bytes)| value_of(scheme, *part, bytes))
            .collect()
    };
    collision(scheme, fields(one), fields(other)).map_or(Ambiguity::Undecided, |found| {
        Ambiguity::Found(Box::new(found))
    })
}

/// The two inputs, if they are different and have the same message.
fn collision(scheme: &Scheme, one: Fields, other: Fields) -> Option<Collision> {
    let message = render(scheme, &one)?;
    // Outside the form that the scheme states nobody signs.
    let is_input = |fields: &Fields| scheme.are_of_their_form(fields, None);
    if !is_input(&one) || !is_input(&other) {
        return None;
    }
    let differ = signed_values(scheme, &one)? != signed_values(scheme, &other)?;
    (differ && render(scheme, &other)? == message).then_some(Collision {
        one,
        other,
        message,
    })
}

/// The field that a piece of a message comes from, and its value; `None` for a literal.
fn value_of(scheme: &Scheme, part: usize, bytes: &[u8]) -> Option<(String, Value)> {
    let MessagePart::Field { field, filters } = &scheme.message.parts()[part] else {
        return None;
    };
    let field = scheme.fields.at(*field);
    let text = std::str::from_utf8(bytes).ok();
    let value = match &field.kind {
        FieldKind::UnixSeconds | FieldKind::UnixMillis => {
            text.and_then(|text| text.parse().ok()).map(Value::Number)
        }
        FieldKind::Enum(values) => values
            .iter()
            .find(|value| filtered(value.as_bytes(), filters) == bytes)
            .map(|value| Value::Text(value.clone())),
        FieldKind::Text => text.map(|text| Value::Text(text.to_owned())),
    };
    let value = value.unwrap_or_else(|| Value::Bytes(bytes.to_vec()));
    Some((field.name.clone(), value))
}

fn render(scheme: &Scheme, fields: &Fields) -> Option<Vec<u8>> {
    let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
    scheme.message.render(&scheme.fields, &texts).ok()
}

/// What each place of the message holds: inputs with the same are one.
fn signed_values(scheme: &Scheme, fields: &Fields) -> Option<Vec<Vec<u8>>> {
    let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
    let places = scheme.message.parts().iter().filter_map(|part| match part {
        MessagePart::Field { field, filters } => Some((*field, filters)),
        MessagePart::Literal(_) => None,
    });
    places
        .map(|(field, filters)| texts.bytes(field).map(|bytes| filtered(bytes, filters)))
        .collect()
}

pub(super) fn filtered(bytes: &[u8], filters: &[Filter]) -> Vec<u8> {
    filters
        .iter()
        .fold(bytes.to_vec(), |done, filter| filter.apply(&done))
}

fn repeats_a_field(scheme: &Scheme) -> bool {
    let fields: Vec<usize> = scheme.message.fields().collect();
    (0..fields.len()).any(|at| fields[..at].contains(&fields[at]))
}

/// How many inputs of a message with copies are tried.
const TRIED: usize = 60_000;

/// A message in which a field stands twice, and whose pieces alone do not tell where they end.
fn of_copies(scheme: &Scheme) -> Ambiguity {
    let mut fields: Vec<usize> = scheme.message.fields().collect();
    fields.sort_unstable();
    fields.dedup();
    let trims = scheme.message.parts().iter().any(
        |part| matches!(part, MessagePart::Field { filters, .. } if filters.contains(&Filter::Trim)),
    );
    // The length of the whole then tells the length of the one field, and so each of its places.
    if fields.len() == 1 && !trims {
        return Ambiguity::None;
    }
    let mut seen: HashMap<Vec<u8>, Fields> = HashMap::new();
    for input in small_inputs(scheme, &fields).into_iter().take(TRIED) {
        let Some(message) = render(scheme, &input) else {
            continue;
        };
        match seen.entry(message) {
            Entry::Vacant(entry) => drop(entry.insert(input)),
            Entry::Occupied(entry) => {
                if let Some(found) = collision(scheme, entry.get().clone(), input) {
                    return Ambiguity::Found(Box::new(found));
                }
            }
        }
    }
    Ambiguity::Undecided
}

/// Inputs of few characters, the shortest first.
fn small_inputs(scheme: &Scheme, fields: &[usize]) -> Vec<Fields> {
    let mut letters: Vec<char> = vec!['a'];
    for part in scheme.message.parts() {
        if let MessagePart::Literal(bytes) = part {
            letters.extend(String::from_utf8_lossy(bytes).chars());
        }
    }
    for &field in fields {
        if let FieldKind::Enum(values) = &scheme.fields.at(field).kind {
            letters.extend(values.iter().take(TRIED).flat_map(|value| value.chars()));
        }
    }
    letters.extend(['0', ' ', 'A']);
    let mut known = HashSet::new();
    letters.retain(|letter| known.insert(*letter));
    letters.truncate(6);
    // As many values for each field as fit into the number of inputs that are tried.
    let count = u32::try_from(fields.len()).unwrap_or(u32::MAX);
    let fits = |each: usize| each.checked_pow(count).is_some_and(|all| all <= TRIED);
    let each = (2..=TRIED).rev().find(|&each| fits(each)).unwrap_or(2);
    let mut inputs = vec![Fields::new()];
    for &field in fields {
        let field = scheme.fields.at(field);
        let values: Vec<Value> = match &field.kind {
            FieldKind::Text => texts(&letters, each),
            FieldKind::UnixSeconds | FieldKind::UnixMillis => {
                [0, 1, 10, 11, 100, 110].map(Value::Number).to_vec()
            }
            FieldKind::Enum(values) => values.iter().take(each).cloned().map(Value::Text).collect(),
        };
        inputs = inputs
            .iter()
            .flat_map(|input| {
                values
                    .iter()
                    .map(|value| input.clone().with(field.name.as_str(), value.clone()))
            })
            .take(TRIED)
            .collect();
    }
    inputs
}

/// The shortest texts over these letters.
fn texts(letters: &[char], count: usize) -> Vec<Value> {
    let mut texts = vec![String::new()];
    let mut from = 0;
    while texts.len() < count {
        let longer: Vec<String> = texts[from..]
            .iter()
            .flat_map(|text| letters.iter().map(move |letter| format!("{text}{letter}")))
            .collect();
        from = texts.len();
        texts.extend(longer);
    }
    texts.truncate(count);
    texts.into_iter().map(Value::Text).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{Ambiguity, ambiguity, render, signed_values};
    use crate::scheme::{
        Algorithm, Field, FieldKind, FieldSet, Freshness, Layout, Message, Pattern, Scheme,
        SecretEncoding, SecretRule, TokenGrammar,
    };
    use crate::signature::{Fields, Value};

    const KINDS: [&str; 3] = ["x", "xa", "-"];

    fn scheme(message: &str) -> Scheme {
        let field = |name: &str, kind| Field::new(name, kind);
        let fields = FieldSet::new(vec![
            field("a", FieldKind::Text),
            field("b", FieldKind::Text),
            field("c", FieldKind::Text),
            field("t", FieldKind::UnixSeconds),
            field("u", FieldKind::UnixMillis),
            field("k", FieldKind::Enum(KINDS.map(str::to_owned).to_vec())),
        ]);
        Scheme {
            algorithm: Algorithm::HmacSha256,
            mac_bytes: 32,
            secret: SecretRule {
                encoding: SecretEncoding::Utf8,
                strip_prefix: None,
                pattern: None,
                per: None,
            },
            message: Message::compile(message, &fields).unwrap(),
            token: TokenGrammar::Template(Layout::compile("{mac:hex}", &fields, 32).unwrap()),
            fields,
            freshness: Freshness::Unspecified,
            policy: None,
        }
    }

    /// What is found is a collision indeed.
    fn is_found(scheme: &Scheme) -> bool {
        let Ambiguity::Found(found) = ambiguity(scheme) else {
            return false;
        };
        assert_eq!(render(scheme, &found.one), Some(found.message.clone()));
        assert_eq!(render(scheme, &found.other), Some(found.message.clone()));
        assert_ne!(
            signed_values(scheme, &found.one).unwrap(),
            signed_values(scheme, &found.other).unwrap()
        );
        assert!(scheme.message.fields().all(|field| {
            let name = &scheme.fields.at(field).name;
            found.one.value(name).is_some() && found.other.value(name).is_some()
        }));
        true
    }

    #[test]
    fn messages_that_no_two_inputs_share() {
        for message in [
            "{a}",
            "user:{a}",
            "{a|lower}",
            "{a|trim|lower}",
            "{a}-{t}",
            "{t}.{a}",
            "{t}{a|trim}x{t}",
            "{a}.{t}.{u}",
            "{a|trim} {t}",
            "{t}-{u}",
            "{k}:{a}",
            // No value ends in another, though one begins with another.
            "{a}{k}",
            "{a}{a}",
            "{a}:{a|lower}",
            // The first A can only be the delimiter.
            "{a|lower}A{b}",
            "{a|lower}0A{b|lower}",
        ] {
            let expected = if message.matches("{t}").count() > 1 {
                Ambiguity::Undecided
            } else {
                Ambiguity::None
            };
            assert_eq!(ambiguity(&scheme(message)), expected, "{message}");
        }
    }

    #[test]
    fn messages_that_two_inputs_share() {
        for message in [
            "{a}{b}",
            "{a}-{b}",
            "{a}{t}",
            "{t}{u}",
            "{a}.{t}.{b}",
            "{k}{a}",
            "{a|trim} {b}",
            "{a}A{b|lower}0{c}",
            "{a|trim}-{b|trim}",
            "{a}a-long-delimiter{b}",
            "{a}\u{e9}{b}",
            "{a}{b}{a}",
            "{a}:{b}:{a}",
            "{a}\u{0}{b}",
        ] {
            assert!(is_found(&scheme(message)), "{message}");
        }
    }

    #[test]
    fn a_pattern_keeps_the_delimiter_out_of_a_text() {
        let with = |message: &str, pattern: &str| {
            let mut fields: Vec<Field> = scheme(message).fields.iter().cloned().collect();
            fields[0].pattern = Some(Pattern::compile(pattern).unwrap());
            Scheme {
                fields: FieldSet::new(fields),
                ..scheme(message)
            }
        };
        for (message, pattern) in [
            ("{a}:{b}", r"\d+\.\d+"),
            ("{a}{b}", "[0-9]{0}"),
            ("{a|lower}A{b}", "[A-Z]+"),
        ] {
            assert_eq!(
                ambiguity(&with(message, pattern)),
                Ambiguity::None,
                "{message}"
            );
        }
        // Each of its texts has one dot: the second is the delimiter.
        assert_eq!(ambiguity(&with("{a}.{b}", r"\d+\.\d{9}")), Ambiguity::None);
        for (message, pattern) in [
            ("{a}.{b}", "[a.]+"),
            ("{b}.{t}.{a}", r"(?s)\s*(\{.*\}|\[.*\])\s*"),
            ("{b}-{a}", r"\d{2}(-\d{2})?"),
            ("{a}{b}", "x*|y"),
        ] {
            assert!(is_found(&with(message, pattern)), "{message} {pattern}");
        }
        // What is found outside the pattern is no collision; nothing better is known of a filter.
        assert_eq!(
            ambiguity(&with("{a|trim}.{b}", r"\d+\.\d{9}")),
            Ambiguity::Undecided
        );
    }

    #[test]
    fn the_inputs_shown_are_short_and_not_empty_where_that_is_possible() {
        let Ambiguity::Found(found) = ambiguity(&scheme("{a}.{t}.{b}")) else {
            panic!("it is ambiguous");
        };
        assert_eq!(
            found.to_string(),
            r#"a "a.0", t 0, b "a", and a "a", t 0, b "0.a""#
        );
        let Ambiguity::Found(found) = ambiguity(&scheme("{a|trim} {b}")) else {
            panic!("it is ambiguous");
        };
        assert_eq!(found.to_string(), r#"a "a a", b "a", and a "a", b "a a""#);
    }

    #[test]
    fn what_is_too_large_to_decide_is_not_decided() {
        let values: Vec<String> = (0..30_000).map(|n| format!("value-{n}")).collect();
        let fields = FieldSet::new(vec![Field::new("k", FieldKind::Enum(values))]);
        let large = Scheme {
            message: Message::compile("{k}", &fields).unwrap(),
            fields,
            ..scheme("{a}")
        };
        assert_eq!(ambiguity(&large), Ambiguity::Undecided);
    }

    fn any_message() -> impl Strategy<Value = String> {
        let text = prop::sample::select(vec!["a", "b"]).prop_flat_map(|name| {
            prop::sample::select(vec!["", "|lower", "|trim", "|trim|lower", "|lower|trim"])
                .prop_map(move |filters| format!("{{{name}{filters}}}"))
        });
        let part = prop_oneof![
            3 => text,
            1 => prop::sample::select(vec!["{t}", "{u}", "{k}", "{k|lower}"]).prop_map(str::to_owned),
            3 => prop::sample::select(vec!["-", "a", " ", "0", "A", "1", "-a", "a ", "\t"]).prop_map(str::to_owned),
        ];
        prop::collection::vec(part, 1..6)
            .prop_map(|parts| parts.concat())
            .prop_filter("it names a field", |message| message.contains('{'))
    }

    /// Every input of at most two characters a text over the letters that matter.
    fn inputs(scheme: &Scheme) -> Vec<Fields> {
        let letters = ["a", "-", "0", "A", " "];
        let mut texts = vec![String::new()];
        for one in letters {
            texts.push(one.to_owned());
            texts.extend(letters.map(|two| format!("{one}{two}")));
        }
        let mut inputs = vec![Fields::new()];
        for (index, field) in scheme.fields.iter().enumerate() {
            if !scheme.message.fields().any(|used| used == index) {
                continue;
            }
            let values: Vec<Value> = match &field.kind {
                FieldKind::Text => texts.iter().cloned().map(Value::Text).collect(),
                FieldKind::Enum(values) => values.iter().cloned().map(Value::Text).collect(),
                _ => [0, 1, 10, 100].map(Value::Number).to_vec(),
            };
            inputs = inputs
                .iter()
                .flat_map(|input| {
                    values
                        .iter()
                        .map(|value| input.clone().with(field.name.as_str(), value.clone()))
                })
                .collect();
        }
        inputs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// What is shown collides, and where all small inputs are tried and two collide, that is
        /// never denied.
        #[test]
        fn the_answer_is_that_of_trying(message in any_message()) {
            let scheme = scheme(&message);
            let answer = ambiguity(&scheme);
            if let Ambiguity::Found(_) = answer {
                prop_assert!(is_found(&scheme), "{}", message);
                return Ok(());
            }
            let mut seen: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
            for input in inputs(&scheme) {
                let values = signed_values(&scheme, &input).unwrap();
                let rendered = render(&scheme, &input).unwrap();
                let before = seen.entry(rendered).or_insert_with(|| values.clone());
                let denied = answer == Ambiguity::None && *before != values;
                prop_assert!(!denied, "{}: {:?}", message, input);
            }
        }

        /// Only a message that repeats a field is left undecided.
        #[test]
        fn it_is_decided_where_each_field_stands_once(message in any_message()) {
            let once = ["{a", "{b", "{t", "{u", "{k"].iter().all(|name| message.matches(name).count() < 2);
            if once {
                prop_assert_ne!(ambiguity(&scheme(&message)), Ambiguity::Undecided, "{}", message);
            }
        }
    }
}
