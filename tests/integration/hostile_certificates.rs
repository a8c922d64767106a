//! Certificates for what computes nothing, and artefacts that lie: none of them passes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use crate::certificates::{prepared, resigned, statement_of};
use crate::harness::test;
use crate::program::Program;

fn by_heart(words: &str) -> String {
    let adapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/answers_by_heart.py");
    format!("python3 {} {words}", adapter.display())
}

/// What `certify` says of an adapter: its exit code and its words.
fn certify(program: &Program, suites: &[&str], level: &str, command: &str) -> (i32, String) {
    let arguments = [
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "--output",
        "c.json",
        "--level",
        level,
        "--command",
        command,
    ];
    let made = program.run(&[&["certify"], suites, &arguments].concat());
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    (made.status.code().unwrap(), said)
}

#[test(needs(OPENSSL, PYTHON))]
fn constant_answers_are_not_certified() {
    let program = prepared();
    for words in [
        "reject verify json",
        "reject verify text",
        "refuse sign json",
        "refuse sign number",
        "refuse verify json",
    ] {
        for (suites, level) in [
            (&["mtribes"][..], "core"),
            (&["jotreview", "jimo"], "strict"),
        ] {
            let (code, said) = certify(&program, suites, level, &by_heart(words));
            assert!(code == 1 || code == 3, "{words} {suites:?} {level}: {said}");
            assert!(said.contains("no certificate of level"), "{words}: {said}");
            assert!(!program.path("c.json").exists(), "{words}: {said}");
        }
    }
    let (_, said) = certify(&program, &[], "core", &by_heart("reject verify json"));
    assert!(said.contains("were not judged"), "{said}");
    let (_, said) = certify(
        &program,
        &["jotreview"],
        "core",
        &by_heart("reject verify json"),
    );
    assert!(
        said.contains("jotreview was not judged: a certificate needs right tokens made"),
        "{said}"
    );
}

#[test(needs(OPENSSL, PYTHON))]
fn a_run_that_a_baseline_would_pass_says_so() {
    let program = prepared();
    let command = by_heart("reject verify json");
    let run = |more: &[&str]| {
        let base = ["run", "jotreview", "--report", "json=result.json"];
        let done = program.run(&[&base[..], more].concat());
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    let said = run(&["--command", &command]);
    assert!(
        said.contains("an implementation that rejects every token would pass as many cases"),
        "{said}"
    );
    let said = run(&["--command", &by_heart("refuse sign text")]);
    assert!(
        said.contains("an implementation that refuses to sign would pass as many cases"),
        "{said}"
    );
    let said = run(&["--implementation", "reference"]);
    assert!(!said.contains("would pass as many cases"), "{said}");
}

#[test(needs(OPENSSL, PYTHON))]
fn a_restart_that_declares_less_is_another_implementation() {
    let program = prepared();
    let good = program.run(&["run", "jotreview", "--report", "json=good.json"]);
    assert_eq!(good.status.code(), Some(0));
    let command = by_heart("table good.json mark");
    let (code, said) = certify(&program, &["jotreview"], "strict", &command);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("the adapter's hello changed"), "{said}");
    assert!(!program.path("c.json").exists());
}

#[test(needs(OPENSSL))]
fn the_seed_of_a_certificate_cannot_be_pinned() {
    let program = prepared();
    let seeds: Vec<u64> = (0..2)
        .map(|_| {
            let made = program.run(&[
                "certify",
                "jotreview",
                "--key",
                "key.pem",
                "--artifact",
                "sdk.tgz",
                "--output",
                "c.json",
            ]);
            assert_eq!(made.status.code(), Some(0), "{made:?}");
            let statement = statement_of(&program, "c.json");
            statement["predicate"]["macproof"]["seed"].as_u64().unwrap()
        })
        .collect();
    assert_ne!(seeds[0], seeds[1]);
    let pinned = program.run(&[
        "certify",
        "jotreview",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "--seed",
        "7",
    ]);
    assert_eq!(pinned.status.code(), Some(2));
}

/// Only what was judged stands in it, and the check demands the operations.
#[test(needs(OPENSSL, PYTHON))]
fn a_certificate_states_what_was_judged_and_no_more() {
    let program = prepared();
    fs::write(program.path("signer.py"), SIGNER).unwrap();
    let (code, said) = certify(&program, &[], "core", "python3 signer.py");
    assert_eq!(code, 0, "{said}");
    let statement = statement_of(&program, "c.json");
    let predicate = &statement["predicate"];
    let suites: Vec<&str> = predicate["configuration"]
        .as_array()
        .unwrap()
        .iter()
        .map(|suite| suite["name"].as_str().unwrap())
        .collect();
    assert_eq!(suites, ["jotreview"]);
    assert_eq!(predicate["macproof"]["inputs"], json!(["text"]));
    let check = |more: &[&str]| {
        let base = [
            "verify-certificate",
            "c.json",
            "--public-key",
            "pub.pem",
            "--suites",
        ];
        let done = program.run(&[&base[..], more].concat());
        let said = [done.stdout, done.stderr].concat();
        (
            done.status.code().unwrap(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (code, said) = check(&[]);
    assert!(
        code == 1 && said.contains("verify was not judged by suite jotreview"),
        "{said}"
    );
    let (code, said) = check(&["--ops", "sign"]);
    assert!(code == 0 && said.contains("jotreview: sign\n"), "{said}");
    assert!(said.contains("the adapter does not declare"), "{said}");

    // Named, a suite has to be judged.
    let (code, said) = certify(
        &program,
        &["jotreview", "jimo"],
        "core",
        "python3 signer.py",
    );
    assert!(code == 3 && said.contains("jimo was not judged"), "{said}");
}

/// Signs for one of five systems.
const SIGNER: &str = r#"
import hashlib, hmac, json, sys
for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "hello":
        print(json.dumps({"protocol": 1, "implementation": {"name": "signer"}, "ops": ["sign"], "suites": ["jotreview"]}), flush=True)
    elif ask["op"] != "bye":
        secret, identity = ask["secret"], ask["fields"]["user_id"]
        if secret == "":
            answer = {"refused": "no secret"}
        else:
            answer = {"token": hmac.new(secret.encode(), identity.encode(), hashlib.sha256).hexdigest()}
        print(json.dumps({"id": ask["id"], **answer}), flush=True)
"#;

type Change = fn(&mut Value);

/// The key's owner can sign anything; what states nothing is no certificate all the same.
#[test(needs(OPENSSL))]
fn a_statement_without_evidence_is_not_accepted() {
    let program = prepared();
    let made = program.run(&[
        "certify",
        "jotreview",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "--output",
        "c.json",
    ]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let good = statement_of(&program, "c.json");
    let changes: [(&str, Change); 6] = [
        ("no passed test", |one| {
            one["predicate"]["passedTests"] = json!([]);
        }),
        ("nothing judged", |one| {
            one["predicate"]["macproof"]["judged"] = json!({});
        }),
        ("no evidence", |one| {
            let judged = &mut one["predicate"]["macproof"]["judged"]["jotreview"];
            judged["signed"] = json!(0);
            judged["verified"] = json!({"accepted": 0, "rejected": 300});
        }),
        ("another suite listed", |one| {
            let suites = one["predicate"]["configuration"].as_array_mut().unwrap();
            let mut other = suites[0].clone();
            other["name"] = json!("jimo");
            suites.push(other);
        }),
        ("no fresh secrets", |one| {
            one["predicate"]["macproof"]["under_fresh_secrets"] = json!(0);
        }),
        ("an older form", |one| {
            let certified = one["predicate"]["macproof"].as_object_mut().unwrap();
            certified.remove("judged");
        }),
    ];
    let check = |name: &str| {
        let done = program.run(&["verify-certificate", name, "--public-key", "pub.pem"]);
        done.status.code().unwrap()
    };
    resigned(&program, &good, "same.json");
    assert_eq!(check("same.json"), 0);
    for (what, change) in changes {
        let mut statement = good.clone();
        change(&mut statement);
        resigned(&program, &statement, "changed.json");
        assert_eq!(check("changed.json"), 1, "{what}");
    }
}

#[test(needs(OPENSSL))]
fn a_signature_in_url_safe_base64_is_read() {
    let program = prepared();
    let made = program.run(&[
        "certify",
        "jotreview",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "--output",
        "c.json",
    ]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let text = fs::read_to_string(program.path("c.json")).unwrap();
    let mut envelope: Value = serde_json::from_str(&text).unwrap();
    let url_safe = |value: &Value| {
        let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
        json!(URL_SAFE.encode(bytes))
    };
    envelope["payload"] = url_safe(&envelope["payload"]);
    envelope["signatures"][0]["sig"] = url_safe(&envelope["signatures"][0]["sig"]);
    fs::write(program.path("c.json"), envelope.to_string()).unwrap();
    let done = program.run(&["verify-certificate", "c.json", "--public-key", "pub.pem"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
}

/// The folder's own configuration runs nothing, and no flag in its index hides a change.
#[test(needs(OPENSSL, GIT))]
fn a_git_folder_runs_nothing_and_hides_nothing() {
    let program = prepared();
    fs::create_dir_all(program.path("repository")).unwrap();
    for name in ["sdk.py", "other.py", "run.sh"] {
        fs::write(program.path("repository").join(name), "print(1)\n").unwrap();
    }
    program.git(&["init", "--quiet"]);
    program.git(&["add", "."]);
    program.git(&["commit", "--quiet", "-m", "one"]);
    let hook = program.path("hook.sh");
    fs::write(
        &hook,
        format!("#!/bin/sh\ntouch {}\n", program.path("ran").display()),
    )
    .unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let hook = hook.display().to_string();
    let digest = || {
        let done = program.run(&[
            "certify",
            "jotreview",
            "--key",
            "key.pem",
            "--artifact",
            "git:repository",
            "--output",
            "c.json",
        ]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        (done.status.code().unwrap(), said)
    };
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "core.editor",
        "filter.x.clean",
        "filter.x.smudge",
        "core.hooksPath",
        "core.askPass",
        "credential.helper",
        "gpg.program",
    ] {
        program.git(&["config", key, &hook]);
    }
    fs::write(
        program.path("repository/.git/info/attributes"),
        "* filter=x\n",
    )
    .unwrap();
    let (code, said) = digest();
    assert_eq!(code, 0, "{said}");
    assert!(
        !program.path("ran").exists(),
        "a command of the folder's configuration was run"
    );

    for flag in ["--assume-unchanged", "--skip-worktree"] {
        program.git(&["update-index", flag, "sdk.py"]);
        // Git itself ran the folder's commands for that.
        let _gone = fs::remove_file(program.path("ran"));
        fs::write(program.path("repository/sdk.py"), "print(2)\n").unwrap();
        let (code, said) = digest();
        assert!(code == 2 && said.contains("sdk.py"), "{flag}: {said}");
        fs::write(program.path("repository/sdk.py"), "print(1)\n").unwrap();
        assert_eq!(digest().0, 0, "{flag}");
    }
    fs::remove_file(program.path("repository/other.py")).unwrap();
    let (code, said) = digest();
    assert!(code == 2 && said.contains("other.py"), "{said}");
    fs::write(program.path("repository/other.py"), "print(1)\n").unwrap();
    fs::set_permissions(
        program.path("repository/run.sh"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let (code, said) = digest();
    assert!(code == 2 && said.contains("run.sh"), "{said}");
    assert!(
        !program.path("ran").exists(),
        "a command of the folder's configuration was run"
    );
}
