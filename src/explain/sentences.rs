//! What the sentences of the catalogue may say of a scheme.

use crate::mistakes::samples::samples;
use crate::mistakes::{Mistake, Words, catalogue};
use crate::scheme::Scheme;
use crate::suite::well_known;

/// Names of languages and of what belongs to one.
const LANGUAGES: [&str; 14] = [
    "PHP", "Python", "Ruby", "Java", "Node", "Go ", "Go's", ".NET", "C#", "Perl", "Rust", "Kotlin",
    "Swift", "Buffer.",
];

fn sentences(words: &Words) -> [&str; 3] {
    [&words.title, &words.wrong, &words.remedy]
}

/// Whether a text has a word, in either number.
fn has_word(text: &str, word: &str) -> bool {
    let text = text.to_lowercase().replace("constant time", "");
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|one| one == word || one.strip_suffix('s') == Some(word))
}

/// What a sentence says that the scheme does not have.
fn false_of(scheme: &Scheme, mistake: &Mistake, sentence: &str) -> Vec<&'static str> {
    let has_time = scheme.times().next().is_some();
    let has_field = |name: &str| scheme.fields.index(name).is_some();
    let is_of_one = ["-as-node", "-as-ruby", "-as-php"]
        .iter()
        .any(|end| mistake.id.as_str().ends_with(end));
    let mut found = Vec::new();
    let mut wrong = |is_wrong: bool, what: &'static str| {
        if is_wrong {
            found.push(what);
        }
    };
    wrong(!has_time && has_word(sentence, "time"), "a time");
    wrong(!has_time && has_word(sentence, "clock"), "a clock");
    wrong(
        !has_field("platform") && has_word(sentence, "platform"),
        "a platform",
    );
    wrong(
        !has_field("identity") && has_word(sentence, "identity"),
        "an identity",
    );
    wrong(
        !has_field("email") && has_word(sentence, "email"),
        "an email",
    );
    wrong(!has_field("user") && has_word(sentence, "user"), "a user");
    wrong(
        scheme.secret.strip_prefix.is_none() && has_word(sentence, "whsec"),
        "a prefix of the secret",
    );
    wrong(sentence.contains(['{', '}']), "a template");
    let names_one = LANGUAGES.iter().any(|language| sentence.contains(language));
    wrong(names_one && !is_of_one, "a language");
    found
}

#[test]
fn no_sentence_names_what_the_scheme_lacks() {
    let schemes = well_known()
        .map(|suite| &suite.parsed().scheme)
        .chain(samples().iter().map(|sample| &sample.scheme));
    let mut wrong = Vec::new();
    for scheme in schemes {
        let applies = |mistake: &&Mistake| mistake.applies(scheme).is_ok();
        for mistake in catalogue().iter().filter(applies) {
            let words = mistake.words_of(scheme);
            for sentence in sentences(&words) {
                for what in false_of(scheme, mistake, sentence) {
                    wrong.push(format!("{}: {what}: {sentence}", mistake.id));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn general_sentences_contain_no_template() {
    for mistake in catalogue() {
        for sentence in sentences(&mistake.words()) {
            assert!(!sentence.contains(['{', '}']), "{}: {sentence}", mistake.id);
        }
    }
}

#[test]
fn a_hint_is_shown_only_for_its_language() {
    let mistake = crate::mistakes::MistakeId::named("encoding-big-integer")
        .unwrap()
        .mistake();
    let remedy = "Encode the bytes.";
    assert!(
        mistake
            .with_hint(remedy, Some("Java"))
            .contains("HexFormat")
    );
    assert_eq!(mistake.with_hint(remedy, Some("python")), remedy);
    assert_eq!(mistake.with_hint(remedy, None), remedy);
    assert!(mistake.with_every_hint(remedy).contains("(Java: HexFormat"));
}
