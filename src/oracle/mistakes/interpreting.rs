//! Mistakes in which the presented token is not compared but interpreted: as a pattern, or as a
//! part of a query. Anyone who presents a token that matches everything needs no secret.

use regex::Regex;

use crate::mistakes::applicability::{always, token_carries_no_text};
use crate::mistakes::{Attempt, Change, Judgement, Mistake, MistakeId, Stage};
use crate::signature::Value;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "Compare the whole signature, for equality and in constant time.",
    hints: &[],
    seen: "",
    stage: Stage::Verifying,
    case_of: None,
    applies: always,
    change: Change::Verifying(|_| None),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("verify-matches-an-sql-pattern"),
        title: "the token is taken as a pattern of SQL's LIKE",
        wrong: "The signature is looked up with LIKE, so that % passes for every signature.",
        remedy: "Look up by equality, or compare for equality in constant time.",
        change: Change::Verifying(|attempt| {
            judged_where_either(attempt, |presented, expected| {
                fits(presented, expected, ('%', '_'))
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-matches-a-glob"),
        title: "the token is taken as a pattern with * and ?",
        wrong: "The signature is matched like the name of a file, so that * passes for every signature.",
        change: Change::Verifying(|attempt| {
            judged_where_either(attempt, |presented, expected| {
                fits(presented, expected, ('*', '?'))
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-matches-a-regular-expression"),
        title: "the token is taken as a regular expression",
        wrong: "The signature is matched by what is presented, so that .* passes for every signature.",
        change: Change::Verifying(|attempt| judged_where_either(attempt, matches)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-joins-the-token-to-sql"),
        title: "the token becomes a part of an SQL statement",
        wrong: "A quote in the token ends the text that it stands in, and what follows is executed.",
        remedy: "Pass the token as a parameter of the statement, or compare for equality in constant time.",
        change: Change::Verifying(|attempt| judged_where_either(attempt, holds_in_sql)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-takes-query-operators"),
        title: "a map of operators is taken for the token",
        wrong: "The token is put into the query of a document database, where the operator $ne fits every signature.",
        remedy: "Reject a token that is not a string, and compare for equality in constant time.",
        applies: token_carries_no_text,
        change: Change::Verifying(|attempt| {
            let Some(Value::Json(serde_json::Value::Object(query))) = attempt.call.token else {
                return None;
            };
            let expected = attempt.expected_token()?;
            selects(query, &expected).then(|| attempt.judged_text(&expected))
        }),
        ..ENTRY
    },
];

/// Judges by a comparison of MACs and, should that not accept, of whole tokens.
fn judged_where_either(
    attempt: &Attempt<'_>,
    same: impl Fn(&str, &str) -> bool,
) -> Option<Judgement> {
    attempt.judged_where(&same).or_else(|| {
        let expected = attempt.expected_token()?;
        let presented = attempt.text()?;
        let passes = presented != expected && same(presented, &expected);
        passes.then(|| attempt.judged_text(&expected))
    })
}

/// Whether a text fits a pattern in which one character stands for any text and another for any
/// character.
fn fits(pattern: &str, text: &str, (any_text, any_character): (char, char)) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which beginnings of the text the pattern fits so far, by length.
    let mut fitting = vec![false; text.len() + 1];
    fitting[0] = true;
    for wanted in pattern.chars() {
        if wanted == any_text {
            let shortest = fitting.iter().position(|&fits| fits);
            let shortest = shortest.unwrap_or(fitting.len());
            fitting[shortest..].fill(true);
        } else {
            for length in (1..=text.len()).rev() {
                let is_wanted = wanted == any_character || wanted == text[length - 1];
                fitting[length] = fitting[length - 1] && is_wanted;
            }
            fitting[0] = false;
        }
        if !fitting.contains(&true) {
            return false;
        }
    }
    fitting[text.len()]
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
}

/// Whether SQL finds the comparison with the presented text true: one of its alternatives compares
/// the same with the same.
fn holds_in_sql(presented: &str, expected: &str) -> bool {
    let statement = format!("'{expected}' = '{presented}'");
    let condition = statement.split("--").next().unwrap_or_default();
    let mut alternatives = condition.split(" or ").skip(1);
    alternatives.any(|alternative| {
        let sides = alternative.split_once('=');
        sides.is_some_and(|(one, other)| one.trim() == other.trim())
    })
}

/// Whether the operators of a document database select what is stored.
fn selects(query: &serde_json::Map<String, serde_json::Value>, stored: &str) -> bool {
    let holds = |operator: &str, operand: &serde_json::Value| match operator {
        "$ne" => operand.as_str() != Some(stored),
        "$gt" => operand.as_str().is_some_and(|text| stored > text),
        "$regex" => operand.as_str().is_some_and(|text| matches(text, stored)),
        "$exists" => operand.as_bool() == Some(true),
        _ => false,
    };
    !query.is_empty() && query.iter().all(|(name, operand)| holds(name, operand))
}

#[cfg(test)]
mod tests {
    use super::{fits, holds_in_sql, matches};

    #[test]
    fn patterns_fit_as_in_sql() {
        let like = |pattern, text| fits(pattern, text, ('%', '_'));
        for pattern in ["%", "a%", "%c", "a%c", "_b_", "abc", "%%", "%abc%", "a_c%"] {
            assert!(like(pattern, "abc"), "{pattern}");
        }
        for pattern in ["", "a", "__", "____", "b%", "%b", "a*c", "abcd"] {
            assert!(!like(pattern, "abc"), "{pattern}");
        }
    }

    #[test]
    fn expressions_match_the_whole_text() {
        assert!(matches(".*", "abc") && matches(".{3}", "abc") && matches("^.*$", "abc"));
        assert!(!matches("b", "abc") && !matches("*", "abc"));
    }

    #[test]
    fn only_a_quote_changes_a_statement() {
        for injected in ["' or '1'='1", "x' or 'x'='x' -- x", "' or 1=1 -- x"] {
            assert!(holds_in_sql(injected, "abc"), "{injected}");
        }
        for harmless in ["abd", "or", "x' or 'x'='y", " or 1=2", "--"] {
            assert!(!holds_in_sql(harmless, "abc"), "{harmless}");
        }
    }
}
