//! The differences between two hellos of one implementation.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::Hello;

/// A part of the hello by which an implementation is told from another, or on which it depends
/// what is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum HelloPart {
    /// The name of the implementation.
    Name,
    /// Its version.
    Version,
    /// Its language.
    Language,
    /// The suites that it implements.
    Suites,
    /// The operations that it knows.
    Ops,
    /// Whose time it uses.
    Clock,
    /// The kinds of values that it takes.
    Inputs,
}

/// Which parts of the hello differed between starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct HelloChanges(pub BTreeSet<HelloPart>);

impl HelloPart {
    /// The name of the part.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Version => "version",
            Self::Language => "language",
            Self::Suites => "suites",
            Self::Ops => "ops",
            Self::Clock => "clock",
            Self::Inputs => "inputs",
        }
    }
}

impl Hello {
    /// What differs in a later hello. Ignores notes, which are prose, `max_in_flight`, which may
    /// differ between processes, and the order of lists.
    pub fn changes(&self, later: &Self) -> HelloChanges {
        let set = |list: &Option<Vec<String>>| -> Option<BTreeSet<String>> {
            list.as_ref().map(|list| list.iter().cloned().collect())
        };
        let (one, other) = (&self.implementation, &later.implementation);
        let changed = [
            (HelloPart::Name, one.name != other.name),
            (HelloPart::Version, one.version != other.version),
            (HelloPart::Language, one.language != other.language),
            (HelloPart::Suites, set(&self.suites) != set(&later.suites)),
            (HelloPart::Ops, set(&self.ops) != set(&later.ops)),
            (HelloPart::Clock, self.clock() != later.clock()),
            (HelloPart::Inputs, set(&self.inputs) != set(&later.inputs)),
        ];
        let parts = changed
            .into_iter()
            .filter_map(|(part, is_changed)| is_changed.then_some(part));
        HelloChanges(parts.collect())
    }
}

impl HelloChanges {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the changes seen by another process or in another part of the run.
    pub fn join(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }

    /// The changed parts: `ops, inputs`.
    pub fn listed(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|part| part.name()).collect();
        names.join(", ")
    }

    /// The changes in words: `its hello changed during the run (ops, inputs)`; `None` if there are
    /// none.
    pub fn in_words(&self) -> Option<String> {
        (!self.is_empty()).then(|| format!("its hello changed during the run ({})", self.listed()))
    }
}

#[cfg(test)]
mod tests {
    use super::HelloPart;
    use crate::protocol::Hello;

    fn changed(from: &str, to: &str) -> Vec<HelloPart> {
        let hello = |members: &str| {
            let line = format!("{{\"protocol\":1,{members}}}");
            Hello::parse(line.as_bytes()).unwrap()
        };
        hello(from).changes(&hello(to)).0.into_iter().collect()
    }

    #[test]
    fn every_part_that_affects_requests_is_compared() {
        use HelloPart::{Clock, Inputs, Language, Name, Ops, Suites, Version};
        let named = r#""implementation":{"name":"a"}"#;
        for (to, parts) in [
            (r#""implementation":{"name":"b"}"#, vec![Name]),
            (
                r#""implementation":{"name":"a","version":"2","language":"go"}"#,
                vec![Version, Language],
            ),
            (
                r#""implementation":{"name":"a"},"ops":["sign"],"suites":["x"]"#,
                vec![Suites, Ops],
            ),
            (
                r#""implementation":{"name":"a"},"clock":"system","inputs":["text"]"#,
                vec![Clock, Inputs],
            ),
            (
                r#""implementation":{"name":"a"},"clock":"injected""#,
                vec![],
            ),
            (
                r#""implementation":{"name":"a","notes":"pid 7"},"max_in_flight":9"#,
                vec![],
            ),
        ] {
            assert_eq!(changed(named, to), parts, "{to}");
            assert_eq!(changed(to, named), parts, "{to}");
        }
        let listed = |list: &str| format!("{named},\"ops\":{list}");
        let (one, other) = (
            listed(r#"["sign","verify"]"#),
            listed(r#"["verify","sign"]"#),
        );
        assert!(changed(&one, &other).is_empty());
    }
}
