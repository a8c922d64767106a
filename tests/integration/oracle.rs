//! The oracle against figures and programs that others made.

use std::io::Write;
use std::process::{Command, Stdio};

use macproof::scheme::{
    Algorithm, Field, FieldKind, FieldSet, Layout, List, SecretEncoding, SecretRule, TimeForm,
    TokenGrammar, Unknown, Verification,
};
use macproof::signature::{Op, Value};

use crate::harness::test;

/// RFC 4231, section 4: key, data, and the MACs over SHA-224, -256, -384 and -512. Case 5 gives
/// 128 bits only.
fn rfc_4231() -> Vec<(Vec<u8>, Vec<u8>, [&'static str; 4])> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (
            vec![0x0b; 20],
            text("Hi There"),
            [
                "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            ],
        ),
        (
            text("Jefe"),
            text("what do ya want for nothing?"),
            [
                "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ],
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            [
                "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea",
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
                "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
                "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
            ],
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            [
                "6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a",
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
                "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
                "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
            ],
        ),
        (
            vec![0x0c; 20],
            text("Test With Truncation"),
            [
                "0e2aea68a90c8d37c988bcdb9fca6fa8",
                "a3b6167473100ee06e0c796c2955552b",
                "3abf34c3503b2a23a46efc619baef897",
                "415fad6271580a531d4179bc891d87a6",
            ],
        ),
        (
            vec![0xaa; 131],
            text("Test Using Larger Than Block-Size Key - Hash Key First"),
            [
                "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ],
        ),
        (
            vec![0xaa; 131],
            text(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
            ),
            [
                "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
                "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
                "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
            ],
        ),
    ]
}

#[test]
fn macs_match_rfc_4231() {
    let algorithms = [
        Algorithm::HmacSha224,
        Algorithm::HmacSha256,
        Algorithm::HmacSha384,
        Algorithm::HmacSha512,
    ];
    for (at, (key, data, expected)) in rfc_4231().into_iter().enumerate() {
        for (algorithm, expected) in algorithms.into_iter().zip(expected) {
            let mac = hex::encode(algorithm.mac(&key, &data));
            assert!(
                mac.starts_with(expected),
                "case {}, {}",
                at + 1,
                algorithm.name()
            );
            assert!(at == 4 || mac.len() == expected.len());
        }
    }
}

#[test(needs(OPENSSL))]
fn macs_match_openssl() {
    let bytes = |length: usize, salt: usize| -> Vec<u8> {
        (0..length)
            .map(|at| u8::try_from((at * 31 + salt * 7 + 13) % 256).unwrap())
            .collect()
    };
    for algorithm in Algorithm::ALL {
        let digest = algorithm.name().strip_prefix("hmac-").unwrap();
        for key_length in [1, 20, 63, 64, 65, 127, 128, 129, 200] {
            for message_length in [0, 1, 55, 56, 64, 119, 1000] {
                let key = bytes(key_length, 1);
                let message = bytes(message_length, 2);
                let mut openssl = Command::new("openssl")
                    .args(["mac", "-digest", digest, "-macopt"])
                    .arg(format!("hexkey:{}", hex::encode(&key)))
                    .arg("HMAC")
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap();
                openssl.stdin.take().unwrap().write_all(&message).unwrap();
                let output = openssl.wait_with_output().unwrap();
                assert!(output.status.success());
                let theirs = String::from_utf8(output.stdout)
                    .unwrap()
                    .trim()
                    .to_lowercase();
                let ours = hex::encode(algorithm.mac(&key, &message));
                assert_eq!(
                    ours, theirs,
                    "{digest}, key {key_length}, message {message_length}"
                );
            }
        }
    }
}

/// What is given beside a token is what the oracle then accepts, in every embedded suite; and a
/// time in a header of its own is given as the text of that header.
#[test]
fn the_fields_given_at_verify_suffice() {
    let mut times = 0;
    for embedded in macproof::suite::embedded() {
        let suite = embedded.parse().unwrap();
        let scheme = &suite.scheme;
        let signed = suite.vectors.iter().find_map(|vector| {
            let request = &vector.request;
            let token = scheme.sign(&request.secrets, &request.fields).ok()?;
            (request.op == Op::Sign).then_some((request, token))
        });
        let (request, token) = signed.unwrap();
        let given = scheme.given(&request.fields);
        let time = scheme.fields.iter().find(|field| field.kind.is_time());
        let now = time.and_then(|field| match request.fields.value(&field.name) {
            Some(Value::Number(time)) => {
                Some(u64::try_from(*time).unwrap() / field.kind.per_second())
            }
            Some(Value::Text(date)) => {
                let time = field.kind.time_form()?.read(date)?;
                Some(time / field.kind.per_second())
            }
            _ => None,
        });
        let verified = scheme.verify(
            &request.secrets,
            &given,
            Some(&token.into()),
            now.unwrap_or(0),
        );
        assert_eq!(verified, Verification::Accepted, "{}", suite.name);
        for (name, value) in given.iter() {
            let kind = &scheme.fields.at(scheme.fields.index(name).unwrap()).kind;
            assert!(
                !kind.is_time() || value.as_text().is_some(),
                "{} {name}",
                suite.name
            );
            times += usize::from(kind.is_time());
        }
    }
    assert!(times > 0, "no suite has a time in a header of its own");
}

#[test]
fn encoded_secrets_decode_to_their_key() {
    for encoding in [
        SecretEncoding::Utf8,
        SecretEncoding::Hex,
        SecretEncoding::Base64,
        SecretEncoding::Base64url,
    ] {
        for prefix in [None, Some("whsec_".to_owned())] {
            let rule = SecretRule {
                encoding,
                derive: Vec::new(),
                strip_prefix: prefix.clone(),
                pattern: None,
                per: None,
                rotates: false,
            };
            let secret = rule.spell(b"an \xff key");
            assert_eq!(&*rule.decode(&secret).unwrap(), b"an \xff key");
            assert!(
                secret
                    .reveal()
                    .starts_with(prefix.unwrap_or_default().as_bytes())
            );
        }
    }
}

/// The delimiters of a template and of the items of a list, each once; pairs have none.
#[test]
fn delimiters_end_literals() {
    let fields = FieldSet::new(vec![Field::new(
        "time",
        FieldKind::Time(TimeForm::UnixSeconds),
    )]);
    let layout = |text: &str| Layout::compile(text, &fields, 32).unwrap();
    let template = TokenGrammar::Template(layout("v1=.{mac:hex}.{time}"));
    assert_eq!(template.delimiters(), ["=.", "."]);
    let list = TokenGrammar::List(List {
        item: layout("v1,{mac:base64}"),
        separator: " ".into(),
        unknown: Unknown::Ignore,
    });
    assert_eq!(list.delimiters(), [","]);
}
