//! Laws of schemes and of the oracle, for random schemes and inputs.

use macproof::scheme::{
    Algorithm, Field, FieldKind, FieldSet, Freshness, Layout, List, Message, Order, Pair, Pairs,
    Scheme, SecretEncoding, SecretRule, TimeForm, TokenGrammar, Unknown, Verification,
};
use macproof::signature::{Encoding, Fields, Secret, Secrets, Value};
use proptest::prelude::*;

use crate::harness::test;

/// A text, a time in seconds and one of two words.
fn fields() -> FieldSet {
    let field = |name: &str, kind| Field::new(name, kind);
    FieldSet::new(vec![
        field("user", FieldKind::Text),
        field("time", FieldKind::Time(TimeForm::UnixSeconds)),
        field("kind", FieldKind::Enum(vec!["email".into(), "id".into()])),
    ])
}

/// Token templates of all shapes; those that cannot be parsed back are refused by the compiler.
fn template() -> impl Strategy<Value = String> {
    let encoding = prop::sample::select(Encoding::ALL.to_vec());
    let literal = prop::sample::select(vec!["", "-", ".", "v1,", "sha256=", "_", "0", "a1"]);
    let user = prop::sample::select(vec![
        "{user}",
        "{user|hex}",
        "{user|base64}",
        "{user|base64url-unpadded}",
        "{user|base64|percent}",
        "{user|form}",
    ]);
    let carried =
        user.prop_flat_map(|user| prop::sample::subsequence(vec!["{time}", "{kind}", user], 0..=3));
    (
        encoding,
        prop::collection::vec(literal, 5),
        carried,
        0..4_usize,
    )
        .prop_map(|(encoding, literals, carried, mac_at)| {
            let mut parts: Vec<String> = carried.into_iter().map(str::to_owned).collect();
            parts.insert(
                mac_at.min(parts.len()),
                format!("{{mac:{}}}", encoding.name()),
            );
            let mut text = String::new();
            for (at, part) in parts.iter().enumerate() {
                text.push_str(literals[at]);
                text.push_str(part);
            }
            text + literals[4]
        })
}

fn grammar(mac_bytes: usize) -> impl Strategy<Value = TokenGrammar> {
    let layout = move |text: &str| Layout::compile(text, &fields(), mac_bytes).unwrap();
    prop_oneof![
        4 => template().prop_filter_map("cannot be parsed back", move |text| {
            Layout::compile(&text, &fields(), mac_bytes).ok().map(TokenGrammar::Template)
        }),
        1 => (any::<bool>(), any::<bool>()).prop_map(move |(ignore, any)| TokenGrammar::Pairs(Pairs {
            pairs: vec![
                Pair { key: "t".into(), value: layout("{time}"), repeat: false },
                Pair { key: "v1".into(), value: layout("{mac:hex}"), repeat: true },
            ],
            separator: ",".into(),
            unknown: if ignore { Unknown::Ignore } else { Unknown::Reject },
            order: if any { Order::Any } else { Order::Given },
        })),
        1 => any::<bool>().prop_map(move |ignore| TokenGrammar::List(List {
            item: layout("v1,{mac:base64}"),
            separator: " ".into(),
            unknown: if ignore { Unknown::Ignore } else { Unknown::Reject },
        })),
    ]
}

fn scheme() -> impl Strategy<Value = Scheme> {
    let message = prop::sample::select(vec![
        "{user}",
        "{user}-{time}",
        "{time}.{user}",
        "{kind}:{user}",
    ]);
    let algorithm = prop::sample::select(Algorithm::ALL.to_vec());
    (algorithm, any::<bool>(), message).prop_flat_map(|(algorithm, truncated, message)| {
        let mac_bytes = if truncated { 16 } else { algorithm.mac_bytes() };
        grammar(mac_bytes).prop_map(move |token| {
            token.check(&fields()).unwrap();
            Scheme {
                algorithm,
                mac_bytes,
                secret: SecretRule {
                    encoding: SecretEncoding::Utf8,
                    derive: Vec::new(),
                    strip_prefix: None,
                    pattern: None,
                    per: None,
                    rotates: false,
                },
                fields: fields(),
                message: Message::compile(message, &fields()).unwrap(),
                token,
                freshness: Freshness::Unspecified,
                policy: None,
                places: None,
            }
        })
    })
}

fn input() -> impl Strategy<Value = Fields> {
    let user = prop_oneof!["[a-c0-9=,. -]{0,8}", any::<String>()];
    (
        user,
        0..=9_007_199_254_740_991_i64,
        prop::sample::select(vec!["email", "id"]),
    )
        .prop_map(|(user, time, kind)| {
            Fields::new()
                .with("user", user)
                .with("time", time)
                .with("kind", kind)
        })
}

fn secrets(text: &str) -> Secrets {
    Secrets::One(Secret::new(text))
}

/// What is given at verify: all that the token does not carry.
fn beside(scheme: &Scheme, fields: &Fields) -> Fields {
    let mut beside = fields.clone();
    for carried in scheme.token.fields() {
        beside.remove(&scheme.fields.at(carried).name);
    }
    beside
}

fn verify(scheme: &Scheme, secret: &str, fields: &Fields, token: &str) -> Verification {
    scheme.verify(
        &secrets(secret),
        &beside(scheme, fields),
        Some(&Value::from(token)),
        0,
    )
}

/// A change to a token that somebody might try.
fn change() -> impl Strategy<Value = (prop::sample::Index, String, usize)> {
    (
        any::<prop::sample::Index>(),
        "[0-9a-fA-F+/=_, \u{ff10}\n.-]{0,3}",
        0..3_usize,
    )
}

fn changed(token: &str, (at, insert, remove): &(prop::sample::Index, String, usize)) -> String {
    let characters: Vec<char> = token.chars().collect();
    let at = at.index(characters.len() + 1);
    let end = (at + remove).min(characters.len());
    let mut changed: String = characters[..at].iter().collect();
    changed.push_str(insert);
    changed.extend(&characters[end..]);
    changed
}

/// A scheme of pairs, and what stands in a token of it.
#[derive(Debug)]
struct Rearranged {
    scheme: Scheme,
    fields: Fields,
    pieces: Vec<String>,
}

fn rearranged() -> impl Strategy<Value = Rearranged> {
    let odd = vec![
        "right time",
        "right MAC",
        "wrong MAC",
        "v1=",
        "v1=zz",
        "v1=00",
        "v0=1",
        "t=x",
        "x=",
    ];
    let pieces = prop::sample::subsequence(odd, 0..=3)
        .prop_map(|odd| [vec!["right time", "right MAC"], odd].concat())
        .prop_shuffle();
    let scheme = scheme().prop_filter("pairs alone have an order", |scheme| {
        matches!(scheme.token, TokenGrammar::Pairs(_))
    });
    (scheme, input(), pieces).prop_map(|(scheme, fields, pieces)| Rearranged {
        scheme,
        fields,
        pieces: pieces.into_iter().map(str::to_owned).collect(),
    })
}

proptest! {
    #[test]
    fn signed_tokens_are_accepted(scheme in scheme(), fields in input(), secret in ".{1,80}") {
        let token = scheme.sign(&secrets(&secret), &fields).unwrap();
        prop_assert_eq!(verify(&scheme, &secret, &fields, &token), Verification::Accepted);
    }

    #[test]
    fn tokens_round_trip_exactly(
        scheme in scheme(), fields in input(), change in change(),
    ) {
        let token = scheme.sign(&secrets("secret"), &fields).unwrap();
        for text in [changed(&token, &change), token] {
            if let Some(parsed) = scheme.token.parse(&scheme.fields, &text) {
                prop_assert_eq!(scheme.token.render_parsed(&parsed), text);
            }
        }
    }

    #[test]
    fn only_order_and_ignored_items_are_normalised(
        mut pairs in rearranged(),
    ) {
        let (scheme, fields) = (&pairs.scheme, &pairs.fields);
        let TokenGrammar::Pairs(grammar) = &scheme.token else { unreachable!() };
        let signed = scheme.sign(&secrets("secret"), fields).unwrap();
        let [time, mac]: [&str; 2] = signed.split(',').collect::<Vec<_>>().try_into().unwrap();
        let wrong = format!("v1={}", "00".repeat(scheme.mac_bytes));
        for piece in &mut pairs.pieces {
            *piece = match piece.as_str() {
                "right time" => time.to_owned(),
                "right MAC" => mac.to_owned(),
                "wrong MAC" => wrong.clone(),
                other => other.to_owned(),
            };
        }
        let text = pairs.pieces.join(",");
        let count = |is: &dyn Fn(&str) -> bool| pairs.pieces.iter().filter(|p| is(p)).count();
        let is_known = |piece: &str| piece == time || piece == mac || piece == wrong;
        let first_mac = pairs.pieces.iter().position(|p| p == mac || *p == wrong);
        let in_order = pairs.pieces.iter().position(|p| p == time) < first_mac;
        let due = count(&|p| p == time) == 1
            && count(&|p| p.starts_with("t=")) == 1
            && count(&|p| p == mac) > 0
            && (grammar.unknown == Unknown::Ignore || pairs.pieces.iter().all(|p| is_known(p)))
            && (grammar.order == Order::Any || in_order);
        let accepted = verify(scheme, "secret", fields, &text) == Verification::Accepted;
        prop_assert_eq!(accepted, due, "{}", text);
    }

    #[test]
    fn a_changed_token_is_the_token_of_what_it_then_carries_or_rejected(
        scheme in scheme(), fields in input(), change in change(),
    ) {
        let token = scheme.sign(&secrets("secret"), &fields).unwrap();
        let text = changed(&token, &change);
        prop_assume!(text != token);
        if verify(&scheme, "secret", &fields, &text) == Verification::Accepted {
            // Only what is not signed may change: a carried field outside the message, or a part
            // that the grammar passes over.
            let parsed = scheme.token.parse(&scheme.fields, &text).unwrap();
            let mut carried = fields.clone();
            for (field, value) in parsed.fields() {
                carried.set(scheme.fields.at(field).name.clone(), Value::of_bytes(value));
            }
            let again = scheme.sign(&secrets("secret"), &carried).unwrap();
            let parsed_again = scheme.token.parse(&scheme.fields, &again).unwrap();
            prop_assert_eq!(parsed.macs().next(), parsed_again.macs().next());
        }
    }

    #[test]
    fn another_identity_or_secret_is_rejected(scheme in scheme(), fields in input(), other in ".{0,9}") {
        let token = scheme.sign(&secrets("secret"), &fields).unwrap();
        prop_assume!(fields.value("user").unwrap().as_text() != Some(&other));
        let carries_user = scheme.token.fields().any(|field| scheme.fields.at(field).name == "user");
        if !carries_user {
            let others = fields.clone().with("user", other);
            prop_assert_ne!(verify(&scheme, "secret", &others, &token), Verification::Accepted);
        }
        prop_assert_ne!(verify(&scheme, "secre", &fields, &token), Verification::Accepted);
        prop_assert_ne!(verify(&scheme, "secret ", &fields, &token), Verification::Accepted);
    }
}
