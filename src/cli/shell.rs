//! `macproof completions` and `macproof manual`: what packages install beside the program.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::builder::PossibleValuesParser;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::examples::lines_of;
use crate::cli::exit::{Exit, Stop};
use crate::cli::terminal::print;
use crate::mistakes::catalogue;
use crate::suite;

/// The arguments of `macproof completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// The arguments of `macproof manual`.
#[derive(Debug, Args)]
pub(crate) struct ManualArgs {
    /// The folder for the pages; it is made if it is not there.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Prints the script by which a shell completes what is typed.
pub(crate) fn completions(args: &CompletionsArgs, command: Command) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut with_names(command),
        "macproof",
        &mut script,
    );
    print(&String::from_utf8_lossy(&script));
    Exit::Success
}

/// Writes a page for each command.
pub(crate) fn manual(args: &ManualArgs, command: Command) -> Result<Exit, Stop> {
    pages(command, &args.folder).map_err(|error| {
        Stop::harness(format_args!(
            "failed to write to {}: {error}",
            args.folder.display()
        ))
    })?;
    Ok(Exit::Success)
}

fn pages(command: Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    page(&command, "", folder)
}

/// Writes the page of a command, and those of the commands below it.
fn page(command: &Command, path: &str, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        page(below, path.trim_start(), folder)?;
    }
    let page = Man::new(command.clone()).source(concat!("macproof ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render(&mut text)?;
    let examples: Vec<_> = lines_of(path).map(roman).collect();
    if !examples.is_empty() {
        let mut section = Roff::new();
        section.control("SH", ["EXAMPLES"]).control("nf", []);
        for line in examples {
            section.text([line]);
        }
        section.control("fi", []).to_writer(&mut text)?;
    }
    fs::write(folder.join(page.get_filename()), text)
}

/// The command with the names of suites and mistakes where they are asked for. A script has them
/// literally; what the program itself accepts is more, as files.
fn with_names(mut command: Command) -> Command {
    let ids: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    for id in ids {
        let names: Vec<&str> = match id.as_str() {
            "suite" | "suites" => suite::embedded().map(|embedded| embedded.name).collect(),
            "mistake" | "id" => catalogue()
                .iter()
                .map(|mistake| mistake.id.as_str())
                .collect(),
            _ => continue,
        };
        command = command.mut_arg(id, |argument| {
            argument.value_parser(PossibleValuesParser::new(names))
        });
    }
    command.mut_subcommands(with_names)
}
