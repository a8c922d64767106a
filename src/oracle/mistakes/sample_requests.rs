//! Requests on which every mistake shows that can, for tests.

#![allow(
    clippy::unwrap_used,
    reason = "for tests: what is wrong here has to panic"
)]

use crate::mistakes::checksums::Checksum;
use crate::mistakes::collision::collision;
use crate::mistakes::loosely;
use crate::mistakes::samples::{IDENTITIES, NOW, Sample};
use crate::scheme::{Call, Scheme};
use crate::signature::{Context, Fields, Op, Secret, Secrets, Value};

/// A request of the reference kind, by value.
pub struct Asked {
    pub op: Op,
    pub secrets: Secrets,
    pub fields: Fields,
    pub token: Option<Value>,
    pub now: u64,
}

impl Asked {
    pub fn call<'a>(&'a self, scheme: &'a Scheme) -> Call<'a> {
        Call {
            op: self.op,
            scheme,
            secrets: &self.secrets,
            fields: &self.fields,
            token: self.token.as_ref(),
            context: Context::none(),
            now: self.now,
        }
    }
}

impl Sample {
    /// Requests to sign and to verify, on which every mistake shows that can.
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        let mut push = |op, secrets: &Secrets, fields: &Fields, token: Option<Value>, now| {
            asked.push(Asked {
                op,
                secrets: secrets.clone(),
                fields: fields.clone(),
                token,
                now,
            });
        };
        let absent = Value::Json(serde_json::Value::Null);
        for (at, secrets) in self.secrets().iter().enumerate() {
            let identities = if at == 0 {
                &IDENTITIES[..]
            } else {
                &IDENTITIES[..1]
            };
            for identity in identities {
                push(Op::Sign, secrets, &self.fields(*identity), None, NOW + 5);
            }
        }
        push(
            Op::Sign,
            &self.secrets()[0],
            &self.fields(absent.clone()),
            None,
            NOW + 5,
        );
        for field in self.scheme.message.optional() {
            let mut without = self.fields(IDENTITIES[0]);
            without.remove(&self.scheme.fields.at(field).name);
            push(Op::Sign, &self.secrets()[0], &without, None, NOW);
        }
        // One MAC in sixteen begins with a zero.
        for number in 0..60 {
            let fields = self.fields(format!("user {number}").as_str());
            push(Op::Sign, &self.secrets()[0], &fields, None, NOW + 5);
        }
        let empty = match self.scheme.secret.per {
            None => Secrets::One(Secret::new("")),
            Some(_) => Secrets::Per(vec![("ios".into(), Secret::new(""))]),
        };
        push(Op::Sign, &empty, &self.fields("a"), None, NOW);
        for identity in ["id-c5c178f6", "John.Doe@Company.com"] {
            let secrets = &self.secrets()[0];
            let fields = self.fields(identity);
            let beside = self.scheme.given(&fields);
            for token in self.presented(secrets, &fields) {
                push(Op::Verify, secrets, &beside, token, NOW);
            }
            let right = self.scheme.sign(secrets, &fields).unwrap();
            for now in [NOW - 1000, NOW + 1000, NOW + 1_000_000] {
                push(
                    Op::Verify,
                    secrets,
                    &beside,
                    Some(right.as_str().into()),
                    now,
                );
            }
            push(
                Op::Verify,
                &empty,
                &beside,
                Some(right.as_str().into()),
                NOW,
            );
            let (others, wrong) = self.behind_a_nul(secrets);
            push(Op::Verify, secrets, &others, Some(wrong), NOW);
            // A time in a header of its own is a text.
            if let Some(time) = self.scheme.time() {
                let name = &self.scheme.fields.at(time).name;
                if beside.value(name).is_some() {
                    for text in [
                        format!("0{NOW}"),
                        "yesterday".into(),
                        format!("{}", NOW + 1),
                        // The present, and twelve hours later for who does not look at its zone.
                        "2025-03-12T18:40:04+12:00".into(),
                    ] {
                        let odd = beside.clone().with(name.as_str(), text.as_str());
                        push(Op::Verify, secrets, &odd, Some(right.as_str().into()), NOW);
                        let signed = self.signed_at(secrets, &fields, &text);
                        push(Op::Verify, secrets, &odd, Some(signed.into()), NOW);
                    }
                }
            }
        }
        asked.extend(self.while_replaced());
        asked
    }

    /// Requests while the secret is replaced, where the scheme knows that.
    fn while_replaced(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        if !self.scheme.secret.rotates {
            return asked;
        }
        let [newest, latest, earlier, unknown] =
            ["secret-4", "secret-3", "secret-2", "secret-1"].map(Secret::new);
        let rotated = |newest: &Secret, previous: &[&Secret]| Secrets::Rotated {
            newest: newest.clone(),
            previous: previous.iter().copied().cloned().collect(),
        };
        let all = rotated(&newest, &[&latest, &earlier]);
        let fields = self.fields(IDENTITIES[0]);
        let ask = |op, secrets: &Secrets, by: Option<&Secret>| {
            let sign = |by: &Secret| {
                self.scheme
                    .sign(&Secrets::One(by.clone()), &fields)
                    .unwrap()
            };
            Asked {
                op,
                secrets: secrets.clone(),
                fields: self.scheme.given(&fields),
                token: by.map(|by| Value::Text(sign(by))),
                now: NOW,
            }
        };
        asked.push(ask(Op::Sign, &all, None));
        for by in [&newest, &latest, &earlier, &unknown] {
            asked.push(ask(Op::Verify, &all, Some(by)));
        }
        let without = rotated(&Secret::new(""), &[&latest]);
        asked.push(ask(Op::Verify, &without, Some(&latest)));
        asked
    }

    /// The token with any text for its time.
    fn signed_at(&self, secrets: &Secrets, fields: &Fields, time: &str) -> String {
        let scheme = &self.scheme;
        let Some(field) = scheme.time() else {
            return scheme.sign(secrets, fields).unwrap();
        };
        let mut texts = crate::scheme::FieldTexts::read(&scheme.fields, fields).unwrap();
        texts.set(field, time.as_bytes());
        let message = scheme.message.render(&scheme.fields, &texts).unwrap();
        let key = scheme.key(secrets, &texts).unwrap().into_owned();
        let mac = scheme.algorithm.mac(&key, &message);
        scheme
            .token
            .render(&scheme.fields, &mac[..scheme.mac_bytes], &texts)
            .unwrap()
    }

    /// Texts of wrong MACs that one comparison or another, none of them equality, takes for the
    /// right one.
    fn weakly_the_same(&self, right: &str) -> Vec<String> {
        let encoding = self.scheme.token.mac_encoding();
        let is_padding = |c: char| c == '=';
        let bare = right.trim_end_matches(is_padding).len();
        let digits: Vec<u8> = (0..128)
            .filter(|&b| encoding.may_contain(b) && b != b'=')
            .collect();
        let next = |byte: u8| {
            let at = digits.iter().position(|&digit| digit == byte).unwrap();
            char::from(digits[(at + 1) % digits.len()])
        };
        let every_second = right.char_indices().map(|(at, c)| {
            let changes = at % 2 == 1 && at + 4 < bare;
            if changes {
                next(right.as_bytes()[at])
            } else {
                c
            }
        });
        let (half, length) = (bare / 8 * 4, right.len());
        let first = &right[..4];
        let mut wrong = vec![
            [
                &right[half..half + 4],
                &right[4..half],
                first,
                &right[half + 4..],
            ]
            .concat(),
            first.repeat(half / 4) + &right[half..],
            right[half..].to_owned(),
            right[length - 1..].to_owned(),
            every_second.collect(),
            "!".repeat(length),
            format!("{first}{}", "!".repeat(length - 4)),
        ];
        wrong.extend(Checksum::ALL.iter().filter_map(|checksum| {
            let found = collision(*checksum, b"", right.as_bytes(), |_| digits.clone())?;
            String::from_utf8(found).ok()
        }));
        wrong
    }

    /// A user whose MAC begins with a NUL, and the MAC's text with all behind the NUL changed.
    fn behind_a_nul(&self, secrets: &Secrets) -> (Fields, Value) {
        let encoding = self.scheme.token.mac_encoding();
        let found = (0..).find_map(|number| {
            let fields = self.fields(format!("user {number}").as_str());
            let right = self.scheme.sign(secrets, &fields).unwrap();
            let loose = loosely(&self.scheme, &right).remove(0);
            let mut mac = encoding.decode(&loose.mac).unwrap();
            mac[1..].iter_mut().for_each(|byte| *byte = !*byte);
            let wrong = right.replace(&loose.mac, &encoding.encode(&mac));
            (mac[0] == 0).then(|| (self.scheme.given(&fields), Value::Text(wrong)))
        });
        found.unwrap()
    }

    /// A right token with another text for its MAC.
    fn with_mac(&self, token: &str, change: &dyn Fn(&str) -> String) -> String {
        let parsed = self.scheme.token.parse(&self.scheme.fields, token).unwrap();
        let encoding = self.scheme.token.mac_encoding();
        let mac = encoding.encode(parsed.macs().next().unwrap());
        token.replace(&mac, &change(&mac))
    }

    /// Tokens right and wrong.
    fn presented(&self, secrets: &Secrets, fields: &Fields) -> Vec<Option<Value>> {
        let sign = |secrets: &Secrets, fields: &Fields| self.scheme.sign(secrets, fields).unwrap();
        let right = sign(secrets, fields);
        let mut texts = vec![
            String::new(),
            right.to_uppercase(),
            right.to_lowercase(),
            // The hex digits alone, and not the letters around them.
            right
                .chars()
                .map(|c| match c {
                    'a'..='f' => c.to_ascii_uppercase(),
                    c => c,
                })
                .collect(),
            self.with_mac(&right, &|mac| mac.to_uppercase()),
            format!(" {right}\n"),
            format!("{right}\0"),
            format!("{right}x"),
            format!("{right}-x"),
            format!("{right},x"),
            format!("{right}=x"),
            format!("{right}.x"),
            right.replace('=', ""),
            right.replace('1', "\u{ff11}"),
            self.with_mac(&right, &full_width),
            format!("{right} {right}"),
            format!("v1,{} {right}", "A".repeat(43) + "="),
            right.clone(),
            "x".into(),
            sign(secrets, &self.fields("another")),
            sign(secrets, &self.fields("John.Doe")),
        ];
        for other in [
            format!("0{NOW}"),
            format!("{}", NOW + 1),
            "yesterday".into(),
        ] {
            texts.push(right.replace(&NOW.to_string(), &other));
            texts.push(self.signed_at(secrets, fields, &other));
        }
        let mistakes: [&[&str]; 7] = [
            &["algorithm-sha-1"],
            &["secret-of-another-platform"],
            &["message-time-left-out"],
            &["message-arguments-swapped"],
            &["algorithm-md5", "message-hashed-without-secret"],
            &["algorithm-sha-1", "message-hashed-without-secret"],
            &["algorithm-sha-256", "message-hashed-without-secret"],
        ];
        for ids in mistakes {
            let named = |id: &&str| crate::mistakes::MistakeId::named(id).unwrap();
            let ids: Vec<_> = ids.iter().map(named).collect();
            let mut mistaken = crate::mistakes::Mistaken::new(&ids).unwrap();
            let call = Call::sign(&self.scheme, secrets, fields, NOW);
            if let crate::signature::Outcome::Token(token) =
                crate::scheme::Implementation::call(&mut mistaken, &call)
            {
                texts.push(token);
            }
        }
        // The MAC cut short and changed, with what stands around it in its place.
        let loose = loosely(&self.scheme, &right).remove(0);
        let (head, tail) = loose.mac.split_at(loose.mac.len() - 4);
        let wrong_tail = if tail.starts_with("AAAA") {
            "BBBB"
        } else {
            "AAAA"
        };
        texts.push(right.replace(&loose.mac, head));
        texts.push(right.replace(&loose.mac, &format!("{head}{tail}00")));
        texts.push(right.replace(
            &loose.mac,
            &format!("{}AAAA{}", &loose.mac[..12], &loose.mac[16..]),
        ));
        texts.push(right.replace(&loose.mac, &format!("{head}{wrong_tail}")));
        texts.push(right.replace(&loose.mac, &format!("{head}!{tail}")));
        texts.push(right.replace(&loose.mac, &format!("{}!", loose.mac)));
        for wrong in self.weakly_the_same(&loose.mac) {
            texts.push(right.replace(&loose.mac, &wrong));
        }
        for interpreted in ["%", "*", ".*", "[^~]*", "' or '1'='1"] {
            texts.push(right.replace(&loose.mac, interpreted));
        }
        for (field, text) in &loose.fields {
            if !self.scheme.token.filters(*field).is_empty() {
                texts.push(right.replacen(text, &format!("{text}="), 1));
                texts.push(right.replacen(text, &format!("{text}%3D"), 1));
                texts.push(right.replacen(text, &format!("!{text}"), 1));
            }
        }
        // A pair or an item with a wrong MAC before the right one.
        texts.push(right.replace("v1=", &format!("v1={},v1=", "0".repeat(64))));
        let json = |value: serde_json::Value| Some(Value::Json(value));
        let mut tokens: Vec<Option<Value>> = texts
            .into_iter()
            .map(|text| Some(Value::Text(text)))
            .collect();
        tokens.extend([
            None,
            json(serde_json::Value::Null),
            json(true.into()),
            json(vec![right].into()),
            json(serde_json::json!({"$ne": ""})),
            Some(Value::Number(0)),
        ]);
        tokens
    }
}

/// The printable characters of ASCII in their full-width forms.
fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        c => c,
    };
    text.chars().map(wide).collect()
}
