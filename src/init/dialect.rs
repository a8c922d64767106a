//! How each language writes the token of a scheme: string concatenation, and a MAC in hex or
//! base64.

use crate::init::Language;

/// A piece of a string expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CodeFragment {
    /// Characters that need no escaping in any language's string literals.
    Literal(String),
    /// A field with text.
    Text(String),
    /// A field with a time, which is a number when signing.
    Time(String),
    /// An expression of type string.
    Code(String),
}

/// The MAC encodings that every language's standard library supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Lower-case hex.
    Hex,
    /// Standard base64, padded.
    Base64,
}

impl Language {
    /// An expression that concatenates the pieces.
    pub(super) fn text(self, pieces: &[CodeFragment]) -> String {
        let code: Vec<String> = pieces.iter().map(|piece| self.piece(piece)).collect();
        match (self, pieces) {
            (Self::Rust, [CodeFragment::Literal(_) | CodeFragment::Code(_)]) => code.concat(),
            (Self::Rust, [_]) => format!("&{}", code.concat()),
            (Self::Rust, _) => formatted(pieces, &code),
            (Self::Php, _) => code.join(" . "),
            _ => code.join(" + "),
        }
    }

    fn piece(self, piece: &CodeFragment) -> String {
        let name = match piece {
            CodeFragment::Code(code) => return code.clone(),
            CodeFragment::Literal(text) => {
                return match self {
                    Self::Node
                    | Self::TypeScript
                    | Self::Deno
                    | Self::Bun
                    | Self::Ruby
                    | Self::Php => format!("'{text}'"),
                    Self::Python | Self::Go | Self::Java | Self::CSharp | Self::Rust => {
                        format!("\"{text}\"")
                    }
                };
            }
            CodeFragment::Text(name) | CodeFragment::Time(name) => name,
        };
        let is_time = matches!(piece, CodeFragment::Time(_));
        match self {
            Self::Python if is_time => format!("str(fields[\"{name}\"])"),
            Self::Node | Self::TypeScript | Self::Deno | Self::Bun if is_time => {
                format!("String(fields.{name})")
            }
            Self::Ruby if is_time => format!("fields['{name}'].to_s"),
            Self::Python | Self::Go | Self::CSharp | Self::Rust => {
                format!("fields[\"{name}\"]")
            }
            Self::Node | Self::TypeScript | Self::Deno | Self::Bun => format!("fields.{name}"),
            Self::Ruby => format!("fields['{name}']"),
            Self::Php => format!("$fields['{name}']"),
            Self::Java => format!("fields.get(\"{name}\")"),
        }
    }

    /// An expression for the MAC of the message under the secret.
    pub(super) fn mac(self, message: &[CodeFragment], spelling: Spelling) -> String {
        let message = match self {
            // gofmt removes spaces around operators inside a call.
            Self::Go => self.text(message).replace(" + ", "+"),
            _ => self.text(message),
        };
        match (self, spelling) {
            (Self::Python, Spelling::Hex) => format!("mac(secret, {message}).hex()"),
            (Self::Python, Spelling::Base64) => {
                format!("base64.b64encode(mac(secret, {message})).decode()")
            }
            (Self::Node | Self::TypeScript, Spelling::Hex) => {
                format!("mac(secret, {message}).digest('hex')")
            }
            (Self::Node | Self::TypeScript, Spelling::Base64) => {
                format!("mac(secret, {message}).digest('base64')")
            }
            (Self::Deno | Self::Bun, Spelling::Hex) => {
                format!("hex(await mac(secret, {message}))")
            }
            (Self::Deno | Self::Bun, Spelling::Base64) => {
                format!("base64(await mac(secret, {message}))")
            }
            (Self::Ruby, Spelling::Hex) => {
                format!("OpenSSL::HMAC.hexdigest('SHA256', secret, {message})")
            }
            (Self::Ruby, Spelling::Base64) => {
                format!("[OpenSSL::HMAC.digest('SHA256', secret, {message})].pack('m0')")
            }
            (Self::Php, Spelling::Hex) => format!("hash_hmac('sha256', {message}, $secret)"),
            (Self::Php, Spelling::Base64) => {
                format!("base64_encode(hash_hmac('sha256', {message}, $secret, true))")
            }
            (Self::Go, Spelling::Hex) => format!("hex.EncodeToString(mac(secret, {message}))"),
            (Self::Go, Spelling::Base64) => {
                format!("base64.StdEncoding.EncodeToString(mac(secret, {message}))")
            }
            (Self::Java, Spelling::Hex) => {
                format!("hex(mac(secret, {message}))")
            }
            (Self::Java, Spelling::Base64) => {
                format!("Base64.getEncoder().encodeToString(mac(secret, {message}))")
            }
            (Self::CSharp, Spelling::Hex) => format!("Hex(Mac(secret, {message}))"),
            (Self::CSharp, Spelling::Base64) => {
                format!("Convert.ToBase64String(Mac(secret, {message}))")
            }
            (Self::Rust, Spelling::Hex) => format!("hex::encode(mac(secret, {message}))"),
            (Self::Rust, Spelling::Base64) => format!("STANDARD.encode(mac(secret, {message}))"),
        }
    }

    /// An expression for the whole token. A long one goes over several lines, of which those behind
    /// the first are indented by one step.
    pub(super) fn token(self, pieces: &[CodeFragment]) -> String {
        let text = self.text(pieces);
        // A token is an owned string.
        let line = match text.strip_prefix('&') {
            Some(owned) if self == Self::Rust => owned.to_owned(),
            _ => text,
        };
        if line.len() <= MAX_TOKEN || pieces.len() < 2 {
            return line;
        }
        if self == Self::Rust {
            let code: Vec<String> = pieces.iter().map(|piece| self.piece(piece)).collect();
            let (template, values) = template(pieces, &code);
            return format!(
                "format!(\n    \"{template}\",\n    {}\n)",
                values.join(",\n    ")
            );
        }
        let parts = pieces.chunk_by(|one, next| one.is_code() == next.is_code());
        let parts: Vec<String> = parts.map(|part| self.text(part)).collect();
        match self {
            Self::Python => format!("(\n    {}\n)", parts.join("\n    + ")),
            Self::Go => parts.join(" +\n\t"),
            Self::Php => parts.join("\n    . "),
            Self::Java | Self::CSharp => parts.join("\n    + "),
            // A line of Ruby ends with the operator.
            _ => parts.join(" +\n  "),
        }
    }
}

/// The longest expression for a token on one line, in bytes: before it stand the name of a suite and
/// what returns it.
const MAX_TOKEN: usize = 66;

impl CodeFragment {
    fn is_code(&self) -> bool {
        matches!(self, Self::Code(_))
    }
}

/// Concatenation in Rust, using `format!`.
fn formatted(pieces: &[CodeFragment], code: &[String]) -> String {
    let (template, values) = template(pieces, code);
    format!("&format!(\"{template}\", {})", values.join(", "))
}

/// The format string of a concatenation in Rust, and its values.
fn template<'c>(pieces: &[CodeFragment], code: &'c [String]) -> (String, Vec<&'c str>) {
    let mut template = String::new();
    let mut values = Vec::new();
    for (piece, code) in pieces.iter().zip(code) {
        if let CodeFragment::Literal(text) = piece {
            template.push_str(text);
        } else {
            template.push_str("{}");
            values.push(code.as_str());
        }
    }
    (template, values)
}
