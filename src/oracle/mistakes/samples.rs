//! Schemes of every kind, and inputs on which mistakes show, for tests.

#![allow(
    clippy::unwrap_used,
    reason = "for tests: what is wrong here has to panic"
)]

use std::sync::{Arc, LazyLock};

use crate::scheme::{
    Algorithm, Field, FieldKind, FieldSet, Freshness, KeyStep, KeyTemplate, Layout, List, Message,
    Order, Pair, Pairs, Params, Repeated, Scheme, SecretEncoding, SecretRule, Sort, TimeForm,
    TokenGrammar, Unknown, Written,
};
use crate::signature::{Fields, Secret, Secrets, Value};

/// The second at which tokens are made, in Unix time.
pub const NOW: u64 = 1_741_761_604;

/// A scheme with its name.
#[derive(Debug)]
pub struct Sample {
    /// The name, for messages.
    pub name: &'static str,
    /// The scheme.
    pub scheme: Scheme,
}

fn scheme(
    algorithm: Algorithm,
    mac_bytes: usize,
    secret: SecretRule,
    fields: &[(&str, FieldKind)],
    message: &str,
    token: impl Fn(&dyn Fn(&str) -> Layout) -> TokenGrammar,
) -> Scheme {
    let field = |(name, kind): &(&str, FieldKind)| Field::new(*name, kind.clone());
    let fields = FieldSet::new(fields.iter().map(field).collect());
    let layout = |text: &str| Layout::compile(text, &fields, mac_bytes).unwrap();
    let token = token(&layout);
    token.check(&fields).unwrap();
    Scheme {
        algorithm,
        mac_bytes,
        secret,
        message: Message::compile(message, &fields).unwrap(),
        token,
        freshness: Freshness::Unspecified,
        policy: None,
        places: None,
        fields,
    }
}

fn of_key(template: &str) -> KeyTemplate {
    KeyTemplate::compile(template, &FieldSet::default(), |_| false).unwrap()
}

fn text() -> SecretRule {
    SecretRule {
        encoding: SecretEncoding::Utf8,
        derive: Vec::new(),
        strip_prefix: None,
        pattern: None,
        per: None,
        rotates: false,
    }
}

/// Schemes of every kind.
pub fn samples() -> &'static [Sample] {
    static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(list);
    &SAMPLES
}

#[expect(clippy::too_many_lines, reason = "a list")]
fn list() -> Vec<Sample> {
    use Algorithm::{HmacSha1, HmacSha256, HmacSha512};
    use FieldKind::{Enum, Text, Time};
    use TimeForm::{HttpDate, Iso8601, Iso8601WithoutZone, UnixMillis, UnixSeconds};
    let template = |text: &'static str| {
        move |layout: &dyn Fn(&str) -> Layout| TokenGrammar::Template(layout(text))
    };
    let user = ("user_id", Text);
    let mut samples = vec![
        Sample {
            name: "hex",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "{user_id}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "base64",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "{user_id}",
                template("{mac:base64}"),
            ),
        },
        Sample {
            name: "time",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[user.clone(), ("timestamp", Time(UnixSeconds))],
                "{user_id}-{timestamp}",
                template("{mac:hex}-{timestamp}"),
            ),
        },
        Sample {
            name: "constant",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[("timestamp", Time(UnixSeconds)), user.clone()],
                "v0:{timestamp}:{user_id}",
                template("v0={mac:hex}"),
            ),
        },
        Sample {
            name: "digest of a text",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[("timestamp", Time(UnixSeconds)), user.clone()],
                "{timestamp}.{user_id|sha256|hex}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "escapes",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "id={user_id|percent}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "an encoded text",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "{user_id|base64}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "a text in the token",
            scheme: scheme(
                HmacSha1,
                20,
                text(),
                std::slice::from_ref(&user),
                "{user_id}",
                template("{user_id}.{mac:base64url-unpadded}"),
            ),
        },
        Sample {
            name: "an encoded text in the token",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "{user_id|base64url-unpadded}",
                template("{user_id|base64url-unpadded}.{mac:hex}"),
            ),
        },
        Sample {
            name: "escapes in the token",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                std::slice::from_ref(&user),
                "{user_id|base64}",
                |layout| {
                    TokenGrammar::Pairs(Pairs {
                        pairs: vec![
                            Pair {
                                key: "sso".into(),
                                value: layout("{user_id|base64|percent}"),
                                repeat: false,
                            },
                            Pair {
                                key: "sig".into(),
                                value: layout("{mac:hex}"),
                                repeat: false,
                            },
                        ],
                        separator: "&".into(),
                        unknown: Unknown::Reject,
                        order: Order::Given,
                    })
                },
            ),
        },
        Sample {
            name: "optional parts",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[user.clone(), ("session", Text)],
                "{user_id}[:{session}]",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "parameters",
            scheme: {
                let query = Field {
                    params: Some(Arc::new(Params {
                        omit: vec!["hmac".to_owned()],
                        prefix: String::new(),
                        sort: Sort::Name,
                        pair: "=".to_owned(),
                        join: "\n".to_owned(),
                        encode: Written::Plain,
                        repeated: Repeated::Kept,
                    })),
                    ..Field::new("query", Text)
                };
                let fields = FieldSet::new(vec![query]);
                Scheme {
                    message: Message::compile("{query|params}", &fields).unwrap(),
                    fields,
                    ..scheme(
                        HmacSha256,
                        32,
                        text(),
                        &[("query", Text)],
                        "{query}",
                        template("{mac:hex}"),
                    )
                }
            },
        },
        Sample {
            name: "a derived key",
            scheme: scheme(
                HmacSha256,
                32,
                SecretRule {
                    derive: vec![KeyStep::text(of_key("{key|sha256}")).unwrap()],
                    ..text()
                },
                &[("timestamp", Time(UnixSeconds)), user.clone()],
                "auth_date={timestamp}\nid={user_id}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "a key derived in steps",
            scheme: scheme(
                HmacSha256,
                32,
                SecretRule {
                    derive: vec![
                        KeyStep::mac(HmacSha256, of_key("v4{key}"), of_key("region")).unwrap(),
                        KeyStep::mac(HmacSha256, of_key("{key}"), of_key("request")).unwrap(),
                    ],
                    ..text()
                },
                std::slice::from_ref(&user),
                "{user_id}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "a secret that is replaced",
            scheme: scheme(
                HmacSha256,
                32,
                SecretRule {
                    rotates: true,
                    ..text()
                },
                std::slice::from_ref(&user),
                "{user_id}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "platform",
            scheme: scheme(
                HmacSha256,
                32,
                SecretRule {
                    per: Some(1),
                    ..text()
                },
                &[user.clone(), ("platform", Text)],
                "{user_id}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "lookup, cut, upper case",
            scheme: scheme(
                HmacSha512,
                24,
                text(),
                &[
                    user.clone(),
                    ("lookup", Enum(vec!["email".into(), "id".into()])),
                ],
                "{user_id|trim|lower}",
                template("v0={mac:hex-upper}"),
            ),
        },
        Sample {
            name: "list",
            scheme: scheme(
                HmacSha256,
                32,
                SecretRule {
                    encoding: SecretEncoding::Base64,
                    derive: Vec::new(),
                    strip_prefix: Some("whsec_".into()),
                    pattern: None,
                    per: None,
                    rotates: false,
                },
                &[
                    ("msg_id", Text),
                    ("timestamp", Time(UnixSeconds)),
                    ("payload", Text),
                ],
                "{msg_id}.{timestamp}.{payload}",
                |layout| {
                    TokenGrammar::List(List {
                        item: layout("v1,{mac:base64}"),
                        separator: " ".into(),
                        unknown: Unknown::Ignore,
                    })
                },
            ),
        },
        Sample {
            name: "pairs",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[("timestamp", Time(UnixSeconds)), ("payload", Text)],
                "{timestamp}.{payload}",
                |layout| {
                    TokenGrammar::Pairs(Pairs {
                        pairs: vec![
                            Pair {
                                key: "t".into(),
                                value: layout("{timestamp}"),
                                repeat: false,
                            },
                            Pair {
                                key: "v1".into(),
                                value: layout("{mac:hex}"),
                                repeat: true,
                            },
                        ],
                        separator: ",".into(),
                        unknown: Unknown::Ignore,
                        order: Order::Given,
                    })
                },
            ),
        },
        Sample {
            name: "milliseconds, base64url, SHA-1, hex secret",
            scheme: scheme(
                HmacSha1,
                20,
                SecretRule {
                    encoding: SecretEncoding::Hex,
                    ..text()
                },
                &[user.clone(), ("time", Time(UnixMillis))],
                "{user_id}|{time}",
                template("{time}.{mac:base64url-unpadded}"),
            ),
        },
        Sample {
            name: "date",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[("timestamp", Time(Iso8601)), ("payload", Text)],
                "{timestamp}{payload}",
                template("{mac:base64}"),
            ),
        },
        Sample {
            name: "date without a zone",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[("timestamp", Time(Iso8601WithoutZone)), ("payload", Text)],
                "v1:{timestamp}:{payload}",
                template("{mac:hex}"),
            ),
        },
        Sample {
            name: "date in the token",
            scheme: scheme(
                HmacSha256,
                32,
                text(),
                &[user, ("time", Time(HttpDate))],
                "{user_id}\n{time}",
                template("{time}; {mac:hex}"),
            ),
        },
    ];
    for sample in &mut samples {
        let time = sample.scheme.fields.index("timestamp");
        if let ("list" | "pairs" | "date" | "date without a zone", Some(of)) = (sample.name, time) {
            sample.scheme.freshness = Freshness::Limited {
                of,
                max_age: Some(300),
                max_skew: (sample.name != "pairs").then_some(300),
            };
        }
    }
    samples
}

impl Sample {
    /// The sample of that name. Panics where there is none.
    pub fn named(name: &str) -> &'static Self {
        samples().iter().find(|sample| sample.name == name).unwrap()
    }

    /// Secrets that the scheme takes, in all of which mistakes show.
    pub fn secrets(&self) -> Vec<Secrets> {
        let texts: Vec<String> = match self.scheme.secret.encoding {
            SecretEncoding::Utf8 => vec![
                "a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8".into(),
                "13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3c".into(),
                " sK_live_ABC\u{e9} ".into(),
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
                "QUJD+/A=".into(),
                "QUJD-_A=".into(),
                "x".repeat(70) + "Y",
            ],
            SecretEncoding::Hex => vec![
                "A6c93e058a4ab236449bd321002352483a85138489d2ee4f".into(),
                "ab".repeat(70),
                "abc".into(),
                " abcd ".into(),
                "sk_abcd".into(),
            ],
            SecretEncoding::Base64 | SecretEncoding::Base64url => vec![
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
                "whsec_".to_owned() + &"QUJD".repeat(30),
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS".into(),
                " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
                "abcd".into(),
            ],
        };
        let one = |text: &String| match self.scheme.secret.per {
            None => Secrets::One(Secret::new(text.as_bytes())),
            Some(_) => Secrets::Per(vec![
                ("ios".into(), Secret::new(text.as_bytes())),
                ("android".into(), Secret::new(format!("{text}2"))),
                ("web".into(), Secret::new(format!("{text}3"))),
            ]),
        };
        texts.iter().map(one).collect()
    }

    /// The fields of an identity.
    pub fn fields(&self, identity: impl Into<Value>) -> Fields {
        let mut fields = Fields::new();
        let mut identity = Some(identity.into());
        for field in self.scheme.fields.iter() {
            match (&field.kind, field.name.as_str()) {
                (_, "platform") => fields.set("platform", "ios"),
                (FieldKind::Text, "msg_id") => fields.set("msg_id", "msg_p5jX"),
                (FieldKind::Text, "session") => fields.set("session", "s1"),
                (FieldKind::Text, name) => {
                    if let Some(identity) = identity.take() {
                        fields.set(name, identity);
                    }
                }
                (FieldKind::Time(form), name) => {
                    // What is read and written again often has a fraction more or less.
                    let finer = if form.is_number() {
                        form.per_second() / 8
                    } else {
                        0
                    };
                    fields.set(name, form.value(NOW * form.per_second() + finer));
                }
                (FieldKind::Enum(values), name) => fields.set(name, values[0].as_str()),
            }
        }
        fields
    }
}

/// Identities in which mistakes show.
pub const IDENTITIES: [&str; 20] = [
    "id-c5c178f6",
    "John.Doe@Company.com",
    " padded ",
    "007",
    "9007199254740993",
    "e\u{301}\u{e9}\u{fb01}\u{20ac}\u{1f600}",
    "a/b?c=d&e <f>\"'\\",
    "cut\0here",
    "\u{130}stanbul \u{df}",
    "caf\u{e9}",
    "-",
    "a-1",
    "1741761604",
    "x.y|z",
    "two\nlines\n",
    "\u{feff}bom",
    "{\"b\": 1.0, \"a\": [\"\\u00e9\\/<\"], \"2\": {}}",
    "b=1+2&a=%7e*%27&c=&hmac=ff&a=2&d=%2526%25",
    "https://a.example/hook?b=1&a=%2f#x",
    "http://a.example:8080/hook/",
];
