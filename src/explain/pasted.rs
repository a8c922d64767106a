//! A token in whatever was pasted around it: a header line, quotes, JSON, the prompt of a tool, a
//! line that was wrapped.

use crate::explain::question::{Question, explain_to};
use crate::explain::{Answer, Explanation};
use crate::results::Redaction;
use crate::scheme::Scheme;

/// How many tokens are looked for in one text.
const MOST_TOKENS: usize = 4;

/// At how many places a token may begin or end. Between the places of a longer text nothing is
/// looked for.
const MOST_PLACES: usize = 160;

/// The shortest run of letters and digits that may be a MAC, where nothing has the scheme's form.
const SHORTEST_RUN: usize = 20;

/// A token, and what stands around it in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pasted {
    token: String,
    before: String,
    behind: String,
}

/// Explains a token that may have been pasted with other text around it, with so many deviations
/// before the MAC at most. A note says what was taken for the token.
pub(super) fn explain_pasted(question: &Question<'_>, deepest: usize) -> Explanation {
    let is_explained = |one: &Explanation| matches!(one.answer, Answer::Right | Answer::Explained);
    let whole = explain_to(question, deepest);
    if is_explained(&whole) {
        return whole;
    }
    let scheme = question.scheme;
    if scheme.token.parse(&scheme.fields, question.token).is_some() {
        return whole;
    }
    // Who pastes a request may paste the secret with it.
    let secrets = question.secrets.iter().map(|(_, secret)| secret.clone());
    let redaction = Redaction::of(secrets);
    let mut first = None;
    for pasted in tokens_in(scheme, question.token) {
        let part = Question {
            token: &pasted.token,
            ..*question
        };
        let mut explanation = explain_to(&part, deepest);
        explanation.notes.insert(0, pasted.note(&redaction));
        if is_explained(&explanation) {
            return explanation;
        }
        first.get_or_insert(explanation);
    }
    first.unwrap_or(whole)
}

impl Pasted {
    fn note(&self, redaction: &Redaction) -> String {
        let around = [(&self.before, "before"), (&self.behind, "behind")];
        let around: Vec<String> = around
            .iter()
            .filter(|(text, _)| !text.is_empty())
            .map(|(text, place)| format!("{} {place} it", shown(&redaction.text(text))))
            .collect();
        let token = &self.token;
        if around.is_empty() {
            format!("the line breaks and blanks in the token were ignored: {token}")
        } else {
            format!(
                "the token was read from a longer text, with {}: {token}",
                around.join(" and ")
            )
        }
    }
}

/// A text in quotes, its middle left out where it is long.
pub(super) fn shown(text: &str) -> String {
    const ENDS: usize = 20;
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= 2 * ENDS {
        return format!("{text:?}");
    }
    let begin: String = characters[..ENDS].iter().collect();
    let end: String = characters[characters.len() - ENDS..].iter().collect();
    format!("{:?}", format!("{begin}…{end}"))
}

/// Whether some part of a text is written as the scheme writes tokens.
pub(super) fn holds_token(scheme: &Scheme, text: &str) -> bool {
    let is_token = |part: &str| scheme.token.parse(&scheme.fields, part).is_some();
    !parts_of(text, is_token).is_empty()
}

/// The tokens in a text, those of the scheme's form first, the longest first at each place.
fn tokens_in(scheme: &Scheme, text: &str) -> Vec<Pasted> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_token = |part: &str| scheme.token.parse(&scheme.fields, part).is_some();
    let mut found = Vec::new();
    for text in [text, &joined] {
        found.extend(parts_of(text, is_token));
    }
    if found.is_empty() && scheme.token.fields().next().is_none() {
        let is_run = |part: &str| {
            let is_of_a_mac = |c: char| c.is_ascii_alphanumeric() || "+/_=-".contains(c);
            part.len() >= SHORTEST_RUN && part.chars().all(is_of_a_mac)
        };
        found.extend(parts_of(text, is_run));
    }
    let mut known: Vec<Pasted> = Vec::new();
    for one in found {
        if one.token != text && known.iter().all(|other| other.token != one.token) {
            known.push(one);
        }
    }
    known.truncate(MOST_TOKENS);
    known
}

/// The parts of a text that begin and end at a mark and are wanted; none within another.
fn parts_of(text: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<Pasted> {
    let mut places: Vec<usize> = vec![0];
    let mut last = None;
    for (at, c) in text.char_indices() {
        let is_mark = !c.is_alphanumeric();
        if last.is_some_and(|was_mark| was_mark || is_mark) {
            places.push(at);
        }
        last = Some(is_mark);
    }
    places.push(text.len());
    places.dedup();
    places.truncate(MOST_PLACES);
    let mut found = Vec::new();
    let mut from = 0;
    for &start in &places {
        if start < from {
            continue;
        }
        let mut ends = places.iter().rev().filter(|&&end| end > start);
        if let Some(&end) = ends.find(|&&end| is_wanted(&text[start..end])) {
            found.push(Pasted {
                token: text[start..end].to_owned(),
                before: text[..start].to_owned(),
                behind: text[end..].to_owned(),
            });
            from = end;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{explain_pasted, tokens_in};
    use crate::explain::search::DEEPEST;
    use crate::explain::{Answer, Explanation, Question};
    use crate::mistakes::samples::{NOW, Sample};
    use crate::mistakes::{Inputs, MistakeId, Mistaken, Pipeline};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Fields, Outcome, Secret, Secrets};

    struct Asked {
        sample: &'static Sample,
        secrets: Secrets,
        fields: Fields,
    }

    impl Asked {
        fn new() -> Self {
            let sample = &crate::mistakes::samples::samples()[0];
            let secrets = sample.secrets().remove(0);
            Self {
                sample,
                secrets,
                fields: sample.fields("Id-C5c178f6"),
            }
        }

        fn right(&self) -> String {
            let inputs = Inputs {
                scheme: &self.sample.scheme,
                secrets: &self.secrets,
                fields: &self.fields,
                now: NOW,
                millis: None,
            };
            Pipeline::right().token(&inputs).unwrap()
        }

        fn with(&self, mistake: &str) -> String {
            let id = MistakeId::named(mistake).unwrap();
            let call = Call::sign(&self.sample.scheme, &self.secrets, &self.fields, NOW);
            match Mistaken::new(&[id]).unwrap().call(&call) {
                Outcome::Token(token) => token,
                other => panic!("{other:?}"),
            }
        }

        fn explain(&self, token: &str) -> Explanation {
            explain_pasted(
                &Question {
                    scheme: &self.sample.scheme,
                    secrets: &self.secrets,
                    fields: &self.fields,
                    token,
                    now: Some(NOW),
                    depth: Question::DEPTH,
                    interrupt: None,
                },
                DEEPEST,
            )
        }
    }

    /// What people copy with a token.
    const AROUND: [(&str, &str); 9] = [
        ("Bearer ", ""),
        ("X-Signature: ", "\r\n"),
        ("X-Hub-Signature-256: sha256=", ""),
        ("\"", "\","),
        ("\u{201c}", "\u{201d}"),
        ("{\"user\":\"x\",\"hash\":\"", "\"}"),
        ("<signature>", "</signature>"),
        ("HMAC-SHA256(stdin)= ", "\n"),
        ("appkey:", ""),
    ];

    #[test]
    fn a_mistake_is_named_whatever_stands_around_the_token() {
        let asked = Asked::new();
        for mistake in ["identity-lower-cased", "secret-hex-decoded"] {
            let token = asked.with(mistake);
            for (before, behind) in AROUND {
                let text = format!("{before}{token}{behind}");
                let explanation = asked.explain(&text);
                assert_eq!(explanation.answer, Answer::Explained, "{text:?}");
                let ids = explanation.causes[0].mistake_ids();
                assert_eq!(ids[0].as_str(), mistake, "{text:?}: {explanation:?}");
                let note = &explanation.notes[0];
                assert!(note.contains(&token), "{note}");
            }
        }
    }

    /// Without the token nothing is known of the time.
    #[test]
    fn the_time_is_read_from_the_token_that_was_found() {
        let scheme = &crate::suite::find("jimo").unwrap().parsed().scheme;
        let secrets = Secrets::One(Secret::new("aabbccdd00112233"));
        let fields = Fields::new().with("user_id", "user-42");
        let whole = fields.clone().with("timestamp", "1795999810");
        let id = MistakeId::named("secret-hex-decoded").unwrap();
        let call = Call::sign(scheme, &secrets, &whole, 1_795_999_810);
        let Outcome::Token(token) = Mistaken::new(&[id]).unwrap().call(&call) else {
            panic!("it signs");
        };
        let explanation = explain_pasted(
            &Question {
                scheme,
                secrets: &secrets,
                fields: &fields,
                token: &format!("x-signature: \"{token}\","),
                now: None,
                depth: Question::DEPTH,
                interrupt: None,
            },
            DEEPEST,
        );
        assert_eq!(explanation.answer, Answer::Explained);
        assert_eq!(explanation.causes[0].mistake_ids(), [id]);
    }

    #[test]
    fn a_secret_beside_the_token_is_not_repeated() {
        let scheme = &crate::suite::find("jotreview").unwrap().parsed().scheme;
        let secret = "example-secret-0123456789";
        let secrets = Secrets::One(Secret::new(secret));
        let fields = Fields::new().with("user_id", "user-42");
        let token = "0".repeat(64);
        let explanation = explain_pasted(
            &Question {
                scheme,
                secrets: &secrets,
                fields: &fields,
                token: &format!("key: {secret}, token: {token}"),
                now: None,
                depth: Question::DEPTH,
                interrupt: None,
            },
            DEEPEST,
        );
        let note = &explanation.notes[0];
        assert!(note.contains(&token), "{note}");
        for part in [secret, "0123456789", "example-secret"] {
            assert!(!note.contains(part), "{note}");
        }
    }

    #[test]
    fn a_wrapped_token_is_joined() {
        let asked = Asked::new();
        let right = asked.right();
        let wrapped = format!("{}\n  {}", &right[..20], &right[20..]);
        let explanation = asked.explain(&wrapped);
        assert_eq!(explanation.answer, Answer::Right);
        assert_eq!(
            explanation.notes[0],
            format!("the line breaks and blanks in the token were ignored: {right}")
        );
    }

    #[test]
    fn text_without_a_token_is_left_as_it_is() {
        let asked = Asked::new();
        for text in [
            "",
            "hello, world",
            "=====",
            "\u{1f600}".repeat(500).as_str(),
        ] {
            assert!(tokens_in(&asked.sample.scheme, text).is_empty(), "{text:?}");
            assert_eq!(asked.explain(text).answer, Answer::Unexplained);
        }
    }
}
