//! A token that may have been made with another secret than was given.
//!
//! What was given is searched like any other token. The alternatives take part in the first, cheap
//! rounds of the search; in the last one they are searched less deeply, and only up to a budget.

use crate::explain::pasted::explain_pasted;
use crate::explain::question::Question;
use crate::explain::search::DEEPEST;
use crate::explain::{Answer, Explanation, Instead, OtherSecret, Tried};
use crate::scheme::Scheme;
use crate::signature::{Fields, Secret, Secrets, Value};

/// A secret, and what people call it: the name of its file, say.
#[derive(Clone, Debug)]
pub struct NamedSecret {
    /// Its name.
    pub name: String,
    /// The secret.
    pub secret: Secret,
}

/// A token, and all that may have gone into it.
#[derive(Clone, Copy, Debug)]
pub struct Puzzle<'a> {
    /// The scheme by which it should have been made.
    pub scheme: &'a Scheme,
    /// The secret that should have been used, and behind it others that may have been.
    pub secrets: &'a [NamedSecret],
    /// The fields that should have been signed. A time that the token carries may be left out.
    pub fields: &'a Fields,
    /// The token that came; other text may stand around it.
    pub token: &'a str,
    /// About when it was made, in Unix seconds, where that is known.
    pub now: Option<u64>,
}

/// How deep the alternatives are searched at most.
const DEEPEST_OTHERS: usize = 2;

/// After how many MACs no further alternative is searched that deep. A MAC takes about 60 ns for
/// each block of its message.
const MOST_MACS: u64 = 400_000;

/// Finds with what the token was made, and which mistakes were made: what takes the fewest
/// deviations, of which another secret is one.
pub fn solve(puzzle: &Puzzle<'_>) -> Explanation {
    let alternatives = alternatives(puzzle);
    let mut tried = Tried {
        complete: true,
        secrets: alternatives.len() as u64,
        ..Tried::default()
    };
    let mut best: Option<Solution<'_>> = None;
    for depth in rounds(alternatives.len()) {
        for alternative in &alternatives {
            let depth = if alternative.deviations() == 0 {
                depth
            } else {
                depth.min(DEEPEST_OTHERS)
            };
            if depth == DEEPEST_OTHERS && tried.macs > MOST_MACS {
                tried.complete = false;
                continue;
            }
            let explanation = alternative.explain(puzzle, depth);
            tried.add(&explanation.tried);
            let found = Solution {
                alternative,
                explanation,
            };
            match &best {
                Some(best) if !found.is_better_than(best) => {}
                _ => best = Some(found),
            }
        }
        // What is found deeper down has more deviations than this.
        let enough = depth + 1;
        let deviations = best.as_ref().and_then(Solution::deviations);
        if deviations.is_some_and(|deviations| deviations <= enough) {
            break;
        }
    }
    let mut explanation = match best {
        Some(best) => best.told(puzzle),
        None => Explanation::new(Answer::NotAskable),
    };
    explanation.tried = tried;
    explanation
}

/// The secret that counts for these fields: the scheme has one, or one for each value of a field.
pub fn secrets_for(scheme: &Scheme, fields: &Fields, secret: &Secret) -> Secrets {
    let per = scheme.secret.per.map(|per| &scheme.fields.at(per).name);
    let value = per.and_then(|name| fields.value(name));
    match value.and_then(Value::as_text) {
        Some(value) => Secrets::Per(vec![(value.to_owned(), secret.clone())]),
        None => Secrets::One(secret.clone()),
    }
}

/// How many deviations before the MAC are tried, round by round.
fn rounds(alternatives: usize) -> Vec<usize> {
    if alternatives > 1 {
        vec![0, 1, DEEPEST]
    } else {
        vec![DEEPEST]
    }
}

/// What a token may have been made with.
struct Alternative<'a> {
    secrets: Secrets,
    /// The secret, where it is another than was given.
    other_secret: Option<&'a NamedSecret>,
}

fn alternatives<'a>(puzzle: &Puzzle<'a>) -> Vec<Alternative<'a>> {
    let mut seen: Vec<&Secret> = Vec::new();
    let mut all = Vec::new();
    for (at, named) in puzzle.secrets.iter().enumerate() {
        if seen.contains(&&named.secret) {
            continue;
        }
        seen.push(&named.secret);
        all.push(Alternative {
            secrets: secrets_for(puzzle.scheme, puzzle.fields, &named.secret),
            other_secret: (at > 0).then_some(named),
        });
    }
    all
}

impl Alternative<'_> {
    /// How many things differ from what was given.
    fn deviations(&self) -> usize {
        usize::from(self.other_secret.is_some())
    }

    fn explain(&self, puzzle: &Puzzle<'_>, depth: usize) -> Explanation {
        let question = Question {
            scheme: puzzle.scheme,
            secrets: &self.secrets,
            fields: puzzle.fields,
            token: puzzle.token,
            now: puzzle.now,
            interrupt: None,
        };
        explain_pasted(&question, depth)
    }
}

/// What a round found of an alternative.
struct Solution<'a> {
    alternative: &'a Alternative<'a>,
    explanation: Explanation,
}

impl Solution<'_> {
    /// How many deviations explain the token, where they do.
    fn deviations(&self) -> Option<usize> {
        let mistakes = match self.explanation.answer {
            Answer::Right => 0,
            Answer::Explained => self.explanation.causes.first()?.mistakes.len(),
            Answer::Unexplained | Answer::NotAskable => return None,
        };
        Some(mistakes + self.alternative.deviations())
    }

    /// Fewer deviations are better. A wrong secret is more frequent than any mistake.
    fn is_better_than(&self, other: &Self) -> bool {
        let rank = |one: &Self| {
            let changes = one.alternative.deviations();
            match one.deviations() {
                Some(deviations) => (deviations, DEEPEST.saturating_sub(changes)),
                None => (usize::MAX, changes),
            }
        };
        // Of the same alternative the deeper round knows more.
        rank(self) < rank(other)
            || (rank(self) == rank(other) && std::ptr::eq(self.alternative, other.alternative))
    }

    /// The explanation, with what else than given the token was made with.
    fn told(self, puzzle: &Puzzle<'_>) -> Explanation {
        let mut explanation = self.explanation;
        let is_found = matches!(explanation.answer, Answer::Right | Answer::Explained);
        if is_found
            && let Some(given) = puzzle.secrets.first()
            && let Some(other) = self.alternative.other_secret
        {
            explanation.answer = Answer::Explained;
            explanation.instead = Some(Instead {
                secret: OtherSecret {
                    used: other.name.clone(),
                    given: given.name.clone(),
                },
            });
        }
        explanation
    }
}

#[cfg(test)]
mod tests {
    use super::{NamedSecret, Puzzle, solve};
    use crate::explain::{Answer, Explanation};
    use crate::mistakes::{MistakeId, Mistaken};
    use crate::scheme::{Call, Implementation as _, Scheme};
    use crate::signature::{Fields, Outcome, Secret, Secrets};

    fn scheme() -> &'static Scheme {
        &crate::suite::find("jotreview").unwrap().parsed().scheme
    }

    fn named(name: &str) -> NamedSecret {
        NamedSecret {
            name: name.to_owned(),
            secret: Secret::new(format!("the-key-of-{name}")),
        }
    }

    fn token(secret: &str, user: &str, mistakes: &[&str]) -> String {
        let ids = mistakes.iter().map(|id| MistakeId::named(id).unwrap());
        let secrets = Secrets::One(named(secret).secret);
        let fields = Fields::new().with("user_id", user);
        let call = Call::sign(scheme(), &secrets, &fields, 0);
        match Mistaken::new(&ids.collect::<Vec<_>>()).unwrap().call(&call) {
            Outcome::Token(token) => token,
            other => panic!("{other:?}"),
        }
    }

    fn solved(secrets: &[&str], token: &str) -> Explanation {
        let secrets: Vec<NamedSecret> = secrets.iter().map(|name| named(name)).collect();
        solve(&Puzzle {
            scheme: scheme(),
            secrets: &secrets,
            fields: &Fields::new().with("user_id", "User-1"),
            token,
            now: None,
        })
    }

    #[test]
    fn the_secret_that_made_the_token_is_named() {
        let explanation = solved(&["a", "b", "c"], &token("c", "User-1", &[]));
        assert_eq!(explanation.answer, Answer::Explained);
        assert_eq!(explanation.causes, []);
        let said = explanation.to_string();
        let first = "The secret of c made this token, not that of a.";
        assert_eq!(said.lines().next(), Some(first));
        assert!(!said.contains("the-key-of"), "{said}");
        assert_eq!(explanation.tried.secrets, 3);
    }

    #[test]
    fn a_mistake_is_found_together_with_another_secret() {
        for mistakes in [
            &["identity-lower-cased"][..],
            &["identity-lower-cased", "encoding-upper-case"],
            &["identity-lower-cased", "secret-hashed"],
        ] {
            let explanation = solved(&["a", "b"], &token("b", "User-1", mistakes));
            assert_eq!(explanation.instead.unwrap().secret.used, "b");
            let ids = explanation.causes[0].mistake_ids();
            assert_eq!(ids.len(), mistakes.len(), "{ids:?}");
        }
    }

    #[test]
    fn another_secret_is_not_named_where_the_right_one_explains_the_token() {
        let right = solved(&["a", "b"], &token("a", "User-1", &[]));
        assert_eq!((right.answer, right.instead), (Answer::Right, None));
        let mistaken = solved(
            &["a", "b"],
            &token("a", "User-1", &["identity-lower-cased"]),
        );
        assert_eq!(mistaken.instead, None);
        assert_eq!(mistaken.causes.len(), 1);
        let unexplained = solved(&["a", "b"], &token("c", "User-1", &[]));
        assert_eq!(unexplained.answer, Answer::Unexplained);
        assert_eq!(unexplained.instead, None);
        assert!(!unexplained.clues.is_empty());
    }

    #[test]
    fn the_same_secret_in_another_file_is_no_other() {
        let mut secrets = vec![named("a"), named("b")];
        secrets[1].secret = secrets[0].secret.clone();
        let explanation = solve(&Puzzle {
            scheme: scheme(),
            secrets: &secrets,
            fields: &Fields::new().with("user_id", "User-1"),
            token: &token("a", "user-1", &[]),
            now: None,
        });
        assert_eq!(explanation.instead, None);
        assert_eq!(explanation.tried.secrets, 1);
    }
}
