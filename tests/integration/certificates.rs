//! Certificates, made and checked by the program, and by programs that others wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::harness::{test, unable};
use crate::program::{Program, mistaken};

fn openssl(program: &Program, arguments: &[&str]) -> bool {
    let done = Command::new("openssl")
        .args(arguments)
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    done.status.success()
}

/// A program with a pair of keys that openssl made, and something to certify.
pub(crate) fn prepared() -> Program {
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
    program
}

/// The statement in a certificate.
pub(crate) fn statement_of(program: &Program, name: &str) -> Value {
    let envelope: Value = serde_json::from_slice(&fs::read(program.path(name)).unwrap()).unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap());
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

/// Writes a certificate that states this, signed by openssl with the key of `prepared`.
pub(crate) fn resigned(program: &Program, statement: &Value, name: &str) {
    let payload = statement.to_string();
    let kind = "application/vnd.in-toto+json";
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    fs::write(program.path("to-sign"), signed).unwrap();
    let sign = [
        "pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "to-sign", "-out", "sig",
    ];
    assert!(openssl(program, &sign));
    let signature = fs::read(program.path("sig")).unwrap();
    let envelope = serde_json::json!({
        "payloadType": kind,
        "payload": STANDARD.encode(payload),
        "signatures": [{"keyid": "", "sig": STANDARD.encode(signature)}],
    });
    fs::write(program.path(name), envelope.to_string()).unwrap();
}

const CERTIFY: [&str; 7] = [
    "certify",
    "jotreview",
    "--key",
    "key.pem",
    "--artifact",
    "sdk.tgz",
    "--output",
];

#[test(needs(OPENSSL))]
fn a_conforming_implementation_is_certified_and_verified() {
    let program = prepared();
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
    // The page has the certificate in it, and the command that checks it.
    let page = fs::read_to_string(page).unwrap();
    for words in [
        "<h1>macproof-reference ",
        "! certified, level strict",
        "your code was not tested",
        "macproof verify-certificate c.json --public-key pub.pem</code>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let data = "<a download=\"c.json\" href=\"data:application/json;base64,";
    let (_, data) = page.split_once(data).unwrap();
    let (data, _) = data.split_once('"').unwrap();
    assert_eq!(
        STANDARD.decode(data).unwrap(),
        fs::read(program.path("c.json")).unwrap()
    );
    let der = program.path("pub.der");
    let der = der.to_str().unwrap();
    assert!(openssl(
        &program,
        &[
            "pkey", "-pubin", "-in", "pub.pem", "-outform", "DER", "-out", der
        ]
    ));
    let fingerprint = hex::encode(Sha256::digest(fs::read(der).unwrap()));
    assert!(
        page.replace(' ', "").contains(&fingerprint),
        "{fingerprint}"
    );

    fs::write(program.path("sdk.tgz"), "another SDK").unwrap();
    let (code, said) = check(&all);
    assert!(code == 1 && said.contains("a different artefact"), "{said}");
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
        code == 1 && said.contains("no signature verifies with the given key"),
        "{said}"
    );
    fs::write(program.path("c.json"), "{}").unwrap();
    assert_eq!(check(&[]).0, 1);
}

#[test(needs(OPENSSL))]
fn a_nonconforming_implementation_is_not_certified() {
    let program = prepared();
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
#[test(needs(OPENSSL, PYTHON))]
fn memorised_answers_are_not_certified() {
    let program = prepared();
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
#[test(needs(OPENSSL))]
fn openssl_verifies_the_signature() {
    let program = prepared();
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

/// A Python of its own with securesystemslib, kept between runs.
fn python_with_securesystemslib() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("securesystemslib");
    let python = folder.join("bin/python");
    let does = |program: &Path, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output();
        done.is_ok_and(|output| output.status.success())
    };
    let import = ["-c", "import securesystemslib.dsse, cryptography"];
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "securesystemslib==1.3.1",
        "cryptography",
    ];
    let is_there = does(&python, &import)
        || does(
            Path::new("python3"),
            &["-m", "venv", folder.to_str().unwrap()],
        ) && does(&python, &install)
            && does(&python, &import);
    if !is_there {
        unable("pip cannot install securesystemslib");
    }
    python
}

/// The library of TUF and in-toto takes our envelopes, rejects them when they are changed, and
/// makes such as we take.
#[test(needs(OPENSSL, PYTHON))]
fn envelopes_are_compatible_with_securesystemslib() {
    let program = prepared();
    let python = python_with_securesystemslib();
    let made = program.run(&[&CERTIFY[..], &["c.json"]].concat());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/dsse.py");
    let dsse = |arguments: &[&str]| {
        let done = Command::new(&python)
            .arg(&script)
            .args(arguments)
            .current_dir(program.folder.path())
            .output()
            .unwrap();
        (
            done.status.code(),
            String::from_utf8_lossy(&done.stdout).into_owned(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };
    let (code, said, errors) = dsse(&["check", "c.json", "pub.pem"]);
    assert!(code == Some(0) && said == "accepted\n", "{said}{errors}");

    let envelope: Value =
        serde_json::from_slice(&fs::read(program.path("c.json")).unwrap()).unwrap();
    let payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    for at in [0, payload.len() / 2, payload.len() - 1] {
        let mut changed = payload.clone();
        changed[at] ^= 1;
        let mut other = envelope.clone();
        other["payload"] = STANDARD.encode(&changed).into();
        fs::write(program.path("changed.json"), other.to_string()).unwrap();
        let (code, said, errors) = dsse(&["check", "changed.json", "pub.pem"]);
        assert!(
            code == Some(1) && said.starts_with("rejected"),
            "{said}{errors}"
        );
    }

    let (code, said, errors) = dsse(&["sign", "c.json", "key.pem", "theirs.json"]);
    assert_eq!(code, Some(0), "{said}{errors}");
    let check = [
        "verify-certificate",
        "theirs.json",
        "--public-key",
        "pub.pem",
    ];
    let checked = program.run(&check);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let text = fs::read_to_string(program.path("theirs.json")).unwrap();
    let theirs: Value = serde_json::from_str(&text).unwrap();
    assert_ne!(
        theirs["signatures"], envelope["signatures"],
        "the key has another name there"
    );
    fs::write(
        program.path("theirs.json"),
        text.replace(
            "application/vnd.in-toto+json",
            "application/vnd.in-toto+jsom",
        ),
    )
    .unwrap();
    assert_eq!(program.run(&check).status.code(), Some(1));
}

/// A suite that shows next to nothing, so that a mistake of verifying passes it.
const THIN: &str = r#"macproof: 1
suite: thin
version: 1
title: Thin
source: {title: "Made for a test"}
scheme:
  algorithm: hmac-sha256
  secret: {encoding: utf8}
  fields: {user_id: {type: text}}
  message: "{user_id}"
  token: "{mac:hex}"
  freshness: unspecified
requirements:
  round-trip: {level: must, basis: practice, text: "What is signed is accepted."}
vectors:
  - id: signs
    shows: [round-trip]
    op: sign
    secret: "0123456789abcdef0123456789abcdef"
    fields: {user_id: "alice"}
    expect: {token: "433deb45467e4e53dbaba594c88bc3a200f705a2150788c3d11e6040e63e8510"}
  - id: accepts
    shows: [round-trip]
    op: verify
    secret: "0123456789abcdef0123456789abcdef"
    fields: {user_id: "alice"}
    token: "433deb45467e4e53dbaba594c88bc3a200f705a2150788c3d11e6040e63e8510"
    now: 1741761604
    expect: {outcome: accept}
"#;

/// Few cases and a generous leak: this shows how the parts hang together, not what they find.
const HARDENED: [&str; 8] = [
    "--level", "hardened", "--cases", "2000", "--target", "1000000", "--time", "3s",
];

/// What `certify --level hardened` says of an adapter: its exit code and its words.
fn harden(program: &Program, arguments: &[&str]) -> (i32, String) {
    let made = program.run(&[&CERTIFY[..], &["c.json"], &HARDENED, arguments].concat());
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    (made.status.code().unwrap(), said)
}

#[test(needs(OPENSSL))]
fn fuzzing_and_timing_without_findings_give_hardened() {
    let program = prepared();
    let (code, said) = harden(&program, &[]);
    if code == 3 {
        // A busy machine: then it is said, and there is no certificate.
        assert!(said.contains("inconclusive"), "{said}");
        assert!(!program.path("c.json").exists());
        return;
    }
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("verify by jotreview: no leak above"),
        "{said}"
    );
    assert!(said.contains("fuzzing: 2,000 cases, 0 findings"), "{said}");
    let check = |more: &[&str]| {
        let base = ["verify-certificate", "c.json", "--public-key", "pub.pem"];
        let output = program.run(&[&base[..], more].concat());
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let all = [
        "--level", "hardened", "--cases", "2000", "--target", "1000000",
    ];
    let (code, said) = check(&all);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("no finding in 2,000 cases, no leak above 1000000 ns per call"),
        "{said}"
    );
    // More than it states is not in it.
    for (demand, words) in [
        (["--cases", "2001"], "it states 2000 fuzzed cases"),
        (["--target", "0.001"], "0.001 ns is required"),
    ] {
        let (code, said) = check(&demand);
        assert!(code == 1 && said.contains(words), "{said}");
    }
    let envelope: Value =
        serde_json::from_slice(&fs::read(program.path("c.json")).unwrap()).unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap());
    let statement: Value = serde_json::from_slice(&payload.unwrap()).unwrap();
    let hardened = &statement["predicate"]["macproof"]["hardened"];
    let seed = &statement["predicate"]["macproof"]["seed"];
    assert_eq!(&hardened["fuzz"]["seed"], seed);
    assert_eq!(hardened["fuzz"]["findings"], 0);
    assert_eq!(hardened["timing"]["subjects"][0]["verdict"], "no-leak");
}

#[test(needs(OPENSSL))]
fn a_leak_gets_no_hardened_certificate() {
    let program = prepared();
    let leaky = format!("{} adapter --leak 20us", env!("CARGO_BIN_EXE_macproof"));
    let (code, said) = harden(&program, &["--command", &leaky]);
    assert!(!program.path("c.json").exists());
    let is_found = code == 1 && said.contains("no certificate of level hardened: timing,");
    let is_open = code == 3 && said.contains("inconclusive");
    assert!(is_found || is_open, "{code}: {said}");
    // The cases alone do not show it.
    let strict = ["c.json", "--level", "strict", "--command", &leaky];
    let made = program.run(&[&CERTIFY[..], &strict].concat());
    assert_eq!(made.status.code(), Some(0), "{made:?}");
}

#[test(needs(OPENSSL))]
fn a_fault_that_only_fuzzing_finds_prevents_hardened() {
    let program = prepared();
    fs::write(program.path("thin.yaml"), THIN).unwrap();
    let adapter = format!(
        "{} --suite-file thin.yaml",
        mistaken("verify-accepts-a-prefix")
    );
    let certify = [
        "certify",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "--output",
        "c.json",
        "--suite-file",
        "thin.yaml",
        "--command",
        &adapter,
    ];
    let strict = program.run(&[&certify[..], &["--level", "strict"]].concat());
    assert_eq!(strict.status.code(), Some(0), "{strict:?}");
    fs::remove_file(program.path("c.json")).unwrap();
    let refused = program.run(&[&certify[..], &HARDENED].concat());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for words in [
        "no certificate of level hardened: the fuzz campaign has ",
        "FINDING thin/",
        "again: macproof fuzz --suite-file thin.yaml --command",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!program.path("c.json").exists());
}

#[test(needs(OPENSSL))]
fn options_of_hardened_are_refused_for_other_levels() {
    let program = prepared();
    let wrong = program.run(&[&CERTIFY[..], &["c.json", "--cases", "10"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    fs::write(
        program.path("macproof.yaml"),
        "implementations:\n  openssl:\n    exec:\n      suites: [jotreview]\n      sign: {command: [openssl, dgst, -sha256, -hmac, '{secret}'], stdin: '{fields.user_id}', token: {regex: '= ([0-9a-f]{64})'}}\n",
    )
    .unwrap();
    let (code, said) = harden(&program, &["--implementation", "openssl"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("a command that is started for each call"),
        "{said}"
    );
}

/// One that signs right and takes what is right, and knows by heart which published tokens are to
/// be rejected, conforms. What it would take besides shows under fresh secrets.
#[test(needs(OPENSSL, PYTHON))]
fn memorised_rejections_are_not_certified() {
    let program = prepared();
    let good = program.run(&["run", "jotreview", "--report", "json=good.json"]);
    assert_eq!(good.status.code(), Some(0));
    fs::write(program.path("half.py"), HALF_MEMORISED).unwrap();
    for (manner, code, words) in [
        ("strict", 0, "conformant under fresh secrets"),
        ("lenient", 1, "answers may be memorised"),
    ] {
        let command = format!("python3 half.py {manner}");
        let run = program.run(&["run", "jotreview", "--command", &command]);
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert_eq!(run.status.code(), Some(0), "{said}");
        let made = program.run(&[&CERTIFY[..], &["c.json", "--command", &command]].concat());
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert_eq!(made.status.code(), Some(code), "{manner}: {said}");
        assert!(said.contains(words), "{manner}: {said}");
    }
}

/// Signs right; verifies by heart what is published, and otherwise in the manner that is asked.
const HALF_MEMORISED: &str = r#"
import hashlib, hmac, json, sys
lenient = sys.argv[1] == "lenient"
known = {}
for case in json.load(open("good.json"))["cases"]:
    if case.get("outcome") in ("accept", "reject"):
        known[json.dumps(case["request"], sort_keys=True)] = case["outcome"]
print(json.dumps({"protocol": 1, "implementation": {"name": "half-parrot"}}), flush=True)
def answer(request):
    secret, identity = request["secret"], request["fields"]["user_id"]
    if secret == "":
        return {"refused": "no secret"}
    right = hmac.new(secret.encode(), identity.encode(), hashlib.sha256).hexdigest()
    if request["op"] == "sign":
        return {"token": right}
    outcome = known.get(json.dumps(request, sort_keys=True))
    if outcome is None:
        token = request.get("token") or ""
        fits = token != "" and right.startswith(token.strip().lower()) if lenient else token == right
        outcome = "accept" if fits else "reject"
    return {"outcome": outcome}
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "bye":
        break
    if request["op"] == "hello":
        continue
    number = request.pop("id")
    print(json.dumps({"id": number, **answer(request)}), flush=True)
"#;

#[test(needs(OPENSSL, GIT))]
fn a_git_tree_is_certified_as_committed() {
    let program = prepared();
    fs::create_dir_all(program.path("repository/src")).unwrap();
    fs::write(program.path("repository/src/sdk.py"), "print(1)\n").unwrap();
    let certify = || {
        let made = program.run(&[
            "certify",
            "jotreview",
            "--key",
            "key.pem",
            "--artifact",
            "git:repository",
            "--output",
            "c.json",
        ]);
        (
            made.status.code().unwrap(),
            String::from_utf8_lossy(&made.stderr).into_owned(),
        )
    };
    let check = || {
        let checked = program.run(&[
            "verify-certificate",
            "c.json",
            "--public-key",
            "pub.pem",
            "--artifact",
            "git:repository",
        ]);
        (
            checked.status.code().unwrap(),
            String::from_utf8_lossy(&checked.stderr).into_owned(),
        )
    };
    let (code, said) = certify();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("not a git repository"), "{said}");
    program.git(&["init", "--quiet"]);
    let (code, said) = certify();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("has no commit"), "{said}");
    program.git(&["add", "."]);
    program.git(&["commit", "--quiet", "-m", "one"]);
    let (code, said) = certify();
    assert_eq!(code, 0, "{said}");
    let envelope: Value =
        serde_json::from_slice(&fs::read(program.path("c.json")).unwrap()).unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap());
    let statement: Value = serde_json::from_slice(&payload.unwrap()).unwrap();
    assert_eq!(statement["subject"][0]["name"], "repository");
    assert_eq!(
        statement["subject"][0]["digest"]["gitTree"],
        program.git(&["rev-parse", "HEAD^{tree}"])
    );
    assert_eq!(check(), (0, String::new()));

    fs::write(program.path("repository/src/sdk.py"), "print(2)\n").unwrap();
    for (code, said) in [certify(), check()] {
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("repository has uncommitted changes") && said.contains("src/sdk.py"),
            "{said}"
        );
    }
    program.git(&["commit", "--quiet", "-am", "two"]);
    let (code, said) = check();
    assert!(
        code == 1 && said.contains("a different artefact: gitTree"),
        "{said}"
    );
    // Whatever leads to the same tree is the same artefact.
    program.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(check(), (0, String::new()));
}
