//! The bodies that a saved request may have had.

use crate::received::request::{Received, Variant};

impl Received {
    /// Takes what stands behind the head, as it was saved, for the body.
    pub(super) fn take_body(&mut self, saved: &[u8]) {
        let chunked = self
            .text_of("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked && let Some(body) = unchunked(saved) {
            self.notes
                .push("the body was put together from its chunks".to_owned());
            self.bodies = vec![Variant::plain(body)];
        } else {
            self.bodies = self.bodies_of(saved);
        }
        self.note_coding();
    }

    fn bodies_of(&mut self, saved: &[u8]) -> Vec<Variant<Vec<u8>>> {
        let said = self.text_of("content-length");
        let length: Option<usize> = said.and_then(|text| text.trim().parse().ok());
        let Some(length) = length else {
            return with_and_without_its_end(saved);
        };
        let with_crlf = || with_crlf(saved);
        if saved.len() == length {
            return vec![Variant::plain(saved.to_vec())];
        }
        if saved.len() > length {
            let rest = &saved[length..];
            self.notes.push(if is_line_ends(rest) {
                "the line end behind the body is not part of it, by Content-Length".to_owned()
            } else {
                format!(
                    "the body has {length} bytes, by Content-Length; the {} behind them were left out",
                    rest.len()
                )
            });
            return vec![Variant::plain(saved[..length].to_vec())];
        }
        let windows = with_crlf();
        if windows.len() >= length && is_line_ends(&windows[length..]) {
            let note =
                "the line ends of the body were saved as LF; they were CRLF, by Content-Length";
            self.notes.push(note.to_owned());
            return vec![Variant::plain(windows[..length].to_vec())];
        }
        self.notes.push(format!(
            "the body is not whole: Content-Length says {length} bytes, and {} are here",
            saved.len()
        ));
        with_and_without_its_end(saved)
    }

    /// Tells of a compressed body: which bytes were signed is up to the sender.
    fn note_coding(&mut self) {
        let Some(coding) = self.text_of("content-encoding").map(str::to_owned) else {
            return;
        };
        let coding = coding.trim().to_ascii_lowercase();
        if coding.is_empty() || coding == "identity" {
            return;
        }
        let body = self.bodies.first().map(|body| &body.value[..]);
        let is_text = body.is_some_and(|body| std::str::from_utf8(body).is_ok());
        self.notes.push(if is_text {
            "Content-Encoding says that the body is compressed, but it is text: it was decoded before it was saved".to_owned()
        } else {
            "the body is compressed (Content-Encoding), and is read as it was sent; if the signature is of the decoded body, decode it and give it with --field NAME=@FILE".to_owned()
        });
    }
}

fn is_line_ends(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| b"\r\n".contains(byte))
}

/// A body whose length is not known: an editor may have ended its last line.
fn with_and_without_its_end(saved: &[u8]) -> Vec<Variant<Vec<u8>>> {
    let mut bodies = vec![Variant::plain(saved.to_vec())];
    for ending in [&b"\r\n"[..], b"\n"] {
        if let Some(body) = saved.strip_suffix(ending)
            && !body.is_empty()
        {
            let note = "the line end at the end of the body is not part of it; an editor, or what saved the request, added it";
            bodies.push(Variant::with(body.to_vec(), note));
            break;
        }
    }
    if saved.contains(&b'\n') && !saved.windows(2).any(|two| two == b"\r\n") {
        let windows = with_crlf(saved);
        let note = "the line ends of the body are CRLF; they were saved as LF";
        if let Some(body) = windows.strip_suffix(b"\r\n")
            && body.contains(&b'\n')
        {
            bodies.push(Variant::with(body.to_vec(), note));
        }
        bodies.push(Variant::with(windows, note));
    }
    bodies
}

fn with_crlf(saved: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(saved.len());
    let mut before = 0;
    for &byte in saved {
        if byte == b'\n' && before != b'\r' {
            body.push(b'\r');
        }
        body.push(byte);
        before = byte;
    }
    body
}

/// A chunked body put together; `None` where it is not one, as where a proxy has done that.
fn unchunked(mut saved: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = saved.iter().position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(&saved[..end]).ok()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        saved = &saved[end + 1..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(saved.get(..size)?);
        saved = &saved[size..];
        saved = saved.strip_prefix(b"\r").unwrap_or(saved);
        saved = saved.strip_prefix(b"\n")?;
    }
}
