//! Untrusted text in Markdown: in a code span, or escaped; and what all Markdown has in common.

use crate::report::beside::Tone;

/// Wraps escaped text in a code span, with a fence longer than any run of backticks in it.
pub(super) fn code(seen: &str) -> String {
    let seen = visible_line(seen);
    let mut longest = 0;
    let mut now = 0;
    for c in seen.chars() {
        now = if c == '`' { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    let fence = "`".repeat(longest + 1);
    let blank = if seen.starts_with('`') || seen.ends_with('`') || seen.is_empty() {
        " "
    } else {
        ""
    };
    // Tables are split into cells before code spans are parsed, so `|` needs escaping here, too.
    format!("{fence}{blank}{}{blank}{fence}", seen.replace('|', "\\|"))
}

/// Joins lines with spaces, because a code span is a single line. Everything else in the text is
/// visible already.
fn visible_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Escapes text so that nothing in it has a meaning in Markdown or HTML, and no server turns names
/// or addresses into links.
pub(super) fn text(seen: &str) -> String {
    let mut out = String::with_capacity(seen.len());
    for c in seen.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' | '#' => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            ':' => out.push_str(":<!-- -->"),
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.replace("www.", "www<!-- -->.")
        .replace(":<!-- --> ", ": ")
}

/// Like [`text`], for the start of a line: it cannot start a list, a heading, a rule or a code
/// block.
pub(super) fn beginning(seen: &str) -> String {
    let out = text(seen.trim_start());
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if out[digits..].starts_with(['.', ')']) && digits > 0 || out.starts_with(['-', '+', '=']) {
        let (number, rest) = out.split_at(digits);
        return format!("{number}\\{rest}");
    }
    out
}

/// The sign of a verdict.
pub(super) fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Bad => "❌",
        Tone::Doubtful => "⚠️",
    }
}

/// A row of a table.
pub(super) fn row(out: &mut String, cells: &[String]) {
    out.push_str(&format!("| {} |\n", cells.join(" | ")));
}

#[cfg(test)]
mod tests {
    use super::{code, text};

    #[test]
    fn untrusted_text_is_never_markdown() {
        assert_eq!(
            text("@ada #5 https://x *b* <b>"),
            "@<!-- -->ada #<!-- -->5 https:<!-- -->//x \\*b\\* &lt;b&gt;"
        );
        assert_eq!(code("a`b``c|"), "```a`b``c\\|```");
        assert_eq!(code("`"), "`` ` ``");
    }
}
