//! Certificates, made and checked by the program, and by programs that others wrote.

use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::present::present;
use crate::reports::{Program, mistaken};

fn openssl(program: &Program, arguments: &[&str]) -> bool {
    let done = Command::new("openssl")
        .args(arguments)
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    done.status.success()
}

/// A program with a pair of keys that openssl made, and something to certify.
fn prepared(test: &str) -> Option<Program> {
    if !present(test, "openssl", "version") {
        return None;
    }
    let program = Program::new();
    assert!(openssl(
        &program,
        &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]
    ));
    assert!(openssl(
        &program,
        &["pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem"]
    ));
    fs::write(program.path("sdk.tgz"), "an SDK").unwrap();
    Some(program)
}

const CERTIFY: [&str; 9] = [
    "certify",
    "jotreview",
    "--key",
    "key.pem",
    "--artifact",
    "sdk.tgz",
    "--seed",
    "7",
    "--output",
];

#[test]
fn what_conforms_is_certified_and_the_certificate_is_checked() {
    let Some(program) = prepared("certificates") else {
        return;
    };
    let made = program.run(&[&CERTIFY[..], &["c.json", "--level", "strict"]].concat());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let check = |more: &[&str]| {
        let base = ["verify-certificate", "c.json", "--public-key", "pub.pem"];
        let output = program.run(&[&base[..], more].concat());
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let all = [
        "--level",
        "strict",
        "--max-age",
        "1",
        "--artifact",
        "sdk.tgz",
        "--suites",
    ];
    assert_eq!(check(&all), (0, String::new()));
    let (code, page) = (
        program.run(&[
            "verify-certificate",
            "c.json",
            "--public-key",
            "pub.pem",
            "--report",
            "markdown=-",
            "--report",
            "html=c.html",
        ]),
        program.path("c.html"),
    );
    assert!(
        String::from_utf8_lossy(&code.stdout).starts_with("## macproof certificate, level strict")
    );
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .contains("<h1>macproof certificate, level strict</h1>")
    );

    fs::write(program.path("sdk.tgz"), "another SDK").unwrap();
    let (code, said) = check(&all);
    assert!(code == 1 && said.contains("another artefact"), "{said}");
    assert!(openssl(
        &program,
        &["genpkey", "-algorithm", "ed25519", "-out", "other.pem"]
    ));
    assert!(openssl(
        &program,
        &["pkey", "-in", "other.pem", "-pubout", "-out", "pub.pem"]
    ));
    let (code, said) = check(&[]);
    assert!(
        code == 1 && said.contains("none of its signatures"),
        "{said}"
    );
    fs::write(program.path("c.json"), "{}").unwrap();
    assert_eq!(check(&[]).0, 1);
}

#[test]
fn what_does_not_conform_is_not_certified() {
    let Some(program) = prepared("no certificate") else {
        return;
    };
    let command = mistaken("encoding-upper-case");
    let refused = program.run(&[&CERTIFY[..], &["c.json", "--command", &command]].concat());
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("no certificate of level core"), "{said}");
    assert!(!program.path("c.json").exists());
    let no_key = program.run(&[
        "certify",
        "jotreview",
        "--key",
        "pub.pem",
        "--artifact",
        "sdk.tgz",
    ]);
    assert_eq!(no_key.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&no_key.stderr).contains("openssl genpkey"));
}

/// An adapter that has every published answer by heart conforms, and gets no certificate.
#[test]
fn memorised_answers_are_not_certified() {
    let (Some(program), true) = (
        prepared("memorised answers"),
        present("memorised answers", "python3", "--version"),
    ) else {
        return;
    };
    let good = program.run(&["run", "jotreview", "--report", "json=good.json"]);
    assert_eq!(good.status.code(), Some(0));
    fs::write(program.path("memorised.py"), MEMORISED).unwrap();
    let command = "python3 memorised.py";
    let run = program.run(&["run", "jotreview", "--command", command]);
    assert_eq!(
        run.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&run.stdout)
    );
    let refused = program.run(&[&CERTIFY[..], &["c.json", "--command", command]].concat());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("answers may be memorised"), "{said}");
}

/// Answers from the result of a run that went well.
const MEMORISED: &str = r#"
import json, sys
known = {}
for case in json.load(open("good.json"))["cases"]:
    request = json.dumps(case["request"], sort_keys=True)
    if case.get("actual_token") is not None:
        known[request] = {"token": case["actual_token"]}
    elif case.get("outcome") in ("accept", "reject"):
        known[request] = {"outcome": case["outcome"]}
    else:
        known[request] = {"refused": "no"}
print(json.dumps({"protocol": 1, "implementation": {"name": "parrot"}, "inputs": ["text", "bytes", "number", "json"], "ops": ["sign", "verify"]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "bye":
        break
    if request["op"] == "hello":
        continue
    number = request.pop("id")
    answer = known.get(json.dumps(request, sort_keys=True), {"outcome": "reject"} if request["op"] == "verify" else {"token": "0" * 64})
    print(json.dumps({"id": number, **answer}), flush=True)
"#;

/// openssl says of the DSSE bytes what we say.
#[test]
fn openssl_verifies_the_signature() {
    let Some(program) = prepared("openssl over a certificate") else {
        return;
    };
    let made = program.run(&[&CERTIFY[..], &["c.json"]].concat());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let envelope: Value =
        serde_json::from_slice(&fs::read(program.path("c.json")).unwrap()).unwrap();
    let payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let signature = STANDARD
        .decode(envelope["signatures"][0]["sig"].as_str().unwrap())
        .unwrap();
    let kind = envelope["payloadType"].as_str().unwrap();
    // The encoding is written out here once more, so that it is not our own that is checked.
    let mut signed = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    signed.extend_from_slice(&payload);
    fs::write(program.path("signed"), &signed).unwrap();
    fs::write(program.path("signature"), signature).unwrap();
    let verify = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "pub.pem",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "signature",
    ];
    assert!(openssl(&program, &verify));
    signed[40] ^= 1;
    fs::write(program.path("signed"), &signed).unwrap();
    assert!(!openssl(&program, &verify));
}
