//! Laws of the whole language of schemes: random schemes, and scheme files that lose a line.

use std::sync::Arc;

use macproof::explain::{Answer, NamedSecret, Puzzle, Question, solve};
use macproof::scheme::{
    Algorithm, Field, FieldKind, FieldSet, Freshness, KeyStep, KeyTemplate, Layout, Message, Order,
    Pair, Pairs, Params, Repeated, Scheme, SecretEncoding, SecretRule, Sort, TimeForm,
    TokenGrammar, Unknown, Verification, Written,
};
use macproof::signature::{Encoding, Fields, Secret, Secrets, Value};
use macproof::suite::{Suite, embedded};
use proptest::prelude::*;

use crate::harness::test;

/// A field of every kind; `session` stands in brackets alone.
fn fields(params: Params) -> FieldSet {
    let field = |name: &str, kind| Field::new(name, kind);
    FieldSet::new(vec![
        field("user", FieldKind::Text),
        field("session", FieldKind::Text),
        Field {
            params: Some(Arc::new(params)),
            ..field("query", FieldKind::Text)
        },
        field("time", FieldKind::Time(TimeForm::UnixSeconds)),
        field("millis", FieldKind::Time(TimeForm::UnixMillis)),
        field("date", FieldKind::Time(TimeForm::Iso8601)),
        field("bare", FieldKind::Time(TimeForm::Iso8601WithoutZone)),
        field("header", FieldKind::Time(TimeForm::HttpDate)),
        field("kind", FieldKind::Enum(vec!["email".into(), "id".into()])),
    ])
}

fn params() -> impl Strategy<Value = Params> {
    (
        prop::sample::select(Sort::ALL.to_vec()),
        prop::sample::select(vec!["=", "", ":"]),
        prop::sample::select(vec!["&", "\n", ""]),
        any::<bool>(),
    )
        .prop_map(|(sort, pair, join, omits)| Params {
            omit: Vec::from_iter(omits.then(|| "hmac".to_owned())),
            prefix: String::new(),
            sort,
            pair: pair.to_owned(),
            join: join.to_owned(),
            encode: Written::Plain,
            repeated: Repeated::Kept,
        })
}

const FILTERS: [&str; 12] = [
    "",
    "|lower",
    "|trim",
    "|no-line-ends",
    "|percent-decode",
    "|percent",
    "|form",
    "|sha256|hex",
    "|sha1",
    "|base64",
    "|hex-upper",
    "|trim|lower|base64url-unpadded",
];

/// Messages of every kind of part; those that do not compile are left out.
fn message() -> impl Strategy<Value = String> {
    let filters = || prop::sample::select(FILTERS.to_vec());
    let literal = prop::sample::select(vec!["", ".", "v1:", "[[", "]]", "{{", "\n"]);
    let part = prop_oneof![
        3 => filters().prop_map(|filters| format!("{{user{filters}}}")),
        2 => filters().prop_map(|filters| format!("[;s={{session{filters}}}]")),
        1 => filters().prop_map(|filters| format!("[{{session{filters}}}&]")),
        1 => Just("{query|params}".to_owned()),
        2 => prop::sample::select(vec!["{time}", "{millis}", "{date}", "{bare}", "{header}", "{kind|upper}"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec((part, literal), 1..5).prop_map(|parts| {
        let parts = parts.into_iter();
        parts
            .map(|(part, literal)| part + literal)
            .collect::<String>()
    })
}

fn derive() -> impl Strategy<Value = Vec<KeyStep>> {
    let template =
        |text: &str| KeyTemplate::compile(text, &FieldSet::default(), |_| false).unwrap();
    prop_oneof![
        2 => Just(Vec::new()),
        1 => Just(vec![KeyStep::text(template("{key|sha256}")).unwrap()]),
        1 => Just(vec![
            KeyStep::text(template("AWS4{key}")).unwrap(),
            KeyStep::mac(Algorithm::HmacSha256, template("{key}"), template("request")).unwrap(),
        ]),
    ]
}

/// A token around the MAC, which may carry any of these.
fn token(encoding: Encoding, carried: &[&str], is_pairs: bool) -> (Vec<(String, String)>, String) {
    let mac = format!("{{mac:{}}}", encoding.name());
    if is_pairs {
        let pair = |text: &&str| {
            let name = text.split('|').next().unwrap_or_default();
            (name.to_owned(), format!("{{{text}}}"))
        };
        let pairs = carried.iter().map(pair).chain([("v1".to_owned(), mac)]);
        return (pairs.collect(), String::new());
    }
    let fields: String = carried.iter().map(|name| format!("{{{name}}};")).collect();
    (Vec::new(), fields + &mac)
}

fn scheme() -> impl Strategy<Value = Scheme> {
    let carried_by_name = |carried: Vec<&'static str>| {
        // A field stands in a token once.
        let texts = carried.iter().filter(|one| one.starts_with("user")).count();
        (texts <= 1).then_some(carried)
    };
    let carried = prop::sample::subsequence(
        vec![
            "time",
            "millis",
            "date",
            "bare",
            "header",
            "kind",
            "user|hex",
            "user|base64|percent",
            "user|base64url-unpadded",
            "user|percent",
        ],
        0..=2,
    )
    .prop_filter_map("each field once", carried_by_name);
    (
        prop::sample::select(Algorithm::ALL.to_vec()),
        any::<bool>(),
        (message(), params(), derive()),
        prop::sample::select(Encoding::ALL.to_vec()),
        carried,
        any::<bool>(),
    )
        .prop_filter_map(
            "it compiles",
            |(algorithm, truncated, (message, params, derive), encoding, carried, is_pairs)| {
                let fields = fields(params);
                let mac_bytes = if truncated { 16 } else { algorithm.mac_bytes() };
                let layout = |text: &str| Layout::compile(text, &fields, mac_bytes).ok();
                let (pairs, template) = token(encoding, &carried, is_pairs);
                let token = if is_pairs {
                    let pair = |(key, value): (String, String)| {
                        let repeat = key == "v1";
                        Some(Pair {
                            value: layout(&value)?,
                            key,
                            repeat,
                        })
                    };
                    TokenGrammar::Pairs(Pairs {
                        pairs: pairs.into_iter().map(pair).collect::<Option<_>>()?,
                        separator: "|".into(),
                        unknown: Unknown::Ignore,
                        order: Order::Any,
                    })
                } else {
                    TokenGrammar::Template(layout(&template)?)
                };
                token.check(&fields).ok()?;
                Some(Scheme {
                    algorithm,
                    mac_bytes,
                    secret: SecretRule {
                        encoding: SecretEncoding::Utf8,
                        derive,
                        strip_prefix: None,
                        pattern: None,
                        per: None,
                        rotates: false,
                    },
                    message: Message::compile(&message, &fields).ok()?,
                    fields,
                    token,
                    freshness: Freshness::Unspecified,
                    policy: None,
                    places: None,
                })
            },
        )
}

fn input() -> impl Strategy<Value = Fields> {
    const YEAR_10000: u64 = 253_402_300_800;
    let text = prop_oneof!["[a-cA-C0-9=,.;& %-]{0,8}", any::<String>()];
    (
        text.clone(),
        prop::option::of(text),
        "([a-c]=[a-c+]{0,2}(&[a-c]=%2[0-9a-f]){0,2})?",
        1..YEAR_10000,
        prop::sample::select(vec!["email", "id"]),
    )
        .prop_map(|(user, session, query, second, kind)| {
            let mut fields = Fields::new()
                .with("user", user)
                .with("query", query)
                .with("time", TimeForm::UnixSeconds.at(second))
                .with("millis", TimeForm::UnixMillis.value(second * 1000 + 7))
                .with("date", TimeForm::Iso8601.value(second * 1000 + 250))
                .with(
                    "bare",
                    TimeForm::Iso8601WithoutZone.value(second * 1000 + 250),
                )
                .with("header", TimeForm::HttpDate.at(second))
                .with("kind", kind);
            if let Some(session) = session {
                fields.set("session", session);
            }
            fields
        })
}

proptest! {
    // To explain a token takes longer than all the rest.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A scheme of the whole language is signed, taken apart, verified, explained and signed again.
    #[test]
    fn a_random_scheme_does_what_it_says(scheme in scheme(), fields in input(), secret in ".{1,80}") {
        let secret = Secret::new(secret);
        let secrets = Secrets::One(secret.clone());
        let token = scheme.sign(&secrets, &fields).unwrap();
        let parsed = scheme.token.parse(&scheme.fields, &token).unwrap();
        prop_assert_eq!(scheme.token.render_parsed(&parsed), token.as_str());
        let given = scheme.given(&fields);
        let verified = scheme.verify(&secrets, &given, Some(&Value::from(token.as_str())), 0);
        prop_assert_eq!(verified, Verification::Accepted);
        let again = scheme.complete(&given, &parsed).unwrap();
        prop_assert_eq!(scheme.sign(&secrets, &again).unwrap(), token.as_str());
        let named = [NamedSecret { name: "the secret".to_owned(), secret }];
        let explained = solve(&Puzzle {
            scheme: &scheme,
            secrets: &named,
            fields: &fields,
            others: &[],
            token: &token,
            now: None,
            depth: Question::DEPTH,
        });
        prop_assert_eq!(explained.answer, Answer::Right);
        // Whether a part of the message stands is signed, too.
        let mut other = given.clone();
        if other.remove("session").is_none() {
            other.set("session", "s-1");
        }
        let is_signed = scheme.message.optional().next().is_some();
        let verified = scheme.verify(&secrets, &other, Some(&Value::from(token.as_str())), 0);
        prop_assert_eq!(verified == Verification::Accepted, !is_signed);
    }
}

/// The lines of the scheme in a suite file.
fn lines_of_the_scheme(text: &str) -> std::ops::Range<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| *line == "scheme:").unwrap() + 1;
    let is_outside = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#']);
    let end = lines[start..].iter().position(is_outside).unwrap();
    start..start + end
}

/// Each line of each scheme in the box is lost once: what is due is missed by its name, and every
/// error has its place.
#[test]
fn what_a_scheme_file_lacks_is_told() {
    let mut wrong = Vec::new();
    let mut lost = 0;
    for one in embedded().filter(|one| !one.is_whole) {
        for at in lines_of_the_scheme(one.text) {
            let lines = one.text.lines().enumerate();
            let kept = lines.filter(|(line, _)| *line != at).map(|(_, line)| line);
            let line = one.text.lines().nth(at).unwrap();
            let found = Suite::parse("lost.yaml", &kept.collect::<Vec<_>>().join("\n"));
            let due = ["algorithm", "secret", "message", "token", "fields"]
                .into_iter()
                .find(|key| line.starts_with(&format!("  {key}:")));
            lost += 1;
            match (found, due) {
                (Err(error), _) if error.position().is_none() => {
                    wrong.push(format!("{}: {line:?}: no place: {error}", one.name));
                }
                // What stood below a key that is lost belongs to another, or to none.
                (Err(error), Some(key))
                    if !line.trim_end().ends_with(':')
                        && !error.to_string().contains(&format!("missing key {key:?}")) =>
                {
                    wrong.push(format!("{}: {line:?}: {error}", one.name));
                }
                (Ok(_), Some(_)) => wrong.push(format!("{}: {line:?} is not missed", one.name)),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(lost > 500, "{lost}");
}
