//! Suites and runs built in code, for the tests of this module and of the reports.

use std::borrow::Cow;

use crate::protocol::{HelloChanges, ImplementationInfo};
use crate::results::{
    Circumstances, KnownFailures, Observation, Observed, Redaction, Restarts, RunResult, conclude,
};
use crate::scheme::{
    Algorithm, Field, FieldKind, FieldSet, Freshness, Layout, Message, Scheme, SecretEncoding,
    SecretRule, TokenGrammar,
};
use crate::signature::{
    Context, Fields, Op, Outcome, OutcomeKind, Request, Secret, Secrets, Slug, Value,
};
use crate::suite::{
    Basis, Expect, InputKind, Level, Requirement, Source, Suite, SuiteText, Vector,
};

/// The date of every run in these tests.
pub(crate) const TODAY: &str = "2026-11-20";

/// `hmac-sha256` over the user id, in hex.
pub(crate) fn scheme() -> Scheme {
    let fields = FieldSet::new(vec![Field::new("user_id", FieldKind::Text)]);
    Scheme {
        algorithm: Algorithm::HmacSha256,
        mac_bytes: 32,
        secret: SecretRule {
            encoding: SecretEncoding::Utf8,
            derive: Vec::new(),
            strip_prefix: None,
            pattern: None,
            per: None,
            rotates: false,
        },
        message: Message::compile("{user_id}", &fields).unwrap(),
        token: TokenGrammar::Template(Layout::compile("{mac:hex}", &fields, 32).unwrap()),
        fields,
        freshness: Freshness::Unspecified,
        policy: None,
        places: None,
    }
}

/// A suite without requirements and vectors.
pub(crate) fn suite(name: &str) -> Suite {
    Suite {
        name: Slug::new(name).unwrap(),
        version: 1,
        title: format!("{name} identity verification"),
        kind: None,
        source: Source {
            title: format!("How to set up {name}"),
            url: Some(format!("https://{name}.example/docs")),
            retrieved: Some("2026-11-20".into()),
        },
        scheme: scheme(),
        requirements: Vec::new(),
        vectors: Vec::new(),
        digest: "5f".repeat(32),
        text: SuiteText {
            path: format!("vectors/{name}.yaml").into(),
            text: "".into(),
        },
    }
}

impl Suite {
    /// Adds a requirement.
    pub(crate) fn requires(mut self, id: &str, level: Level, basis: Basis, text: &str) -> Self {
        let place = (basis == Basis::Document).then(|| "section 2, example".to_owned());
        self.requirements.push(Requirement {
            id: Slug::new(id).unwrap(),
            level,
            basis,
            text: text.into(),
            place,
            line: 10,
        });
        self
    }

    /// Adds a vector that shows these requirements.
    pub(crate) fn shows(mut self, id: &str, shows: &[&str], op: Op, expect: Expect) -> Self {
        let at = |name: &&str| {
            let known = |r: &Requirement| r.id.as_str() == *name;
            self.requirements.iter().position(known).unwrap()
        };
        let shows: Vec<usize> = shows.iter().map(at).collect();
        let line = 100 + 8 * u32::try_from(self.vectors.len()).unwrap();
        self.vectors.push(Vector {
            id: Slug::new(id).unwrap(),
            level: self.requirements[shows[0]].level,
            basis: Vector::basis_of(shows.iter().map(|&at| self.requirements[at].basis)),
            shows,
            note: None,
            line,
            request: Request {
                suite: (&self.name).into(),
                op,
                secrets: Secrets::One(Secret::new("0123456789abcdef")),
                fields: Fields::new().with("user_id", id),
                token: op.presents_a_token().then(|| Value::from("00ff")),
                context: Context::default(),
                now: 1_741_761_604,
            },
            input: InputKind::Text,
            expect,
        });
        self
    }

    /// The observation of one of the suite's vectors.
    pub(crate) fn observe(&self, vector: &str, observed: Observed) -> Observation<'_> {
        let vector = self
            .vectors
            .iter()
            .find(|known| known.id.as_str() == vector)
            .unwrap();
        Observation {
            suite: self,
            vector,
            request: Cow::Borrowed(&vector.request),
            expect: Cow::Borrowed(&vector.expect),
            right: None,
            observed,
        }
    }
}

/// A complete run at level `must`.
pub(crate) fn circumstances() -> Circumstances {
    Circumstances {
        started: "2026-11-20T12:00:00Z".into(),
        duration_ms: 210,
        implementation: ImplementationInfo {
            name: "acme-identity".into(),
            version: Some("2.1.0".into()),
            language: Some("php".into()),
            notes: None,
        },
        adapter: "php adapters/php/adapter.php".into(),
        judged_itself: false,
        arguments: vec!["--command".into(), "php adapters/php/adapter.php".into()],
        level: Level::Must,
        seed: 42,
        repeat: 1,
        rounds: 1,
        restarts: Restarts::default(),
        hello_changes: HelloChanges::default(),
        interruption: None,
        shard: None,
        left_out: Vec::new(),
        notes: Vec::new(),
        redaction: Redaction::none(),
    }
}

/// Concludes a run with these observations and this list of known failures.
pub(crate) fn run(observations: Vec<Observation<'_>>, known: &str) -> RunResult {
    let known = KnownFailures::parse("known.yaml", known).unwrap();
    conclude(circumstances(), observations, &known, TODAY)
}

pub(crate) fn token(text: &str) -> Observed {
    Observed::Outcome(Outcome::Token(text.into()))
}

pub(crate) fn accept() -> Observed {
    Observed::Outcome(Outcome::Accept)
}

pub(crate) fn reject() -> Observed {
    Observed::Outcome(Outcome::REJECT)
}

pub(crate) fn threw(what: &str) -> Observed {
    Observed::Outcome(Outcome::Threw(what.into()))
}

pub(crate) fn expect_token(text: &str) -> Expect {
    Expect::Token {
        token: text.into(),
        or: Vec::new(),
        pairs: None,
    }
}

/// Everything but acceptance.
pub(crate) fn not_accepted() -> Expect {
    Expect::Outcomes(vec![
        OutcomeKind::Reject,
        OutcomeKind::Refused,
        OutcomeKind::Threw,
    ])
}

/// A suite with a vector at each level and of each basis: `signs` (must, document), `forged`
/// (must, security), `throws` (should, practice), `upper` (may).
pub(crate) fn small_suite() -> Suite {
    suite("acme")
        .requires("layout", Level::Must, Basis::Document, "The token is hex.")
        .requires(
            "bound",
            Level::Must,
            Basis::Security,
            "A forgery is not accepted.",
        )
        .requires(
            "no-throw",
            Level::Should,
            Basis::Practice,
            "It is rejected without throwing.",
        )
        .requires("case", Level::May, Basis::Practice, "Upper-case hex.")
        .shows("signs", &["layout"], Op::Sign, expect_token("aa"))
        .shows("forged", &["bound"], Op::Verify, not_accepted())
        .shows(
            "throws",
            &["no-throw"],
            Op::Verify,
            Expect::Outcomes(vec![OutcomeKind::Reject, OutcomeKind::Refused]),
        )
        .shows(
            "upper",
            &["case"],
            Op::Verify,
            Expect::Observe("accepts upper-case hex".into()),
        )
}
