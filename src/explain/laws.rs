//! What holds of every explanation: planted mistakes are found, and nothing is claimed that is not
//! so.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::explain::question::MOST_CAUSES;
use crate::explain::{Answer, Explanation, Question, explain};
use crate::mistakes::samples::{NOW, Sample, samples};
use crate::mistakes::{Choice, Inputs, Mistake, MistakeId, Pipeline, Stage, Step, catalogue};
use crate::scheme::FieldTexts;
use crate::signature::{Fields, Secret, Secrets};

/// An identity, and what goes with it, in which most mistakes show.
const IDENTITY: &str = " J\u{f6}rg+A/B&<e\u{301}>\u{20ac}\"\\@Example.COM ";

/// Mistakes that only show in other identities.
fn identity_for(mistake: &Mistake) -> &'static str {
    match mistake.id.as_str() {
        "identity-as-integer" => "00712345",
        "identity-as-double" => "9007199254740993",
        "identity-with-exponent" => "1741761604",
        "identity-cut-at-nul" => "Ab\0c",
        _ if mistake.stage == Stage::Identity => IDENTITY,
        _ => "Id-C5c178f6",
    }
}

fn signing() -> impl Iterator<Item = &'static Mistake> {
    catalogue()
        .iter()
        .filter(|mistake| !mistake.is_of_verifying())
}

struct Asked<'a> {
    sample: &'a Sample,
    secrets: Secrets,
    fields: Fields,
}

impl Asked<'_> {
    fn token(&self, pipeline: &Pipeline) -> Option<String> {
        let inputs = Inputs {
            scheme: &self.sample.scheme,
            secrets: &self.secrets,
            fields: &self.fields,
            now: NOW + 77,
            millis: None,
        };
        pipeline.token(&inputs).ok()
    }

    fn explain(&self, token: &str) -> Explanation {
        explain(&Question {
            scheme: &self.sample.scheme,
            secrets: &self.secrets,
            fields: &self.fields,
            token,
            now: Some(NOW + 77),
            depth: Question::DEPTH,
            interrupt: None,
        })
    }
}

/// The mistakes of an explanation's causes.
fn ids(explanation: &Explanation) -> Vec<Vec<MistakeId>> {
    let of = |cause: &crate::explain::Cause| cause.mistakes.iter().map(|found| found.id).collect();
    explanation.causes.iter().map(of).collect()
}

/// Whether what was planted is among the causes, or something shorter or more general is.
fn is_told(explanation: &Explanation, planted: &[&Mistake]) -> bool {
    let general = |mistake: &Mistake| mistake.case_of.unwrap_or(mistake.id.as_str());
    explanation.answer == Answer::Explained
        && ids(explanation).iter().any(|cause| {
            let matches = |mistake: &&Mistake| {
                cause.contains(&mistake.id)
                    || cause.iter().any(|id| id.as_str() == general(mistake))
            };
            cause.len() < planted.len() || planted.iter().all(matches)
        })
}

#[test]
fn the_right_token_is_right() {
    for sample in samples() {
        for secrets in sample.secrets() {
            for identity in [IDENTITY, "id-1", "007", ""] {
                let fields = sample.fields(identity);
                let asked = Asked {
                    sample,
                    secrets: secrets.clone(),
                    fields,
                };
                let Some(token) = asked.token(&Pipeline::right()) else {
                    continue;
                };
                let explanation = asked.explain(&token);
                assert_eq!(
                    explanation.answer,
                    Answer::Right,
                    "{} {identity}",
                    sample.name
                );
                assert!(explanation.causes.is_empty());
            }
        }
    }
}

/// Whether every law is held of everything, as `MACPROOF_LAWS=all cargo test --release --lib
/// explain::laws` does in minutes; else each takes the schemes by turns.
fn holds_all() -> bool {
    std::env::var_os("MACPROOF_LAWS").is_some_and(|laws| laws == "all")
}

/// Every mistake of signing is found by its name, in its forms.
#[test]
fn every_mistake_is_found() {
    let mut found = 0;
    let mut missed = Vec::new();
    for mistake in signing() {
        for form in 0..48 {
            // Of many forms, which differ in a number or a word, every fourth stands for all.
            if form > 4 && form % 4 != 0 && !holds_all() {
                continue;
            }
            let choice = Choice { mistake, form };
            // Forms begin at different schemes, so that all kinds of schemes have their turn.
            let mut schemes: Vec<&Sample> = samples().iter().collect();
            let turn = (found + form) % schemes.len();
            schemes.rotate_left(turn);
            let asked = schemes
                .into_iter()
                .flat_map(|sample| changed_by(choice, sample));
            let most = if holds_all() { usize::MAX } else { 1 };
            let before = found;
            for (asked, token) in asked.take(most) {
                let explanation = asked.explain(&token);
                found += 1;
                // Of a secret that does not fit the scheme that is said instead.
                if !is_told(&explanation, &[mistake]) && explanation.remarks.is_empty() {
                    missed.push(format!(
                        "{}: {choice:?} gives {token}\n{explanation}",
                        asked.sample.name
                    ));
                }
            }
            if found == before && form > 0 {
                break;
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {found}:\n{}",
        missed.len(),
        missed.join("\n")
    );
    assert!(found > 150, "{found}");
}

/// What is asked of a sample with each of its secrets where a mistake makes another token of it,
/// and that token.
fn changed_by(choice: Choice, sample: &Sample) -> Vec<(Asked<'_>, String)> {
    let mut secrets = sample.secrets();
    if choice.mistake.stage != Stage::Secret {
        secrets.truncate(1);
    }
    let changed = secrets.into_iter().filter_map(|secrets| {
        let asked = Asked {
            sample,
            secrets,
            fields: sample.fields(identity_for(choice.mistake)),
        };
        let token = asked.token(&Pipeline::right().with(choice))?;
        let is_changed = asked.token(&Pipeline::right()).as_ref() != Some(&token);
        is_changed.then_some((asked, token))
    });
    changed.collect()
}

/// A token is more than the signatures that it offers.
#[test]
fn a_right_signature_in_a_malformed_token_is_not_a_right_token() {
    let sample = Sample::named("list");
    let asked = Asked {
        sample,
        secrets: sample.secrets()[0].clone(),
        fields: sample.fields("id-1"),
    };
    let right = asked.token(&Pipeline::right()).unwrap();
    let other = format!("{right} v0,x");
    assert_eq!(asked.explain(&other).answer, Answer::Right);
    for malformed in [format!("{right} "), format!(" {right}")] {
        let explanation = asked.explain(&malformed);
        assert_eq!(explanation.answer, Answer::Explained, "{malformed:?}");
        assert_eq!(
            ids(&explanation)[0][0].as_str(),
            "encoding-line-feed-behind"
        );
    }
}

/// Plants two mistakes at once, and says what is wrong if they are not found.
fn pair_is_missed(sample: &Sample, one: &'static Mistake, two: &'static Mistake) -> Option<String> {
    // What does not apply makes a token only of a secret that has none.
    if [one, two]
        .iter()
        .any(|mistake| mistake.applies(&sample.scheme).is_err())
    {
        return None;
    }
    let of_secret = [one, two]
        .iter()
        .any(|mistake| mistake.stage == Stage::Secret);
    let special = [one, two].map(identity_for);
    let identity = special
        .into_iter()
        .find(|text| *text != identity_for(&catalogue()[0]));
    let mut missed = None;
    for secrets in sample
        .secrets()
        .into_iter()
        .take(if of_secret { 4 } else { 1 })
    {
        let asked = Asked {
            sample,
            secrets,
            fields: sample.fields(identity.unwrap_or("Id-C5c178f6")),
        };
        let pipeline = Pipeline::right()
            .with(Choice::usual(one))
            .with(Choice::usual(two));
        let Some(token) = asked.token(&pipeline) else {
            continue;
        };
        if asked.token(&Pipeline::right()).as_ref() == Some(&token) {
            continue;
        }
        let explanation = asked.explain(&token);
        // Of what one token cannot tell apart, only so much is listed.
        let is_cut = explanation.causes.len() == MOST_CAUSES;
        if !is_told(&explanation, &[one, two]) && !is_cut {
            missed = Some(format!(
                "{}: {} and {} give {token}\n{explanation}",
                sample.name, one.id, two.id
            ));
        }
    }
    missed
}

/// Whether the two leave fewer than 64 bits of the MAC: those prove nothing, and nothing is said.
fn leave_too_little(one: &Mistake, two: &Mistake) -> bool {
    let losing = ["encoding-no-leading-zeros", "encoding-big-integer"];
    let cut = |mistake: &Mistake| mistake.id.as_str() == "encoding-cut-short";
    let loses = |mistake: &Mistake| losing.contains(&mistake.id.as_str());
    (cut(one) && loses(two)) || (cut(two) && loses(one))
}

/// The pairs of mistakes that can be made at once, those of the same two steps together.
fn pairs_by_step() -> Vec<Vec<(&'static Mistake, &'static Mistake)>> {
    let all: Vec<&'static Mistake> = signing().collect();
    let mut groups: HashMap<(Step, Step), Vec<_>> = HashMap::new();
    for (at, &one) in all.iter().enumerate() {
        for &two in &all[at + 1..] {
            if !one.excludes(two) && !leave_too_little(one, two) {
                let steps = (one.step(), two.step());
                groups.entry(steps).or_default().push((one, two));
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| group.first().map(|(one, two)| (one.id, two.id)));
    groups
}

/// Mistakes of every two steps are found together, each two in some of the schemes.
#[test]
fn pairs_of_mistakes_are_found() {
    const ONE_IN: usize = 8;
    let groups = pairs_by_step();
    assert!(groups.len() > 20, "{}", groups.len());
    let mut missed = Vec::new();
    for (turn, sample) in samples().iter().enumerate() {
        for (at, pairs) in groups.iter().enumerate() {
            let chosen: &[_] = if holds_all() {
                pairs
            } else if (turn + at) % ONE_IN == 0 {
                std::slice::from_ref(&pairs[(7 * turn + at) % pairs.len()])
            } else {
                &[]
            };
            missed.extend(
                chosen
                    .iter()
                    .filter_map(|(one, two)| pair_is_missed(sample, one, two)),
            );
        }
    }
    assert!(
        missed.is_empty(),
        "{}:\n{}",
        missed.len(),
        missed.join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Nothing is claimed of a token that no pipeline makes.
    #[test]
    fn chance_is_not_explained(
        at in 0..samples().len(),
        mac in prop::collection::vec(any::<u8>(), 64),
        identity in "[a-z0-9]{1,12}",
    ) {
        let sample = &samples()[at];
        let asked = Asked {
            sample,
            secrets: sample.secrets()[0].clone(),
            fields: sample.fields(identity.as_str()),
        };
        let mut texts = FieldTexts::default();
        for (index, field) in sample.scheme.fields.iter().enumerate() {
            if let Some(value) = asked.fields.value(&field.name) {
                texts.set(index, value.to_bytes().unwrap().into_owned());
            }
        }
        let scheme = &sample.scheme;
        let token = scheme.token.render(&scheme.fields, &mac[..scheme.mac_bytes], &texts).unwrap();
        let explanation = asked.explain(&token);
        prop_assert_eq!(explanation.answer, Answer::Unexplained);
        prop_assert!(explanation.causes.is_empty());
        prop_assert!(!explanation.clues.is_empty());
    }

    /// Any text at all is answered, and the right token is right whatever is in it.
    #[test]
    fn any_text_gets_an_answer(
        at in 0..samples().len(),
        token in prop_oneof![any::<String>(), "[0-9a-fA-F]{0,130}([-.:]?[0-9]{0,14})?", "[A-Za-z0-9+/=]{0,90}"],
        identity in any::<String>(),
        secret in "[!-~]{1,70}",
    ) {
        let sample = &samples()[at];
        let secrets = match sample.scheme.secret.per {
            None => Secrets::One(Secret::new(secret)),
            Some(_) => Secrets::Per(vec![("ios".into(), Secret::new(secret))]),
        };
        let asked = Asked { sample, secrets, fields: sample.fields(identity.as_str()) };
        let explanation = asked.explain(&token);
        prop_assert!(!matches!(explanation.answer, Answer::Right));
        prop_assert!(!explanation.to_string().is_empty());
        if let Some(right) = asked.token(&Pipeline::right()) {
            prop_assert_eq!(asked.explain(&right).answer, Answer::Right);
        }
    }
}

/// No form of a mistake is told by the name of a language, or of what the scheme does not have.
#[test]
fn no_explanation_names_what_the_scheme_lacks() {
    let languages = [
        "PHP",
        "Python",
        "Ruby",
        "Java",
        "Node",
        "Go's",
        ".NET",
        "PostgreSQL",
        "JSON.",
    ];
    let mut wrong = Vec::new();
    for sample in samples() {
        let scheme = &sample.scheme;
        let fields = sample.fields(IDENTITY);
        let inputs = Inputs {
            scheme,
            secrets: &sample.secrets()[0],
            fields: &fields,
            now: NOW,
            millis: None,
        };
        let has_time = scheme.times().next().is_some();
        for mistake in signing().filter(|mistake| mistake.applies(scheme).is_ok()) {
            for form in 0..40 {
                let form = crate::explain::details::detail(Choice { mistake, form }, &inputs);
                let finding = crate::explain::Finding::new(mistake, scheme, &form);
                let clause = finding.clause();
                let names_one = languages.iter().any(|language| clause.contains(language));
                let is_of_one = ["-as-node", "-as-ruby", "-as-php"]
                    .iter()
                    .any(|end| mistake.id.as_str().ends_with(end));
                let times = clause.contains("time") && !has_time;
                if (names_one && !is_of_one) || times || clause.contains(['{', '}']) {
                    wrong.push(format!("{} in {}: {clause}", mistake.id, sample.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
