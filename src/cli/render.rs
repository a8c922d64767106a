//! Which reports are wanted, and where they go.

use std::path::{Path, PathBuf};

use crate::cli::exit::Stop;
use crate::cli::terminal::{colour, print, report_columns, save, say, show, tell};
use crate::report::{self, Campaigns, Format, HumanOptions};
use crate::results::Document;

/// A report that was asked for, and where it goes.
pub(crate) type Report = (Format, PathBuf);

/// Reads `json=result.json`, `junit=-` and so on.
pub(crate) fn parse_report(word: &str) -> Result<Report, Stop> {
    let (format, path) = word.split_once('=').ok_or_else(|| {
        Stop::usage(format_args!(
            "invalid report {word:?}; write FORMAT=PATH, for example json=result.json"
        ))
    })?;
    if path.is_empty() {
        return Err(Stop::usage(format_args!(
            "report {word:?} has an empty path"
        )));
    }
    Ok((format.parse().map_err(Stop::usage)?, PathBuf::from(path)))
}

/// The reports that were asked for.
pub(crate) struct Reports {
    wanted: Vec<Report>,
    all: bool,
}

impl Reports {
    /// Reads several.
    pub(crate) fn parse(words: &[String], all: bool) -> Result<Self, Stop> {
        let wanted = words.iter().map(|word| parse_report(word));
        Self::new(wanted.collect::<Result<_, _>>()?, all)
    }

    /// These reports, of which one at most goes to standard output.
    pub(crate) fn new(wanted: Vec<Report>, all: bool) -> Result<Self, Stop> {
        if wanted
            .iter()
            .filter(|(_, path)| is_standard_output(path))
            .count()
            > 1
        {
            return Err(Stop::usage("only one report can go to standard output"));
        }
        Ok(Self { wanted, all })
    }

    /// Whether they can be written; to be asked before the work begins.
    pub(crate) fn probe(&self) -> Result<(), Stop> {
        let paths = self.wanted.iter().map(|(_, path)| path.as_path());
        paths
            .filter(|path| !is_standard_output(path))
            .try_for_each(probe)
    }

    /// Writes what was asked for, and the report for people beside it: to standard output, or to
    /// standard error where another report, or whatever else, takes that.
    pub(crate) fn write(&self, document: &Document, taken: bool) {
        self.write_asked(document);
        if taken || self.take_standard_output() {
            let text = report::render(document, Format::Human, &self.for_people(false));
            say(text.trim_end());
        } else {
            let text = report::render(document, Format::Human, &self.for_people(colour()));
            show(&text);
        }
    }

    /// Says something before the report for people, where that goes.
    pub(crate) fn announce(&self, words: &str, taken: bool) {
        if taken || self.take_standard_output() {
            say(words);
        } else {
            tell(&format!("{words}\n"));
        }
    }

    /// Whether one of them goes to standard output.
    pub(crate) fn take_standard_output(&self) -> bool {
        self.wanted.iter().any(|(_, path)| is_standard_output(path))
    }

    /// Writes what was asked for and nothing else.
    pub(crate) fn write_asked(&self, document: &Document) {
        self.write_with(document, &Campaigns::default());
    }

    /// Whether every report has a place for what campaigns found: one without it would be green
    /// about it, and is refused.
    pub(crate) fn show_campaigns(&self, campaigns: &Campaigns<'_>) -> Result<(), Stop> {
        let silent = self.wanted.iter().find(|(one, _)| !one.shows_campaigns());
        if let (Some((format, _)), false) = (silent, campaigns.is_empty()) {
            return Err(Stop::usage(format_args!(
                "{format} cannot show campaign results; render it without --timing, --fuzz and --versus"
            )));
        }
        Ok(())
    }

    /// The same, with what campaigns found.
    pub(crate) fn write_with(&self, document: &Document, campaigns: &Campaigns<'_>) {
        let options = self.for_people(false);
        self.write_rendered(|format| report::render_with(document, campaigns, format, &options));
    }

    /// Writes what `rendered` makes of each format.
    pub(crate) fn write_rendered(&self, rendered: impl Fn(Format) -> String) {
        for (format, path) in &self.wanted {
            let text = rendered(*format);
            if is_standard_output(path) {
                match format {
                    Format::Human => tell(&text),
                    Format::Markdown | Format::Junit | Format::Html => {
                        print(&report::disarmed(&text));
                    }
                    _ => print(&text),
                }
            } else {
                save(path, &text);
            }
        }
    }

    /// Whether all of them are formats that something has; otherwise, which it has.
    pub(crate) fn are_only(&self, whose: &str, known: &[Format]) -> Result<(), Stop> {
        match self
            .wanted
            .iter()
            .find(|(format, _)| !known.contains(format))
        {
            None => Ok(()),
            Some((format, _)) => {
                let names: Vec<&str> = known.iter().map(|format| format.name()).collect();
                Err(Stop::usage(format_args!(
                    "{whose} cannot be written as {format}; write --report {}=PATH",
                    names.join("=PATH or ")
                )))
            }
        }
    }

    fn for_people(&self, color: bool) -> HumanOptions {
        let options = HumanOptions {
            color,
            columns: report_columns(),
            ..HumanOptions::default()
        };
        if self.all {
            HumanOptions {
                profile: true,
                ..options.in_full()
            }
        } else {
            options
        }
    }
}

/// Whether a file can be written.
pub(crate) fn probe(path: &Path) -> Result<(), Stop> {
    report::probe(path).map_err(Stop::harness)
}

pub(crate) fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}
