//! Why a verifier misjudges. A cause is told on positive evidence only: what the verifier accepted
//! when it was asked, and for mistakes in judging, all that it did.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::explain::asking::{Asking, Seen, class};
use crate::explain::inquiry::{Confirmed, Inquired, inquire};
use crate::explain::leniency::leniencies;
use crate::explain::suspects::applicable;
use crate::mistakes::{MistakeId, Mistaken};
use crate::results::{Account, Causes, Diagnosis, InquiryResult, LikelyCause, MistakeMention};
use crate::scheme::{Implementation as _, Scheme};
use crate::signature::OutcomeKind;

/// Why a verifier misjudged.
pub struct VerifierExplained {
    /// The causes; the inquiry's requests are for the caller to add.
    pub diagnosis: Diagnosis,
    /// How the inquiry ended.
    pub result: InquiryResult,
    /// The alternatives that explain each of the cases, in their order; no case has two causes.
    pub causes: Vec<Vec<Causes>>,
}

/// Why a verifier misjudged these cases.
///
/// `first` are mistakes that signing has shown: they are tried before the others.
pub fn explain_verifier(
    seen: &[Seen<'_>],
    first: &[Vec<MistakeId>],
    asking: &mut Asking<'_>,
) -> VerifierExplained {
    let mut explained = VerifierExplained {
        diagnosis: Diagnosis::default(),
        result: InquiryResult::Consistent,
        causes: vec![Vec::new(); seen.len()],
    };
    let failed = seen.iter().filter(|one| one.failed).count() as u64;
    if failed == 0 {
        return explained;
    }
    let mut told = Told::default();
    let mut first = first.to_vec();
    for places in by_suite(seen) {
        let suite: Vec<&Seen<'_>> = places.iter().map(|&at| &seen[at]).collect();
        match told.add(&suite, &mut first, asking) {
            Ok(of_cases) => {
                for (at, alternatives) in of_cases {
                    explained.causes[places[at]] = alternatives;
                }
            }
            Err(why) => {
                explained.result = why;
                explained.causes = vec![Vec::new(); seen.len()];
                told = Told::default();
                break;
            }
        }
    }
    let of_causes: u64 = told.diagnosis.causes.iter().map(|cause| cause.verify).sum();
    let mut ruled_out: Vec<String> = told.ruled_out.iter().map(ToString::to_string).collect();
    ruled_out.sort_unstable();
    told.diagnosis.verify = Some(Account {
        failed,
        unexplained: failed.saturating_sub(of_causes),
        tried: told.tried.len() as u64,
        in_pairs: told.in_pairs,
        ruled_out,
        ..Account::default()
    });
    explained.diagnosis = told.diagnosis;
    explained
}

/// How many mistakes of signing can make a difference in one of these schemes.
pub fn signing_mistakes<'a>(schemes: impl Iterator<Item = &'a Scheme>) -> u64 {
    let ids: HashSet<MistakeId> = schemes
        .flat_map(|scheme| applicable(scheme, false))
        .map(|mistake| mistake.id)
        .collect();
    ids.len() as u64
}

/// The places of the cases of each suite.
fn by_suite(seen: &[Seen<'_>]) -> Vec<Vec<usize>> {
    let mut suites: Vec<Vec<usize>> = Vec::new();
    for (at, one) in seen.iter().enumerate() {
        let mut known = suites.iter_mut();
        match known.find(|suite| seen[suite[0]].suite == one.suite) {
            Some(suite) => suite.push(at),
            None => suites.push(vec![at]),
        }
    }
    suites
}

#[derive(Default)]
struct Told {
    diagnosis: Diagnosis,
    tried: HashSet<MistakeId>,
    ruled_out: HashSet<MistakeId>,
    in_pairs: bool,
}

impl Told {
    /// Adds what the cases of one suite say, and returns the alternatives of each case that is
    /// explained.
    fn add(
        &mut self,
        seen: &[&Seen<'_>],
        first: &mut Vec<Vec<MistakeId>>,
        asking: &mut Asking<'_>,
    ) -> Result<Vec<(usize, Vec<Causes>)>, InquiryResult> {
        let mut of_cases: Vec<(usize, Vec<Causes>)> = Vec::new();
        let Inquired {
            mut confirmed,
            tried,
            ruled_out,
            in_pairs,
        } = inquire(seen, asking, first)?;
        let mut open: Vec<bool> = seen.iter().map(|one| one.failed).collect();
        let own_tokens_only = asking.own_tokens_only;
        confirmed.sort_by_key(|one| Reverse(explained(one, seen, &open, own_tokens_only).len()));
        let rejected = |at: &usize| {
            let one = seen[*at];
            one.failed && one.is_right && class(one.outcome) != OutcomeKind::Accept
        };
        let rejections = (0..seen.len()).filter(rejected).count();
        let mut shares = Vec::new();
        for one in confirmed {
            let explains = explained(&one, seen, &open, own_tokens_only);
            for &at in &explains {
                open[at] = false;
            }
            shares.push((one, explains));
        }
        let is_whole = !(0..seen.len()).filter(rejected).any(|at| open[at]);
        for (one, explains) in shares {
            // What is true of a few inputs only, and leaves most rejections unexplained, is what
            // something unknown does to these.
            let share = explains.iter().filter(|at| rejected(at)).count();
            if !is_whole && share * 2 < rejections {
                for at in explains {
                    open[at] = true;
                }
                continue;
            }
            first.push(one.suspect.ids());
            of_cases.extend(explains.iter().map(|&at| (at, one.alternatives.clone())));
            self.diagnosis.add(LikelyCause {
                alternatives: one.alternatives,
                sign: 0,
                verify: explains.len() as u64,
                accepted_tokens: one.accepted as u64,
            });
        }
        let lenient = leniencies(seen, &mut open, asking, first)?;
        let failed = seen.iter().filter(|one| one.failed).count();
        let unexplained = open.iter().filter(|&&open| open).count();
        for one in lenient.found {
            // The same of what is accepted.
            let is_proved = one.accepted > 0;
            if !is_proved && one.explains.len() * 10 < failed && unexplained * 2 > failed {
                continue;
            }
            let alternatives = one.alternatives.into_iter();
            let alternatives: Vec<Causes> = alternatives
                .map(|id| in_words(id, seen[0].scheme))
                .collect();
            of_cases.extend(one.explains.iter().map(|&at| (at, alternatives.clone())));
            self.diagnosis.add(LikelyCause {
                accepted_tokens: one.accepted as u64,
                alternatives,
                sign: 0,
                verify: one.explains.len() as u64,
            });
        }
        self.tried.extend(tried);
        self.tried.extend(lenient.tried);
        self.ruled_out.extend(ruled_out);
        self.ruled_out.extend(lenient.ruled_out);
        self.in_pairs |= in_pairs;
        Ok(of_cases)
    }
}

/// The open cases in which a verifier with these mistakes does what was seen.
fn explained(
    one: &Confirmed,
    seen: &[&Seen<'_>],
    open: &[bool],
    own_tokens_only: bool,
) -> Vec<usize> {
    let mut planted = Mistaken::along(one.suspect.pipeline.clone());
    let mut does = |at: &usize| {
        let seen = seen[*at];
        if own_tokens_only {
            return one.rejects(seen);
        }
        class(&planted.call(&seen.request.call(seen.scheme))) == class(seen.outcome)
    };
    let mut places: Vec<usize> = (0..seen.len()).filter(|&at| open[at]).collect();
    places.retain(|at| does(at));
    places
}

fn in_words(id: MistakeId, scheme: &Scheme) -> Causes {
    let words = id.mistake().words_of(scheme);
    Causes {
        mistakes: vec![MistakeMention {
            id: id.to_string(),
            title: words.title,
            detail: String::new(),
            remedy: words.remedy,
            explained: None,
        }],
    }
}
