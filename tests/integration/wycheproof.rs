//! Wycheproof's vectors stand in the suites of the bare primitives, all of them.

use std::fs;
use std::path::Path;

use macproof::generate::{WycheproofError, import_wycheproof};
use macproof::suite::{self, Suite};

use crate::harness::test;

fn embedded(name: &str) -> Suite {
    suite::find(name).unwrap().parse().unwrap()
}

#[test]
fn every_vector_is_imported() {
    for (whole, truncated, valid, modified) in [
        ("hmac-sha1", "hmac-sha1-80", 66, 104),
        ("hmac-sha256", "hmac-sha256-128", 66, 108),
        ("hmac-sha384", "hmac-sha384-192", 66, 108),
        ("hmac-sha512", "hmac-sha512-256", 66, 108),
    ] {
        let ids: Vec<String> = [embedded(whole), embedded(truncated)]
            .iter()
            .flat_map(|suite| suite.vectors.iter().map(|vector| vector.id.to_string()))
            .filter(|id| id.starts_with("wycheproof-"))
            .collect();
        let count = |ending: &str| ids.iter().filter(|id| id.ends_with(ending)).count();
        assert_eq!(count("-sign"), valid, "{whole}");
        assert_eq!(count("-verify"), valid, "{whole}");
        assert_eq!(count("-modified"), modified, "{whole}");
    }
}

#[test]
fn the_suites_match_the_import() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = root.join("tests/fixtures/wycheproof");
    for (hash, bits) in [
        ("sha1", 80),
        ("sha256", 128),
        ("sha384", 192),
        ("sha512", 256),
    ] {
        let json = fs::read_to_string(files.join(format!("hmac_{hash}_test.json"))).unwrap();
        let committed = |name: String| {
            fs::read_to_string(root.join(format!("vectors/primitives/{name}.yaml"))).unwrap()
        };
        let truncated = import_wycheproof(&json, Some(bits)).unwrap().into_suite();
        assert!(
            truncated == committed(format!("hmac-{hash}-{bits}")),
            "{hash}-{bits} is stale"
        );
        let whole = import_wycheproof(&json, None).unwrap();
        let scheme = "vectors/schemes/primitives/hmac-sha256.yaml";
        let whole = match hash {
            "sha256" => {
                let text = fs::read_to_string(root.join(scheme)).unwrap();
                whole.into_scheme(scheme, &text).unwrap()
            }
            _ => whole.into_suite(),
        };
        assert!(
            whole == committed(format!("hmac-{hash}")),
            "{hash} is stale"
        );
    }
}

#[test]
fn other_files_are_refused() {
    let import = |json: &str, bits| import_wycheproof(json, bits).unwrap_err();
    assert!(matches!(import("{}", None), WycheproofError::Malformed(_)));
    let file = |algorithm: &str, key: &str, result: &str| {
        format!(
            r#"{{"algorithm":"{algorithm}","testGroups":[{{"tagSize":256,"tests":[{{"tcId":7,"comment":"","key":"{key}","msg":"","tag":"","result":"{result}"}}]}}]}}"#
        )
    };
    assert!(matches!(
        import(&file("AESCMAC", "00", "valid"), None),
        WycheproofError::Algorithm(_)
    ));
    assert!(matches!(
        import(&file("HMACSHA256", "0", "valid"), None),
        WycheproofError::NotHex {
            id: 7,
            member: "key"
        }
    ));
    assert!(matches!(
        import(&file("HMACSHA256", "00", "acceptable"), None),
        WycheproofError::Result { id: 7, .. }
    ));
    assert!(matches!(
        import(&file("HMACSHA256", "00", "valid"), Some(128)),
        WycheproofError::TagBits { asked: 128, .. }
    ));
}
