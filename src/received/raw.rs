//! A request as text: its head, line by line, and its body, byte by byte.

use crate::received::RequestError;
use crate::received::curl::read_curl;
use crate::received::request::Received;
use crate::scheme::is_header_name;

impl Received {
    /// Reads a request: raw, as `curl -v` prints it, or a `curl` command.
    pub fn parse(saved: &[u8]) -> Result<Self, RequestError> {
        let saved = saved.strip_prefix(b"\xef\xbb\xbf").unwrap_or(saved);
        let start = saved.iter().position(|byte| !byte.is_ascii_whitespace());
        let saved = &saved[start.ok_or(RequestError::Empty)?..];
        let mut received = Self::default();
        if is_printed_by_curl(saved) {
            // The command may stand above it.
            received.read_printed(saved)?;
        } else if let Some(command) = curl_command(saved) {
            return read_curl(command);
        } else {
            received.read_raw(saved)?;
        }
        Ok(received)
    }
}

/// A command line that starts with `curl`, perhaps behind a prompt.
fn curl_command(saved: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(saved).ok()?;
    let text = text.strip_prefix("$ ").unwrap_or(text);
    let (word, _) = text.split_once(char::is_whitespace)?;
    matches!(word, "curl" | "curl.exe").then_some(text)
}

/// Whether it is what `curl -v` prints: a line of it begins with `> ` and the request line.
fn is_printed_by_curl(saved: &[u8]) -> bool {
    let mut lines = saved.split(|&byte| byte == b'\n').peekable();
    let is_raw = lines.peek().is_some_and(|line| is_request_line(line));
    let is_printed = |line: &[u8]| line.starts_with(b"> ") && is_request_line(&line[2..]);
    !is_raw && lines.any(is_printed)
}

fn is_request_line(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    matches!(words[..], [method, _, version]
        if version.starts_with(b"HTTP/") && !method.is_empty() && method.iter().all(u8::is_ascii_uppercase))
}

impl Received {
    fn read_raw(&mut self, saved: &[u8]) -> Result<(), RequestError> {
        let mut rest = saved;
        let mut number = 0;
        while !rest.is_empty() {
            let end = rest.iter().position(|&byte| byte == b'\n');
            let (line, behind) = match end {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            number += 1;
            rest = behind;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            self.line_of_head(line, number)?;
        }
        self.take_body(rest);
        Ok(())
    }

    /// What `curl -v` prints: `> ` before what was sent, `< ` before what came, `* ` before what it
    /// tells, and what else there is without a mark.
    fn read_printed(&mut self, saved: &[u8]) -> Result<(), RequestError> {
        let mut rest = saved;
        let mut number = 0;
        let mut is_answered = false;
        let mut has_begun = false;
        let mut before: Vec<u8> = Vec::new();
        let mut behind: Vec<u8> = Vec::new();
        while !rest.is_empty() {
            let end = rest.iter().position(|&byte| byte == b'\n');
            let (line, next) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            number += 1;
            rest = next;
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            match text {
                b">" | b"<" | b"> " | b"< " | b"*" | [b'*', b' ', ..] => {}
                [b'{' | b'}', b' ', b'[', ..] if text.ends_with(b" bytes data]") => {}
                [b'>', b' ', head @ ..] => {
                    if is_request_line(head) {
                        // Of several requests, as of a redirect, the last one counts.
                        *self = Self::default();
                        (before, behind) = (Vec::new(), Vec::new());
                        (is_answered, has_begun) = (false, true);
                    }
                    self.line_of_head(head, number)?;
                }
                [b'<', b' ', ..] => is_answered = true,
                _ if is_answered => behind.extend_from_slice(line),
                _ if has_begun => before.extend_from_slice(line),
                // Above the request: the command, or its prompt.
                _ => {}
            }
        }
        let length = self.text_of("content-length");
        let length: Option<usize> = length.and_then(|text| text.trim().parse().ok());
        let is_bodiless = length.is_none() && self.text_of("transfer-encoding").is_none();
        // The body of the response may be longer.
        let fits = |body: &[u8]| {
            let ended = body.strip_suffix(b"\n").unwrap_or(body);
            let ended = ended.strip_suffix(b"\r").unwrap_or(ended);
            length == Some(body.len()) || length == Some(ended.len())
        };
        let is_behind = before.is_empty() && !behind.is_empty() && fits(&behind);
        if is_behind {
            let note = "what stands behind the response was taken for the body of the request";
            self.notes.push(note.to_owned());
        } else if before.is_empty() && !is_bodiless && length != Some(0) {
            self.no_body = Some("curl -v does not print the body that it sends");
            return Ok(());
        }
        let body = if is_behind { behind } else { before };
        self.take_body(&body);
        Ok(())
    }

    fn line_of_head(&mut self, line: &[u8], number: usize) -> Result<(), RequestError> {
        if line.starts_with(b"HTTP/") {
            return Err(RequestError::Response);
        }
        let is_first = self.headers.is_empty() && self.target.is_none();
        if is_first && is_request_line(line) {
            let text = String::from_utf8_lossy(line);
            self.target = text.split_whitespace().nth(1).map(str::to_owned);
            return Ok(());
        }
        let unread = RequestError::Line(number);
        // The names of HTTP/2, as browsers show them.
        let name_from = usize::from(line.starts_with(b":"));
        let colon = line[name_from..].iter().position(|&byte| byte == b':');
        let colon = colon.ok_or_else(|| unread.clone())? + name_from;
        let name = std::str::from_utf8(&line[..colon]).map_err(|_| unread.clone())?;
        let value = line[colon + 1..].trim_ascii();
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            ":path" => self.target = Some(text()),
            ":scheme" => self.scheme = Some(text()),
            ":authority" => self.headers.push(("host".to_owned(), value.to_vec())),
            _ if name.starts_with(':') => {}
            _ if !is_header_name(name) => return Err(unread),
            _ => self.headers.push((name.to_owned(), value.to_vec())),
        }
        Ok(())
    }
}
