//! A page of campaigns that stands without a run.

use askama::Template;

use crate::report::Campaigns;
use crate::report::beside::Tone;
use crate::report::digits::count;
use crate::report::fuzz::html::FuzzView;
use crate::report::fuzz::versus_html::VersusView;
use crate::report::timing::html::TimingView;
use crate::report::visible::{capitalised, excerpt, visible};

/// Longest implementation name, in columns.
const NAME: usize = 60;

#[derive(Template)]
#[template(path = "campaign.html")]
struct CampaignPage {
    icon: String,
    tone: &'static str,
    word: String,
    about: String,
    version: String,
    started: String,
    timing: Option<TimingView>,
    fuzz: Option<FuzzView>,
    versus: Option<VersusView>,
}

/// Renders campaigns as a self-contained page. It has no script.
#[expect(
    clippy::expect_used,
    reason = "a template writes into a string, and nothing in it can fail"
)]
pub fn campaign_html(campaigns: &Campaigns<'_>) -> String {
    let findings = campaigns.findings();
    let tones = findings.iter().map(|one| one.tone);
    let tone = tones.fold(Tone::Good, Tone::max);
    let words: Vec<String> = if findings.is_empty() {
        fine(campaigns)
    } else {
        findings.into_iter().map(|one| one.words).collect()
    };
    let about = campaigns
        .implementations()
        .into_iter()
        .flat_map(|(_, of)| of);
    let about: Vec<String> = about.map(|one| excerpt(&one.to_string(), NAME)).collect();
    let (version, started) = made(campaigns);
    let page = CampaignPage {
        icon: tone.icon(),
        tone: tone.class(),
        word: capitalised(&words.join(" and ")),
        about: about.join(" and "),
        version: visible(version),
        started: visible(started),
        timing: campaigns.timing.map(TimingView::of),
        fuzz: campaigns.fuzz.map(FuzzView::of),
        versus: campaigns.versus.map(VersusView::of),
    };
    page.render().expect("a page can be written")
}

/// What is said where nothing was found.
fn fine(campaigns: &Campaigns<'_>) -> Vec<String> {
    let fuzz = campaigns.fuzz.map(|fuzz| {
        let cases = count(fuzz.cases, "fuzzed case", "fuzzed cases");
        format!("no finding in {cases}")
    });
    let versus = campaigns.versus.map(|versus| {
        let cases = count(versus.cases, "case", "cases");
        format!("no difference in {cases} sent to both")
    });
    let timing = campaigns.timing.map(|_| "no leak found".to_owned());
    [timing, fuzz, versus].into_iter().flatten().collect()
}

/// The version of macproof that made the first campaign, and when.
fn made<'a>(campaigns: &Campaigns<'a>) -> (&'a str, &'a str) {
    let timing = campaigns
        .timing
        .map(|one| (one.macproof_version.as_str(), one.started.as_str()));
    let fuzz = campaigns
        .fuzz
        .map(|one| (one.macproof_version.as_str(), one.started.as_str()));
    let versus = campaigns
        .versus
        .map(|one| (one.macproof_version.as_str(), one.started.as_str()));
    timing.or(fuzz).or(versus).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::campaign_html;
    use crate::report::Campaigns;
    use crate::report::fixture::{HOSTILE, fuzz_campaign, versus_campaign};
    use crate::report::visible::is_visible;

    #[test]
    fn a_campaign_has_a_page_of_its_own() {
        let (mut fuzz, versus) = (fuzz_campaign(HOSTILE), versus_campaign(HOSTILE));
        let timing = crate::report::timing::fixture::campaign();
        let of_fuzz = Campaigns {
            fuzz: Some(&fuzz),
            ..Campaigns::default()
        };
        let page = campaign_html(&of_fuzz);
        assert!(page.contains("<h1>2 fuzz findings</h1>"), "{page}");
        assert!(page.contains("<div class=\"verdict bad\">"));
        assert!(!page.contains("<script") && !page.contains("id=\"timing\""));
        assert!(
            page.chars()
                .all(|c| "\n…–\u{2009}".contains(c) || is_visible(c))
        );
        let of_versus = Campaigns {
            versus: Some(&versus),
            ..Campaigns::default()
        };
        let page = campaign_html(&of_versus);
        assert!(page.contains("<h1>1 difference between two implementations</h1>"));
        let of_timing = Campaigns {
            timing: Some(&timing),
            ..Campaigns::default()
        };
        assert!(campaign_html(&of_timing).contains("<section id=\"timing\">"));
        fuzz.findings.clear();
        let fine = Campaigns {
            fuzz: Some(&fuzz),
            ..Campaigns::default()
        };
        let page = campaign_html(&fine);
        assert!(
            page.contains("<h1>No finding in 108,000 fuzzed cases</h1>"),
            "{page}"
        );
        assert!(page.contains("<div class=\"verdict good\">"));
    }
}
