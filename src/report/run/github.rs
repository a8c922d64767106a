//! Annotations as GitHub-style workflow commands on standard output.

use crate::report::Campaigns;
use crate::report::beside::Tone;
use crate::report::digits::count;
use crate::report::rerun_command;
use crate::report::run::fault::Fault;
use crate::report::run::place::Place;
use crate::report::run::sentence::verdict_sentence;
use crate::report::run::view::RunView;
use crate::report::visible::{excerpt, visible};
use crate::results::{Document, RunResult};

/// Maximum number of annotations of one kind that the server shows per step; the last one counts
/// the rest.
const SHOWN: usize = 10;

/// Longest text in a message, in columns.
const COLUMNS: usize = 200;

/// Renders the document as workflow commands: an `::error` for each fault that fails the gate and
/// for each other reason why it failed, worst first, a `::warning` for each fault below the level
/// that counts, and a `::notice` with the verdict. The server shows ten of a kind, so the tenth says
/// how many more there are. They stand at files of the user's.
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
        let of_fault = |fault: &Fault<'_>| {
            let case = fault.findings.first()?.case;
            Some(Annotation {
                place: Place::of_case(view.run, case),
                title: about(&fault.gravity.words(fault.level)),
                message: message(view.run, fault),
            })
        };
        let (warnings, errors): (Vec<_>, Vec<_>) =
            view.faults.iter().partition(|fault| fault.is_warning());
        let mut errors: Vec<Annotation> = errors.into_iter().filter_map(of_fault).collect();
        let skipped = view.skipped.iter();
        errors.extend(skipped.map(|skipped| Annotation {
            place: Place::of_case(view.run, skipped.first),
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
        let warnings = warnings.into_iter().filter_map(of_fault).collect();
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
    place: Option<Place>,
    title: String,
    message: String,
}

fn message(run: &RunResult, fault: &Fault<'_>) -> String {
    let mut message = fault.ground.say(&excerpt(&fault.title, COLUMNS));
    message.push_str(&format!("\n{}", fault.extent()));
    for remedy in &fault.remedies {
        message.push_str(&format!("\nfix: {}", excerpt(remedy, COLUMNS)));
    }
    if let Some(finding) = fault.findings.first() {
        let (id, words) = (visible(&finding.case.id), finding.words());
        message.push_str(&format!("\nfor example {id}: {words}"));
        message.push_str(&format!(
            "\nrerun: {}",
            rerun_command(run, &finding.case.id)
        ));
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
        if let Some(Place { path, line }) = place {
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
    use crate::results::{GateFailure, GateFailureKind};

    #[test]
    fn the_annotations_match_the_snapshot() {
        insta::assert_snapshot!("github", github(&rich(400).into(), &Campaigns::default()));
    }

    #[test]
    fn annotations_beyond_the_limit_are_counted() {
        let mut result = forty_of_three_hundred();
        let text = github(&result.clone().into(), &Campaigns::default());
        assert_eq!(text.matches("::error ").count(), 2);
        assert!(
            text.starts_with(
                "::error file=adapters/php/adapter.php,line=1,title=accepts what it must not::"
            ),
            "{text}"
        );
        for number in 0..12 {
            result.gate.failed.push(GateFailure {
                case: format!("acme/gone-{number}"),
                kind: GateFailureKind::UnmatchedEntry,
                reason: "it matches nothing".into(),
            });
        }
        let text = github(&result.into(), &Campaigns::default());
        assert_eq!(text.matches("::error ").count(), 10);
        assert!(text.contains("title=macproof::and 5 errors more"), "{text}");
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
