//! The page as a whole.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::report::Campaigns;
use crate::report::fuzz::html::FuzzView;
use crate::report::fuzz::versus_html::VersusView;
use crate::report::run::html::anchors::Anchors;
use crate::report::run::html::data::Data;
use crate::report::run::html::findings::Example;
use crate::report::run::html::matrix::{MatrixView, names, order};
use crate::report::run::html::run::RunSection;
use crate::report::run::html::strip::{Sign, Strip};
use crate::report::run::view::RunView;
use crate::report::timing::html::TimingView;
use crate::report::visible::{capitalised, excerpt, visible};
use crate::results::Document;

/// The only script that may run: the page's content security policy names its hash.
const SCRIPT: &str = include_str!("../../../../templates/report.js");

/// How many findings of all runs together show their first example as a card, at least one a run;
/// the others tell it as a text.
const CARDS: usize = 40;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'r> {
    title: String,
    icon: String,
    version: String,
    started: String,
    script: &'static str,
    script_hash: String,
    data: String,
    tone: &'static str,
    word: String,
    signs: Vec<Sign>,
    matrix: Option<MatrixView>,
    runs: Vec<RunSection<'r>>,
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
    let names = names(document);
    let views = RunView::all(document);
    let first = document.runs().first();
    let anchors = Anchors::all(&names);
    let matrix = matches!(document, Document::Runs(_))
        .then(|| MatrixView::of(document, &views, &names, &anchors, campaigns));
    let cards = CARDS / names.len().max(1) + 1;
    let mut data = Data::new();
    let mut anchors: Vec<Option<Anchors>> = anchors.into_iter().map(Some).collect();
    let runs = order(document)
        .into_iter()
        .enumerate()
        .filter_map(|(number, at)| {
            let (view, name) = (&views[at], &names[at]);
            let run = RunSection::of(view, number, name, anchors[at].take()?, campaigns, cards);
            data.add(view, &run);
            Some(run)
        });
    let runs: Vec<RunSection<'_>> = runs.collect();
    let details = match &runs[..] {
        [run] if run.findings.is_empty() => "suites",
        _ => "findings",
    };
    let gate = match &runs[..] {
        [run] if run.gate.is_some() => "gate",
        _ => details,
    };
    let Strip { tone, word, signs } = Strip::of(document, campaigns, details, gate);
    let [of_timing, of_fuzz, of_versus] = campaigns
        .reached_otherwise(document)
        .map(|said| said.map(|said| capitalised(&said)));
    let page = ReportPage {
        title: match &names[..] {
            [one] => format!("{word}: {} – macproof", excerpt(one, 60)),
            _ => format!("{word} – macproof"),
        },
        icon: tone.icon(),
        version: visible(first.map_or(env!("CARGO_PKG_VERSION"), |run| &run.macproof_version)),
        started: first.map(|run| visible(&run.started)).unwrap_or_default(),
        script: SCRIPT,
        script_hash: format!("sha256-{}", STANDARD.encode(Sha256::digest(SCRIPT))),
        data: data.json(),
        tone: tone.class(),
        word,
        signs,
        matrix,
        runs,
        timing: campaigns.timing.map(|one| TimingView {
            elsewhere: of_timing,
            ..TimingView::of(one)
        }),
        fuzz: campaigns.fuzz.map(|one| FuzzView {
            elsewhere: of_fuzz,
            ..FuzzView::of(one)
        }),
        versus: campaigns.versus.map(|one| VersusView {
            elsewhere: of_versus,
            ..VersusView::of(one)
        }),
    };
    page.render().expect("a page can be written")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{html, html_with};
    use crate::report::Campaigns;
    use crate::report::fixture::{
        HOSTILE, forty_of_three_hundred, fuzz_campaign, green, rich, versus_campaign,
    };
    use crate::report::request::sentence;
    use crate::report::visible::{excerpt, is_visible};
    use crate::results::fixture::{accept, not_accepted, run, suite};
    use crate::results::{Document, RunResult, Runs};
    use crate::signature::Op;
    use crate::suite::{Basis, Level};

    /// Where the document inside the page begins.
    const DATA: &str = "<script type=\"application/json\" id=\"data\">";

    /// The page without its style and script, which contain no outside text.
    fn body(document: &Document) -> String {
        let page = html(document);
        let body = page.find("<body").unwrap();
        page[body..page.rfind("<script>").unwrap()].to_owned()
    }

    /// What a reader without scripts has.
    fn written(document: &Document) -> String {
        let body = body(document);
        body[..body.find(DATA).unwrap()].to_owned()
    }

    /// The document inside the page.
    fn data(document: &Document) -> Value {
        let page = body(document);
        let data = &page[page.find(DATA).unwrap() + DATA.len()..];
        serde_json::from_str(&data[..data.find("</script>").unwrap()]).unwrap()
    }

    #[test]
    fn the_page_matches_the_snapshot() {
        let mut result = rich(400);
        result.macproof_version = "0.0.0".into();
        insta::assert_snapshot!("html", written(&result.into()));
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
        assert_eq!(section.matches("<td class=\"cell ").count(), 4);
        for (tone, anchor, words) in [
            ("good", "x0-0-0", "1,200 of 1,200"),
            ("bad", "x0-0-1", "0 of 1,200"),
            ("doubt", "x0-1-0", "1,199 of 1,200"),
            ("good", "x0-1-1", "1,200 of 1,200"),
        ] {
            let cell = format!("<td class=\"cell {tone}\"><a href=\"#{anchor}\">{words}</a></td>");
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
        let (tame, hostile) = (with_campaigns("tamé"), with_campaigns(HOSTILE));
        assert_eq!(tags(&tame), tags(&hostile));
        // The pictures separate thousands with a thin space.
        let is_ours = |c: char| c == '\n' || c == '\u{2009}';
        let unseen = hostile.chars().find(|&c| !is_ours(c) && !is_visible(c));
        assert_eq!(unseen, None);
    }

    /// A cell in which not all passed says how many did, and leads to them.
    #[test]
    fn every_cell_with_failures_is_a_link() {
        let several = Document::from(Runs::new(vec![green(), forty_of_three_hundred(), rich(1)]));
        let page = html(&several);
        let mut links = 0;
        for cell in page.split("<td class=\"cell ").skip(1) {
            let cell = &cell[..cell.find("</td>").unwrap()];
            let (tone, cell) = cell.split_once("\">").unwrap();
            assert_eq!(
                cell.starts_with("<a "),
                cell.contains('/'),
                "{tone}: {cell}"
            );
            assert_eq!(tone == "good", cell == "✓", "{tone}: {cell}");
            links += usize::from(cell.starts_with("<a "));
        }
        assert!(links > 10, "{links}");
    }

    /// All that is not written as HTML is in the document inside the page, each text once.
    #[test]
    fn every_case_is_in_the_document_inside_the_page() {
        let document = Document::from(Runs::new(vec![rich(1), green(), rich(1)]));
        let data = data(&document);
        let texts = data["texts"].as_array().unwrap();
        let text = |at: usize| texts[at].as_str().unwrap();
        let number = |at: &Value| usize::try_from(at.as_u64().unwrap()).unwrap();
        // A column holds differences.
        let summed = |steps: &Value| -> Vec<usize> {
            let steps = steps.as_array().unwrap().iter();
            let sums = steps.scan(0, |sum, step| {
                *sum += step.as_i64().unwrap();
                Some(usize::try_from(*sum).unwrap())
            });
            sums.collect()
        };
        let mut once: Vec<&str> = texts.iter().map(|one| one.as_str().unwrap()).collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), texts.len());
        let columns: Vec<Vec<usize>> = (0..5).map(|of| summed(&data["vectors"][of])).collect();
        for (run, shown) in std::iter::zip(document.runs(), [0, 2, 1]) {
            let shown = &data["runs"][shown];
            let ranges = shown["vectors"].as_array().unwrap();
            let vectors = ranges.chunks(2).flat_map(|range| {
                let (start, length) = (number(&range[0]), number(&range[1]));
                start..start + length
            });
            let results = summed(&shown["results"]);
            assert_eq!(results.len(), run.cases.len());
            for (case, (vector, result)) in
                std::iter::zip(&run.cases, std::iter::zip(vectors, results))
            {
                let [id, kind, request, expected, _] =
                    [0, 1, 2, 3, 4].map(|of| columns[of][vector]);
                let suite = text(number(&data["kinds"][kind][0]));
                assert_eq!(format!("{suite}/{}", text(id)), case.id);
                assert_eq!(text(expected), excerpt(&case.expected, 400));
                let verdict = number(&data["results"][result][0]);
                assert_eq!(data["verdicts"][verdict][0], case.verdict.name());
                let request = data["requests"][request].as_array().unwrap().iter();
                let asked: Vec<&str> = request.map(|part| text(number(part))).collect();
                assert_eq!(asked.join("\""), sentence(&case.request));
            }
        }
    }

    /// Where scripts are blocked, each finding still has its first example: what was asked, what
    /// was expected and what came.
    #[test]
    fn without_scripts_every_finding_has_an_example() {
        let mut suite = suite("acme");
        for number in 0..60 {
            let requirement = format!("r{number}");
            suite = suite
                .requires(&requirement, Level::Must, Basis::Security, "No forgery.")
                .shows(
                    &format!("c{number}"),
                    &[&requirement],
                    Op::Verify,
                    not_accepted(),
                );
        }
        let observed = (0..60).map(|number| suite.observe(&format!("c{number}"), accept()));
        let page = written(&run(observed.collect(), "").into());
        for number in 0..60 {
            let id = format!("id=\"acme/c{number}\"");
            let example = &page[page.find(&id).unwrap_or_else(|| panic!("{id}"))..];
            let asked = format!("for user_id &#34;c{number}&#34;");
            let end = example.find("</details>").unwrap();
            for words in [asked.as_str(), "expected", "actual", "accept", "rerun"] {
                assert!(
                    example[..end].contains(words),
                    "{words}: {}",
                    &example[..end]
                );
            }
        }
        assert!(page.matches("<pre class=\"example brief\"").count() > 10);
    }

    /// A finding that the gate rests on is at the head, whatever the conformance.
    #[test]
    fn the_head_has_the_tone_of_the_worst_verdict() {
        let mut run = green();
        let page = html(&run.clone().into());
        assert!(page.contains("<title>Conformant: "));
        assert!(page.contains("✓</span> passed</b>"));
        assert_eq!(page.matches("not part of this page</b>").count(), 2);
        run.gate.passed = false;
        run.gate.exit_code = 1;
        let page = html(&run.into());
        assert!(page.contains("<title>Conformant, but the gate failed: "));
        assert!(page.contains("<div class=\"verdict bad\">"));
        assert!(page.contains("✕</span> failed (exit code 1)</b>"));
        let fuzz = fuzz_campaign("acme");
        let campaigns = Campaigns {
            fuzz: Some(&fuzz),
            ..Campaigns::default()
        };
        let page = html_with(&green().into(), &campaigns);
        assert!(page.contains("<title>Conformant, but 2 fuzz findings: "));
        assert!(page.contains("<a href=\"#fuzz\"><span class=\"small\">Fuzzing</span> <b><span class=\"mark\">✕</span> 2 fuzz findings</b>"));
        assert!(page.contains("<a href=\"#main\" class=\"bad\">"));
    }

    /// The names are those of `macproof.yaml` where there are such.
    #[test]
    fn implementations_have_the_names_that_the_user_gave() {
        let named = |name: &str, mut run: RunResult| {
            run.arguments = vec!["--implementation".into(), name.into()];
            run
        };
        let runs = vec![
            named("rust-sdk", green()),
            named("php-sdk", forty_of_three_hundred()),
        ];
        let page = html(&Document::from(Runs::new(runs)));
        assert!(page.contains("<h1>1 of 2 does not conform</h1>"));
        let (php, rust) = (
            page.find("href=\"#php-sdk/run\">php-sdk<"),
            page.find("href=\"#rust-sdk/run\">rust-sdk<"),
        );
        assert!(
            php.unwrap() < rust.unwrap(),
            "the one with failures comes first"
        );
        assert!(page.contains("id=\"php-sdk/acme/case-0\""));
    }

    #[test]
    fn the_page_makes_no_requests() {
        let page = html(&rich(400).into());
        for word in [
            "src=",
            "@import",
            "url(",
            "<iframe",
            "fetch(",
            "XMLHttp",
            "import(",
            "innerHTML",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        assert_eq!(page.matches("<link").count(), 1);
        assert!(page.contains("<link rel=\"icon\" href=\"data:image/svg+xml;base64,"));
    }

    /// Every anchor that a link names exists exactly once: on the page, or in what its script draws.
    #[test]
    fn every_link_has_a_target() {
        let several = Document::from(Runs::new(vec![green(), forty_of_three_hundred(), rich(1)]));
        let page = body(&several);
        let mut ids: Vec<String> = page.split(" id=\"").skip(1).map(until_quote).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
        let data = data(&several);
        let texts = data["texts"].as_array().unwrap();
        let text = |at: &Value| {
            texts[usize::try_from(at.as_u64().unwrap()).unwrap()]
                .as_str()
                .unwrap()
        };
        for run in data["runs"].as_array().unwrap() {
            let prefix = run["prefix"].as_str().unwrap();
            for one in run["requirements"].as_array().unwrap() {
                ids.push(format!(
                    "{prefix}requirement:{}/{}",
                    text(&one[3]),
                    text(&one[4])
                ));
            }
            for verdict in data["verdicts"].as_array().unwrap() {
                ids.push(format!("{prefix}cases:{}", verdict[0].as_str().unwrap()));
            }
        }
        let links: Vec<String> = page.split("href=\"#").skip(1).map(until_quote).collect();
        assert!(links.len() > 40, "{}", links.len());
        for link in links {
            assert!(ids.contains(&link), "{link}");
        }
    }

    fn until_quote(text: &str) -> String {
        text.split('"').next().unwrap().to_owned()
    }

    #[test]
    fn a_hundred_thousand_cases_make_no_more_elements() {
        let mut result = forty_of_three_hundred();
        let cases = result.cases.clone();
        while result.cases.len() < 100_000 {
            result.cases.extend(cases.iter().cloned());
        }
        let page = html(&result.into());
        assert!(page.len() < 1_000_000, "{}", page.len());
        assert!(page.matches('<').count() < 3000);
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
            prop_assert_eq!(tags(&page), tags(&body(&saying("é").into())));
            let ours = ['\n', '“', '”', '…', '–'];
            prop_assert!(page.chars().all(|c| ours.contains(&c) || is_visible(c)));
        }
    }
}
