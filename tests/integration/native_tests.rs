//! `macproof suite export`: the exported tests, each run in its own framework: green with the
//! generated implementation, red with a planted mistake exactly where `macproof run` is, and red in
//! one place where nothing is filled in.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use macproof::export::schema;
use serde_json::Value;

use crate::backends::{install, packages};
use crate::harness::test;
use crate::init::project;
use crate::program::{Program, root};

/// What each framework is asked.
const SUITES: [&str; 3] = ["jimo", "mtribes", "stripe-webhook"];

/// A framework, and how a test of it is run.
struct Framework {
    name: &'static str,
    /// The folder of the tests in the project.
    folder: &'static str,
    /// The file of the user's code for the suite jimo.
    code: &'static str,
    /// The language of `init`, whose adapter has the same code; its path.
    adapter: Option<(&'static str, &'static str)>,
    /// A mistake in both.
    fault: (&'static str, &'static str),
}

impl Framework {
    /// Exports the suites, runs them by `command`, which takes the project and the suite, and holds
    /// what comes out.
    fn holds(&self, prepare: impl Fn(&Path), command: impl Fn(&Path, &str) -> Command) {
        let program = Program::new();
        let there = program.folder.path();
        prepare(there);
        let export = |more: &[&str]| {
            let arguments = [
                "suite",
                "export",
                "--format",
                self.name,
                "--out",
                self.folder,
            ];
            program.run(&[&arguments, &SUITES[..], more].concat())
        };
        let done = export(&[]);
        assert!(done.status.success(), "{done:?}");
        assert!(export(&["--check"]).status.success());
        let run = |suite: &str| shown(&mut command(there, suite));

        for suite in ["jimo", "mtribes"] {
            let (success, said) = run(suite);
            assert!(success, "{}: {said}", self.name);
        }
        let (success, said) = run("stripe-webhook");
        assert!(!success, "{}: {said}", self.name);
        assert!(said.contains("fill in sign and verify in"), "{said}");
        assert!(failing("stripe-webhook", &said).is_empty(), "{said}");

        let code = there.join(self.folder).join(self.code);
        plant(&code, self.fault);
        let (success, said) = run("jimo");
        assert!(!success, "{}: {said}", self.name);
        let failing = failing("jimo", &said);
        assert!(
            failing.contains("twin-blank-after"),
            "{}: {said}",
            self.name
        );
        if let Some((language, path)) = self.adapter {
            assert_eq!(failing, of_run(language, path, self.fault), "{}", self.name);
        }
        assert!(failing.len() < 30, "{failing:?}");
        assert!(
            said.contains("Catches a verifier that trims the identity"),
            "{said}"
        );

        // Another export keeps what the user wrote.
        let again = export(&[]);
        assert!(again.status.success(), "{again:?}");
        assert!(fs::read_to_string(&code).unwrap().contains(self.fault.1));
        assert!(export(&["--check"]).status.success());
    }
}

fn plant(file: &Path, (right, wrong): (&str, &str)) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(right), "{text}");
    fs::write(file, text.replace(right, wrong)).unwrap();
}

fn shown(command: &mut Command) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.env("NO_COLOR", "1").output().unwrap();
    let said = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// The cases that a framework says have failed.
fn failing(suite: &str, said: &str) -> BTreeSet<String> {
    // RSpec shows pending examples before these.
    let said = said
        .split_once("\nFailures:\n")
        .map_or(said, |(_, failures)| failures);
    let id = |line: &str| {
        let (_, behind) = line.split_once(&format!("{suite}/"))?;
        let (id, _) = behind.split_once(": expected ")?;
        Some(id.to_owned())
    };
    said.lines()
        .filter(|line| !line.contains("warning: "))
        .filter_map(id)
        .collect()
}

/// The `must` cases that fail in a run of the adapter that `init` writes, with the same mistake.
fn of_run(language: &str, path: &str, fault: (&str, &str)) -> BTreeSet<String> {
    let program = project();
    let begun = program.run(&["init", language, "jimo", "--ci", "none"]);
    assert!(begun.status.success(), "{begun:?}");
    plant(&program.path(path), fault);
    program.run(&["run", "--report", "json=result.json"]);
    let result = program.json("result.json");
    let cases = result["cases"].as_array().unwrap();
    let failed = cases.iter().filter(|case| case["verdict"] == "fail");
    failed
        .map(|case| case["id"].as_str().unwrap().replacen("jimo/", "", 1))
        .collect()
}

/// A folder with packages of npm, shared by two tests.
fn node_modules(package: &str) -> PathBuf {
    let folder = packages(&format!("native-{package}"));
    if !folder.join("node_modules/.bin").join(package).exists() {
        let version = if package == "jest" {
            "jest@29"
        } else {
            "vitest@3"
        };
        let arguments = ["install", "--no-audit", "--no-fund", "--prefix"].map(OsStr::new);
        let more = [folder.as_os_str(), OsStr::new(version)];
        install("npm", &[&arguments[..], &more].concat());
    }
    folder.join("node_modules")
}

#[test(needs(PYTHON))]
fn pytest_holds_the_vectors() {
    let packages = packages("native-pytest");
    if !packages.join("pytest").exists() {
        let arguments = ["-m", "pip", "install", "--quiet", "--target"].map(OsStr::new);
        let more = [packages.as_os_str(), OsStr::new("pytest")];
        install("python3", &[&arguments[..], &more].concat());
    }
    let framework = Framework {
        name: "pytest",
        folder: "tests",
        code: "jimo_implementation.py",
        adapter: Some(("python", "macproof/adapter.py")),
        fault: ("fields[\"user_id\"] +", "fields[\"user_id\"].strip() +"),
    };
    framework.holds(
        |_| {},
        |there, suite| {
            let file = format!("tests/test_{}_vectors.py", suite.replace('-', "_"));
            let mut command = Command::new("python3");
            command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", &file]);
            command.env("PYTHONPATH", &packages).current_dir(there);
            command
        },
    );
}

fn node(name: &'static str, code: &'static str, arguments: &[&str]) {
    let modules = node_modules(name);
    let framework = Framework {
        name,
        folder: "tests",
        code,
        adapter: Some(("node", "macproof/adapter.mjs")),
        fault: ("fields.user_id +", "fields.user_id.trim() +"),
    };
    framework.holds(
        |there| {
            fs::write(there.join("package.json"), "{}").unwrap();
            std::os::unix::fs::symlink(&modules, there.join("node_modules")).unwrap();
        },
        |there, suite| {
            let mut command = Command::new(modules.join(".bin").join(name));
            command
                .args(arguments)
                .arg(format!("tests/{suite}.vectors"));
            command.current_dir(there);
            command
        },
    );
}

#[test(needs(NODE))]
fn vitest_holds_the_vectors() {
    node("vitest", "jimo.implementation.mjs", &["run"]);
}

#[test(needs(NODE))]
fn jest_holds_the_vectors() {
    node("jest", "jimo.implementation.cjs", &[]);
}

#[test(needs(GO))]
fn go_holds_the_vectors() {
    let framework = Framework {
        name: "go",
        folder: "acme",
        code: "jimo_implementation_test.go",
        adapter: Some(("go", "macproof/main.go")),
        fault: (
            "fields[\"user_id\"]+",
            "strings.TrimSpace(fields[\"user_id\"])+",
        ),
    };
    framework.holds(
        |there| {
            fs::write(there.join("go.mod"), "module acme\n\ngo 1.19\n").unwrap();
            fs::create_dir(there.join("acme")).unwrap();
            fs::write(there.join("acme/acme.go"), "package acme\n").unwrap();
        },
        |there, suite| {
            let name = match suite {
                "jimo" => "Jimo",
                "mtribes" => "Mtribes",
                _ => "StripeWebhook",
            };
            let mut command = Command::new("go");
            command.args(["test", "./acme", "-run", &format!("^Test{name}Vectors$")]);
            command.current_dir(there);
            command
        },
    );
}

#[test(needs(JAVA, JUNIT))]
fn junit_holds_the_vectors() {
    let jar = |name: &str| format!("/usr/share/java/{name}.jar");
    let jars = [
        "junit-jupiter-api",
        "junit-jupiter-engine",
        "junit-platform-commons",
        "junit-platform-engine",
        "junit-platform-launcher",
        "junit-platform-console",
        "junit-platform-reporting",
        "opentest4j",
        "apiguardian-api",
        "picocli",
    ];
    let jars = jars.map(jar).join(":");
    let framework = Framework {
        name: "junit5",
        folder: "src/test/java/com/acme",
        code: "JimoImplementation.java",
        adapter: Some(("java", "macproof/Adapter.java")),
        fault: (
            "fields.get(\"user_id\") +",
            "fields.get(\"user_id\").strip() +",
        ),
    };
    framework.holds(
        |_| {},
        |there, suite| {
            let name = match suite {
                "jimo" => "Jimo",
                "mtribes" => "Mtribes",
                _ => "StripeWebhook",
            };
            let folder = "src/test/java/com/acme";
            let built = Command::new("javac")
                .args(["-cp", &jars, "-d", "classes"])
                .arg(format!("{folder}/{name}VectorsTest.java"))
                .arg(format!("{folder}/{name}Implementation.java"))
                .current_dir(there)
                .status();
            assert!(built.unwrap().success());
            let mut command = Command::new("java");
            command.args(["-cp", &format!("classes:{jars}")]);
            command.arg("org.junit.platform.console.ConsoleLauncher");
            command.args(["--details=summary", "-c"]);
            command.arg(format!("com.acme.{name}VectorsTest"));
            command.current_dir(there);
            command
        },
    );
}

#[test(needs(RUBY, RSPEC))]
fn rspec_holds_the_vectors() {
    let framework = Framework {
        name: "rspec",
        folder: "spec",
        code: "jimo_implementation.rb",
        adapter: Some(("ruby", "macproof/adapter.rb")),
        fault: ("fields['user_id'] +", "fields['user_id'].strip +"),
    };
    framework.holds(
        |_| {},
        |there, suite| {
            let mut command = Command::new("rspec");
            command.arg(format!("spec/{}_vectors_spec.rb", suite.replace('-', "_")));
            command.current_dir(there);
            command
        },
    );
}

#[test(needs(PHP, PHPUNIT))]
fn phpunit_holds_the_vectors() {
    let framework = Framework {
        name: "phpunit",
        folder: "tests",
        code: "JimoImplementation.php",
        adapter: Some(("php", "macproof/adapter.php")),
        fault: ("$fields['user_id'] .", "trim($fields['user_id']) ."),
    };
    framework.holds(
        |_| {},
        |there, suite| {
            let name = match suite {
                "jimo" => "Jimo",
                "mtribes" => "Mtribes",
                _ => "StripeWebhook",
            };
            let mut command = Command::new("phpunit");
            command.args([
                "--do-not-cache-result",
                &format!("tests/{name}VectorsTest.php"),
            ]);
            command.current_dir(there);
            command
        },
    );
}

#[test]
fn cargo_holds_the_vectors() {
    let framework = Framework {
        name: "rust",
        folder: "tests",
        code: "jimo_vectors/implementation.rs",
        // Another build; the others show that both agree.
        adapter: None,
        fault: ("fields[\"user_id\"],", "fields[\"user_id\"].trim(),"),
    };
    let target = packages("native-rust");
    framework.holds(
        |there| {
            let manifest = "[package]\nname = \"acme\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dev-dependencies]\nhex = \"0.4\"\nhmac = \"0.13\"\nserde_json = \"1\"\nsha2 = \"0.11\"\nsubtle = \"2\"\n";
            fs::write(there.join("Cargo.toml"), manifest).unwrap();
            fs::copy(root().join("Cargo.lock"), there.join("Cargo.lock")).unwrap();
            fs::create_dir(there.join("src")).unwrap();
            fs::write(there.join("src/lib.rs"), "").unwrap();
        },
        |there, suite| {
            let mut command = Command::new(env!("CARGO"));
            command.args(["test", "--offline", "--test"]);
            command.arg(format!("{}_vectors", suite.replace('-', "_")));
            command.env("CARGO_TARGET_DIR", &target).current_dir(there);
            command
        },
    );
}

/// A failed `should` is shown and does not fail, unless that is asked for.
#[test(needs(PHP, PHPUNIT))]
fn a_should_fails_on_demand() {
    let program = Program::new();
    program.run(&["suite", "export", "jimo", "--format", "phpunit"]);
    let fault = ("], $secret)", "], trim($secret))");
    plant(&program.path("JimoImplementation.php"), fault);
    let run = |level: &str| {
        let mut command = Command::new("phpunit");
        command.args(["-v", "--do-not-cache-result", "JimoVectorsTest.php"]);
        command.env("MACPROOF_LEVEL", level);
        shown(command.current_dir(program.folder.path()))
    };
    let (success, said) = run("must");
    assert!(success, "{said}");
    assert!(
        said.contains("should (practice) unusual-secret-is-used-or-refused"),
        "{said}"
    );
    let (success, said) = run("should");
    assert!(!success, "{said}");
}

#[test]
fn stale_files_are_named() {
    let program = Program::new();
    let export = [
        "suite", "export", "jimo", "--format", "pytest", "--out", "tests",
    ];
    let check = || program.run(&[&export[..], &["--check"]].concat());
    let said = |output: Output| String::from_utf8(output.stderr).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(output).matches("is missing").count(), 3);
    assert!(program.run(&export).status.success());
    let data = program.path("tests/jimo_vectors.json");
    plant(&data, ("\"level\":\"must\"", "\"level\":\"may\""));
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    let said = said(output);
    assert_eq!(
        said.trim(),
        "tests/jimo_vectors.json is out of date; export it again without --check"
    );
    assert!(program.run(&export).status.success());
    assert!(check().status.success());

    // What is not an earlier export stays.
    fs::write(&data, "mine").unwrap();
    let output = program.run(&export);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&data).unwrap(), "mine");
}

/// Every kind of token, secret and input is data: each file matches the schema and has every case.
#[test]
fn the_data_matches_its_schema() {
    let validator = jsonschema::validator_for(schema().as_value()).unwrap();
    for name in [
        "jimo",
        "jotreview",
        "mtribes",
        "stripe-webhook",
        "intercom",
        "standard-webhooks",
        "hmac-sha256",
    ] {
        let Some(found) = macproof::suite::find(name) else {
            panic!("{name}");
        };
        let suite = macproof::generate::whole(&found).unwrap();
        let text = macproof::export::vectors(&suite);
        assert!(text.is_ascii());
        let data: Value = serde_json::from_str(&text).unwrap();
        let objections: Vec<String> = validator
            .iter_errors(&data)
            .map(|error| format!("{name}: {}: {error}", error.instance_path()))
            .collect();
        assert!(objections.is_empty(), "{}", objections.join("\n"));
        assert_eq!(data["cases"].as_array().unwrap().len(), suite.vectors.len());
    }
}

#[test]
fn the_committed_schema_is_current() {
    let mut current = serde_json::to_string_pretty(&schema()).unwrap();
    current.push('\n');
    let path = root().join("docs/vectors.schema.json");
    if std::env::var_os("MACPROOF_UPDATE").is_some() {
        fs::write(&path, &current).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        current,
        "docs/vectors.schema.json is stale; run MACPROOF_UPDATE=1 cargo test"
    );
}
