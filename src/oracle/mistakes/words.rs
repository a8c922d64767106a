//! A mistake in words: the sentences of the catalogue name what a scheme has, and only that.
//!
//! They are templates. `{identity}` is the text that is meant, `{encoding}` how the scheme writes
//! its MACs, `{form:…}` which of several forms the mistake has, and so on; in general words where
//! no scheme is at hand.

use crate::mistakes::content::{RAW_BODY, WRITTEN_BODY};
use crate::mistakes::{Mistake, TokenPieces};
use crate::scheme::{Escapes, FieldKind, Filter, MessagePart, Scheme, normalizing};
use crate::signature::Encoding;

/// The sentences of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What was done, as a clause without its full stop.
    pub title: String,
    /// What goes wrong, in one sentence.
    pub wrong: String,
    /// What to do instead, in one sentence.
    pub remedy: String,
}

/// Which of its forms a mistake has, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormWords {
    /// What distinguishes it; empty where nothing does.
    pub detail: String,
    /// The only field that it touches, where it may touch several.
    pub of: Option<String>,
    /// Where it was made, if not in the usual place.
    pub place: &'static str,
}

impl Mistake {
    /// Its sentences in general.
    pub fn words(&self) -> Words {
        self.filled(None, &FormWords::default())
    }

    /// Its sentences of a scheme.
    pub fn words_of(&self, scheme: &Scheme) -> Words {
        self.filled(Some(scheme), &FormWords::default())
    }

    /// Its sentences of several schemes: in general, where they are not the same for all.
    pub fn words_of_all<'s>(&self, schemes: impl IntoIterator<Item = &'s Scheme>) -> Words {
        let mut all = schemes.into_iter().map(|scheme| self.words_of(scheme));
        match all.next() {
            Some(first) if all.all(|other| other == first) => first,
            _ => self.words(),
        }
    }

    /// Its sentences of a scheme and of one of its forms.
    pub fn words_of_form(&self, scheme: &Scheme, form: &FormWords) -> Words {
        self.filled(Some(scheme), form)
    }

    /// Whether its title says which form it has.
    pub fn title_tells_its_form(&self) -> bool {
        self.title.contains("{form:")
    }

    /// A remedy with what to call in a language, if that is known. Languages are named as adapters
    /// name them.
    pub fn with_hint(&self, remedy: &str, language: Option<&str>) -> String {
        with_hint_of(self.hints, remedy, language)
    }

    /// What a sender has to change in a language, where a body is signed otherwise than it is sent;
    /// `None` where the remedy is the same for everybody.
    pub fn remedy_of_sender(&self, language: Option<&str>) -> Option<String> {
        let remedy = "Write the body once, sign these bytes, and send these bytes.";
        let is_of_bodies = self.hints == RAW_BODY;
        is_of_bodies.then(|| with_hint_of(WRITTEN_BODY, remedy, language))
    }

    /// A remedy with what to call in each language for which that is known.
    pub fn with_every_hint(&self, remedy: &str) -> String {
        let hints: Vec<String> = self
            .hints
            .iter()
            .map(|(language, hint)| format!("{}: {hint}", spelt(language)))
            .collect();
        if hints.is_empty() {
            remedy.to_owned()
        } else {
            with_hint(remedy, &hints.join("; "))
        }
    }

    fn filled(&self, scheme: Option<&Scheme>, form: &FormWords) -> Words {
        let fill = |template: &str| filled(template, scheme, form);
        Words {
            title: fill(self.title),
            wrong: fill(self.wrong),
            remedy: fill(self.remedy),
        }
    }
}

fn with_hint_of(hints: &[(&str, &str)], remedy: &str, language: Option<&str>) -> String {
    let named =
        |(known, _): &&(&str, &str)| language.is_some_and(|language| is_called(known, language));
    match hints.iter().find(named) {
        None => remedy.to_owned(),
        Some((_, hint)) => with_hint(remedy, hint),
    }
}

fn with_hint(remedy: &str, hint: &str) -> String {
    format!("{} ({hint}).", remedy.trim_end_matches('.'))
}

/// Whether an implementation says that it is in a language.
fn is_called(language: &str, said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let others: &[&str] = match language {
        "javascript" => &["node", "nodejs", "node.js", "typescript", "js"],
        "csharp" => &["c#", ".net", "dotnet"],
        "java" => &["kotlin", "scala"],
        "shell" => &["sh", "bash"],
        "go" => &["golang"],
        _ => &[],
    };
    said == language || others.contains(&said.as_str())
}

/// A language as people write it.
fn spelt(language: &str) -> &str {
    match language {
        "javascript" => "JavaScript",
        "java" => "Java",
        "python" => "Python",
        "ruby" => "Ruby",
        "php" => "PHP",
        "go" => "Go",
        "csharp" => "C#",
        "shell" => "Shell",
        other => other,
    }
}

fn filled(template: &str, scheme: Option<&Scheme>, form: &FormWords) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        out.push_str(before);
        out.push_str(&term(name, scheme, form));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn term(name: &str, scheme: Option<&Scheme>, form: &FormWords) -> String {
    let of_scheme = |of: fn(&Scheme) -> Option<String>, general: &str| {
        scheme.and_then(of).unwrap_or_else(|| general.to_owned())
    };
    match name.split_once(':') {
        Some((_, usual)) if form.detail.is_empty() => usual.to_owned(),
        Some(_) => form.detail.clone(),
        None => match (name, &form.of) {
            ("identity", Some(field)) => format!("the {field}"),
            ("identity", None) => of_scheme(texts, "the identity"),
            ("encoding", _) => of_scheme(
                |scheme| Some(encoding(scheme.token.mac_encoding()).to_owned()),
                "the scheme's encoding",
            ),
            ("hash", _) => of_scheme(
                |scheme| {
                    Some(
                        scheme
                            .algorithm
                            .name()
                            .trim_start_matches("hmac-")
                            .to_owned(),
                    )
                },
                "the scheme's hash function",
            ),
            ("prefix", _) => of_scheme(
                |scheme| scheme.secret.strip_prefix.clone(),
                "the scheme's prefix",
            ),
            ("filters", _) => of_scheme(filters, "as the scheme wants it"),
            ("written", _) => of_scheme(written, "what its filters make of the text"),
            ("per", _) => of_scheme(
                |scheme| Some(scheme.fields.at(scheme.secret.per?).name.clone()),
                "platform",
            ),
            ("token", _) => scheme.map_or_else(|| "the scheme says".to_owned(), token),
            ("unsigned", _) => of_scheme(unsigned, "a field that only selects something"),
            _ => name.to_owned(),
        },
    }
}

/// The text that is signed; each of them, where there are several.
fn texts(scheme: &Scheme) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for field in scheme.message.fields() {
        let field = scheme.fields.at(field);
        if field.kind == FieldKind::Text && !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    match names[..] {
        [] => None,
        [one] => Some(format!("the {one}")),
        _ => Some(format!("each text field ({})", names.join(", "))),
    }
}

/// An encoding in words.
fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "hex with small letters",
        Encoding::HexUpper => "hex with capital letters",
        Encoding::Base64 => "base64 with its padding",
        Encoding::Base64Unpadded => "base64 without padding",
        Encoding::Base64url => "base64url with its padding",
        Encoding::Base64urlUnpadded => "base64url without padding",
    }
}

fn filters(scheme: &Scheme) -> Option<String> {
    let of = |part: &MessagePart| match part {
        MessagePart::Field { filters, .. } => filters.clone(),
        MessagePart::Literal(_) => Vec::new(),
    };
    let all: Vec<Filter> = scheme.message.parts().iter().flat_map(of).collect();
    let words: Vec<&str> = [
        (Filter::Trim, "trimmed"),
        (Filter::NoLineEnds, "without line ends"),
        (Filter::PercentDecode, "without percent escapes"),
        (Filter::Lower, "in lower case"),
        (Filter::Upper, "in upper case"),
    ]
    .into_iter()
    .filter(|(filter, _)| all.contains(filter))
    .map(|(_, words)| words)
    .collect();
    (!words.is_empty()).then(|| words.join(" and "))
}

/// What the filters make of the text that they write in another form.
fn written(scheme: &Scheme) -> Option<String> {
    scheme.message.parts().iter().find_map(|part| match part {
        MessagePart::Field { field, filters } => {
            let (_, writing) = normalizing(filters);
            let text = format!("the {}", scheme.fields.at(*field).name);
            let made = writing.iter().fold(text, |text, filter| match filter {
                Filter::Digest(algorithm) => {
                    let hash = algorithm.hash_name().replace("sha", "SHA-");
                    format!("the {hash} of {text}")
                }
                Filter::Encode(one) => format!("{text} in {}", encoding(*one)),
                Filter::Percent(Escapes::Form) => format!("{text} percent-encoded as a form is"),
                Filter::Percent(_) => format!("{text} percent-encoded"),
                Filter::Params(_) => format!("the parameters of {text}, put together as it says"),
                Filter::Lower
                | Filter::Upper
                | Filter::Trim
                | Filter::NoLineEnds
                | Filter::PercentDecode => text,
            });
            (!writing.is_empty()).then_some(made)
        }
        MessagePart::Literal(_) => None,
    })
}

/// How a token is put together, its parts by their names.
fn token(scheme: &Scheme) -> String {
    let name = |field: usize| {
        let mut name = scheme.fields.at(field).name.clone();
        for filter in scheme.token.filters(field) {
            name = format!("{name}|{}", filter.name());
        }
        Some(format!("<{name}>"))
    };
    TokenPieces::of(scheme, "<signature>", name).write()
}

/// The fields that stand in no message.
fn unsigned(scheme: &Scheme) -> Option<String> {
    let signed: Vec<usize> = scheme.message.fields().collect();
    let names: Vec<String> = (0..scheme.fields.len())
        .filter(|field| !signed.contains(field))
        .map(|field| format!("the {}", scheme.fields.at(field).name))
        .collect();
    (!names.is_empty()).then(|| names.join(" or "))
}
