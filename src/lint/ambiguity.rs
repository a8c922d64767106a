//! Decides whether two different inputs can have the same message.
//!
//! Inputs that a filter makes equal count as one input, since that is the purpose of a filter. An
//! input in which a field is absent is another than those in which it is given.
//!
//! If each field occurs once, the question is decided exactly. A message is then a concatenation of
//! regular languages (literals, the texts of a pattern or those that filters leave, canonical
//! times, enums), and two inputs share one if and only if some word can be split into these pieces
//! in two ways. The product of the automaton with itself finds the shortest such word. If a field
//! occurs twice, no automaton can compare its copies. Even then, a word that can be split in only
//! one way settles the question, and so does a message with a single field in any number of copies.
//! For the rest there is a bounded search, whose failure proves nothing.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::lint::splits::{Cuts, TwoCuts};
use crate::scheme::{
    FieldKind, FieldTexts, Filter, MessagePart, Scheme, filtered, normalizing, unfiltered,
};
use crate::signature::{Fields, Value};

/// The answer to whether two inputs can have the same message.
#[derive(Clone, Debug, PartialEq)]
pub enum Ambiguity {
    /// No two inputs can.
    None,
    /// These two inputs do; this was verified by rendering both.
    Found(Box<Collision>),
    /// The question could not be decided.
    Undecided,
}

/// Two different inputs with the same message.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    /// The fields of one input.
    pub one: Fields,
    /// The fields of the other.
    pub other: Fields,
    /// The bytes that are signed for both.
    pub message: Vec<u8>,
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, and {}", Shown(&self.one), Shown(&self.other))
    }
}

/// Displays fields for people: `user_id "a", timestamp 5`.
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
    // Examples without empty texts are more convincing, so try those first.
    let mut cuts = Cuts::of(scheme, false).map(|cuts| cuts.find_two(scheme));
    if matches!(cuts, Some(TwoCuts::None)) {
        cuts = Cuts::of(scheme, true).map(|cuts| cuts.find_two(scheme));
    }
    match cuts {
        Some(TwoCuts::None) => Ambiguity::None,
        _ if repeats_a_field(scheme) => of_copies(scheme),
        Some(TwoCuts::Found(one, other)) => prove(scheme, &one, &other),
        Some(TwoCuts::TooMany) | None => Ambiguity::Undecided,
    }
}

/// Turns two splits of a word into two inputs, and verifies them by rendering both.
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

/// The collision of two inputs, if they are different and have the same message.
fn collision(scheme: &Scheme, one: Fields, other: Fields) -> Option<Collision> {
    let message = render(scheme, &one)?;
    // No implementation signs inputs outside the form that the scheme states.
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

/// The field that a part of the message renders, with its value; `None` for a literal.
fn value_of(scheme: &Scheme, part: usize, bytes: &[u8]) -> Option<(String, Value)> {
    let MessagePart::Field { field, filters } = &scheme.message.parts()[part] else {
        return None;
    };
    let field = scheme.fields.at(*field);
    let (_, writing) = normalizing(filters);
    // What a digest was made of cannot be told: two inputs of it do not collide.
    let read = unfiltered(bytes, writing);
    let bytes = read.as_deref().unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).ok();
    let value = match &field.kind {
        FieldKind::Time(form) => text.map(|text| form.value_of(text)),
        FieldKind::Enum(values) => values
            .iter()
            .find(|value| filtered(value.as_bytes(), filters).as_ref() == bytes)
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

/// The bytes at each place of the message, and none where a field is absent. Inputs that agree in
/// them count as one.
fn signed_values(scheme: &Scheme, fields: &Fields) -> Option<Vec<Option<Vec<u8>>>> {
    let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
    let places = scheme.message.parts().iter().filter_map(|part| match part {
        MessagePart::Field { field, filters } => Some((*field, filters)),
        MessagePart::Literal(_) => None,
    });
    places
        .map(|(field, filters)| match texts.bytes(field) {
            Some(bytes) => Some(Some(filtered(bytes, filters).into_owned())),
            None => scheme.message.is_optional(field).then_some(None),
        })
        .collect()
}

fn repeats_a_field(scheme: &Scheme) -> bool {
    let fields: Vec<usize> = scheme.message.fields().collect();
    (0..fields.len()).any(|at| fields[..at].contains(&fields[at]))
}

/// Maximum number of inputs tried for a message with repeated fields.
const TRIED: usize = 60_000;

/// Searches a message in which a field occurs twice and whose splits are ambiguous.
fn of_copies(scheme: &Scheme) -> Ambiguity {
    let mut fields: Vec<usize> = scheme.message.fields().collect();
    fields.sort_unstable();
    fields.dedup();
    let trims = scheme.message.parts().iter().any(
        |part| matches!(part, MessagePart::Field { filters, .. } if filters.contains(&Filter::Trim)),
    );
    // The total length determines the length of the single field, and so each of its copies. One
    // that may be absent is not alone.
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

/// Inputs with few characters, shortest first.
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
    // Use as many values per field as fit into the limit on inputs.
    let count = u32::try_from(fields.len()).unwrap_or(u32::MAX);
    let fits = |each: usize| each.checked_pow(count).is_some_and(|all| all <= TRIED);
    let each = (2..=TRIED).rev().find(|&each| fits(each)).unwrap_or(2);
    let mut inputs = vec![Fields::new()];
    for &field in fields {
        let may_be_absent = scheme.message.is_optional(field);
        let field = scheme.fields.at(field);
        let values: Vec<Value> = match &field.kind {
            FieldKind::Text => texts(&letters, each),
            FieldKind::Time(form) => [0, 1, 10, 11, 100, 110]
                .map(|time| form.value(time))
                .to_vec(),
            FieldKind::Enum(values) => values.iter().take(each).cloned().map(Value::Text).collect(),
        };
        inputs = inputs
            .iter()
            .flat_map(|input| {
                let given = values
                    .iter()
                    .map(|value| input.clone().with(field.name.as_str(), value.clone()));
                let absent = may_be_absent.then(|| input.clone());
                absent.into_iter().chain(given)
            })
            .take(TRIED)
            .collect();
    }
    inputs
}

/// The `count` shortest texts over these letters.
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
        SecretEncoding, SecretRule, TimeForm, TokenGrammar,
    };
    use crate::signature::{Fields, Value};

    const KINDS: [&str; 3] = ["x", "xa", "-"];

    fn fields() -> FieldSet {
        let field = |name: &str, kind| Field::new(name, kind);
        FieldSet::new(vec![
            field("a", FieldKind::Text),
            field("b", FieldKind::Text),
            field("c", FieldKind::Text),
            field("t", FieldKind::Time(TimeForm::UnixSeconds)),
            field("u", FieldKind::Time(TimeForm::UnixMillis)),
            field("k", FieldKind::Enum(KINDS.map(str::to_owned).to_vec())),
        ])
    }

    fn scheme(message: &str) -> Scheme {
        let fields = fields();
        Scheme {
            algorithm: Algorithm::HmacSha256,
            mac_bytes: 32,
            secret: SecretRule {
                encoding: SecretEncoding::Utf8,
                derive: Vec::new(),
                strip_prefix: None,
                pattern: None,
                per: None,
            },
            message: Message::compile(message, &fields).unwrap(),
            token: TokenGrammar::Template(Layout::compile("{mac:hex}", &fields, 32).unwrap()),
            fields,
            freshness: Freshness::Unspecified,
            policy: None,
            places: None,
        }
    }

    /// Whether a collision is found and is real.
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
            let both = found.one.value(name).is_some() && found.other.value(name).is_some();
            both || scheme.message.is_optional(field)
        }));
        true
    }

    #[test]
    fn injective_messages() {
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
            // No value is a suffix of another, although one is a prefix of another.
            "{a}{k}",
            "{a}{a}",
            "{a}:{a|lower}",
            // The first A can only be the delimiter.
            "{a|lower}A{b}",
            "{a|lower}0A{b|lower}",
            "{t}[:{a}]",
            "{t}[:{k}]",
            "[{a|lower}A]{t}",
            "[x{a|sha256|hex};]{t}",
            // Two marks are one part more than one mark.
            "{t}[:{k}][;{a|sha1|hex}]",
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
    fn ambiguous_messages() {
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
            "{a}[:{b}]",
            "{a}:{b}[:{c}]",
            "[{b}:]{a}",
            "{t}[{b};][-{c}]",
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
        // Each text has exactly one dot, so the second dot is the delimiter.
        assert_eq!(ambiguity(&with("{a}.{b}", r"\d+\.\d{9}")), Ambiguity::None);
        for (message, pattern) in [
            ("{a}.{b}", "[a.]+"),
            ("{b}.{t}.{a}", r"(?s)\s*(\{.*\}|\[.*\])\s*"),
            ("{b}-{a}", r"\d{2}(-\d{2})?"),
            ("{a}{b}", "x*|y"),
        ] {
            assert!(is_found(&with(message, pattern)), "{message} {pattern}");
        }
        // A collision outside the pattern does not count; with a filter, nothing better is known.
        assert_eq!(
            ambiguity(&with("{a|trim}.{b}", r"\d+\.\d{9}")),
            Ambiguity::Undecided
        );
    }

    #[test]
    fn the_example_inputs_are_short_and_not_empty_if_possible() {
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
    fn inputs_too_large_to_decide_are_undecided() {
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
        let optional = prop::sample::select(vec!["[-{c}]", "[{c}a]", "[-{k}]", "[a{c|lower}-]"]);
        let part = prop_oneof![
            3 => text,
            2 => optional.prop_map(str::to_owned),
            1 => prop::sample::select(vec!["{t}", "{u}", "{k}", "{k|lower}"]).prop_map(str::to_owned),
            3 => prop::sample::select(vec!["-", "a", " ", "0", "A", "1", "-a", "a ", "\t"]).prop_map(str::to_owned),
        ];
        prop::collection::vec(part, 1..6)
            .prop_map(|parts| parts.concat())
            .prop_filter("it compiles", |message| {
                Message::compile(message, &fields()).is_ok()
            })
    }

    /// All inputs with at most two characters per text, over the letters that matter.
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
                FieldKind::Time(_) => [0, 1, 10, 100].map(Value::Number).to_vec(),
            };
            let may_be_absent = scheme.message.is_optional(index);
            inputs = inputs
                .iter()
                .flat_map(|input| {
                    let given = values
                        .iter()
                        .map(|value| input.clone().with(field.name.as_str(), value.clone()));
                    may_be_absent
                        .then(|| input.clone())
                        .into_iter()
                        .chain(given)
                })
                .collect();
        }
        inputs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Reported collisions are real, and if an exhaustive search of small inputs finds a
        /// collision, it is never denied.
        #[test]
        fn the_answer_agrees_with_exhaustive_search(message in any_message()) {
            let scheme = scheme(&message);
            let answer = ambiguity(&scheme);
            if let Ambiguity::Found(_) = answer {
                prop_assert!(is_found(&scheme), "{}", message);
                return Ok(());
            }
            let mut seen: HashMap<Vec<u8>, Vec<Option<Vec<u8>>>> = HashMap::new();
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
        fn ambiguity_is_decided_if_each_field_occurs_once(message in any_message()) {
            let once = ["{a", "{b", "{c", "{t", "{u", "{k"].iter().all(|name| message.matches(name).count() < 2);
            if once {
                prop_assert_ne!(ambiguity(&scheme(&message)), Ambiguity::Undecided, "{}", message);
            }
        }
    }
}
