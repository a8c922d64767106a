//! A request as a `curl` command, which is how browsers copy one.

use std::fmt::Write as _;

use crate::received::RequestError;
use crate::received::request::{Received, Variant};
use crate::received::shell_words::shell_words;

/// The options that have a value and mean nothing for what is signed.
const IGNORED_WITH_VALUE: [&str; 18] = [
    "-o",
    "--output",
    "-u",
    "--user",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--cacert",
    "-E",
    "--cert",
    "--key",
    "--resolve",
    "--retry",
    "--max-redirs",
];

/// What the options say so far.
#[derive(Default)]
struct Command {
    received: Received,
    /// The parts of the body, which `curl` joins.
    data: Vec<String>,
    /// Whether the data goes into the query.
    is_get: bool,
    is_json: bool,
}

/// Reads a `curl` command.
pub(super) fn read_curl(text: &str) -> Result<Received, RequestError> {
    if text.contains("^\"") {
        return Err(RequestError::OtherShell);
    }
    let words = shell_words(text)?;
    let mut words = words.into_iter().skip(1);
    let mut command = Command::default();
    while let Some(word) = words.next() {
        let (option, attached) = taken_apart(&word);
        let mut value = || {
            attached
                .clone()
                .or_else(|| words.next())
                .ok_or(RequestError::OptionWithoutValue)
        };
        match option {
            "-H" | "--header" => command.header(&value()?),
            "-b" | "--cookie" => command.add("Cookie", &value()?),
            "-A" | "--user-agent" => command.add("User-Agent", &value()?),
            "-e" | "--referer" => command.add("Referer", &value()?),
            "-d" | "--data" | "--data-ascii" | "--data-binary" => {
                command.data_of(value()?, true)?;
            }
            "--data-raw" => command.data_of(value()?, false)?,
            "--data-urlencode" => command.urlencoded(&value()?)?,
            "--json" => {
                command.is_json = true;
                command.data_of(value()?, true)?;
            }
            "-G" | "--get" => command.is_get = true,
            "-F" | "--form" | "--form-string" => return Err(RequestError::Multipart),
            "-X" | "--request" => {
                value()?;
            }
            "--url" => command.received.target = Some(value()?),
            option if IGNORED_WITH_VALUE.contains(&option) => {
                value()?;
            }
            option if option.starts_with('-') => {}
            url => command.received.target = Some(url.to_owned()),
        }
    }
    Ok(command.finish())
}

/// An option and a value that is attached to it, as in `-XPOST` and `--request=POST`.
fn taken_apart(word: &str) -> (&str, Option<String>) {
    if let Some((option, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
        return (option, Some(value.to_owned()));
    }
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (Some('-'), Some(letter)) if "HbAedXFoumwxE".contains(letter) && word.len() > 2 => {
            (&word[..2], Some(word[2..].to_owned()))
        }
        _ => (word, None),
    }
}

impl Command {
    fn header(&mut self, line: &str) {
        match line.split_once(':') {
            // `curl` leaves out a header without a value.
            Some((_, value)) if value.trim().is_empty() => {}
            Some((name, value)) => self.add(name.trim(), value.trim()),
            None => {
                if let Some(name) = line.strip_suffix(';') {
                    self.add(name.trim(), "");
                }
            }
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        let header = (name.to_owned(), value.as_bytes().to_vec());
        self.received.headers.push(header);
    }

    fn data_of(&mut self, text: String, may_be_a_file: bool) -> Result<(), RequestError> {
        if may_be_a_file && text.starts_with('@') {
            return Err(RequestError::BodyInFile);
        }
        self.data.push(text);
        Ok(())
    }

    /// `NAME=TEXT`, of which the text is encoded, or `=TEXT`.
    fn urlencoded(&mut self, text: &str) -> Result<(), RequestError> {
        let equals = text.find('=');
        let at = text.find('@');
        if at.is_some_and(|at| equals.is_none_or(|equals| at < equals)) {
            return Err(RequestError::BodyInFile);
        }
        let (name, value) = text.split_once('=').unwrap_or(("", text));
        let mut encoded = String::new();
        if !name.is_empty() {
            encoded.push_str(name);
            encoded.push('=');
        }
        for &byte in value.as_bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        self.data.push(encoded);
        Ok(())
    }

    fn finish(self) -> Received {
        let Self {
            mut received,
            data,
            is_get,
            is_json,
        } = self;
        let data = data.join(if is_json { "" } else { "&" });
        let mut body = data;
        if is_get && !body.is_empty() {
            let target = received.target.get_or_insert_default();
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&std::mem::take(&mut body));
        }
        if let Some(target) = &mut received.target
            && !target.contains("://")
        {
            target.insert_str(0, "http://");
        }
        received.bodies = vec![Variant::plain(body.into_bytes())];
        received
    }
}
