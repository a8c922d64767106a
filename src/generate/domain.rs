//! The texts that a field or a secret takes: any, or those of its pattern, and how more of them
//! are made.

use std::sync::Arc;

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::scheme::{Content, Field, Params, Pattern};
use crate::signature::{OutcomeKind, Value};
use crate::suite::{Expect, Suite, Vector};

/// The texts that a field takes.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    field: Field,
    /// What stands before and behind a name in a text of the field; `None` where no name fits.
    frame: Option<(&'static str, &'static str)>,
    /// A text of the pattern, where one was found.
    ordinary: String,
    is_known: bool,
}

/// What stands around a name in texts of well-known forms.
const FRAMES: [(&str, &str); 6] = [
    ("", ""),
    ("", "@example.com"),
    ("id=", ""),
    ("https://example.com/", ""),
    ("{\"id\":\"", "\"}"),
    ("[{\"id\":\"", "\"}]"),
];

/// Texts of well-known forms in which no name stands.
const FORMS: [&str; 8] = [
    "123456",
    "123.456",
    "user42",
    "USER42",
    "7d444840-9dc0-11d1-b245-5ffdce74fad2",
    "2024-01-02",
    "2024-01-02T03:04:05Z",
    "https://example.com/42",
];

/// How often the pattern itself is asked for a text.
const SAMPLES: u64 = 200;
/// How long such a text may become, in bytes, and how many steps it may take.
const LONGEST: usize = 4_096;
const MOST_STEPS: usize = 20_000;

impl Domain {
    /// That of the field of a suite: with an example of its author's, where one is of its form.
    pub(crate) fn of(suite: &Suite, field: usize, name: &str) -> Self {
        let field = suite.scheme.fields.at(field);
        if !field.has_a_form() {
            return Self {
                field: field.clone(),
                frame: Some(FRAMES[0]),
                ordinary: name.to_owned(),
                is_known: true,
            };
        }
        let fits = |(before, behind): &(&str, &str)| {
            let with = |name: &str| field.takes(format!("{before}{name}{behind}").as_bytes());
            with(name) && with("user-1")
        };
        let frame = FRAMES.into_iter().find(fits);
        let framed = frame.map(|(before, behind)| format!("{before}{name}{behind}"));
        let mut examples = suite
            .vectors
            .iter()
            .filter(|vector| is_ordinary(vector))
            .filter_map(|vector| vector.request.fields.value(&field.name)?.as_text())
            .filter(|text| text.len() <= 200);
        // Of a document a name is enough; a pattern may ask for more than its frame tells, and so
        // do parameters of which only those of some names are signed.
        let is_chosen = |params: &Arc<Params>| !params.prefix.is_empty();
        let chooses = field.params.as_ref().is_some_and(is_chosen);
        let example = match (&field.pattern, &framed) {
            (None, Some(_)) if !chooses => None,
            _ => examples.find(|text| field.takes(text.as_bytes())),
        };
        let of_its_pattern =
            || some_text(field.pattern.as_ref()?, |text| field.takes(text.as_bytes()));
        let frame = frame.filter(|_| example.is_none());
        let ordinary = example
            .map(str::to_owned)
            .or(framed)
            .or_else(of_its_pattern);
        Self {
            field: field.clone(),
            frame,
            is_known: ordinary.is_some(),
            ordinary: ordinary.unwrap_or_else(|| name.to_owned()),
        }
    }

    /// Whether a text of the field's form is known.
    pub(crate) fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether the field has a pattern or a content.
    pub(crate) fn has_a_form(&self) -> bool {
        self.field.has_a_form()
    }

    /// What the texts of the field hold.
    pub(crate) fn content(&self) -> Content {
        self.field.content
    }

    /// Whether a value is of the field's form. What is no text has requirements of its own.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        value
            .to_bytes()
            .is_none_or(|bytes| self.field.takes(&bytes))
    }

    /// Whether a field takes JSON, of which a pattern says the braces only: what stands between
    /// them is nothing to be sure of.
    pub(crate) fn looks_like_json_and_is_none(&self, value: &Value) -> bool {
        let text = value.as_text().unwrap_or_default();
        self.field.pattern.is_some()
            && text.trim_start().starts_with(['{', '['])
            && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
    }

    /// The ordinary text of the field.
    pub(crate) fn ordinary(&self) -> &str {
        &self.ordinary
    }

    /// One of many texts of the field's form.
    pub(crate) fn numbered(&self, number: u64) -> Option<String> {
        if let Some((before, behind)) = self.frame {
            return self.checked(format!("{before}user-{number}{behind}"));
        }
        let text = &self.ordinary;
        let grown = runs(text)
            .into_iter()
            .find_map(|(_, end)| self.checked(format!("{}{number}{}", &text[..end], &text[end..])));
        grown.or_else(|| {
            runs(text)
                .into_iter()
                .find_map(|(start, end)| self.checked(counted(text, start, end, number)?))
        })
    }

    /// A text of the field's form that has so many bytes.
    pub(crate) fn of_length(&self, length: usize) -> Option<String> {
        if let Some((before, behind)) = self.frame {
            let name = length.checked_sub(before.len() + behind.len())?;
            return self.checked(format!("{before}{}{behind}", "a".repeat(name)));
        }
        let text = &self.ordinary;
        let more = length.checked_sub(text.len())?;
        runs(text).into_iter().find_map(|(_, end)| {
            let last = &text[end - 1..end];
            self.checked(format!(
                "{}{}{}",
                &text[..end],
                last.repeat(more),
                &text[end..]
            ))
        })
    }

    /// Texts of the field's form that a careless verifier takes for the ordinary one, with the
    /// name of the slip and the bug.
    pub(crate) fn look_alikes(&self) -> Vec<(&'static str, String, &'static str)> {
        let text = &self.ordinary;
        let without_last: String = {
            let mut characters = text.chars();
            characters.next_back();
            characters.collect()
        };
        let candidates = [
            (
                "another",
                self.numbered(7).unwrap_or_default(),
                "a verifier that knows who signed but not for whom.",
            ),
            (
                "upper-case",
                text.to_uppercase(),
                "a verifier that ignores case.",
            ),
            (
                "lower-case",
                text.to_lowercase(),
                "a verifier that ignores case.",
            ),
            (
                "blank-before",
                format!(" {text}"),
                "a verifier that trims what is signed.",
            ),
            (
                "blank-after",
                format!("{text} "),
                "a verifier that trims what is signed.",
            ),
            (
                "line-feed-after",
                format!("{text}\n"),
                "a verifier that cuts a line end off.",
            ),
            (
                "leading-zero",
                format!("0{text}"),
                "a verifier that compares numbers.",
            ),
            (
                "zero-after",
                format!("{text}0"),
                "a verifier that compares numbers.",
            ),
            (
                "twice",
                format!("{text}{text}"),
                "a verifier that looks at the beginning only.",
            ),
            (
                "one-character-less",
                without_last,
                "a verifier that compares up to the shorter length.",
            ),
            (
                "of-4096-bytes",
                self.of_length(4_096).unwrap_or_default(),
                "a verifier that lets a long text pass unchecked.",
            ),
        ];
        let differs = |(_, other, _): &(&str, String, &str)| {
            other != text && self.checked(other.clone()).is_some()
        };
        candidates.into_iter().filter(differs).collect()
    }

    fn checked(&self, text: String) -> Option<String> {
        self.field.takes(text.as_bytes()).then_some(text)
    }
}

/// Whether a vector binds implementations to take its values.
pub(crate) fn is_ordinary(vector: &Vector) -> bool {
    match &vector.expect {
        Expect::Token { or, .. } | Expect::Sent { or, .. } => or.is_empty(),
        Expect::Outcomes(kinds) => kinds == &[OutcomeKind::Accept],
        Expect::Rejected { .. } | Expect::Observe(_) => false,
    }
}

/// A text of a pattern that is as wanted: one of a well-known form, else one that its structure
/// gives. The same pattern gives the same text.
pub(crate) fn some_text(pattern: &Pattern, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let fits = |text: &str| pattern.matches(text.as_bytes()) && is_wanted(text);
    let known = FORMS.into_iter().find(|form| fits(form));
    known.map(str::to_owned).or_else(|| {
        (0..SAMPLES)
            .filter_map(|seed| sample(pattern.hir(), seed))
            .find(|text| fits(text))
    })
}

/// A text that the structure of a pattern gives; what looks around in it is passed over, so that
/// it need not match.
fn sample(hir: &Hir, seed: u64) -> Option<String> {
    let mut sampler = Sampler {
        rng: Rng::with_seed(seed),
        out: Vec::new(),
        steps: 0,
    };
    sampler.write(hir)?;
    String::from_utf8(sampler.out).ok()
}

struct Sampler {
    rng: Rng,
    out: Vec<u8>,
    steps: usize,
}

impl Sampler {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.out.len() > LONGEST {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.out.extend_from_slice(&literal.0),
            HirKind::Class(Class::Unicode(class)) => {
                let ranges: Vec<_> = class.iter().map(|r| (r.start(), r.end())).collect();
                let mut friendly = [('0', '9'), ('a', 'z'), ('A', 'Z')];
                self.rng.shuffle(&mut friendly);
                let friendly = friendly.into_iter().find_map(|(from, to)| {
                    let overlap = |&(start, end): &(char, char)| {
                        let (start, end) = (start.max(from), end.min(to));
                        (start <= end).then_some((start, end))
                    };
                    ranges.iter().find_map(overlap)
                });
                let (start, end) = friendly.or_else(|| self.rng.choice(ranges))?;
                let mut bytes = [0; 4];
                let character = self.rng.char(start..=end);
                self.out
                    .extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
            }
            HirKind::Class(Class::Bytes(class)) => {
                let range = self.rng.choice(class.ranges())?;
                let byte = self.rng.u8(range.start()..=range.end());
                self.out.push(byte);
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(u32::MAX);
                let more = self.rng.u32(0..=8).min(most.saturating_sub(repetition.min));
                for _ in 0..repetition.min.saturating_add(more) {
                    self.write(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub)?,
            HirKind::Concat(all) => {
                for one in all {
                    self.write(one)?;
                }
            }
            HirKind::Alternation(all) => {
                let one = self.rng.choice(all)?;
                self.write(one)?;
            }
        }
        Some(())
    }
}

/// The runs of ASCII letters and digits in a text in which something can be changed with the least
/// harm to its form: those that end in a digit, the last first, then the others, without JSON's
/// words.
fn runs(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for at in 0..=bytes.len() {
        let inside = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(begin), false) => {
                runs.push((begin, at));
                start = None;
            }
            _ => {}
        }
    }
    runs.retain(|&(start, end)| !["true", "false", "null"].contains(&&text[start..end]));
    runs.reverse();
    runs.sort_by_key(|&(_, end)| !bytes[end - 1].is_ascii_digit());
    runs
}

/// The text with a run counted on from its end, digit for digit and letter for letter; its first
/// character stays, unless it is the only one. `None` where the run is too short for the number.
fn counted(text: &str, start: usize, end: usize, number: u64) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let first = if end - start > 1 { start + 1 } else { start };
    let mut rest = number;
    for byte in bytes[first..end].iter_mut().rev() {
        let (zero, base) = match *byte {
            b'0'..=b'9' => (b'0', 10),
            b'a'..=b'z' => (b'a', 26),
            _ => (b'A', 26),
        };
        let value = (u64::from(*byte - zero) + rest) % base;
        rest = (u64::from(*byte - zero) + rest) / base;
        *byte = zero + u8::try_from(value).ok()?;
    }
    (rest == 0).then(|| String::from_utf8(bytes).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{counted, runs, some_text};
    use crate::scheme::Pattern;

    #[test]
    fn changeable_runs_come_first() {
        let text = "{\"paid\":true,\"id\":\"evt_12\"}";
        let found: Vec<&str> = runs(text).iter().map(|&(a, b)| &text[a..b]).collect();
        assert_eq!(found, ["12", "evt", "id", "paid"]);
        assert_eq!(counted("a-109", 2, 5, 1).as_deref(), Some("a-110"));
        assert_eq!(counted("a-199", 2, 5, 1), None);
        assert_eq!(counted("abz", 0, 3, 1).as_deref(), Some("aca"));
    }

    #[test]
    fn a_pattern_without_a_text_has_none() {
        for pattern in ["[^\\s\\S]", "a\\bb"] {
            let pattern = Pattern::compile(pattern).unwrap();
            assert_eq!(some_text(&pattern, |_| true), None, "{pattern:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Patterns of the kinds that vendors have give a text, and it is of their form.
        #[test]
        fn a_pattern_gives_a_text(
            parts in prop::collection::vec(prop::sample::select(vec![
                r"\d+", r"[a-z]{2,8}", r"[A-Z0-9]{10}", r"\.", "-", "(?:eu|us)", r"\w+", "[^@ ]+",
                r"(?:[0-9a-f]{2})+", "evt_", r"\p{Greek}", ".*", "(?i)id",
            ]), 1..6),
        ) {
            let pattern = Pattern::compile(&parts.concat()).unwrap();
            let text = some_text(&pattern, |_| true);
            prop_assert!(text.is_some_and(|text| pattern.matches(text.as_bytes())), "{:?}", pattern);
        }
    }
}
