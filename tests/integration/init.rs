//! `macproof init`: what it writes is run as it says, in every language; and it judges.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::backends::{install, packages};
use crate::harness::test;
use crate::program::Program;

/// A repository of its own, so that this one's folder is not taken for the project's.
pub(crate) fn project() -> Program {
    let program = Program::new();
    fs::create_dir(program.path(".git")).unwrap();
    program
}

/// What was said on standard output; the command has succeeded.
pub(crate) fn succeeds(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs the command that `init` said comes next, as a shell would, and writes its result.
fn told(program: &Program, said: &str, more: &str) -> (Output, Value) {
    let command = said
        .lines()
        .find_map(|line| line.strip_prefix("    "))
        .unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("{command} {more} --report json=result.json")])
        .env("PATH", paths(program))
        .current_dir(program.folder.path())
        .output()
        .unwrap();
    let result = fs::read(program.path("result.json")).unwrap_or_default();
    let result = serde_json::from_slice(&result).unwrap_or_default();
    (output, result)
}

/// The PATH with `macproof`, and what npm has installed in the project.
fn paths(program: &Program) -> OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_macproof")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let ours = [folder.to_owned(), program.path("node_modules/.bin")];
    std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// Replaces these texts in a file, each of which has to be there.
pub(crate) fn change(file: &Path, changes: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old} is not in {}", file.display());
        text = text.replace(old, new);
    }
    fs::write(file, text).unwrap();
}

/// What was written is green; with a fault planted in it, it is red, and the fault is named.
fn starts(language: &str, adapter: &str, fault: &[(&str, &str)], mistake: &str) {
    starts_in(&project(), language, adapter, fault, mistake);
}

fn starts_in(
    program: &Program,
    language: &str,
    adapter: &str,
    fault: &[(&str, &str)],
    mistake: &str,
) {
    let said = succeeds(&program.run(&["init", language]));
    let (output, result) = told(program, &said, "");
    succeeds(&output);
    assert_eq!(result["conformance"], "conformant", "{language}");
    assert_eq!(
        result["implementation"]["name"],
        format!("starter-{language}")
    );
    assert_eq!(result["suites"].as_array().unwrap().len(), 5);
    assert!(result["counts"]["pass"].as_u64().unwrap() > 1500);
    assert_eq!(result["counts"]["warning"], Value::Null, "{language}");

    answers_how_often(program, language);

    // Some cases are enough to see it, and to explain all takes its time.
    change(&program.path(adapter), fault);
    let (output, result) = told(program, &said, "--filter 'jotreview/identity-*'");
    assert_eq!(output.status.code(), Some(1), "{language}: {output:?}");
    assert_eq!(result["conformance"], "nonconformant");
    let cases = result["cases"].as_array().unwrap();
    let named = cases
        .iter()
        .flat_map(|case| case["causes"].as_array().into_iter().flatten())
        .flat_map(|cause| cause["mistakes"].as_array().into_iter().flatten())
        .any(|known| known["id"] == mistake);
    assert!(named, "{language}: {mistake} is no cause");
}

/// A verification that is to be repeated is, so that `macproof timing` measures through it.
fn answers_how_often(program: &Program, language: &str) {
    let configuration = fs::read_to_string(program.path("macproof.yaml")).unwrap();
    let configuration: Value = serde_yaml::from_str(&configuration).unwrap();
    let command = configuration["implementations"][language]["command"]
        .as_array()
        .unwrap();
    let words: Vec<&str> = command.iter().map(|word| word.as_str().unwrap()).collect();
    let vector = "\"suite\":\"jimo\",\"secret\":\"a6c93e058a4ab236449bd321002352483a85138489d2ee4fb2eaa4cfd3ab2ba8\",\"fields\":{\"user_id\":\"id-c5c178f6\"},\"token\":\"6a403a1fcfcc866b8917e6e208a553004c54c73846bc4f3f686757e2a5ad588e-1741761604\",\"now\":1741761604";
    fs::write(
        program.path("asked"),
        format!(
            "{{\"id\":1,\"op\":\"verify\",{vector},\"repeat\":   3}}\n{{\"id\":2,\"op\":\"verify\",{},\"repeat\":3}}\n{{\"op\":\"bye\"}}\n",
            vector.replace("c5c178f6\"", "c5c178f7\"")
        ),
    )
    .unwrap();
    let output = Command::new(words[0])
        .args(&words[1..])
        .env("PATH", paths(program))
        .current_dir(program.folder.path())
        .stdin(fs::File::open(program.path("asked")).unwrap())
        .output()
        .unwrap();
    let said = succeeds(&output);
    let answers: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 2, "{language}: {said}");
    for (answer, outcome, accepted) in [(&answers[0], "accept", 3), (&answers[1], "reject", 0)] {
        assert_eq!(answer["outcome"], outcome, "{language}");
        assert_eq!(answer["accepted"], accepted, "{language}");
    }
}

#[test(needs(PYTHON))]
fn python_starts() {
    let fault = [(".hex()", ".hex().upper()")];
    starts(
        "python",
        "macproof/adapter.py",
        &fault,
        "encoding-upper-case",
    );
}

#[test(needs(NODE))]
fn node_starts() {
    let fault = [(
        "mac(secret, fields.user_id)",
        "mac(secret, fields.user_id.trim())",
    )];
    starts("node", "macproof/adapter.mjs", &fault, "identity-trimmed");
}

/// A project with a package of npm.
fn project_with(package: &str) -> Program {
    let folder = packages(&format!("init-{package}"));
    if !folder.join("node_modules/.bin").join(package).exists() {
        let arguments = ["install", "--no-audit", "--no-fund", "--prefix"].map(OsStr::new);
        let more = [folder.as_os_str(), OsStr::new(package)];
        install("npm", &[&arguments[..], &more].concat());
    }
    let program = project();
    let modules = program.path("node_modules");
    std::os::unix::fs::symlink(folder.join("node_modules"), modules).unwrap();
    program
}

#[test(needs(NODE))]
fn typescript_starts() {
    let fault = [(
        "mac(secret, fields.user_id)",
        "mac(secret, fields.user_id.trim())",
    )];
    starts_in(
        &project_with("tsx"),
        "typescript",
        "macproof/adapter.mts",
        &fault,
        "identity-trimmed",
    );
}

#[test(needs(NODE))]
fn deno_starts() {
    let fault = [("toString(16)", "toString(16).toUpperCase()")];
    starts_in(
        &project_with("deno"),
        "deno",
        "macproof/deno.mjs",
        &fault,
        "encoding-upper-case",
    );
}

#[test(needs(NODE))]
fn bun_starts() {
    let fault = [("toString(16)", "toString(16).toUpperCase()")];
    starts_in(
        &project_with("bun"),
        "bun",
        "macproof/bun.mjs",
        &fault,
        "encoding-upper-case",
    );
}

#[test(needs(RUBY))]
fn ruby_starts() {
    let fault = [(
        "secret, fields['user_id'])",
        "secret, fields['user_id'].strip)",
    )];
    starts("ruby", "macproof/adapter.rb", &fault, "identity-trimmed");
}

#[test(needs(PHP))]
fn php_starts() {
    let fault = [(
        "hash_hmac('sha256', $fields['user_id'], $secret)",
        "hash_hmac('sha256', $secret, $fields['user_id'])",
    )];
    starts(
        "php",
        "macproof/adapter.php",
        &fault,
        "message-arguments-swapped",
    );
}

#[test(needs(GO))]
fn go_starts() {
    let fault = [
        (
            "hmac.New(sha256.New, []byte(secret))",
            "hmac.New(sha256.New, []byte(message))",
        ),
        ("hash.Write([]byte(message))", "hash.Write([]byte(secret))"),
    ];
    starts(
        "go",
        "macproof/main.go",
        &fault,
        "message-arguments-swapped",
    );
}

#[test(needs(JAVA))]
fn java_starts() {
    let fault = [("HexFormat.of()", "HexFormat.of().withUpperCase()")];
    starts(
        "java",
        "macproof/Adapter.java",
        &fault,
        "encoding-upper-case",
    );
}

/// Mono stands in for .NET, which Debian does not have: it compiles and runs the same file.
#[test(needs(MONO))]
fn csharp_starts() {
    let program = project();
    let said = succeeds(&program.run(&["init", "c#"]));
    let description = program.path("macproof.yaml");
    assert!(program.path("macproof/adapter.csproj").exists());
    let mono = [
        (
            "dotnet, build, --nologo, -v, quiet, -o, macproof/bin, macproof/adapter.csproj",
            "mcs, \"-langversion:7\", \"-out:macproof/adapter.exe\", macproof/Adapter.cs",
        ),
        (
            "dotnet, macproof/bin/adapter.dll",
            "mono, macproof/adapter.exe",
        ),
    ];
    change(&description, &mono);
    let (output, result) = told(&program, &said, "");
    succeeds(&output);
    assert_eq!(result["conformance"], "conformant");
    assert_eq!(result["implementation"]["name"], "starter-csharp");
    assert!(result["counts"]["pass"].as_u64().unwrap() > 1500);
    answers_how_often(&program, "csharp");
    change(
        &program.path("macproof/Adapter.cs"),
        &[("\"x2\"", "\"X2\"")],
    );
    let (output, result) = told(&program, &said, "--filter 'jotreview/identity-*'");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(result["conformance"], "nonconformant");
}

#[test]
fn rust_starts() {
    let fault = [("hex::encode(", "hex::encode_upper(")];
    starts(
        "rust",
        "macproof/src/main.rs",
        &fault,
        "encoding-upper-case",
    );
}

/// Whatever a suite's scheme is, it is written and green, or said to be left; in the latter case
/// the run is red, and its report says what to fill in.
#[test(needs(PYTHON))]
fn code_that_needs_more_than_a_line_is_reported() {
    let (mut green, mut left) = (0, 0);
    let suites = macproof::suite::embedded();
    // The bare primitives ask for bytes, which an adapter of text does not take.
    for suite in suites.filter(|suite| !suite.path().contains("primitives")) {
        let program = project();
        let said = succeeds(&program.run(&["init", "python", suite.name]));
        let (output, result) = told(&program, &said, "");
        if said.contains("Fill in sign and verify") {
            left += 1;
            assert_eq!(output.status.code(), Some(1), "{}", suite.name);
            let shown = String::from_utf8(output.stdout).unwrap();
            let what = format!(
                "fill in sign and verify of {} in macproof/adapter.py",
                suite.name
            );
            assert!(shown.contains(&what), "{shown}");
        } else {
            green += 1;
            succeeds(&output);
            assert_eq!(result["suites"][0]["name"], suite.name);
        }
    }
    assert!(green >= 8 && left >= 1, "{green} green, {left} left");
}

#[test(needs(PYTHON))]
fn a_custom_suite_is_initialised_like_any_other() {
    let program = project();
    fs::create_dir(program.path("suites")).unwrap();
    let scheme = "macproof: 1\nsuite: acme\nversion: 1\ntitle: Acme\nsource: {title: Our own page}\nscheme:\n  algorithm: hmac-sha256\n  secret: {encoding: utf8}\n  fields:\n    account: {type: text}\n    at: {type: unix-seconds}\n  message: \"acme:{account}|{at}\"\n  token: \"v0.{mac:base64}@{at}\"\n  freshness: unspecified\n";
    fs::write(program.path("scheme.yaml"), scheme).unwrap();
    succeeds(&program.run(&["suite", "generate", "scheme.yaml", "-o", "suites/acme.yaml"]));
    let said = succeeds(&program.run(&["init", "python", "suites/acme.yaml", "--ci", "none"]));
    let (output, result) = told(&program, &said, "");
    succeeds(&output);
    assert_eq!(result["suites"][0]["name"], "acme");
    assert_eq!(result["conformance"], "conformant");

    // From elsewhere, too: paths are from where macproof.yaml stands.
    let elsewhere = Program::new();
    let config = program.path("macproof.yaml");
    let run = ["run", "--config", config.to_str().unwrap()];
    succeeds(&elsewhere.run(&run));
}

#[test]
fn existing_files_are_kept() {
    let program = project();
    fs::write(program.path("macproof.yaml"), "mine").unwrap();
    let output = program.run(&["init", "php"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("nothing was written: macproof.yaml:1:1: "),
        "{said}"
    );
    assert!(!program.path("macproof").exists());
    assert!(!program.path(".github").exists());
    assert_eq!(fs::read(program.path("macproof.yaml")).unwrap(), b"mine");

    let said = succeeds(&program.run(&["init", "php", "--force"]));
    assert!(
        said.contains("wrote macproof.yaml; the earlier one is macproof.yaml.bak"),
        "{said}"
    );
    assert_ne!(fs::read(program.path("macproof.yaml")).unwrap(), b"mine");
    assert_eq!(
        fs::read(program.path("macproof.yaml.bak")).unwrap(),
        b"mine"
    );
    assert!(program.path(".github/workflows/macproof.yml").exists());
}

/// A second language is added to the first, whose adapter is filled in; a third time changes nothing.
#[test(needs(PYTHON, NODE))]
fn languages_are_added() {
    let program = project();
    succeeds(&program.run(&["init", "py", "jimo"]));
    let adapter = program.path("macproof/adapter.py");
    change(&adapter, &[("starter-python", "mine")]);
    let said = succeeds(&program.run(&["init", "js", "jotreview"]));
    assert!(said.contains("added to macproof.yaml\n"), "{said}");
    assert!(
        said.contains("kept .github/workflows/macproof.yml, which was there\n"),
        "{said}"
    );
    let described = fs::read_to_string(program.path("macproof.yaml")).unwrap();
    assert_eq!(
        described,
        "# What `macproof run` tests in this folder. It starts programs: trust it like a Makefile.\nsuites: [jimo, jotreview]\nimplementations:\n  python:\n    command: [python3, macproof/adapter.py]\n  node:\n    command: [node, macproof/adapter.mjs]\n"
    );
    let output = program.run(&["run", "--report", "json=result.json"]);
    succeeds(&output);

    let filled_in = fs::read(&adapter).unwrap();
    for language in ["Python", "javascript"] {
        let said = succeeds(&program.run(&["init", language, "jimo", "jotreview"]));
        assert!(
            said.contains("kept macproof.yaml, which was there\n"),
            "{said}"
        );
    }
    assert_eq!(fs::read(&adapter).unwrap(), filled_in);
    assert_eq!(
        fs::read_to_string(program.path("macproof.yaml")).unwrap(),
        described
    );

    succeeds(&program.run(&["init", "python", "jimo", "--force"]));
    assert_eq!(
        fs::read(program.path("macproof/adapter.py.bak")).unwrap(),
        filled_in
    );
    succeeds(&program.run(&["init", "python", "jotreview", "--force"]));
    assert!(program.path("macproof/adapter.py.bak2").exists());
}

/// What is written in another way is not guessed at.
#[test]
fn a_description_of_another_form_is_left_to_its_author() {
    let program = project();
    let mine = "implementations: {mine: {command: [mine]}}\n";
    fs::write(program.path("macproof.yaml"), mine).unwrap();
    let said = succeeds(&program.run(&["init", "go", "jimo", "--ci", "none"]));
    assert!(
        said.contains("kept macproof.yaml; add to its implementations:\n\n  go:\n    build: "),
        "{said}"
    );
    let described = fs::read_to_string(program.path("macproof.yaml")).unwrap();
    assert_eq!(described, mine);
}

/// What is written has lines of at most 100 columns, and Go's is as gofmt writes it.
#[test(needs(GO))]
fn what_is_written_is_laid_out() {
    for language in macproof::init::Language::ALL {
        let program = project();
        succeeds(&program.run(&["init", language.name(), "--ci", "none"]));
        are_short(program.folder.path());
    }
    let frameworks = macproof::export::Framework::ALL;
    for framework in frameworks {
        let program = Program::new();
        let suites = ["jimo", "mtribes", "engagespot", "stripe-webhook"];
        let export = ["suite", "export", "--format", framework.name()];
        succeeds(&program.run(&[&export[..], &suites[..]].concat()));
        are_short(program.folder.path());
    }
}

fn are_short(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            are_short(&path);
            continue;
        }
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            assert!(line.chars().count() <= 100, "{}: {line}", path.display());
        }
        if path.extension().is_some_and(|extension| extension == "go") {
            let gofmt = Command::new("gofmt").arg("-l").arg(&path).output();
            assert_eq!(succeeds(&gofmt.unwrap()), "");
        }
    }
}

/// In a folder of a repository the job stands where the repository's jobs stand, and knows where
/// to go.
#[test]
fn a_project_in_a_folder_has_its_job_in_the_repository() {
    let program = project();
    let folder = program.path("sdks/my php");
    fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["init", "php"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = succeeds(&output);
    assert!(
        said.contains("wrote ../../.github/workflows/macproof.yml"),
        "{said}"
    );
    assert!(folder.join("macproof.yaml").exists());
    let job = fs::read_to_string(program.path(".github/workflows/macproof.yml")).unwrap();
    assert!(job.contains("working-directory: \"sdks/my php\""), "{job}");
}

/// A build that fails ends the run, and is shown.
#[test(needs(GO))]
fn a_failed_build_is_not_run() {
    let program = project();
    let said = succeeds(&program.run(&["init", "go"]));
    fs::write(
        program.path("macproof/main.go"),
        "package main\n\nfunc main() { missing() }\n",
    )
    .unwrap();
    let (output, _) = told(&program, &said, "");
    assert_eq!(output.status.code(), Some(4));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("undefined: missing"), "{shown}");
    assert!(
        shown.contains("error: go is not built: go build"),
        "{shown}"
    );
}

/// With a configuration beside it, no command judges the built-in reference unasked.
#[test]
fn the_configuration_selects_what_is_tested() {
    let program = project();
    let mistaken = format!(
        "suites: [jimo]\nimplementations:\n  one: {{command: [{0}, adapter, --mistake, encoding-upper-case]}}\n  two: {{command: [{0}, adapter]}}\n",
        env!("CARGO_BIN_EXE_macproof")
    );
    fs::write(program.path("macproof.yaml"), &mistaken).unwrap();
    let output = program.run(&["run", "--report", "json=r.json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let document = fs::read_to_string(program.path("r.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0]["conformance"], "nonconformant");
    assert_eq!(runs[1]["conformance"], "conformant");
    assert_eq!(runs[0]["suites"].as_array().unwrap().len(), 1);

    succeeds(&program.run(&["run", "--implementation", "two"]));
    // A suite that is named is what is run.
    let named = succeeds(&program.run(&["run", "mtribes", "--implementation", "two"]));
    assert!(named.contains(" · mtribes · "), "{named}");

    let output = program.run(&["fuzz", "--cases", "10"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("describes 2 implementations"), "{said}");

    // A file that is named and is not there is no reason to test something else.
    let output = program.run(&["run", "--config", "other.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

/// What is certified is an implementation, and not what `init` wrote in its place.
#[test(needs(PYTHON, OPENSSL))]
fn a_starter_gets_no_certificate() {
    let program = project();
    succeeds(&program.run(&["init", "python", "jotreview"]));
    let key = ["genpkey", "-algorithm", "ed25519", "-out", "key.pem"];
    let made = Command::new("openssl")
        .args(key)
        .current_dir(program.folder.path())
        .output();
    assert!(made.unwrap().status.success());
    fs::write(program.path("sdk.tgz"), "x").unwrap();
    let certify = [
        "certify",
        "jotreview",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
    ];
    let output = program.run(&certify);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("starter-python is the adapter as macproof init wrote it"),
        "{told}"
    );

    change(
        &program.path("macproof/adapter.py"),
        &[("starter-python", "acme-python")],
    );
    succeeds(&program.run(&certify));
}

/// A sender: as generated it conforms; with a body that is written twice it does not.
fn starts_a_sender(language: &str, adapter: &str, fault: (&str, &str)) {
    let program = project();
    let said = succeeds(&program.run(&["init", language, "github-webhook", "--send"]));
    assert!(said.contains("call your own code in its\nsend, "), "{said}");
    let (output, result) = told(&program, &said, "");
    assert!(output.status.success(), "{output:?}");
    let judged = |result: &Value, verdict: &str| {
        let cases = result["cases"].as_array().unwrap().iter();
        cases.filter(|case| case["verdict"] == verdict).count()
    };
    assert_eq!(judged(&result, "pass"), 15, "{said}");
    change(&program.path(adapter), &[fault]);
    let (output, result) = told(&program, &said, "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(judged(&result, "pass"), 0);
    let cause = &result["diagnosis"]["causes"][0]["alternatives"][0]["mistakes"][0]["id"];
    assert_eq!(cause, "identity-json-rewritten");
}

#[test(needs(PYTHON))]
fn a_sender_in_python_starts() {
    let fault = (
        "return body.encode(), headers",
        "return json.dumps(json.loads(body), indent=1).encode(), headers",
    );
    starts_a_sender("python", "macproof/adapter.py", fault);
}

#[test(needs(NODE))]
fn a_sender_in_node_starts() {
    let fault = (
        "return { body: Buffer.from(body), headers };",
        "return { body: Buffer.from(JSON.stringify(JSON.parse(body), null, 2)), headers };",
    );
    starts_a_sender("node", "macproof/adapter.mjs", fault);
}

#[test(needs(PYTHON))]
fn what_a_sender_has_to_fill_in_is_said() {
    let program = project();
    let said = succeeds(&program.run(&["init", "python", "standard-webhooks", "--send"]));
    assert!(
        said.contains("Fill in send in macproof/adapter.py first"),
        "{said}"
    );
    let starter = fs::read_to_string(program.path("macproof/adapter.py")).unwrap();
    let told_so = "# Headers: webhook-signature, which holds the token; webhook-id, which holds msg_id; webhook-timestamp, which holds timestamp.";
    assert!(starter.contains(told_so), "{starter}");
    for (language, suite, why) in [
        ("python", "jotreview", "has no vector for a sender"),
        (
            "ruby",
            "github-webhook",
            "in Python or Node only, not in ruby",
        ),
    ] {
        let output = project().run(&["init", language, suite, "--send"]);
        assert_eq!(output.status.code(), Some(2), "{suite}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(why), "{said}");
    }
}
