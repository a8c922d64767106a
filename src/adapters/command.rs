//! The command that starts an adapter.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program and its arguments. No shell ever sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterCommand {
    program: OsString,
    arguments: Vec<OsString>,
    directory: Option<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

/// Why a text is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// There is no word in it.
    #[error("the adapter's command is empty; name a program, as in 'python3 adapter.py'")]
    Empty,
    /// A quotation mark stands alone, or a backslash at the end.
    #[error("the adapter's command {0:?} has an unclosed quotation mark")]
    Unbalanced(String),
}

impl AdapterCommand {
    /// A program with these arguments.
    pub fn new(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            directory: None,
            environment: Vec::new(),
        }
    }

    /// Splits a command line into words by a shell's rules for quotation marks and backslashes.
    /// Nothing else of a shell's is done: no variables, no patterns, no pipes.
    pub fn parse(line: &str) -> Result<Self, CommandError> {
        let words =
            shlex::split(line).ok_or_else(|| CommandError::Unbalanced(line.trim().to_owned()))?;
        let mut words = words.into_iter();
        let program = words.next().filter(|program| !program.is_empty());
        Ok(Self::new(program.ok_or(CommandError::Empty)?, words))
    }

    /// Where the command holds what only a shell understands: what that is, and what to do.
    pub(super) fn words_for_a_shell(&self) -> Option<String> {
        const OPERATORS: [&str; 11] = [
            "|",
            "||",
            "&",
            "&&",
            ";",
            "<",
            ">",
            ">>",
            "2>",
            "2>&1",
            "2>/dev/null",
        ];
        let program = self.program.to_str()?;
        let assigns = |word: &str| {
            let (name, _) = word.split_once('=')?;
            let is_name =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            is_name.then(|| format!("{name}="))
        };
        let home = || program.starts_with('~').then(|| "~".to_owned());
        let operator = || {
            let words = self.arguments.iter().filter_map(|word| word.to_str());
            words
                .into_iter()
                .find(|word| OPERATORS.contains(word))
                .map(str::to_owned)
        };
        let found = home().or_else(|| assigns(program)).or_else(operator)?;
        Some(format!(
            "no shell reads this command, so {found} has no meaning in it; write sh -c '…'"
        ))
    }

    /// The same command, started in that directory.
    #[must_use]
    pub fn in_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// The same command with that variable in its environment.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// What starts it.
    pub(super) fn builder(&self) -> Command {
        let mut builder = Command::new(&self.program);
        let environment = self.environment.iter();
        builder
            .args(&self.arguments)
            .envs(environment.map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            builder.current_dir(directory);
        }
        builder
    }

    /// What is set in its environment beside what it inherits.
    pub fn environment(&self) -> &[(OsString, OsString)] {
        &self.environment
    }

    /// The program.
    pub fn program(&self) -> &OsStr {
        &self.program
    }

    /// Its arguments, in order.
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// Where it is started, if not where we were.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }
}

/// As one would type it, in quotation marks where they are needed.
impl fmt::Display for AdapterCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in std::iter::once(&self.program)
            .chain(&self.arguments)
            .enumerate()
        {
            if at > 0 {
                f.write_str(" ")?;
            }
            let word = word.to_string_lossy();
            // What no shell takes (a NUL) is shown as it is.
            f.write_str(&shlex::try_quote(&word).unwrap_or_else(|_| word.clone()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{AdapterCommand, CommandError};

    #[test]
    fn words_are_split_as_a_shell_would() {
        let command = AdapterCommand::parse(r#"php "my adapter.php" --x='a "b"' c\ d $HOME"#);
        let expected =
            AdapterCommand::new("php", ["my adapter.php", "--x=a \"b\"", "c d", "$HOME"]);
        assert_eq!(command, Ok(expected));
    }

    #[test]
    fn invalid_commands_are_reported() {
        for empty in ["", "  \t", "''"] {
            assert_eq!(AdapterCommand::parse(empty), Err(CommandError::Empty));
        }
        for open in ["python3 'adapter.py", "python3 \"a", "python3 a\\"] {
            assert_eq!(
                AdapterCommand::parse(open),
                Err(CommandError::Unbalanced(open.into()))
            );
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        let command = AdapterCommand::new("php", ["my adapter.php", "it's", "$x", ""]);
        assert_eq!(AdapterCommand::parse(&command.to_string()), Ok(command));
    }
}
