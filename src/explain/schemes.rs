//! A token of a scheme that nobody has named: each scheme that has its fields is tried.

use crate::explain::alternatives::{FIRST_ROUND, Puzzle, solve_to};
use crate::explain::pasted::holds_token;
use crate::explain::search::DEEPEST;
use crate::explain::{Answer, Cause, Explanation, Instead, Tried};
use crate::mistakes::MistakeId;
use crate::scheme::Scheme;

/// How many schemes that explain a token otherwise are told.
const MOST_TOLD: usize = 3;

/// Finds of which schemes, by their names, the token is: those that explain it by the fewest
/// deviations.
pub fn solve_by_any(puzzles: &[(&str, Puzzle<'_>)]) -> Explanation {
    let fits = |puzzle: &Puzzle<'_>| {
        let scheme = puzzle.scheme;
        scheme.token.parse(&scheme.fields, puzzle.token).is_some()
    };
    let mut all: Vec<Solved<'_>> = puzzles
        .iter()
        .map(|(name, puzzle)| Solved {
            name,
            puzzle,
            fits: fits(puzzle),
            explanation: Explanation::new(Answer::NotAskable),
        })
        .collect();
    let any_fits = all.iter().any(|one| one.fits);
    let mut tried = Tried {
        complete: true,
        ..Tried::default()
    };
    for deepest in [FIRST_ROUND, DEEPEST] {
        // Where the form of the token tells schemes apart, the others are not searched in depth.
        for at in 0..all.len() {
            let is_worth_it = deepest < DEEPEST || all[at].fits || !any_fits;
            if !is_worth_it {
                continue;
            }
            // Many systems have one scheme, which need be searched only once.
            let is_twin = |other: &&Solved<'_>| is_same(other.puzzle, all[at].puzzle);
            if let Some(twin) = all[..at].iter().find(is_twin) {
                all[at].explanation = twin.explanation.clone();
                continue;
            }
            all[at].explanation = solve_to(all[at].puzzle, deepest);
            if all[at].is_askable() {
                tried.add(&all[at].explanation.tried);
            }
        }
        let found = all.iter().filter_map(|one| one.explanation.deviations());
        if found.min().is_some_and(|fewest| fewest <= deepest) {
            break;
        }
    }
    let (askable, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.is_askable());
    let deepest = all.iter().filter(|one| one.fits || !any_fits);
    let depths = deepest
        .filter(|one| one.is_askable())
        .map(|one| one.explanation.tried.depth);
    tried.depth = depths.min().unwrap_or_default();
    tried.schemes = askable.iter().map(|one| one.name.to_owned()).collect();
    tried.secrets = most(&all, |tried| tried.secrets);
    tried.values = most(&all, |tried| tried.values);
    let mut explanation = best(&all);
    explanation.tried = tried;
    if !others.is_empty() {
        let why = |one: &&Solved<'_>| {
            let refusal = one.explanation.notes.last();
            let refusal = refusal.map(String::as_str).unwrap_or_default();
            format!("{} ({refusal})", one.name)
        };
        let others: Vec<String> = others.iter().map(why).collect();
        let note = format!("not tried: {}", others.join(", "));
        explanation.notes.push(note);
    }
    explanation
}

/// Whether two puzzles are one: the same is signed in the same way, wherever it stands.
fn is_same(one: &Puzzle<'_>, other: &Puzzle<'_>) -> bool {
    let unplaced = |scheme: &Scheme| Scheme {
        places: None,
        ..scheme.clone()
    };
    one.token == other.token
        && one.fields == other.fields
        && unplaced(one.scheme) == unplaced(other.scheme)
}

/// What was found of one scheme.
struct Solved<'a> {
    name: &'a str,
    puzzle: &'a Puzzle<'a>,
    /// Whether the token is written as the scheme writes tokens.
    fits: bool,
    explanation: Explanation,
}

impl Solved<'_> {
    fn is_askable(&self) -> bool {
        self.explanation.answer != Answer::NotAskable
    }

    /// Whether a part of what was pasted is written as the scheme writes tokens.
    fn holds(&self) -> bool {
        self.fits || holds_token(self.puzzle.scheme, self.puzzle.token)
    }

    /// What explains the token; of different schemes it may be the same.
    fn reason(&self) -> (bool, Answer, Option<&Instead>, Vec<MistakeId>) {
        let cause = self.explanation.causes.first();
        let ids = cause.map(Cause::mistake_ids).unwrap_or_default();
        let instead = self.explanation.instead.as_ref();
        (self.fits, self.explanation.answer, instead, ids)
    }
}

fn most(all: &[Solved<'_>], count: impl Fn(&Tried) -> u64) -> u64 {
    let counts = all.iter().map(|one| count(&one.explanation.tried));
    counts.max().unwrap_or_default()
}

/// The explanation with the fewest deviations; a scheme whose form the token has comes first, and
/// then one whose form a part of it has.
fn best(all: &[Solved<'_>]) -> Explanation {
    let deviations = |one: &Solved<'_>| one.explanation.deviations();
    let fewest = all.iter().filter_map(deviations).min();
    let explained = all.iter().filter(|one| deviations(one).is_some());
    let explained = explained.filter(|one| deviations(one) == fewest);
    let Some(best) = explained.min_by_key(|one| (!one.fits, !one.holds())) else {
        return unexplained(all);
    };
    let mut explanation = best.explanation.clone();
    let equal = all.iter().filter(|one| deviations(one) == deviations(best));
    let (same, other): (Vec<_>, Vec<_>) = equal.partition(|one| one.reason() == best.reason());
    explanation.schemes = same.iter().map(|one| one.name.to_owned()).collect();
    for one in other.iter().take(MOST_TOLD) {
        if let Some(cause) = one.explanation.causes.first() {
            let note = format!("a token of {} is the same if {}", one.name, cause.clauses());
            explanation.notes.push(note);
        }
    }
    explanation
}

/// What can be told all the same.
fn unexplained(all: &[Solved<'_>]) -> Explanation {
    let mut askable = all.iter().filter(|one| one.is_askable());
    let Some(first) = askable.next() else {
        return Explanation::new(Answer::NotAskable);
    };
    let Some(fitting) = std::iter::once(first).chain(askable).find(|one| one.fits) else {
        let mut explanation = Explanation::new(Answer::Unexplained);
        let clue = "its form is that of none of the schemes that were tried";
        explanation.clues.push(clue.to_owned());
        return explanation;
    };
    let mut explanation = fitting.explanation.clone();
    let said = explanation.remarks.iter_mut().chain(&mut explanation.clues);
    for clue in said {
        *clue = format!("as a token of {}: {clue}", fitting.name);
    }
    explanation
}

#[cfg(test)]
mod tests {
    use super::solve_by_any;
    use crate::explain::{Answer, Explanation, NamedSecret, Puzzle};
    use crate::mistakes::{MistakeId, Mistaken};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Fields, Outcome, Secret, Secrets};
    use crate::suite::find;

    const SECRET: &str = "the-key-of-all";

    fn token(suite: &str, fields: &Fields, mistakes: &[&str]) -> String {
        let scheme = &find(suite).unwrap().parsed().scheme;
        let ids = mistakes.iter().map(|id| MistakeId::named(id).unwrap());
        let secrets = Secrets::One(Secret::new(SECRET));
        let call = Call::sign(scheme, &secrets, fields, 0);
        match Mistaken::new(&ids.collect::<Vec<_>>()).unwrap().call(&call) {
            Outcome::Token(token) => token,
            other => panic!("{other:?}"),
        }
    }

    fn solved(suites: &[&str], fields: &Fields, token: &str) -> Explanation {
        let secrets = [NamedSecret {
            name: "key".to_owned(),
            secret: Secret::new(SECRET),
        }];
        let puzzles: Vec<(&str, Puzzle<'_>)> = suites
            .iter()
            .map(|name| {
                let puzzle = Puzzle {
                    depth: crate::explain::Question::DEPTH,
                    scheme: &find(name).unwrap().parsed().scheme,
                    secrets: &secrets,
                    fields,
                    others: &[],
                    token,
                    now: None,
                };
                (*name, puzzle)
            })
            .collect();
        solve_by_any(&puzzles)
    }

    const OF_USERS: [&str; 4] = ["engagespot", "jimo", "jotreview", "mtribes"];

    /// In base64, another scheme would be meant; what stands around the token does not change which
    /// scheme writes it so.
    #[test]
    fn what_stands_around_a_right_token_does_not_hide_its_scheme() {
        let fields = Fields::new().with("user_id", "User-1");
        for suite in ["jotreview", "engagespot"] {
            let token = token(suite, &fields, &[]);
            for pasted in [
                format!("X-Signature: {token}"),
                format!("Bearer {token}"),
                format!("\"{token}\","),
                format!("{{\"signature\": \"{token}\"}}"),
            ] {
                let explanation = solved(&OF_USERS, &fields, &pasted);
                assert_eq!(explanation.schemes, [suite], "{pasted}");
            }
        }
    }

    #[test]
    fn the_scheme_of_a_right_token_is_named() {
        let fields = Fields::new().with("user_id", "User-1");
        let timed = fields.clone().with("timestamp", 1_741_761_604);
        for (suite, token) in [
            ("engagespot", token("engagespot", &fields, &[])),
            ("jimo", token("jimo", &timed, &[])),
            ("jotreview", token("jotreview", &fields, &[])),
        ] {
            let explanation = solved(&OF_USERS, &fields, &token);
            assert_eq!(explanation.answer, Answer::Right, "{suite}");
            assert_eq!(explanation.schemes, [suite]);
            let last = explanation.notes.last().unwrap();
            assert!(last.starts_with("not tried: "), "{last}");
            assert!(
                last.ends_with("mtribes (the field platform is missing)"),
                "{last}"
            );
            assert!(explanation.tried.complete);
        }
    }

    #[test]
    fn schemes_that_explain_a_token_alike_are_all_named() {
        let fields = Fields::new().with("identifier", "User-1");
        let suites = ["prefinery", "intercom"];
        for mistakes in [&[][..], &["identity-lower-cased"]] {
            let made = token("intercom", &fields, mistakes);
            let explanation = solved(&suites, &fields, &made);
            assert_eq!(explanation.schemes, suites);
            let said = explanation.to_string();
            assert!(
                said.starts_with("This is a token of prefinery or intercom.\n"),
                "{said}"
            );
        }
    }

    #[test]
    fn fewer_mistakes_beat_more() {
        let fields = Fields::new().with("user_id", "User-1");
        let mistakes = ["identity-lower-cased", "secret-hashed"];
        let made = token("engagespot", &fields, &mistakes);
        let explanation = solved(&OF_USERS, &fields, &made);
        assert_eq!(explanation.schemes, ["engagespot"]);
        assert_eq!(explanation.causes[0].mistakes.len(), 2);
    }

    #[test]
    fn the_schemes_that_were_tried_are_told_where_nothing_is_explained() {
        let fields = Fields::new().with("user_id", "User-1");
        let explanation = solved(&OF_USERS, &fields, &"0".repeat(64));
        assert_eq!(explanation.answer, Answer::Unexplained);
        assert!(explanation.schemes.is_empty());
        assert_eq!(explanation.tried.schemes, ["engagespot", "jotreview"]);
        assert!(explanation.clues[0].starts_with("as a token of jotreview: "));
        let strange = solved(&OF_USERS, &fields, "what?");
        assert_eq!(
            strange.clues,
            ["its form is that of none of the schemes that were tried"]
        );
        let unaskable = solved(&["github-webhook"], &fields, "what?");
        assert_eq!(unaskable.answer, Answer::NotAskable);
    }
}
