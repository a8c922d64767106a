//! Renders a verified certificate for people, as HTML and Markdown.

use std::collections::BTreeMap;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::certificate::{Certified, Decisions, Evidence, Hardened, PublicKey, Statement};
use crate::report::{count, grouped, subject_title, visible};
use crate::results::JUDGED_ITSELF;
use crate::signature::Op;
use crate::suite::Level;

/// The content of both formats: pairs of a label and escaped text.
struct Facts {
    title: String,
    /// The CSS class of the tone.
    tone: &'static str,
    said: String,
    facts: Vec<(&'static str, String)>,
    lists: Vec<(&'static str, Vec<String>)>,
    /// The requirements that were met: for each suite, their ids and sentences.
    met: Vec<(String, Vec<(String, String)>)>,
}

/// What requirements say, by `suite/requirement`.
pub type Sentences = BTreeMap<String, String>;

/// How a certificate was checked, and how anybody can check it.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    /// The key by which its signature is valid.
    pub key: &'a PublicKey,
    /// The certificate as it was read.
    pub envelope: &'a [u8],
    /// The name of its file.
    pub file: &'a str,
    /// The command that checks it in the same way.
    pub command: &'a str,
    /// The sentences of its requirements, those of suites that are at hand as they were certified.
    pub sentences: &'a Sentences,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage<'a> {
    facts: Facts,
    name: String,
    level: String,
    /// The key's SHA-256, in groups that can be compared by eye.
    fingerprint: String,
    envelope: String,
    file: String,
    command: &'a str,
}

/// Renders the certificate as a self-contained page with the certificate in it. The page says how
/// to check that, because it proves nothing by itself.
#[expect(
    clippy::expect_used,
    reason = "a template writes into a string, and nothing in it can fail"
)]
pub fn certificate_html(statement: &Statement, checked: &Checked<'_>) -> String {
    let certified = &statement.predicate.macproof;
    let page = CertificatePage {
        facts: facts(statement, checked.sentences),
        name: visible(&certified.implementation.to_string()),
        level: certified.level.to_string(),
        fingerprint: in_groups(&checked.key.id()),
        envelope: STANDARD.encode(checked.envelope),
        file: visible(checked.file),
        command: checked.command,
    };
    page.render().expect("a page can be written")
}

/// Hex digits in groups of eight.
fn in_groups(hex: &str) -> String {
    let digits = hex.chars().enumerate();
    let spaced = digits.flat_map(|(at, digit)| {
        let blank = (at > 0 && at % 8 == 0).then_some(' ');
        blank.into_iter().chain([digit])
    });
    spaced.collect()
}

/// Renders the certificate as Markdown; untrusted text is put in code spans.
pub fn certificate_markdown(statement: &Statement, sentences: &Sentences) -> String {
    let facts = facts(statement, sentences);
    let mut out = format!("## {}\n\n{}\n\n| | |\n|---|---|\n", facts.title, facts.said);
    for (label, value) in &facts.facts {
        out.push_str(&format!("| {label} | {} |\n", code(value)));
    }
    for (title, lines) in &facts.lists {
        out.push_str(&format!("\n{title}:\n\n"));
        for line in lines {
            out.push_str(&format!("- {}\n", code(line)));
        }
    }
    for (suite, requirements) in &facts.met {
        out.push_str(&format!("\nRequirements met, {}:\n\n", code(suite)));
        for (id, sentence) in requirements {
            let sentence = match sentence.as_str() {
                "" => String::new(),
                sentence => format!(": {}", code(sentence)),
            };
            out.push_str(&format!("- {}{sentence}\n", code(id)));
        }
    }
    out
}

/// The requirements that were met, by suite.
fn met(passed: &[String], sentences: &Sentences) -> Vec<(String, Vec<(String, String)>)> {
    let mut met: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for name in passed {
        let (suite, id) = name.split_once('/').unwrap_or(("", name));
        let suite = visible(suite);
        if met.last().is_none_or(|(last, _)| *last != suite) {
            met.push((suite, Vec::new()));
        }
        let sentence = sentences
            .get(name)
            .map_or_else(String::new, |one| visible(one));
        if let Some((_, requirements)) = met.last_mut() {
            requirements.push((visible(id), sentence));
        }
    }
    met
}

fn code(seen: &str) -> String {
    let longest = seen
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 || seen.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{}{blank}{fence}", seen.replace('|', "\\|"))
}

fn facts(statement: &Statement, sentences: &Sentences) -> Facts {
    let predicate = &statement.predicate;
    let certified = &predicate.macproof;
    let about = &certified.implementation;
    let mut name = visible(about.called());
    for more in [&about.version, &about.language].into_iter().flatten() {
        name.push(' ');
        name.push_str(&visible(more));
    }
    let counts = certified.counts.0.iter();
    let counts: Vec<String> = counts
        .map(|(verdict, n)| format!("{} {verdict}", grouped(*n)))
        .collect();
    let mut facts = vec![("implementation", name)];
    for subject in &statement.subject {
        facts.push(("artefact", visible(&subject.name)));
        for (algorithm, digest) in &subject.digest {
            facts.push((
                "digest",
                format!("{} {}", visible(algorithm), visible(digest)),
            ));
        }
    }
    facts.extend([
        ("issued", visible(&certified.issued)),
        ("cases", counts.join(", ")),
        (
            "under fresh secrets",
            count(certified.under_fresh_secrets, "case", "cases"),
        ),
        ("inputs", visible(&certified.inputs.join(", "))),
        ("macproof", visible(&certified.version)),
        ("seed", certified.seed.to_string()),
    ]);
    facts.extend(
        certified
            .restarts
            .in_words()
            .map(|words| ("restarts", words)),
    );
    let suites = predicate.configuration.iter().map(|suite| {
        let digest = suite.digest.get("sha256").map_or("", String::as_str);
        let judged = certified.judged.get(&suite.name).copied();
        format!(
            "{} sha256 {}; judged: {}",
            visible(&suite.name),
            visible(digest),
            judged.map(judged_in_words).unwrap_or_default()
        )
    });
    let mut lists = vec![("Suites", suites.collect::<Vec<_>>())];
    let all = |lines: &[String]| lines.iter().map(|line| visible(line)).collect::<Vec<_>>();
    let left_out = certified.left_out.iter();
    let left_out: Vec<String> = left_out
        .map(|note| {
            format!(
                "{}: {}",
                count(note.cases, "case", "cases"),
                visible(&note.what)
            )
        })
        .collect();
    let known = certified.known_failures.iter();
    let known: Vec<String> = known
        .map(|(case, why)| format!("{}: {}", visible(case), visible(why)))
        .collect();
    lists.extend([
        ("Not judged", left_out),
        ("Failures below the level", known),
        ("Skipped", all(&certified.skipped)),
    ]);
    if let Some(hardened) = &certified.hardened {
        facts.extend(hardened_facts(hardened));
        let controls = hardened.timing.subjects.iter().flat_map(|one| {
            let title = visible(&subject_title(&one.subject));
            let held = one
                .controls
                .iter()
                .filter(|control| control.held == Some(true));
            held.map(move |control| format!("{title}: {}", visible(&control.words)))
        });
        lists.extend([
            ("Controls of the timing test that held", controls.collect()),
            (
                "Limitations of the timing test",
                all(&hardened.timing.limits),
            ),
        ]);
    }
    lists.retain(|(_, lines)| !lines.is_empty());
    Facts {
        title: format!("macproof certificate, level {}", certified.level),
        tone: if certified.judged_itself {
            "doubt"
        } else {
            "good"
        },
        said: said(certified),
        facts,
        lists,
        met: met(&predicate.passed_tests, sentences),
    }
}

/// The evidence in words: `sign (43 right tokens), verify (20 accepted, 310 rejected)`.
fn judged_in_words(evidence: Evidence) -> String {
    let decisions = |op: Op, these: Decisions| {
        format!(
            "{op} ({} accepted, {} rejected)",
            grouped(these.accepted),
            grouped(these.rejected)
        )
    };
    let words = evidence.ops().into_iter().map(|op| match op {
        Op::Sign => format!("{op} ({} right tokens)", grouped(evidence.signed)),
        Op::Verify => decisions(op, evidence.verified),
        Op::Identify => decisions(op, evidence.identified),
        Op::Send => format!("{op} ({} right requests)", evidence.sent),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn said(certified: &Certified) -> String {
    let cases = match certified.level.of_requirements() {
        Level::Must => "must case",
        Level::Should | Level::May => "must and should case",
    };
    let mut said =
        format!("Every applicable {cases} of these suites passed, also under fresh secrets.");
    if let Some(hardened) = &certified.hardened {
        let (fuzz, timing) = (&hardened.fuzz, &hardened.timing);
        said.push_str(&format!(
            " A fuzz campaign of {} found nothing, and a timing test no leak above {} ns per call.",
            count(fuzz.cases, "case", "cases"),
            timing.target_ns
        ));
    }
    if certified.judged_itself {
        said.push_str(&format!(" It certifies {JUDGED_ITSELF}."));
    }
    said
}

fn hardened_facts(hardened: &Hardened) -> Vec<(&'static str, String)> {
    let (fuzz, timing) = (&hardened.fuzz, &hardened.timing);
    let suites: Vec<String> = fuzz.suites.iter().map(|suite| visible(suite)).collect();
    let mut facts = vec![(
        "fuzzing",
        format!(
            "{}, {} at level {}, seed {}, {} in parallel, of {}",
            count(fuzz.cases, "case", "cases"),
            count(fuzz.findings, "finding", "findings"),
            fuzz.level,
            fuzz.seed,
            fuzz.jobs,
            suites.join(", ")
        ),
    )];
    for one in &timing.subjects {
        let title = visible(&subject_title(&one.subject));
        facts.push((
            "timing",
            format!(
                "{title}: {}; smallest detectable effect {} ns per call",
                one.verdict.name(),
                one.detectable_ns
            ),
        ));
    }
    let circumstances = &timing.circumstances;
    let core = match circumstances.core {
        Some(core) => format!("both sides on core {core} of {}", circumstances.cores),
        None => format!("not kept on one core, of {}", circumstances.cores),
    };
    facts.push((
        "measured",
        format!(
            "{core}, at most {} s each, seed {}",
            timing.time_s, timing.seed
        ),
    ));
    facts
}
