//! Generates the few lines of code that sign and verify by a scheme.

use crate::init::Language;
use crate::init::dialect::{CodeFragment, Spelling};
use crate::scheme::{
    Algorithm, Content, FieldKind, Freshness, Layout, MessagePart, Part, Place, Scheme,
    SecretEncoding, TokenGrammar,
};
use crate::signature::Encoding;
use crate::suite::Suite;

/// The generated code for one suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteCode {
    /// The suite's name.
    pub name: String,
    /// An expression for the token; `None` if the user has to fill it in.
    pub token: Option<String>,
    /// The time that the token carries, which has to be extracted at verify.
    pub carried: Option<Carried>,
    /// The field that selects the secret, if there are several.
    pub per: Option<String>,
    /// Whether the MAC is in hex; otherwise it is in base64.
    pub is_hex: bool,
    /// What a request carries, where the scheme says so.
    pub request: Option<RequestCode>,
}

/// The parts of a request to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCode {
    /// The field that is its body.
    pub body: String,
    /// Whether that is an object to be written as JSON.
    pub is_json: bool,
    /// The header of the token.
    pub token: String,
    /// Other headers, each with its field.
    pub headers: Vec<(String, String)>,
}

impl RequestCode {
    fn of(scheme: &Scheme) -> Option<Self> {
        let body = scheme.fields.at(scheme.body_to_send()?);
        let places = scheme.places.as_ref()?;
        let harmless = |name: &String| literal(name).map(|_| name.clone());
        let Place::Header(token) = &places.token else {
            return None;
        };
        let mut headers = Vec::new();
        for (field, place) in &places.fields {
            if let Place::Header(name) = place {
                headers.push((harmless(name)?, scheme.fields.at(*field).name.clone()));
            }
        }
        Some(Self {
            body: body.name.clone(),
            is_json: body.content == Content::Json,
            token: harmless(token)?,
            headers,
        })
    }
}

/// A time at the end of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The name of the field.
    pub field: String,
    /// The separator before it.
    pub separator: String,
}

impl SuiteCode {
    /// Generates the code for a suite's scheme.
    pub fn new(language: Language, suite: &Suite) -> Self {
        let scheme = &suite.scheme;
        let per = scheme.secret.per;
        let plain = Plain::of(scheme);
        Self {
            name: suite.name.to_string(),
            per: per.map(|field| scheme.fields.at(field).name.clone()),
            is_hex: plain.as_ref().is_some_and(Plain::is_hex),
            carried: plain.as_ref().and_then(|plain| plain.carried.clone()),
            token: plain.map(|plain| plain.token(language)),
            request: RequestCode::of(scheme),
        }
    }
}

/// A simple scheme: joined fields, HMAC-SHA256 in hex or base64, and possibly a time at the end of
/// the token. Other schemes need more than a line, and their users have code for them.
struct Plain {
    message: Vec<CodeFragment>,
    spelling: Spelling,
    /// The pieces of the token before the MAC.
    before: Vec<CodeFragment>,
    /// The pieces of the token after the MAC.
    after: Vec<CodeFragment>,
    carried: Option<Carried>,
}

impl Plain {
    fn of(scheme: &Scheme) -> Option<Self> {
        let is_plain = scheme.algorithm == Algorithm::HmacSha256
            && scheme.mac_bytes == scheme.algorithm.mac_bytes()
            && scheme.secret.encoding == SecretEncoding::Utf8
            && scheme.secret.strip_prefix.is_none()
            && scheme.secret.derive.is_empty()
            && scheme.freshness == Freshness::Unspecified;
        let layout = match &scheme.token {
            TokenGrammar::Template(layout) => layout,
            TokenGrammar::List(_) | TokenGrammar::Pairs(_) => return None,
        };
        if !is_plain {
            return None;
        }
        let spelling = match layout.mac_encoding()? {
            Encoding::Hex => Spelling::Hex,
            Encoding::Base64 => Spelling::Base64,
            Encoding::HexUpper
            | Encoding::Base64Unpadded
            | Encoding::Base64url
            | Encoding::Base64urlUnpadded => return None,
        };
        let carried = carried(scheme, layout)?;
        let field = |field: usize| {
            let field = scheme.fields.at(field);
            let is_carried = carried
                .as_ref()
                .is_some_and(|time| time.field == field.name);
            match field.kind {
                FieldKind::Text => Some(CodeFragment::Text(field.name.clone())),
                FieldKind::Time(form) if is_carried && form.is_number() => {
                    Some(CodeFragment::Time(field.name.clone()))
                }
                // A time next to the token is a header's text, and an enum has a fixed set of
                // values; both need validation.
                FieldKind::Time(_) | FieldKind::Enum(_) => None,
            }
        };
        // What may be absent needs a condition.
        if scheme.message.optional().next().is_some() {
            return None;
        }
        let message = scheme.message.parts().iter().map(|part| match part {
            MessagePart::Literal(bytes) => literal(std::str::from_utf8(bytes).ok()?),
            MessagePart::Field { field: at, filters } if filters.is_empty() => field(*at),
            MessagePart::Field { .. } => None,
        });
        let message = message.collect::<Option<_>>()?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut is_behind = false;
        for part in layout.parts() {
            let piece = match part {
                Part::Mac(_) => {
                    is_behind = true;
                    continue;
                }
                Part::Literal(text) => literal(text)?,
                Part::Field { field: at, filters } if filters.is_empty() => field(*at)?,
                Part::Field { .. } => return None,
            };
            if is_behind { &mut after } else { &mut before }.push(piece);
        }
        Some(Self {
            message,
            spelling,
            before,
            after,
            carried,
        })
    }

    fn is_hex(&self) -> bool {
        self.spelling == Spelling::Hex
    }

    fn token(self, language: Language) -> String {
        let mac = CodeFragment::Code(language.mac(&self.message, self.spelling));
        let pieces = [self.before, vec![mac], self.after].concat();
        language.token(&pieces)
    }
}

/// The single time that a token carries at its end, after a literal; `Some(None)` if it carries no
/// field, `None` if it carries anything else.
#[expect(clippy::option_option, reason = "no time, or none of this kind")]
fn carried(scheme: &Scheme, layout: &Layout) -> Option<Option<Carried>> {
    let mut fields = layout.fields();
    let Some(first) = fields.next() else {
        return Some(None);
    };
    let field = scheme.fields.at(first);
    match layout.parts() {
        [
            ..,
            Part::Literal(separator),
            Part::Field { field: last, .. },
        ] if *last == first && fields.next().is_none() && field.kind.is_time() => {
            literal(separator).filter(|_| !separator.contains(|c: char| c.is_ascii_digit()))?;
            Some(Some(Carried {
                field: field.name.clone(),
                separator: separator.clone(),
            }))
        }
        _ => None,
    }
}

/// A literal that needs no escaping in any language's string literals. Suites may come from
/// strangers, and this becomes code.
fn literal(text: &str) -> Option<CodeFragment> {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || " -_.:;,=/|@+~".contains(c);
    text.chars()
        .all(is_harmless)
        .then(|| CodeFragment::Literal(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::SuiteCode;
    use crate::init::Language;
    use crate::suite::Suite;

    fn code(language: Language, message: &str, token: &str) -> SuiteCode {
        let text = format!(
            "macproof: 1\nsuite: acme\nversion: 1\ntitle: Acme\nsource: {{title: Acme}}\nscheme:\n  algorithm: hmac-sha256\n  secret: {{encoding: utf8}}\n  fields: {{user_id: {{type: text}}, at: {{type: unix-seconds}}}}\n  message: {message:?}\n  token: {token:?}\n  freshness: unspecified\nrequirements: {{r: {{level: must, basis: practice, text: A text., where: here}}}}\nvectors:\n  - {{id: v, shows: [r], op: sign, secret: s, fields: {{user_id: u, at: 1}}, expect: {{token: x}}}}\n"
        );
        SuiteCode::new(language, &Suite::parse("acme.yaml", &text).unwrap())
    }

    #[test]
    fn fields_are_joined_as_the_scheme_joins_them() {
        let token = |language| code(language, "a {user_id}|{at}", "v0.{mac:hex}@{at}").token;
        assert_eq!(
            token(Language::Php).as_deref(),
            Some(
                "'v0.'\n    . hash_hmac('sha256', 'a ' . $fields['user_id'] . '|' . $fields['at'], $secret)\n    . '@' . $fields['at']"
            )
        );
        assert_eq!(
            token(Language::Rust).as_deref(),
            Some(
                "format!(\n    \"v0.{}@{}\",\n    hex::encode(mac(secret, &format!(\"a {}|{}\", fields[\"user_id\"], fields[\"at\"]))),\n    fields[\"at\"]\n)"
            )
        );
    }

    /// Suites may come from strangers: only names and harmless characters become code.
    #[test]
    fn text_that_would_escape_its_quotes_is_not_written() {
        for hostile in [
            "\"", "'", "\\", "$x", "#{{x}}", "`x`", "\n", "{{x}}", "%s", "é", "*/", "<?",
        ] {
            for language in Language::ALL {
                let message = format!("{hostile}{{user_id}}");
                assert_eq!(
                    code(language, &message, "{mac:hex}").token,
                    None,
                    "{hostile}"
                );
                let token = format!("{hostile}-{{mac:hex}}");
                assert_eq!(code(language, "{user_id}", &token).token, None, "{hostile}");
            }
        }
    }

    #[test]
    fn code_longer_than_a_line_is_left_out() {
        for (message, token) in [
            ("{user_id|lower}", "{mac:hex}"),
            ("{user_id}.{at}", "{mac:hex}"),
            ("{user_id}", "{mac:base64url}"),
            ("{user_id}.{at}", "{at}.{mac:hex}"),
        ] {
            assert_eq!(code(Language::Go, message, token).token, None, "{token}");
        }
    }
}
