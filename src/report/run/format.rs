//! The report formats by name.

use std::fmt;
use std::str::FromStr;

use crate::report::run::headline::Headline;
use crate::report::run::presentable::presentable;
use crate::report::{
    Campaigns, HumanOptions, badge, badge_json, github, html_with, human, json, junit, markdown,
    sarif,
};
use crate::results::Document;
use crate::signature::enumerated;

enumerated! {
    /// A report format.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Format {
        /// For a person at a terminal.
        Human,
        /// The JSON document itself.
        Json,
        /// JUnit XML, for CI servers.
        Junit,
        /// A Markdown summary for a CI job's page or a pull request.
        Markdown,
        /// A self-contained HTML page.
        Html,
        /// SARIF 2.1.0, for code scanning.
        Sarif,
        /// Workflow commands, which CI servers show as annotations.
        Github,
        /// An SVG badge for a README.
        Badge,
        /// The JSON that badge services read.
        BadgeJson,
    }
}

/// The name of an unknown report format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown report format {:?}; expected one of {}", .0, listed())]
pub struct UnknownFormat(String);

fn listed() -> String {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    match names.split_last() {
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

impl Format {
    /// The format's name, as `--report` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Badge => "badge",
            Self::BadgeJson => "badge-json",
        }
    }
}

impl Format {
    /// Whether the format shows the findings of campaigns.
    pub fn shows_campaigns(self) -> bool {
        match self {
            Self::Json | Self::Junit | Self::Sarif => false,
            Self::Human
            | Self::Markdown
            | Self::Html
            | Self::Github
            | Self::Badge
            | Self::BadgeJson => true,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// Renders a document in a format; `options` affect the human format only.
///
/// A document is untrusted input, even our own, so control characters in its names are escaped.
/// Text that goes to a CI log must also be [`disarmed`](crate::report::disarmed).
pub fn render(document: &Document, format: Format, options: &HumanOptions) -> String {
    render_with(document, &Campaigns::default(), format, options)
}

/// Like [`render`], with campaign findings: HTML shows them in full, and the other formats that
/// have a place for them summarise them in the head.
pub fn render_with(
    document: &Document,
    campaigns: &Campaigns<'_>,
    format: Format,
    options: &HumanOptions,
) -> String {
    match format {
        Format::Json => return json(document),
        Format::Html => return html_with(document, campaigns),
        _ => {}
    }
    let document = &presentable(document);
    match format {
        Format::Human => human_with(document, campaigns, options),
        Format::Json => json(document),
        Format::Junit => junit(document),
        Format::Markdown => markdown(document, campaigns),
        Format::Html => html_with(document, campaigns),
        Format::Sarif => sarif(document),
        Format::Github => github(document, campaigns),
        Format::Badge => badge(document, campaigns),
        Format::BadgeJson => badge_json(document, campaigns),
    }
}

/// The report for people, with campaign findings last, where the reader looks first.
fn human_with(document: &Document, campaigns: &Campaigns<'_>, options: &HumanOptions) -> String {
    let mut text = human(document, options);
    if !campaigns.findings().is_empty() {
        let headline = Headline::of(document, campaigns);
        text.push_str(&format!("\n{}\n", headline.words()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Format, render};
    use crate::report::HumanOptions;
    use crate::report::fixture::rich;

    #[test]
    fn formats_are_found_by_unique_names() {
        let options = HumanOptions::default();
        let mut seen = Vec::new();
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
            let text = render(&rich(1).into(), format, &options);
            assert!(!text.is_empty() && !seen.contains(&text), "{format}");
            seen.push(text);
        }
        let error = "pdf".parse::<Format>().unwrap_err().to_string();
        for format in Format::ALL {
            assert!(error.contains(format.name()), "{error}");
        }
    }
}
