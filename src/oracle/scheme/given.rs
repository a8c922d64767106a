//! Which fields a request gives: all of them to sign, those that its token does not carry to verify.

use crate::scheme::{ParsedToken, Scheme};
use crate::signature::{Fields, Op, Outcome, ReadField, Request, Value};

impl Scheme {
    /// What is given beside the token of these fields when it is verified: the fields that it does
    /// not carry, a time as the text of its header.
    pub fn given(&self, fields: &Fields) -> Fields {
        let given = |(name, value): (&str, &Value)| {
            let at = self.fields.index(name);
            if at.is_some_and(|at| self.carries(at)) {
                return None;
            }
            let is_time = at.is_some_and(|at| self.is_time(at));
            let value = match value {
                Value::Number(number) if is_time => number.to_string().into(),
                other => other.clone(),
            };
            Some((name.to_owned(), value))
        };
        fields.iter().filter_map(given).collect()
    }

    /// All fields that a token was made of: those given beside it, and those that it carries, as
    /// texts. `None` where it lacks one that tokens of the scheme carry.
    pub fn complete(&self, given: &Fields, token: &ParsedToken) -> Option<Fields> {
        let mut fields = given.clone();
        for carried in self.token.fields() {
            let (_, bytes) = token.fields().find(|(field, _)| *field == carried)?;
            fields.set(&self.fields.at(carried).name, Value::of_bytes(bytes));
        }
        Some(fields)
    }

    /// An outcome with what was read from the token compared with what that carries. What is said of
    /// a field that the token does not carry, and of a token that is not of the scheme's form, is
    /// not looked at.
    pub fn compared(&self, request: &Request, outcome: Outcome) -> Outcome {
        let Outcome::Read(fields) = outcome else {
            return outcome;
        };
        let token = request.token.as_ref().and_then(Value::as_text);
        let parsed = token.and_then(|token| self.token.parse(&self.fields, token));
        let carried = |name: &str| {
            let at = self.fields.index(name)?;
            let mut carried = parsed.as_ref()?.fields();
            carried
                .find(|(field, _)| *field == at)
                .map(|(_, bytes)| bytes.to_vec())
        };
        let differs = |field: ReadField| {
            let due = carried(&field.name)?;
            (due != field.read).then_some(ReadField {
                due: Some(due),
                ..field
            })
        };
        let differing: Vec<ReadField> = fields.into_iter().filter_map(differs).collect();
        if differing.is_empty() {
            Outcome::Accept
        } else {
            Outcome::Read(differing)
        }
    }

    /// Whether a request must give a field: nothing can be signed or verified without it. To
    /// identify, a request need not name anybody: a visitor has no id.
    pub fn needs(&self, op: Op, field: usize) -> bool {
        let signs = || self.signs(field) && !self.message.is_optional(field);
        let counts = || signs() || self.secret.per == Some(field);
        match op {
            Op::Sign => counts() || self.carries(field),
            Op::Verify => counts() && !self.carries(field),
            Op::Identify => false,
            // A sender makes the times, and what stands in a header of its own.
            Op::Send => (counts() || self.carries(field)) && !self.is_the_senders(field),
        }
    }
}
