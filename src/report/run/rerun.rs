//! The command that runs a single case again.

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

/// Quotes words as a command line for a POSIX shell.
pub fn command_line(words: &[String]) -> String {
    let words = words.iter().map(|word| shell_word(word));
    words.collect::<Vec<_>>().join(" ")
}

fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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
        ] {
            assert_eq!(shell_word(word), written);
        }
    }
}
