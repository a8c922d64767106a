//! Texts as programs escape them in JSON.

/// What a program escapes beside quotes, backslashes and control characters.
#[derive(Clone, Copy)]
pub(super) struct Escapes {
    pub(super) others: Others,
    pub(super) slash: bool,
    /// Further characters that become `\u` escapes.
    pub(super) more: &'static str,
    pub(super) in_capitals: bool,
}

/// Which characters become `\u` escapes because they are not printable ASCII.
#[derive(Clone, Copy)]
pub(super) enum Others {
    /// None.
    None,
    /// Those beyond ASCII; DEL stays, as in PHP.
    BeyondAscii,
    /// These and DEL, as in Python.
    Unprintable,
}

impl Escapes {
    /// What JSON demands and no more, as JavaScript does.
    pub(super) const FEW: Self = Self {
        others: Others::None,
        slash: false,
        more: "",
        in_capitals: false,
    };
    /// Python's `json.dumps`.
    pub(super) const PYTHON: Self = Self {
        others: Others::Unprintable,
        ..Self::FEW
    };
    /// PHP's `json_encode`.
    pub(super) const PHP: Self = Self {
        others: Others::BeyondAscii,
        slash: true,
        ..Self::FEW
    };

    /// The inside of the string, without its quotes.
    pub(super) fn escaped(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        self.write(text, &mut out);
        out
    }

    /// The string, quotes and all.
    pub(super) fn quoted(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        self.write_quoted(text, &mut out);
        out
    }

    /// Appends the string, quotes and all.
    pub(super) fn write_quoted(self, text: &str, out: &mut String) {
        out.push('"');
        self.write(text, out);
        out.push('"');
    }

    fn write(self, text: &str, out: &mut String) {
        for c in text.chars() {
            let is_escaped = self.others.contain(c) || self.more.contains(c);
            match c {
                '"' if !is_escaped => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '/' if self.slash => out.push_str("\\/"),
                _ if is_escaped || c < ' ' => self.push_units(c, out),
                _ => out.push(c),
            }
        }
    }

    fn push_units(self, c: char, out: &mut String) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str("\\u");
            let digits = unit.to_be_bytes();
            out.push_str(&if self.in_capitals {
                hex::encode_upper(digits)
            } else {
                hex::encode(digits)
            });
        }
    }
}

impl Others {
    fn contain(self, c: char) -> bool {
        match self {
            Self::None => false,
            Self::BeyondAscii => !c.is_ascii(),
            Self::Unprintable => !c.is_ascii() || c == '\u{7f}',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Escapes;

    #[test]
    fn texts_are_escaped_as_each_program_does() {
        let text = "\u{0}\n\u{1f}\"\\/<\u{7f}\u{e9}\u{1f600}";
        for (escapes, expected) in [
            // Node.js, Python and PHP themselves.
            (
                Escapes::FEW,
                "\\u0000\\n\\u001f\\\"\\\\/<\u{7f}\u{e9}\u{1f600}",
            ),
            (
                Escapes::PYTHON,
                "\\u0000\\n\\u001f\\\"\\\\/<\\u007f\\u00e9\\ud83d\\ude00",
            ),
            (
                Escapes::PHP,
                "\\u0000\\n\\u001f\\\"\\\\\\/<\u{7f}\\u00e9\\ud83d\\ude00",
            ),
        ] {
            assert_eq!(escapes.escaped(text), expected);
            assert_eq!(escapes.quoted(text), format!("\"{expected}\""));
        }
    }
}
