//! What holds of every explanation: planted mistakes are found, and nothing is claimed that is not
//! so.

use crate::explain::{Answer, Explanation, Question, explain};
use crate::mistakes::samples::{NOW, Sample, samples};
use crate::mistakes::{Choice, Inputs, Mistake, MistakeId, Pipeline, Stage, catalogue};
use crate::signature::{Fields, Secrets};

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
                    sample: &sample,
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

/// Every mistake of signing, in each of its forms.
#[test]
fn every_mistake_is_found() {
    // One scheme stands for all here: the search of each takes seconds in a debug build.
    let found = find_every_mistake(&samples()[..1]);
    assert!(found > 150, "{found}");
}

/// The same in a scheme of each kind.
#[test]
#[ignore = "slow in a debug build: cargo test --release --lib explain -- --ignored"]
fn every_mistake_is_found_in_every_scheme() {
    let found = find_every_mistake(&samples());
    assert!(found > 1000, "{found}");
}

/// How many tokens were made by a mistake; all of them must be explained by its name.
fn find_every_mistake(samples: &[Sample]) -> usize {
    let mut found = 0;
    let mut missed = Vec::new();
    for sample in samples {
        for mistake in signing() {
            let mut secrets = sample.secrets();
            if mistake.stage != Stage::Secret {
                secrets.truncate(1);
            }
            for secrets in secrets {
                let asked = Asked {
                    sample,
                    secrets,
                    fields: sample.fields(identity_for(mistake)),
                };
                let right = asked.token(&Pipeline::right());
                for form in 0..48 {
                    let choice = Choice { mistake, form };
                    let Some(token) = asked.token(&Pipeline::right().with(choice)) else {
                        break;
                    };
                    if Some(&token) == right.as_ref() {
                        continue;
                    }
                    let explanation = asked.explain(&token);
                    found += 1;
                    if !is_told(&explanation, &[mistake]) {
                        missed.push(format!(
                            "{}: {choice:?} gives {token}\n{explanation}",
                            sample.name
                        ));
                    }
                }
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {found}:\n{}",
        missed.len(),
        missed.join("\n")
    );
    found
}
