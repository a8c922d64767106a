//! Annotations as GitHub-style workflow commands on standard output.

use crate::report::Campaigns;
use crate::report::beside::Tone;
use crate::report::digits::count;
use crate::report::run::case::{likely_cause, sole_remedies};
use crate::report::run::finding::Finding;
use crate::report::run::sentence::verdict_sentence;
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{Document, SourceLine};

/// Maximum number of annotations of one kind that the server shows per step; the last one counts
/// the rest.
const SHOWN: usize = 10;

/// Longest text in a message, in columns.
const COLUMNS: usize = 200;

/// Renders the document as workflow commands: an `::error` for each reason why the gate failed and
/// a `::warning` for each warning, both at the line of the vector, and a `::notice` with the
/// verdict. The server shows ten of a kind, so the tenth says how many more there are.
pub fn github(document: &Document, campaigns: &Campaigns<'_>) -> String {
    let mut out = String::new();
    for one in campaigns.findings() {
        let command = match one.tone {
            Tone::Bad => "error",
            Tone::Doubtful | Tone::Good => "warning",
        };
        let annotation = Annotation {
            place: None,
            title: "macproof".to_owned(),
            message: one.words,
        };
        write(command, vec![annotation], &mut out);
    }
    let names = document.names();
    for (view, name) in std::iter::zip(RunView::all(document), &names) {
        let about = |title: &str| match names.len() {
            1 => title.to_owned(),
            _ => format!("{}: {title}", excerpt(name, COLUMNS)),
        };
        let of_finding = |finding: &Finding<'_>| Annotation {
            place: Some(place(&finding.case.source)),
            title: about(&finding.case.id),
            message: message(*finding),
        };
        let (warnings, errors): (Vec<_>, Vec<_>) = view
            .findings
            .iter()
            .partition(|finding| finding.is_warning());
        let mut errors: Vec<Annotation> = errors.into_iter().map(of_finding).collect();
        let skipped = view.skipped.iter();
        errors.extend(skipped.map(|skipped| Annotation {
            place: Some(place(&skipped.first.source)),
            title: about(&skipped.first.id),
            message: skipped.words(COLUMNS),
        }));
        errors.extend(view.problems_beside_the_cases().map(|failure| Annotation {
            place: None,
            title: about(&match failure.case.as_str() {
                "" => "macproof".to_owned(),
                case => visible(case),
            }),
            message: excerpt(&failure.reason, COLUMNS),
        }));
        let warnings = warnings.into_iter().map(of_finding).collect();
        write("error", errors, &mut out);
        write("warning", warnings, &mut out);
        let notice = Annotation {
            place: None,
            title: about("macproof"),
            message: verdict_sentence(view.run),
        };
        write("notice", vec![notice], &mut out);
    }
    out
}

struct Annotation {
    place: Option<(String, u32)>,
    title: String,
    message: String,
}

fn place(source: &SourceLine) -> (String, u32) {
    (source.path.clone(), source.line)
}

fn message(finding: Finding<'_>) -> String {
    let mut message = finding.words();
    if let Some(cause) = likely_cause(finding.case) {
        message.push_str(&format!("\nlikely cause: {}", excerpt(&cause, COLUMNS)));
    }
    for remedy in sole_remedies(finding.case) {
        message.push_str(&format!("\nfix: {}", excerpt(remedy, COLUMNS)));
    }
    message
}

fn write(command: &str, mut annotations: Vec<Annotation>, out: &mut String) {
    let more = annotations.len().saturating_sub(SHOWN);
    if more > 0 {
        annotations.truncate(SHOWN - 1);
        annotations.push(Annotation {
            place: None,
            title: "macproof".to_owned(),
            message: format!(
                "and {} more",
                count(more as u64 + 1, command, &format!("{command}s"))
            ),
        });
    }
    for Annotation {
        place,
        title,
        message,
    } in annotations
    {
        out.push_str(&format!("::{command} "));
        if let Some((path, line)) = place {
            out.push_str(&format!("file={},line={line},", property(&visible(&path))));
        }
        out.push_str(&format!("title={}::{}\n", property(&title), data(&message)));
    }
}

/// Escapes the message of a workflow command, which follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a workflow command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{data, github, property};
    use crate::report::Campaigns;
    use crate::report::fixture::{HOSTILE, forty_of_three_hundred, green, rich};

    #[test]
    fn the_annotations_match_the_snapshot() {
        insta::assert_snapshot!("github", github(&rich(400).into(), &Campaigns::default()));
    }

    #[test]
    fn annotations_beyond_the_limit_are_counted() {
        let text = github(&forty_of_three_hundred().into(), &Campaigns::default());
        assert_eq!(text.matches("::error ").count(), 10);
        assert!(
            text.contains("title=macproof::and 31 errors more")
                || text.contains("and 31 more")
                || text.contains("and 31 errors"),
            "{text}"
        );
        let text = github(&green().into(), &Campaigns::default());
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with("::notice title=macproof::conformant"),
            "{text}"
        );
    }

    #[test]
    fn command_delimiters_are_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn untrusted_text_is_never_a_command(said in any::<String>()) {
            let said = format!("{said}\n::add-mask::x\r::error::y{HOSTILE}");
            let mut result = rich(1);
            result.implementation.name.clone_from(&said);
            for case in &mut result.cases {
                case.actual = Some(said.clone());
                case.source.path.clone_from(&said);
            }
            for line in github(&result.into(), &Campaigns::default()).split(['\n', '\r']).filter(|line| !line.is_empty()) {
                let ours = ["::error ", "::warning ", "::notice "];
                prop_assert!(ours.iter().any(|start| line.starts_with(start)), "{}", line);
            }
        }
    }
}
