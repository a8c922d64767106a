//! The command that runs a single case again.

use crate::report::visible::{disarmed, visible};
use crate::results::RunResult;
use crate::suite::Level;

/// A POSIX shell command that runs just this case against the same implementation, at the same
/// level and with the same number of repetitions.
pub fn rerun_command(result: &RunResult, case: &str) -> String {
    let mut words = vec!["macproof".to_owned(), "run".to_owned()];
    words.extend(result.arguments.iter().cloned());
    if result.level != Level::Must {
        words.extend(["--level".to_owned(), result.level.to_string()]);
    }
    if result.repeat > 1 {
        words.extend(["--repeat".to_owned(), result.repeat.to_string()]);
    }
    words.extend(["--filter".to_owned(), case.to_owned()]);
    command_line(&words)
}

/// Quotes words as a command line for a POSIX shell, all visible and on one line.
pub fn command_line(words: &[String]) -> String {
    let words = words.iter().map(|word| shell_word(word));
    words.collect::<Vec<_>>().join(" ")
}

fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let is_armed = disarmed(word) != word;
    let is_shown = |c: char| {
        !(is_armed && c == '#') && (c == '\\' || visible(c.encode_utf8(&mut [0; 4])).starts_with(c))
    };
    if word.chars().all(is_shown) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    // What is invisible, or gives orders to a terminal or a CI job, stands in the escapes of bash,
    // ksh and zsh: the command can be copied all the same.
    let mut out = "$'".to_owned();
    for c in word.chars() {
        match c {
            '\\' | '\'' => out.extend(['\\', c]),
            _ if is_shown(c) => out.push(c),
            _ if c.is_ascii() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::{rerun_command, shell_word};
    use crate::results::fixture::run;
    use crate::suite::Level;

    #[test]
    fn the_rerun_command_reproduces_the_case() {
        let mut result = run(Vec::new(), "");
        let again = "macproof run --command 'php adapters/php/adapter.php'";
        assert_eq!(
            rerun_command(&result, "a/b"),
            format!("{again} --filter a/b")
        );
        (result.level, result.repeat) = (Level::Should, 3);
        assert_eq!(
            rerun_command(&result, "a/b"),
            format!("{again} --level should --repeat 3 --filter a/b")
        );
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        for (word, written) in [
            ("--command", "--command"),
            ("php adapter.php", "'php adapter.php'"),
            ("it's", r"'it'\''s'"),
            ("$(rm)", "'$(rm)'"),
            ("", "''"),
            ("a*", "'a*'"),
            (r"C:\php it's", r"'C:\php it'\''s'"),
            ("\u{1b}]0;a\u{7} it's", r"$'\x1b]0;a\x07 it\'s'"),
            ("\u{202e}\u{9b}\\", r"$'\U0000202e\U0000009b\\'"),
            ("##[error]", r"$'\x23\x23[error]'"),
        ] {
            assert_eq!(shell_word(word), written);
        }
    }
}
