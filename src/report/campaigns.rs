//! Campaign documents shown next to a run: the check that they are about the same implementation,
//! and the findings that the report must not hide.

use crate::protocol::ImplementationInfo;
use crate::report::beside::{Beside, Tone};
use crate::report::digits::count;
use crate::report::visible::excerpt;
use crate::results::{
    Document, FuzzEnd, FuzzResult, RunResult, TimingResult, TimingVerdict, VersusResult,
};

/// Longest command or address in a message, in columns.
const ADAPTER: usize = 120;

/// Longest implementation name in a message, in columns.
const NAME: usize = 60;

/// The campaign documents that a report shows next to its run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Campaigns<'a> {
    /// A timing campaign.
    pub timing: Option<&'a TimingResult>,
    /// A fuzz campaign.
    pub fuzz: Option<&'a FuzzResult>,
    /// A comparison of two implementations.
    pub versus: Option<&'a VersusResult>,
}

/// The campaign is about a different implementation than the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the document of macproof {command} is about {campaign}, but the run is about {run}; combine only documents about the same implementation"
)]
pub struct OtherImplementation {
    /// The command that wrote the campaign's document.
    command: &'static str,
    /// The campaign's implementation: name and version from its hello.
    campaign: String,
    /// The run's implementation, or the implementations of all runs.
    run: String,
}

impl<'a> Campaigns<'a> {
    /// Whether no campaign is given.
    pub fn is_empty(&self) -> bool {
        self.timing.is_none() && self.fuzz.is_none() && self.versus.is_none()
    }

    /// Checks that each campaign is about an implementation of `document`, and returns the
    /// campaigns. For a comparison, one of its two implementations suffices.
    pub fn beside(self, document: &Document) -> Result<Self, OtherImplementation> {
        let is_of_it = |campaign: &ImplementationInfo| {
            let mut runs = document.runs().iter();
            runs.any(|run| run.implementation.is_same_as(campaign))
        };
        for (command, of) in self.implementations() {
            if !of.iter().any(|one| is_of_it(one)) {
                let runs = document.runs().iter().map(|run| &run.implementation);
                return Err(OtherImplementation {
                    command,
                    campaign: listed(of.into_iter()),
                    run: listed(runs),
                });
            }
        }
        Ok(self)
    }

    /// The campaigns that are about this run's implementation.
    pub(super) fn of(&self, run: &RunResult) -> Self {
        let is_same = |one: &ImplementationInfo| one.is_same_as(&run.implementation);
        let is_side = |versus: &&VersusResult| {
            let mut sides = versus.sides.iter();
            sides.any(|side| is_same(&side.implementation))
        };
        Self {
            timing: self.timing.filter(|one| is_same(&one.implementation)),
            fuzz: self.fuzz.filter(|one| is_same(&one.implementation)),
            versus: self.versus.filter(is_side),
        }
    }

    /// Each campaign's command, with the implementations it is about.
    pub(super) fn implementations(&self) -> Vec<(&'static str, Vec<&'a ImplementationInfo>)> {
        let timing = self.timing.map(|one| ("timing", vec![&one.implementation]));
        let fuzz = self.fuzz.map(|one| ("fuzz", vec![&one.implementation]));
        let versus = self.versus.map(|one| {
            let sides = one.sides.iter().map(|side| &side.implementation);
            ("fuzz --against", sides.collect())
        });
        timing.into_iter().chain(fuzz).chain(versus).collect()
    }

    /// Of timing, fuzz campaign and comparison: what is to be said where the runs of `document`
    /// reached the implementation in another way, so that it may be another build.
    pub(super) fn reached_otherwise(&self, document: &Document) -> [Option<String>; 3] {
        let said = |reached: &[(&ImplementationInfo, &str)]| {
            let runs = document.runs().iter();
            let runs = runs.filter(|run| {
                let mut reached = reached.iter();
                reached.any(|(one, _)| one.is_same_as(&run.implementation))
            });
            let adapters: Vec<&str> = runs.map(|run| run.adapter.as_str()).collect();
            let is_known = reached
                .iter()
                .any(|(_, adapter)| adapters.contains(adapter));
            let (run, (_, adapter)) = (adapters.first()?, reached.first()?);
            (!is_known).then(|| {
                format!(
                    "reached as {}, in the run as {}: it may be another build",
                    excerpt(adapter, ADAPTER),
                    excerpt(run, ADAPTER)
                )
            })
        };
        let timing = self
            .timing
            .and_then(|one| said(&[(&one.implementation, &one.adapter)]));
        let fuzz = self
            .fuzz
            .and_then(|one| said(&[(&one.implementation, &one.adapter)]));
        let versus = self.versus.and_then(|one| {
            let sides = one.sides.iter();
            let sides = sides.map(|side| (&side.implementation, side.adapter.as_str()));
            said(&sides.collect::<Vec<_>>())
        });
        [timing, fuzz, versus]
    }

    /// The findings that every report has to show.
    pub(super) fn findings(&self) -> Vec<Beside> {
        let timing = self.timing.and_then(of_timing);
        let fuzz = self.fuzz.and_then(of_fuzz);
        let versus = self.versus.and_then(of_versus);
        timing.into_iter().chain(fuzz).chain(versus).collect()
    }
}

fn listed<'a>(implementations: impl Iterator<Item = &'a ImplementationInfo>) -> String {
    let names: Vec<String> = implementations
        .map(|one| excerpt(&one.to_string(), NAME))
        .collect();
    names.join(" and ")
}

fn of_timing(timing: &TimingResult) -> Option<Beside> {
    let of = |verdict| {
        let measurements = timing.measurements.iter();
        measurements.filter(|one| one.verdict == verdict).count()
    };
    let (tone, words) = match (of(TimingVerdict::Leak), timing.measurements.len()) {
        (0, all) if all > 0 && of(TimingVerdict::NoLeak) == all => return None,
        (0, _) => (Tone::Doubtful, "an inconclusive timing test".to_owned()),
        (1, _) => (Tone::Bad, "a timing leak".to_owned()),
        (leaks, _) => (Tone::Bad, format!("{leaks} timing leaks")),
    };
    Some(Beside::new(tone, "timing", words))
}

fn of_fuzz(fuzz: &FuzzResult) -> Option<Beside> {
    let (tone, words) = match (fuzz.findings.len() as u64, fuzz.ended, fuzz.cases) {
        (0, FuzzEnd::Interrupted, _) => (Tone::Doubtful, "an interrupted fuzz campaign".to_owned()),
        (0, FuzzEnd::Broken, _) => (
            Tone::Doubtful,
            "a fuzz campaign that broke the adapter".to_owned(),
        ),
        (0, _, 0) => (Tone::Doubtful, "a fuzz campaign without cases".to_owned()),
        (0, ..) if fuzz.exit_code() != 0 => {
            (Tone::Doubtful, "an incomplete fuzz campaign".to_owned())
        }
        (0, ..) => return None,
        (some, ..) => (Tone::Bad, count(some, "fuzz finding", "fuzz findings")),
    };
    Some(Beside::new(tone, "fuzz", words))
}

/// Where two implementations differ, either may be right: a difference is shown, but it is not a
/// failure of one of them.
fn of_versus(versus: &VersusResult) -> Option<Beside> {
    let words = match (versus.differences.len() as u64, versus.exit_code) {
        (0, 0) => return None,
        (0, 1) => "tokens that the other implementation does not accept".to_owned(),
        (0, _) => "an incomplete comparison of two implementations".to_owned(),
        (some, _) => {
            let number = count(some, "difference", "differences");
            format!("{number} between two implementations")
        }
    };
    Some(Beside::new(Tone::Doubtful, "versus", words))
}

#[cfg(test)]
mod tests {
    use super::Campaigns;
    use crate::report::fixture::{fuzz_campaign, green, versus_campaign};
    use crate::report::timing::fixture::campaign;
    use crate::report::{Format, HumanOptions, render_with};
    use crate::results::{Document, Runs, TimingResult, TimingVerdict};

    fn timing(verdict: TimingVerdict) -> TimingResult {
        let mut timing = campaign();
        timing.implementation = green().implementation;
        for one in &mut timing.measurements {
            one.verdict = verdict;
        }
        timing
    }

    fn rendered(campaigns: &Campaigns<'_>, several: bool) -> Vec<(Format, String)> {
        let document = if several {
            let mut other = green();
            other.implementation.name = "other".into();
            Document::from(Runs::new(vec![green(), other]))
        } else {
            green().into()
        };
        let render = |format: Format| {
            let text = render_with(&document, campaigns, format, &HumanOptions::default());
            (format, text)
        };
        let shown = Format::ALL
            .into_iter()
            .filter(|format| format.shows_campaigns());
        shown.map(render).collect()
    }

    /// A campaign's findings are in the head of each report, and nothing above them is green.
    #[test]
    fn no_report_is_green_over_campaign_findings() {
        let name = green().implementation.name;
        let (leak, open) = (
            timing(TimingVerdict::Leak),
            timing(TimingVerdict::Inconclusive),
        );
        let (fuzz, mut versus) = (fuzz_campaign(&name), versus_campaign(&name));
        versus.sides[0].implementation = green().implementation;
        let mut broken = fuzz.clone();
        broken.findings.clear();
        broken.ended = crate::results::FuzzEnd::Interrupted;
        let none = Campaigns::default();
        let of = |timing, fuzz, versus| Campaigns {
            timing,
            fuzz,
            versus,
        };
        let cases = [
            (of(Some(&leak), None, None), "timing leak", true),
            (
                of(Some(&open), None, None),
                "an inconclusive timing test",
                false,
            ),
            (of(None, Some(&fuzz), None), "2 fuzz findings", true),
            (
                of(None, Some(&broken), None),
                "an interrupted fuzz campaign",
                false,
            ),
            (
                of(None, None, Some(&versus)),
                "1 difference between two",
                false,
            ),
        ];
        for (campaigns, words, is_bad) in cases {
            for several in [false, true] {
                for (format, text) in rendered(&campaigns, several) {
                    let head = match format {
                        Format::Html => {
                            let title = text.find("<title>").unwrap();
                            assert!(text[title..title + 120].contains(words), "{text}");
                            &text[text.find("<h1>").unwrap()..]
                        }
                        _ => &text[..],
                    };
                    assert!(head.contains(words), "{format}: {words}: {head}");
                    if format == Format::BadgeJson {
                        let color = if is_bad { "\"red\"" } else { "\"yellow\"" };
                        assert!(text.contains(color), "{text}");
                    }
                    if !several {
                        for green in ["#1a7f37\"/></g>", "class=\"verdict good\"", "### ✅"] {
                            assert!(!text.contains(green), "{format}: {words}: {green}");
                        }
                    }
                }
            }
        }
        let plain = rendered(&none, false);
        assert!(
            plain
                .iter()
                .any(|(_, text)| text.contains("class=\"verdict good\""))
        );
        let sound = timing(TimingVerdict::NoLeak);
        for (format, text) in rendered(&of(Some(&sound), None, None), false) {
            assert!(!text.contains(", but "), "{format}: {text}");
        }
    }

    /// Equal names and versions do not make it the same build.
    #[test]
    fn another_way_to_the_implementation_is_told_on_the_page() {
        let document: Document = green().into();
        let mut timing = timing(TimingVerdict::NoLeak);
        let page = |timing: &TimingResult| {
            let campaigns = Campaigns {
                timing: Some(timing),
                ..Campaigns::default()
            };
            let campaigns = campaigns.beside(&document).unwrap();
            render_with(
                &document,
                &campaigns,
                Format::Html,
                &HumanOptions::default(),
            )
        };
        timing.adapter.clone_from(&green().adapter);
        assert!(!page(&timing).contains("it may be another build"));
        timing.adapter = "node other.mjs".into();
        let said = format!(
            "Reached as node other.mjs, in the run as {}: it may be another build.",
            green().adapter
        );
        assert!(page(&timing).contains(&said), "{said}");
    }

    #[test]
    fn a_document_of_another_implementation_is_refused_with_both_names() {
        let document: Document = green().into();
        let mut other = timing(TimingVerdict::NoLeak);
        let beside = |timing: &TimingResult| {
            let campaigns = Campaigns {
                timing: Some(timing),
                ..Campaigns::default()
            };
            campaigns
                .beside(&document)
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        assert_eq!(beside(&other), Ok(()));
        // A missing version does not make it a different implementation.
        other.implementation.version = None;
        assert_eq!(beside(&other), Ok(()));
        other.implementation.version = Some("9.9".into());
        let said = beside(&other).unwrap_err();
        let name = green().implementation.to_string();
        let another = format!("{} 9.9", green().implementation.name);
        assert!(said.contains(&name) && said.contains(&another), "{said}");
        other.implementation.name = "another".into();
        assert!(beside(&other).unwrap_err().contains("another 9.9"));
        let versus = versus_campaign("another");
        let campaigns = Campaigns {
            versus: Some(&versus),
            ..Campaigns::default()
        };
        assert!(campaigns.beside(&document).is_err());
    }
}
