//! How long a comparison that stops at the first difference takes, by language: what a timing test
//! must be able to see where no target is given.

use crate::results::{EarlyExit, LoopUnit};
use crate::timing::material::Material;

/// A loop that stops at the first difference, as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loop {
    /// The name of the language, for people.
    language: &'static str,
    /// What a hello or a command calls it, in lower case and without a version.
    words: &'static [&'static str],
    /// What such loops compare.
    unit: LoopUnit,
    /// How much longer a call takes if only the last unit of a MAC of [`MEASURED`] bytes is wrong
    /// than if only the first is, in nanoseconds.
    ns: f64,
}

/// The length of the MAC in hexadecimal that the loops were measured on.
const MEASURED: usize = 32;

/// The medians of the planted loops in `reports/timing-method.md`. Where a loop over the bytes of
/// the MAC was measured as well, that one: it takes less.
const LOOPS: [Loop; 7] = [
    Loop {
        language: "Python",
        words: &["python", "cpython"],
        unit: LoopUnit::Characters,
        ns: 1327.4,
    },
    Loop {
        language: "Node",
        words: &[
            "node",
            "nodejs",
            "node.js",
            "javascript",
            "js",
            "typescript",
            "ts",
        ],
        unit: LoopUnit::Characters,
        ns: 85.9,
    },
    Loop {
        language: "PHP",
        words: &["php"],
        unit: LoopUnit::Characters,
        ns: 1220.9,
    },
    Loop {
        language: "Ruby",
        words: &["ruby"],
        unit: LoopUnit::Characters,
        ns: 3799.7,
    },
    Loop {
        language: "Go",
        words: &["go", "golang"],
        unit: LoopUnit::Bytes,
        ns: 17.6,
    },
    Loop {
        language: "Java",
        words: &["java"],
        unit: LoopUnit::Bytes,
        ns: 14.5,
    },
    Loop {
        language: "Rust",
        words: &["rust"],
        unit: LoopUnit::Bytes,
        ns: 16.5,
    },
];

/// Other ways to run or write these languages, in which loops were not measured and may be faster.
const UNMEASURED: [&str; 15] = [
    "bun",
    "c",
    "c#",
    "c++",
    "cython",
    "deno",
    "graalpy",
    "jruby",
    "kotlin",
    "native",
    "pypy",
    "scala",
    "truffleruby",
    "wasm",
    "webassembly",
];

impl Loop {
    /// The loop in the language that the hello states, or whose interpreter the command starts. If
    /// several are named, the fastest; `None` if none is known, or one was not measured.
    pub fn known(stated: Option<&str>, program: Option<&str>) -> Option<Self> {
        let words: Vec<String> = [stated, program]
            .into_iter()
            .flatten()
            .flat_map(words)
            .collect();
        if words.iter().any(|word| UNMEASURED.contains(&word.as_str())) {
            return None;
        }
        let known = LOOPS
            .into_iter()
            .filter(|one| words.iter().any(|word| one.words.contains(&word.as_str())));
        known.min_by(|one, other| one.ns.total_cmp(&other.ns))
    }

    /// What the loop takes over the MAC of these tokens; `None` for texts, which another comparison
    /// is looked for in.
    #[expect(clippy::cast_precision_loss, reason = "tens of characters")]
    pub(super) fn over(self, material: &Material<'_>) -> Option<EarlyExit> {
        let (characters, bytes) = material.mac_length()?;
        let (length, measured) = match self.unit {
            LoopUnit::Characters => (characters, 2 * MEASURED),
            LoopUnit::Bytes => (bytes, MEASURED),
        };
        // The first character is looked at in either case.
        let steps = |length: usize| length.saturating_sub(1) as f64;
        let ns = self.ns * steps(length) / steps(measured);
        Some(EarlyExit {
            language: self.language.to_owned(),
            unit: self.unit,
            length: length as u64,
            ns: (ns * 10.0).round() / 10.0,
        })
    }
}

/// The words of a language or of a program's path, without versions: `python3.11` is `python`.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric() && !"#+.".contains(letter))
        .map(|word| word.trim_end_matches(|end: char| end.is_ascii_digit() || end == '.'))
        .map(|word| word.strip_suffix(".exe").unwrap_or(word).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{LOOPS, Loop};
    use crate::results::LoopUnit;
    use crate::timing::material::Material;

    fn name(stated: Option<&str>, program: Option<&str>) -> Option<&'static str> {
        Loop::known(stated, program).map(|one| one.language)
    }

    #[test]
    fn a_language_is_known_by_what_it_is_called() {
        for (stated, expected) in [
            ("python", "Python"),
            ("Python 3.11", "Python"),
            ("CPython 3.13.1", "Python"),
            ("Node.js", "Node"),
            ("node v20.1", "Node"),
            ("JavaScript", "Node"),
            ("TypeScript", "Node"),
            ("PHP 8.2", "PHP"),
            ("go1.22", "Go"),
            ("Java 17", "Java"),
        ] {
            assert_eq!(name(Some(stated), None), Some(expected), "{stated}");
        }
        for unknown in [
            "",
            "c",
            "C++",
            "C#",
            "cobol",
            "jruby 9.4",
            "PyPy",
            "javascript (Bun)",
        ] {
            assert_eq!(name(Some(unknown), None), None, "{unknown}");
        }
    }

    #[test]
    fn the_program_tells_where_the_hello_does_not() {
        for (program, expected) in [
            ("python3.11", Some("Python")),
            ("ruby", Some("Ruby")),
            ("node", Some("Node")),
            ("node.exe", Some("Node")),
            ("adapter", None),
        ] {
            assert_eq!(name(None, Some(program)), expected, "{program}");
        }
        // The faster loop of two languages, and none if one of them was not measured.
        assert_eq!(name(Some("rust"), Some("node")), Some("Rust"));
        assert_eq!(name(Some("python"), Some("pypy3")), None);
    }

    #[test]
    fn a_loop_takes_as_long_as_the_mac_is() {
        let over = |suite: &str, language: &str| {
            let suite = crate::suite::well_known()
                .find(|one| one.name == suite)
                .unwrap();
            let mut rng = Rng::with_seed(1);
            let material =
                Material::of_suite(suite.parsed(), 1_700_000_000, None, &mut rng).unwrap();
            let found = Loop::known(Some(language), None)
                .unwrap()
                .over(&material)
                .unwrap();
            (found.length, found.ns)
        };
        assert_eq!(over("jotreview", "node"), (64, 85.9));
        assert_eq!(over("jotreview", "rust"), (32, 16.5));
        // In base64, 43 characters of 44 hold the MAC.
        assert_eq!(over("standard-webhooks", "node"), (43, 57.3));
        assert_eq!(over("standard-webhooks", "go"), (32, 17.6));
        let texts = Material::of_comparison(&mut Rng::with_seed(1));
        assert_eq!(LOOPS[0].over(&texts), None);
    }

    /// The table is that of the report, or near it: a machine is never twice the same.
    #[test]
    fn the_table_is_that_of_the_report() {
        let report = include_str!("../../reports/timing-method.md");
        for one in LOOPS {
            let condition = match (one.unit, one.language) {
                (LoopUnit::Bytes, "Go" | "Java") => "early-exit-raw",
                _ => "early-exit",
            };
            let begin = format!("| {} | {condition} |", one.language.to_lowercase());
            let row = report
                .lines()
                .find(|line| line.starts_with(&begin))
                .unwrap();
            let effect: f64 = row.split('|').nth(7).unwrap().trim().parse().unwrap();
            let ratio = effect / one.ns;
            assert!((0.67..1.5).contains(&ratio), "{row}");
        }
    }
}
