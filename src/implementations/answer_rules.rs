//! Turns an implementation's output into an outcome.

use regex::Regex;
use serde_json::Value as Json;

use crate::signature::{Op, Outcome};

/// The output of a call: that of a process, or an HTTP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output<'a> {
    /// The exit status, or the HTTP status.
    pub status: u16,
    /// The response headers with lower-case names; empty for a process.
    pub headers: &'a [(String, String)],
    /// Standard output, or the response body.
    pub body: &'a [u8],
}

/// The rules for reading the output of a call.
#[derive(Clone, Debug)]
pub struct AnswerRules {
    /// Where to find the token (`sign` only).
    pub(super) token: Option<Extract>,
    /// When the implementation accepted (`verify` only).
    pub(super) accept: Option<Condition>,
    /// When it rejected (`verify` only).
    pub(super) reject: Option<Condition>,
    /// When it declined with its own documented error.
    pub(super) refused: Option<Condition>,
    /// When it threw an exception.
    pub(super) threw: Option<Condition>,
    /// The statuses for which a token is looked for.
    pub(super) success: fn(u16) -> bool,
}

/// Where to find a text in an output.
#[derive(Clone, Debug)]
pub(super) enum Extract {
    /// The first group of a regular expression, or its whole match if it has none.
    Regex(Regex),
    /// The string at a JSON pointer.
    Json(String),
    /// The value of a header.
    Header(String),
}

/// Conditions on an output, all of which must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    /// The status is one of these, if there are any.
    pub(super) statuses: Vec<u16>,
    /// The body matches this expression.
    pub(super) regex: Option<Regex>,
    /// The values at these JSON pointers.
    pub(super) json: Vec<(String, Json)>,
    /// The headers with these values.
    pub(super) headers: Vec<(String, String)>,
}

impl AnswerRules {
    /// Determines the outcome of a call. Fails with a reason if no rule applies or more than one
    /// does.
    pub fn outcome(&self, op: Op, output: &Output<'_>) -> Result<Outcome, String> {
        let met = |condition: &Option<Condition>| {
            condition
                .as_ref()
                .is_some_and(|condition| condition.is_met(output))
        };
        let mut found: Vec<(&str, Outcome)> = Vec::new();
        let mut no_token = None;
        if let Some(extract) = &self.token
            && op == Op::Sign
        {
            let token = if (self.success)(output.status) {
                extract.text(output)
            } else {
                Err("it is searched only in a successful answer".to_owned())
            };
            match token {
                Ok(token) => found.push(("token", Outcome::Token(token))),
                Err(why) => no_token = Some(why),
            }
        }
        if met(&self.accept) {
            found.push(("accept", Outcome::Accept));
        }
        if met(&self.reject) {
            found.push(("reject", Outcome::REJECT));
        }
        if met(&self.refused) {
            found.push(("refused", Outcome::Refused(excerpt(output.body))));
        }
        if met(&self.threw) {
            found.push(("threw", Outcome::Threw(excerpt(output.body))));
        }
        let said = format!("status {}, {}", output.status, quoted(output.body));
        match (found.pop(), found.pop(), no_token) {
            (Some((_, outcome)), None, _) => Ok(outcome),
            (Some((two, _)), Some((one, _)), _) => Err(format!(
                "the answer matches both {one} and {two} of the description: {said}"
            )),
            (None, _, Some(why)) => Err(format!("the answer contains no token ({why}): {said}")),
            (None, ..) => Err(format!(
                "the answer matches neither accept nor reject of the description: {said}"
            )),
        }
    }
}

impl Extract {
    fn text(&self, output: &Output<'_>) -> Result<String, String> {
        match self {
            Self::Regex(regex) => {
                let text = std::str::from_utf8(output.body).map_err(|_| "it is not valid UTF-8")?;
                let found = regex
                    .captures(text)
                    .and_then(|captures| captures.get(1).or_else(|| captures.get(0)));
                found
                    .map(|found| found.as_str().to_owned())
                    .ok_or_else(|| format!("nothing matches {regex}"))
            }
            Self::Json(pointer) => {
                let json = json_of(output).ok_or("it is not valid JSON")?;
                match json.pointer(pointer) {
                    Some(Json::String(token)) => Ok(token.clone()),
                    Some(_) => Err(format!("the value at {pointer} is not a text")),
                    None => Err(format!("there is no value at {pointer}")),
                }
            }
            Self::Header(name) => {
                let mut values = output.headers.iter().filter(|(known, _)| known == name);
                match (values.next(), values.next()) {
                    (Some((_, value)), None) => Ok(value.clone()),
                    (None, _) => Err(format!("the header {name} is missing")),
                    (Some(_), Some(_)) => Err(format!("the header {name} occurs twice")),
                }
            }
        }
    }
}

impl Condition {
    fn is_met(&self, output: &Output<'_>) -> bool {
        let matches =
            |regex: &Regex| std::str::from_utf8(output.body).is_ok_and(|text| regex.is_match(text));
        let json = (!self.json.is_empty()).then(|| json_of(output)).flatten();
        let holds = |(pointer, expected): &(String, Json)| {
            json.as_ref().and_then(|json| json.pointer(pointer)) == Some(expected)
        };
        (self.statuses.is_empty() || self.statuses.contains(&output.status))
            && self.regex.as_ref().is_none_or(matches)
            && self.json.iter().all(holds)
            && self
                .headers
                .iter()
                .all(|header| output.headers.contains(header))
    }
}

fn json_of(output: &Output<'_>) -> Option<Json> {
    serde_json::from_slice(output.body).ok()
}

/// The beginning of an output. Where there was more, that is to be seen: a secret may stand across
/// the cut, and parts of it are looked for only there.
fn excerpt(body: &[u8]) -> String {
    const LONGEST: usize = 200;
    let body = body.trim_ascii();
    // No character has more than four bytes, and one more says that there is more.
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * (LONGEST + 1))]);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

fn quoted(body: &[u8]) -> String {
    if body.trim_ascii().is_empty() {
        "no output".to_owned()
    } else {
        format!("{:?}", excerpt(body))
    }
}

#[cfg(test)]
mod tests {
    use crate::implementations::{Access, Call as _, Implementations, Output};
    use crate::signature::{Op, Outcome};

    /// The outcome derived from a back end's response.
    fn outcome(op: Op, status: u16, body: &str) -> Result<Outcome, String> {
        let text = r#"
implementations:
  one:
    http:
      suites: [a]
      sign: {url: "http://a/", token: {json: /t}, threw: {status: 500}}
      verify:
        url: "http://a/{token}"
        accept: {status: [200, 204], json: {/ok: true}}
        reject: {json: {/ok: false}}
        refused: {status: 422, regex: "^no .* today$"}
"#;
        let file = Implementations::parse("macproof.yaml", text).unwrap();
        let Access::Web(native) = &file.all()[0].way else {
            panic!("{file:?}")
        };
        let output = Output {
            status,
            headers: &[],
            body: body.as_bytes(),
        };
        native.call(op).unwrap().answer().outcome(op, &output)
    }

    #[test]
    fn all_of_a_condition_must_hold() {
        let verify = |status, body| outcome(Op::Verify, status, body);
        assert_eq!(verify(200, r#"{"ok":true}"#), Ok(Outcome::Accept));
        assert_eq!(verify(204, r#"{"ok":true}"#), Ok(Outcome::Accept));
        assert_eq!(verify(200, r#"{"ok":false}"#), Ok(Outcome::REJECT));
        let refused = Outcome::Refused("no tokens today".to_owned());
        assert_eq!(verify(422, "no tokens today"), Ok(refused));
        for (status, body) in [
            (201, r#"{"ok":true}"#),
            (200, r#"{"ok":"true"}"#),
            (200, r#"{"ok":1}"#),
            (200, "true"),
            (200, ""),
            (422, "no tokens tomorrow"),
            (403, "no tokens today"),
        ] {
            let why = verify(status, body).unwrap_err();
            assert!(
                why.starts_with("the answer matches neither accept nor reject"),
                "{why}"
            );
        }
    }

    #[test]
    fn ambiguous_answers_are_errors() {
        assert!(outcome(Op::Sign, 200, r#"{"t":"a"}"#).is_ok());
        let threw = outcome(Op::Sign, 500, r#"{"t":"a"}"#);
        assert_eq!(threw, Ok(Outcome::Threw(r#"{"t":"a"}"#.to_owned())));
        let text = r#"
implementations:
  one:
    exec:
      suites: [a]
      verify: {command: [x, "{token}"], accept: {regex: "ok"}, reject: {exit: 1}}
"#;
        let file = Implementations::parse("macproof.yaml", text).unwrap();
        let Access::Exec(native) = &file.all()[0].way else {
            panic!("{file:?}")
        };
        let output = Output {
            status: 1,
            headers: &[],
            body: b"ok",
        };
        let rules = native.call(Op::Verify).unwrap().answer();
        assert_eq!(
            rules.outcome(Op::Verify, &output),
            Err(
                "the answer matches both accept and reject of the description: status 1, \"ok\""
                    .to_owned()
            )
        );
    }
}
