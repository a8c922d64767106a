//! The page as a whole.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::report::Campaigns;
use crate::report::fuzz::html::FuzzView;
use crate::report::fuzz::versus_html::VersusView;
use crate::report::run::headline::Headline;
use crate::report::run::html::matrix::MatrixView;
use crate::report::run::html::run::RunSection;
use crate::report::run::html::tone;
use crate::report::run::view::RunView;
use crate::report::timing::html::TimingView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::Document;

/// The only script that may run: the page's content security policy names its hash.
const SCRIPT: &str = include_str!("../../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    title: String,
    version: String,
    started: String,
    script: &'static str,
    script_hash: String,
    tone: &'static str,
    word: String,
    /// Findings to show next to the conformance, with the anchors of their details.
    beside: Vec<(&'static str, String)>,
    matrix: Option<MatrixView>,
    runs: Vec<RunSection>,
    timing: Option<TimingView>,
    fuzz: Option<FuzzView>,
    versus: Option<VersusView>,
}

/// Renders the document as a single self-contained page.
pub fn html(document: &Document) -> String {
    html_with(document, &Campaigns::default())
}

/// Like [`html()`], with campaign findings.
#[expect(
    clippy::expect_used,
    reason = "a template writes into a string, and nothing in it can fail"
)]
pub fn html_with(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let names = document.names();
    let views = RunView::all(document);
    let headline = Headline::of(document, campaigns);
    let word = capitalised(&headline.words());
    let first = document.runs().first();
    let page = ReportPage {
        title: match &names[..] {
            [one] => format!("{word}: {} – macproof", excerpt(one, 60)),
            more => format!("{word}: {} implementations – macproof", more.len()),
        },
        version: visible(first.map_or(env!("CARGO_PKG_VERSION"), |run| &run.macproof_version)),
        started: first.map(|run| visible(&run.started)).unwrap_or_default(),
        script: SCRIPT,
        script_hash: format!("sha256-{}", STANDARD.encode(Sha256::digest(SCRIPT))),
        tone: tone::of(headline.tone),
        word,
        beside: headline
            .beside
            .iter()
            .map(|one| (one.anchor, capitalised(&one.words)))
            .collect(),
        matrix: matches!(document, Document::Runs(_))
            .then(|| MatrixView::of(document, &views, campaigns)),
        runs: std::iter::zip(&views, &names)
            .enumerate()
            .map(|(at, (view, name))| RunSection::of(view, name, at, campaigns))
            .collect(),
        timing: campaigns.timing.map(TimingView::of),
        fuzz: campaigns.fuzz.map(FuzzView::of),
        versus: campaigns.versus.map(VersusView::of),
    };
    page.render().expect("a page can be written")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{html, html_with};
    use crate::report::Campaigns;
    use crate::report::fixture::{
        HOSTILE, forty_of_three_hundred, fuzz_campaign, green, rich, versus_campaign,
    };
    use crate::report::visible::is_visible;
    use crate::results::{Document, RunResult, Runs};

    /// The page without its style and script, which contain no outside text.
    fn body(document: &Document) -> String {
        let page = html(document);
        let body = page.find("<body>").unwrap();
        page[body..page.rfind("<script>").unwrap()].to_owned()
    }

    #[test]
    fn the_page_matches_the_snapshot() {
        let mut result = rich(400);
        result.macproof_version = "0.0.0".into();
        insta::assert_snapshot!("html", body(&result.into()));
        let mut first = forty_of_three_hundred();
        first.macproof_version = "0.0.0".into();
        let several = Document::from(Runs::new(vec![first, rich(1)]));
        let page = body(&several);
        let matrices = &page[..page.find("<div class=\"run\"").unwrap()];
        insta::assert_snapshot!("html_matrices", matrices);
    }

    #[test]
    fn campaigns_have_sections_with_their_pictures() {
        let mut timing = crate::report::timing::fixture::campaign();
        timing.implementation.name = HOSTILE.into();
        timing.measurements[0].sentence = HOSTILE.into();
        let campaigns = Campaigns {
            timing: Some(&timing),
            ..Campaigns::default()
        };
        let page = html_with(&green().into(), &campaigns);
        let section = &page[page.find("<section id=\"timing\">").unwrap()..];
        assert!(section.matches("<svg").count() >= 2, "{section}");
        assert!(!section.contains("<script>alert"), "{section}");
        for limit in &timing.limits {
            assert!(section.contains(&limit[..12]), "{limit}");
        }
        assert!(!html(&green().into()).contains("id=\"timing\""));
    }

    /// Unexpected passes and changed outcomes appear under the list of known failures, as in the
    /// terminal.
    #[test]
    fn unexpected_passes_and_changed_outcomes_are_under_the_list() {
        let page = body(&rich(400).into());
        let list = &page[page.find("<h2>The list of known failures</h2>").unwrap()..];
        let list = &list[..list.find("</section>").unwrap()];
        for line in [
            "unexpected-pass: hostile/passes-now: ",
            "changed-outcome: hostile/changed: ",
            "expired-entry: hostile/expired: ",
        ] {
            assert!(list.contains(line), "{line}: {list}");
        }
    }

    fn with_campaigns(said: &str) -> String {
        let (fuzz, versus) = (fuzz_campaign(said), versus_campaign(said));
        let campaigns = Campaigns {
            fuzz: Some(&fuzz),
            versus: Some(&versus),
            timing: None,
        };
        html_with(&green().into(), &campaigns)
    }

    #[test]
    fn a_fuzz_campaign_shows_findings_and_progress() {
        let page = with_campaigns("acme-identity");
        let section = &page[page.find("<section id=\"fuzz\">").unwrap()..];
        let section = &section[..section.find("</section>").unwrap()];
        for words in [
            "2 findings in 108,000 cases.",
            "<code>acme/takes-anything</code>",
            "<code>acme/takes-a-prefix</code>",
            "must, security",
            "after 5,000 cases and 0.5 s; it accounts for 4,000 cases, and was shrunk from 900 to 1 characters",
            "accepts upper-case hex (12 cases)",
            "warning: acme/no-throw (3 cases)",
            "note: acme-identity",
        ] {
            assert!(section.contains(words), "{words}: {section}");
        }
        assert_eq!(section.matches("<svg").count(), 1);
        assert_eq!(section.matches("<details class=\"card bad\"").count(), 2);
        assert!(!html(&green().into()).contains("id=\"fuzz\""));
    }

    /// Each cell links to a token that was rejected, or says that all were accepted.
    #[test]
    fn signers_and_verifiers_make_a_table_whose_cells_are_links() {
        let page = with_campaigns("acme-identity");
        let section = &page[page.find("<section id=\"versus\">").unwrap()..];
        let section = &section[..section.find("</section>").unwrap()];
        assert_eq!(section.matches("<td>").count(), 4);
        for (tone, anchor, words) in [
            ("good", "x0-0-0", "1,200 of 1,200"),
            ("bad", "x0-0-1", "0 of 1,200"),
            ("doubt", "x0-1-0", "1,199 of 1,200"),
            ("good", "x0-1-1", "1,200 of 1,200"),
        ] {
            let cell = format!("<td><a class=\"{tone}\" href=\"#{anchor}\">{words}</a></td>");
            assert!(section.contains(&cell), "{cell}: {section}");
            assert!(section.contains(&format!("id=\"{anchor}\"")), "{anchor}");
        }
        for words in [
            "1 difference in 54,000 cases sent to both.",
            "signed by acme-identity (first), verified by acme-identity (second)",
            "1,200 of 1,200 tokens were not accepted; this is the first.",
            "All 1,200 tokens were accepted.",
            "in 77 cases; it was shrunk from 300 to 2 characters",
        ] {
            assert!(section.contains(words), "{words}: {section}");
        }
    }

    #[test]
    fn untrusted_text_of_campaigns_does_not_change_the_page() {
        let tags = |page: &str| page.matches('<').count();
        let (tame, hostile) = (with_campaigns("tame"), with_campaigns(HOSTILE));
        assert_eq!(tags(&tame), tags(&hostile));
        // The pictures separate thousands with a thin space.
        let is_ours = |c: char| c == '\n' || c == '\u{2009}';
        let unseen = hostile.chars().find(|&c| !is_ours(c) && !is_visible(c));
        assert_eq!(unseen, None);
    }

    /// Every tried cell is a link in every table of several implementations.
    #[test]
    fn every_cell_of_the_matrices_is_a_link() {
        let several = Document::from(Runs::new(vec![green(), forty_of_three_hundred(), rich(1)]));
        let page = html(&several);
        let tables = page.split("<table class=\"matrix\">").skip(1);
        let mut cells = 0;
        for table in tables {
            let table = &table[..table.find("</table>").unwrap()];
            for cell in table.split("<td>").skip(1) {
                let cell = &cell[..cell.find("</td>").unwrap()];
                cells += 1;
                assert!(cell.is_empty() || cell.starts_with("<a "), "{cell}");
            }
        }
        assert!(cells > 10, "{cells}");
    }

    #[test]
    fn the_page_makes_no_requests() {
        let page = html(&rich(400).into());
        for word in [
            "src=", "@import", "url(", "<link", "<iframe", "fetch(", "XMLHttp",
        ] {
            assert!(!page.contains(word), "{word}");
        }
    }

    /// Every anchor that a link names exists exactly once.
    #[test]
    fn every_link_has_a_target() {
        let several = Document::from(Runs::new(vec![green(), forty_of_three_hundred(), rich(1)]));
        let page = html(&several);
        let ids: Vec<&str> = page.split(" id=\"").skip(1).map(until_quote).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
        let links: Vec<&str> = page.split("href=\"#").skip(1).map(until_quote).collect();
        assert!(links.len() > 100);
        for link in links {
            assert!(ids.contains(&link), "{link}");
        }
    }

    fn until_quote(text: &str) -> &str {
        text.split('"').next().unwrap()
    }

    #[test]
    fn a_hundred_thousand_cases_make_a_page_of_bounded_size() {
        let mut result = forty_of_three_hundred();
        let cases = result.cases.clone();
        while result.cases.len() < 100_000 {
            result.cases.extend(cases.iter().cloned());
        }
        let page = html(&result.into());
        assert!(page.len() < 2_000_000, "{}", page.len());
        assert!(page.contains("cases more, "), "what is left out is counted");
    }

    fn saying(said: &str) -> RunResult {
        let mut result = rich(1);
        result.implementation.name = said.into();
        result.adapter = said.into();
        result.arguments = vec![said.into()];
        result.notes = vec![said.into()];
        result.scope.left_out[0].what = said.into();
        for case in &mut result.cases {
            case.actual = Some(said.into());
            case.reason = Some(said.into());
            case.note = Some(said.into());
            case.source.path = said.into();
            case.request.token = Some(said.into());
        }
        result
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Untrusted text changes no tags and their order, and nothing stays invisible.
        #[test]
        fn untrusted_text_stays_text(said in any::<String>()) {
            let tags = |page: &str| -> Vec<String> {
                let names = page.split('<').skip(1);
                let name = |tag: &str| tag.split([' ', '>']).next().unwrap_or_default().to_owned();
                names.map(name).collect()
            };
            let said = format!("{said}\"'><script>alert(1)</script>{HOSTILE}");
            let page = body(&saying(&said).into());
            prop_assert_eq!(tags(&page), tags(&body(&saying("x").into())));
            let ours = ['\n', '“', '”', '…', '–'];
            prop_assert!(page.chars().all(|c| ours.contains(&c) || is_visible(c)));
        }
    }
}
