//! A token that may have been made with something else than was given: another secret, or another
//! value of a field.
//!
//! What was given is searched like any other token. The alternatives take part in a first, cheap
//! round of the search; in the second one they are searched less deeply, and only up to a budget.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::Hash;

use crate::explain::fit::remarks;
use crate::explain::pasted::explain_pasted;
use crate::explain::question::Question;
use crate::explain::search::DEEPEST;
use crate::explain::{Answer, Explanation, Instead, OtherSecret, OtherValue, Tried};
use crate::results::Redaction;
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
    /// Other values that may have been signed, each for the field of that name.
    pub others: &'a [(String, Value)],
    /// The token that came; other text may stand around it.
    pub token: &'a str,
    /// About when it was made, in Unix seconds, where that is known.
    pub now: Option<u64>,
    /// Up to how many mistakes before the MAC are tried together whatever that takes: see
    /// [`Question::depth`].
    pub depth: usize,
}

/// How many alternatives are tried at most; what differs least from what was given comes first.
const MOST_ALTERNATIVES: usize = 64;

/// How deep the first round goes. To prepare an alternative costs more than that.
pub(super) const FIRST_ROUND: usize = 1;

/// How deep the alternatives are searched at most.
const DEEPEST_OTHERS: usize = 2;

/// After how many MACs no further alternative is searched that deep. A MAC takes about 60 ns for
/// each block of its message.
const MOST_MACS: u64 = 400_000;

/// Finds with what the token was made, and which mistakes were made: what takes the fewest
/// deviations, of which another secret is one, and another value.
pub fn solve(puzzle: &Puzzle<'_>) -> Explanation {
    solve_to(puzzle, DEEPEST)
}

/// The same with so many mistakes before the MAC at most.
pub(super) fn solve_to(puzzle: &Puzzle<'_>, deepest: usize) -> Explanation {
    let mut alternatives = alternatives(puzzle);
    let mut tried = Tried {
        complete: alternatives.len() <= MOST_ALTERNATIVES,
        ..Tried::default()
    };
    alternatives.truncate(MOST_ALTERNATIVES);
    tried.secrets = different(&alternatives, |one| one.secret);
    tried.values = different(&alternatives, |one| one.value) - 1;
    let mut found: Vec<Explanation> = Vec::new();
    for depth in rounds(alternatives.len(), deepest) {
        for (at, alternative) in alternatives.iter().enumerate() {
            let is_given = alternative.deviations() == 0;
            let deepest = if is_given {
                depth
            } else {
                depth.min(DEEPEST_OTHERS)
            };
            if !is_given && deepest == DEEPEST_OTHERS && tried.macs > MOST_MACS {
                tried.complete = false;
                break;
            }
            let explanation = alternative.explain(puzzle, deepest);
            tried.add(&explanation.tried);
            match found.get_mut(at) {
                Some(earlier) => *earlier = explanation,
                None => found.push(explanation),
            }
        }
        // What is found deeper down has more deviations than this.
        let enough = depth + 1;
        let all = std::iter::zip(&alternatives, &found);
        if all
            .filter_map(|(one, found)| one.all_deviations(found))
            .any(|all| all <= enough)
        {
            break;
        }
    }
    let mut explanation = best(puzzle, &alternatives, &found);
    if let [given, _, ..] = puzzle.secrets
        && !explanation.remarks.is_empty()
    {
        let subject = format!("the secret of {}", given.name);
        let secrets = secrets_for(puzzle.scheme, puzzle.fields, &given.secret);
        explanation.remarks = remarks(&subject, puzzle.scheme, &secrets, puzzle.fields);
    }
    tried.depth = found.first().map_or(0, |given| given.tried.depth);
    explanation.tried = tried;
    // Who pastes a request may paste a secret with it.
    let secrets = puzzle.secrets.iter().map(|named| named.secret.clone());
    explanation.redact(&Redaction::of(secrets));
    explanation
}

/// The explanation with the fewest deviations. Of several with as many it is the one that differs
/// most from what was given: a wrong secret is more frequent than any mistake.
fn best(
    puzzle: &Puzzle<'_>,
    alternatives: &[Alternative<'_>],
    found: &[Explanation],
) -> Explanation {
    let deviations = |at: usize| alternatives[at].all_deviations(&found[at]);
    let explained = (0..found.len()).filter_map(|at| Some((deviations(at)?, at)));
    let best = explained.min_by_key(|&(all, at)| (all, Reverse(alternatives[at].deviations())));
    let Some((fewest, best)) = best else {
        return found
            .first()
            .cloned()
            .unwrap_or_else(|| Explanation::new(Answer::NotAskable));
    };
    let mut explanation = found[best].clone();
    if best > 0 {
        explanation.answer = Answer::Explained;
        explanation.instead = Some(alternatives[best].instead(puzzle));
        // The secret that should have been used is what is remarked on.
        explanation.remarks.clone_from(&found[0].remarks);
        if deviations(0) == Some(fewest)
            && let Some(cause) = found[0].causes.first()
        {
            let note = format!(
                "with what was given, the same token comes about if {}",
                cause.clauses()
            );
            explanation.notes.push(note);
        }
    }
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

/// How many mistakes before the MAC are tried, round by round.
fn rounds(alternatives: usize, deepest: usize) -> Vec<usize> {
    if alternatives > 1 && deepest > FIRST_ROUND {
        vec![FIRST_ROUND, deepest]
    } else {
        vec![deepest]
    }
}

/// What a token may have been made with.
struct Alternative<'a> {
    /// Which of the secrets; the first is the one that was given.
    secret: usize,
    /// Which of the other values; none for those that were given.
    value: Option<usize>,
    secrets: Secrets,
    fields: Cow<'a, Fields>,
}

/// All combinations that differ: what was given, then other secrets, other values, and both.
fn alternatives<'a>(puzzle: &Puzzle<'a>) -> Vec<Alternative<'a>> {
    let is_new = |at: &usize| {
        let same = |one: &NamedSecret| one.secret == puzzle.secrets[*at].secret;
        !puzzle.secrets[..*at].iter().any(same)
    };
    let is_other = |at: &usize| {
        let (name, value) = &puzzle.others[*at];
        puzzle.fields.value(name) != Some(value)
            && !puzzle.others[..*at].contains(&puzzle.others[*at])
    };
    let secrets = (0..puzzle.secrets.len()).filter(is_new);
    let values: Vec<Option<usize>> = std::iter::once(None)
        .chain((0..puzzle.others.len()).filter(is_other).map(Some))
        .collect();
    let pairs = secrets.flat_map(|secret| values.iter().map(move |&value| (secret, value)));
    let mut all: Vec<Alternative<'_>> = pairs
        .map(|(secret, value)| {
            let mut fields = Cow::Borrowed(puzzle.fields);
            if let Some((name, value)) = value.map(|at| &puzzle.others[at]) {
                fields.to_mut().set(name, value.clone());
            }
            Alternative {
                secret,
                value,
                secrets: secrets_for(puzzle.scheme, &fields, &puzzle.secrets[secret].secret),
                fields,
            }
        })
        .collect();
    all.sort_by_key(|one| (one.deviations(), one.value.is_some()));
    all
}

/// How many different ones of something there are.
fn different<T: Eq + Hash>(all: &[Alternative<'_>], what: impl Fn(&Alternative<'_>) -> T) -> u64 {
    all.iter().map(what).collect::<HashSet<T>>().len() as u64
}

impl Alternative<'_> {
    /// How many things differ from what was given.
    fn deviations(&self) -> usize {
        usize::from(self.secret > 0) + usize::from(self.value.is_some())
    }

    /// How many deviations explain the token, mistakes included, where they do.
    fn all_deviations(&self, found: &Explanation) -> Option<usize> {
        Some(found.deviations()? + self.deviations())
    }

    fn explain(&self, puzzle: &Puzzle<'_>, deepest: usize) -> Explanation {
        let question = Question {
            scheme: puzzle.scheme,
            secrets: &self.secrets,
            fields: &self.fields,
            token: puzzle.token,
            now: puzzle.now,
            depth: puzzle.depth,
            interrupt: None,
        };
        explain_pasted(&question, deepest)
    }

    /// What differs from what was given.
    fn instead(&self, puzzle: &Puzzle<'_>) -> Instead {
        let secret = (self.secret > 0).then(|| OtherSecret {
            used: puzzle.secrets[self.secret].name.clone(),
            given: puzzle.secrets[0].name.clone(),
        });
        let value = self.value.map(|at| {
            let (name, value) = &puzzle.others[at];
            OtherValue::new(name, value, puzzle.fields.value(name))
        });
        Instead { secret, value }
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
        solved_with(secrets, [], token)
    }

    fn solved_with<const N: usize>(
        secrets: &[&str],
        others: [&str; N],
        token: &str,
    ) -> Explanation {
        let secrets: Vec<NamedSecret> = secrets.iter().map(|name| named(name)).collect();
        solve(&Puzzle {
            depth: crate::explain::Question::DEPTH,
            scheme: scheme(),
            secrets: &secrets,
            fields: &Fields::new().with("user_id", "User-1"),
            others: &others.map(|user| ("user_id".to_owned(), user.into())),
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
            assert_eq!(explanation.instead.unwrap().secret.unwrap().used, "b");
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
    fn the_same_secret_in_another_file_is_the_same() {
        let mut secrets = vec![named("a"), named("b")];
        secrets[1].secret = secrets[0].secret.clone();
        let explanation = solve(&Puzzle {
            depth: crate::explain::Question::DEPTH,
            scheme: scheme(),
            secrets: &secrets,
            fields: &Fields::new().with("user_id", "User-1"),
            others: &[],
            token: &token("a", "user-1", &[]),
            now: None,
        });
        assert_eq!(explanation.instead, None);
        assert_eq!(explanation.tried.secrets, 1);
    }

    #[test]
    fn the_value_for_which_the_token_was_made_is_named() {
        let explanation = solved_with(&["a"], ["User-2", "User-3"], &token("a", "User-3", &[]));
        assert_eq!(explanation.answer, Answer::Explained);
        let said = explanation.to_string();
        let first = "The token was made for user_id=\"User-3\", not for \"User-1\".";
        assert_eq!(said.lines().next(), Some(first));
        assert!(said.contains(" with 2 other values, "), "{said}");
        let mistaken = token("a", "User-3", &["identity-lower-cased"]);
        let explanation = solved_with(&["a"], ["User-2", "User-3"], &mistaken);
        assert_eq!(explanation.causes.len(), 1);
        let value = explanation.instead.unwrap().value.unwrap();
        assert_eq!(value.used, "User-3");
    }

    #[test]
    fn another_value_is_found_together_with_another_secret() {
        let explanation = solved_with(&["a", "b"], ["User-2"], &token("b", "User-2", &[]));
        let said = explanation.to_string();
        let first = "The secret of b made this token, not that of a, and for user_id=\"User-2\", not for \"User-1\".";
        assert_eq!(said.lines().next(), Some(first));
    }

    #[test]
    fn a_mistake_that_makes_the_same_of_what_was_given_is_told() {
        let explanation = solved_with(&["a"], ["user-1"], &token("a", "user-1", &[]));
        assert!(explanation.instead.unwrap().value.is_some());
        let note = &explanation.notes[0];
        assert!(note.ends_with("the user_id is lower-cased"), "{note}");
    }

    #[test]
    fn many_alternatives_are_bounded() {
        let others: [String; 100] = std::array::from_fn(|at| format!("User-{}", at + 2));
        let others = others.each_ref().map(String::as_str);
        let explanation = solved_with(&["a", "b"], others, &token("c", "User-1", &[]));
        assert_eq!(explanation.answer, Answer::Unexplained);
        assert!(!explanation.tried.complete);
        assert_eq!(explanation.tried.values, 62);
    }

    #[test]
    fn no_secret_that_stands_around_the_token_is_repeated() {
        let right = token("a", "User-1", &[]);
        let pasted = format!("keys: the-key-of-a, the-key-of-b, token: {right}");
        let explanation = solved(&["a", "b"], &pasted);
        assert_eq!(explanation.answer, Answer::Explained);
        let said = format!("{explanation}{explanation:?}");
        assert!(!said.contains("the-key-of"), "{said}");
    }

    #[test]
    fn the_secret_that_should_have_been_used_is_remarked_on() {
        let secrets = ["", "b"].map(|name| NamedSecret {
            name: format!("{name}.txt"),
            secret: Secret::new(name),
        });
        let explanation = solve(&Puzzle {
            depth: crate::explain::Question::DEPTH,
            scheme: scheme(),
            secrets: &secrets,
            fields: &Fields::new().with("user_id", "User-1"),
            others: &[],
            token: &"0".repeat(64),
            now: None,
        });
        assert_eq!(explanation.remarks, ["the secret of .txt is empty"]);
        let right = solved(&["a"], &token("a", "User-1", &[]));
        assert!(right.remarks.is_empty());
    }
}
