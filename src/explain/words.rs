//! An explanation for people: first what was done wrong, then what to change.

use std::fmt::{self, Write as _};

use crate::explain::{Answer, Cause, Explanation, Finding, Instead, OtherSecret};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schemes.is_empty() {
            writeln!(f, "This is a token of {}.", listed(&self.schemes, "or"))?;
        }
        for remark in &self.remarks {
            writeln!(f, "{}.", capitalised(remark))?;
        }
        if !self.remarks.is_empty() {
            f.write_str(
                "  fix: Give the secret as it was issued, whole, and nothing around it.\n\n",
            )?;
        }
        match self.answer {
            Answer::Right => {
                f.write_str("The token is right for these fields and this secret.\n")?;
            }
            Answer::NotAskable => f.write_str("Nothing can be determined about the token.\n")?,
            Answer::Explained => self.explained(f)?,
            Answer::Unexplained => self.unexplained(f)?,
        }
        for note in &self.notes {
            writeln!(f, "Note: {note}.")?;
        }
        Ok(())
    }
}

impl Explanation {
    fn explained(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(instead) = &self.instead {
            writeln!(f, "{}.", instead.sentence())?;
            for remedy in instead.remedies() {
                writeln!(f, "  fix: {remedy}")?;
            }
        }
        let Some((first, others)) = self.causes.split_first() else {
            return writeln!(f, "\n{}.", self.effort());
        };
        writeln!(f, "{}.", first.sentence())?;
        for remedy in first.remedies() {
            writeln!(f, "  fix: {remedy}")?;
        }
        f.write_char('\n')?;
        for finding in &first.mistakes {
            writeln!(f, "{}: {}", finding.id, finding.wrong)?;
        }
        if !others.is_empty() {
            f.write_str("\nThis token alone does not distinguish it from:\n")?;
            for other in others {
                writeln!(f, "  - {} [{}]", other.sentence(), other.ids())?;
                for remedy in other.remedies() {
                    writeln!(f, "    fix: {remedy}")?;
                }
            }
        }
        writeln!(f, "\n{}.", self.effort())
    }

    fn unexplained(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The token is wrong, and no known mistake produces it.\n")?;
        if !self.clues.is_empty() {
            f.write_str("What the token itself shows:\n")?;
            for clue in &self.clues {
                writeln!(f, "  - {clue}")?;
            }
        }
        writeln!(f, "\n{}.", self.effort())
    }

    /// How far the search went, as a sentence without its full stop.
    pub fn effort(&self) -> String {
        if self.tried.macs == 0 {
            return "Tried nothing, because nothing in this token can be a MAC".to_owned();
        }
        let limit = match (self.tried.complete, self.tried.too_long) {
            (true, _) => "",
            (false, false) => ", and some combinations of more",
            (false, true) => {
                ", and some combinations of more; the fields are too long for all of them, whatever --depth says"
            }
        };
        let time = match self.tried.took_ms {
            Some(ms) => format!(" in {ms} ms"),
            None => String::new(),
        };
        let secrets = match self.tried.secrets {
            0 | 1 => None,
            secrets => Some(format!("{secrets} secrets")),
        };
        let values = match self.tried.values {
            0 => None,
            1 => Some("1 other value".to_owned()),
            values => Some(format!("{values} other values")),
        };
        let with: Vec<String> = secrets.into_iter().chain(values).collect();
        let with = match &with[..] {
            [] => String::new(),
            with => format!(" with {}", with.join(" and ")),
        };
        let schemes = match &self.tried.schemes[..] {
            [] => String::new(),
            schemes => format!(" of {}", listed(schemes, "and")),
        };
        let depth = match self.tried.depth {
            0 => String::new(),
            1 => ", with each mistake before the MAC".to_owned(),
            depth => format!(", with up to {depth} mistakes before the MAC at once"),
        };
        format!(
            "Tried {} ways to make a token{schemes}{with}, by {} MACs{time}{depth}{limit}",
            grouped(self.tried.pipelines),
            grouped(self.tried.macs)
        )
    }
}

impl Instead {
    /// What the token was made with, as a sentence without its full stop.
    pub fn sentence(&self) -> String {
        let secret = self.secret.as_ref().map(|OtherSecret { used, given }| {
            format!("the secret of {used} made this token, not that of {given}")
        });
        let value = self.value.as_ref().map(|value| {
            let given = value.given.as_ref();
            let not = given.map(|given| format!(", not for {given:?}"));
            let not = not.unwrap_or_default();
            format!("for {}={:?}{not}", value.field, value.used)
        });
        capitalised(&match (secret, value) {
            (Some(secret), Some(value)) => format!("{secret}, and {value}"),
            (Some(secret), None) => secret,
            (None, value) => format!("the token was made {}", value.unwrap_or_default()),
        })
    }

    /// What to change.
    pub fn remedies(&self) -> Vec<String> {
        let secret = self
            .secret
            .as_ref()
            .map(|_| "Sign and verify with the same secret.".to_owned());
        let value = self
            .value
            .as_ref()
            .map(|value| format!("Sign and verify with the same {}.", value.field));
        secret.into_iter().chain(value).collect()
    }
}

impl Cause {
    /// What was done, as a sentence without its full stop.
    pub fn sentence(&self) -> String {
        capitalised(&self.clauses())
    }

    /// What was done, as clauses.
    pub(super) fn clauses(&self) -> String {
        let clauses: Vec<String> = self.mistakes.iter().map(Finding::clause).collect();
        match &clauses[..] {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        }
    }

    /// What to change, each thing once.
    pub fn remedies(&self) -> Vec<String> {
        let mut remedies = Vec::new();
        for finding in &self.mistakes {
            let remedy = finding.remedy_in_any_language();
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
        remedies
    }

    fn ids(&self) -> String {
        let ids: Vec<&str> = self
            .mistakes
            .iter()
            .map(|finding| finding.id.as_str())
            .collect();
        ids.join(" + ")
    }
}

/// `a`, `a and b`, or `a, b and c`.
fn listed(all: &[String], and: &str) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::explain::{Question, explain};
    use crate::mistakes::{MistakeId, Mistaken};
    use crate::scheme::{Call, Implementation as _};
    use crate::signature::{Fields, Outcome, Secret, Secrets};
    use crate::suite::find;

    const SECRET: &str = "a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8";

    /// What is said of the token that an implementation with these mistakes makes.
    fn said(suite: &str, fields: &Fields, planted: &[&str]) -> String {
        let scheme = &find(suite).unwrap().parsed().scheme;
        let secrets = Secrets::One(Secret::new(SECRET));
        let ids = planted.iter().map(|id| MistakeId::named(id).unwrap());
        let outcome = Mistaken::new(&ids.collect::<Vec<_>>())
            .unwrap()
            .call(&Call::sign(scheme, &secrets, fields, 0));
        let Outcome::Token(token) = outcome else {
            panic!("{outcome:?}");
        };
        said_of(suite, fields, &token)
    }

    fn said_of(suite: &str, fields: &Fields, token: &str) -> String {
        explain(&Question {
            scheme: &find(suite).unwrap().parsed().scheme,
            secrets: &Secrets::One(Secret::new(SECRET)),
            fields,
            token,
            now: Some(1_741_761_700),
            depth: Question::DEPTH,
            interrupt: None,
        })
        .to_string()
    }

    #[test]
    fn every_kind_of_explanation_reads_well() {
        let id = Fields::new().with("user_id", "id-c5c178f6");
        let timed = id.clone().with("timestamp", 1_741_761_604);
        let capitals = Fields::new().with("user_id", " Straße ");
        let decoded = ["secret-hex-decoded", "encoding-upper-case"];
        insta::assert_snapshot!("two_mistakes", said("jimo", &timed, &decoded));
        insta::assert_snapshot!("one_of_several", said("jotreview", &id, &["secret-empty"]));
        insta::assert_snapshot!(
            "an_identity",
            said("engagespot", &capitals, &["identity-trimmed"])
        );
        insta::assert_snapshot!("right", said("jotreview", &id, &[]));
        insta::assert_snapshot!(
            "clues",
            said_of("jimo", &timed, &format!("{}-1741761604000", "0".repeat(40)))
        );
        insta::assert_snapshot!("not_askable", said_of("jimo", &Fields::new(), "x"));
    }
}
