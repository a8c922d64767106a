//! The command that asks one case again.

use crate::results::RunResult;

/// The command that runs just this case against the same implementation, for a POSIX shell.
pub fn rerun_command(result: &RunResult, case: &str) -> String {
    let mut words = vec!["macproof".to_owned(), "run".to_owned()];
    words.extend(result.arguments.iter().map(|word| shell_word(word)));
    words.push("--filter".to_owned());
    words.push(shell_word(case));
    words.join(" ")
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
    use super::shell_word;

    #[test]
    fn a_shell_reads_the_word_that_was_meant() {
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
