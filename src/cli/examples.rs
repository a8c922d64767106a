//! Examples of each command, for its help.

use clap::Command;

/// The words of a command behind `macproof`, and below it, indented, the lines that show it.
const EXAMPLES: &str = include_str!("examples.txt");

/// The lines that show a command.
pub(crate) fn lines_of(path: &str) -> impl Iterator<Item = &'static str> {
    let behind = EXAMPLES.lines().skip_while(move |line| *line != path);
    behind.skip(1).take_while(|line| line.starts_with(' '))
}

/// The command with the examples of all its commands in their help.
pub(crate) fn with_examples(command: Command) -> Command {
    added(command, "")
}

fn added(mut command: Command, path: &str) -> Command {
    let lines: Vec<&str> = lines_of(path).collect();
    if !lines.is_empty() {
        command = command.after_help(format!("Examples:\n{}", lines.join("\n")));
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    for name in names {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(name, |one| added(one, path.trim_start()));
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::{EXAMPLES, lines_of};
    use crate::cli::args::Arguments;

    fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
        let mut commands = command.get_subcommands().peekable();
        if commands.peek().is_none() {
            found.push(path.to_owned());
        }
        for one in commands {
            let path = format!("{path} {}", one.get_name());
            leaves(one, path.trim_start(), found);
        }
    }

    #[test]
    fn every_command_has_examples_that_it_understands() {
        let mut commands = Vec::new();
        leaves(&Arguments::command(), "", &mut commands);
        for command in &commands {
            assert!(lines_of(command).count() >= 2, "{command}");
            for line in lines_of(command) {
                let words = shlex::split(line).unwrap();
                let understood = Arguments::command().try_get_matches_from(words);
                assert!(understood.is_ok(), "{line}: {}", understood.unwrap_err());
            }
        }
        for command in EXAMPLES.lines().filter(|line| !line.starts_with(' ')) {
            assert!(commands.iter().any(|known| known == command), "{command}");
        }
    }
}
