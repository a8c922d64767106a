//! Which implementation is tested where none is named: that of `macproof.yaml` in this folder or
//! above it, and the built-in reference only with a word about it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};

use macproof::report::Format;

use crate::harness::test;
use crate::program::{self, Program, root, stderr, stdout};

const ITSELF: &str = "the built-in reference; your code was not tested";

fn macproof(folder: &Path, arguments: &[&str]) -> Output {
    let output = program::macproof(folder).args(arguments).output();
    output.unwrap()
}

/// Each command that tests an implementation, as short as it can be; and whether what it says goes
/// to standard error.
fn commands(folder: &Path) -> Vec<(Vec<String>, bool)> {
    let key = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-out", "key.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(key.status.success());
    fs::write(folder.join("sdk.tgz"), "x").unwrap();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    vec![
        (words("run jimo --filter jimo/published-*"), false),
        (
            words("run jimo --filter jimo/published-* --report json=-"),
            true,
        ),
        (words("fuzz jimo --cases 20"), false),
        (words("fuzz jimo --cases 20 --report json=-"), true),
        (words("timing jimo --time 50ms"), false),
        (words("timing jimo --time 50ms --json"), true),
        (words("certify jimo --key key.pem --artifact sdk.tgz"), true),
    ]
}

#[test]
fn without_an_implementation_the_report_warns_first_and_last() {
    let program = Program::new();
    let folder = program.folder.path();
    for (command, on_stderr) in commands(folder) {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let output = macproof(folder, &command);
        // A timing test of 50 ms says nothing for sure.
        assert!(
            [0, 3].contains(&output.status.code().unwrap()),
            "{output:?}"
        );
        let text = if on_stderr {
            stderr(&output)
        } else {
            stdout(&output)
        };
        assert_eq!(text.lines().next(), Some(ITSELF), "{command:?}: {text}");
        let last = text.lines().last().unwrap();
        assert!(last.ends_with("not tested"), "{command:?}: {text}");

        let required = [&command[..], &["--require-implementation"]].concat();
        let output = macproof(folder, &required);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {output:?}");
        assert_eq!(stdout(&output), "", "{command:?}");
        assert!(
            stderr(&output).contains("no implementation is named"),
            "{output:?}"
        );

        let named = [&required[..], &["--implementation", "reference"]].concat();
        let output = macproof(folder, &named);
        assert!(
            [0, 3].contains(&output.status.code().unwrap()),
            "{output:?}"
        );
        let both = stdout(&output) + &stderr(&output);
        assert!(
            !both.contains("your code was not tested"),
            "{command:?}: {both}"
        );
    }
}

#[test]
fn every_report_says_it() {
    let program = Program::new();
    let run = ["run", "jimo", "--filter", "jimo/published-*", "--report"];
    for format in Format::ALL {
        let report = format!("{format}=report");
        let output = program.run(&[&run[..], &[&report]].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let text = fs::read_to_string(program.path("report")).unwrap();
        let words = if format == Format::Json {
            "\"judged_itself\": true"
        } else {
            ITSELF
        };
        assert!(text.contains(words), "{format}: {text}");
        for green in [
            "brightgreen",
            "#1a7f37\"/></g>",
            "class=\"verdict good\"",
            "✅",
        ] {
            assert!(!text.contains(green), "{format}: {green}");
        }
        let named = [&run[..], &[&report, "--implementation", "reference"]].concat();
        assert_eq!(program.run(&named).status.code(), Some(0));
        let text = fs::read_to_string(program.path("report")).unwrap();
        assert!(!text.contains(words), "{format}: {text}");
    }
}

/// The certificate of an artifact that had no say in it says so itself.
#[test]
fn a_certificate_of_the_reference_says_so() {
    let program = Program::new();
    let folder = program.folder.path();
    commands(folder);
    let public = ["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub.pem"];
    let openssl = Command::new("openssl")
        .args(public)
        .current_dir(folder)
        .output();
    assert!(openssl.unwrap().status.success());
    let certify = [
        "certify",
        "jimo",
        "--key",
        "key.pem",
        "--artifact",
        "sdk.tgz",
        "-o",
        "c.json",
    ];
    let verify = [
        "verify-certificate",
        "c.json",
        "--public-key",
        "key.pub.pem",
    ];
    assert_eq!(program.run(&certify).status.code(), Some(0));
    assert!(stdout(&program.run(&verify)).contains(ITSELF));
    let named = [&certify[..], &["--implementation", "reference"]].concat();
    assert_eq!(program.run(&named).status.code(), Some(0));
    assert!(!stdout(&program.run(&verify)).contains(ITSELF));
}

/// A repository whose root has a `macproof.yaml`, with everything by paths from there.
fn repository() -> Program {
    let program = Program::new();
    fs::create_dir_all(program.path("repository/sdks/python")).unwrap();
    fs::create_dir(program.path("repository/.git")).unwrap();
    describe(&program.path("repository"), "ours", "");
    program
}

/// An adapter and a suite in this folder, and the file that names them by their paths.
fn describe(folder: &Path, name: &str, mistake: &str) {
    let adapter = folder.join("adapter.sh");
    let script = format!(
        "#!/bin/sh\nexec '{}' adapter {mistake}\n",
        env!("CARGO_BIN_EXE_macproof")
    );
    fs::write(&adapter, script).unwrap();
    fs::set_permissions(&adapter, fs::Permissions::from_mode(0o755)).unwrap();
    let suite = root().join("vectors/jimo.yaml");
    fs::copy(suite, folder.join("suite.yaml")).unwrap();
    let described = format!(
        "suites: [./suite.yaml]\nimplementations:\n  {name}: {{command: [./adapter.sh]}}\n"
    );
    fs::write(folder.join("macproof.yaml"), described).unwrap();
}

#[test]
fn a_file_above_is_found_within_the_repository_and_named_in_the_first_line() {
    let program = repository();
    let deep = program.path("repository/sdks/python");
    let first = "using ../../macproof.yaml, found above this folder";
    let run = ["run", "--require-implementation", "--report", "json=r.json"];
    let output = macproof(&deep, &run);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(stdout(&output).lines().next(), Some(first));
    let document: serde_json::Value =
        serde_json::from_slice(&fs::read(deep.join("r.json")).unwrap()).unwrap();
    assert_eq!(document["adapter"], "ours");
    assert_eq!(document["suites"][0]["name"], "jimo");
    assert_eq!(document.get("judged_itself"), None);

    for command in [
        &["fuzz", "--cases", "20", "--require-implementation"][..],
        &["timing", "--time", "50ms", "--require-implementation"],
    ] {
        let output = macproof(&deep, command);
        assert!(
            [0, 3].contains(&output.status.code().unwrap()),
            "{output:?}"
        );
        assert_eq!(stdout(&output).lines().next(), Some(first), "{command:?}");
    }
    let output = macproof(&deep, &["fuzz", "--cases", "20", "--against", "ours"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    // Nearer is nearer, and what is named is not looked for.
    describe(
        &program.path("repository/sdks"),
        "theirs",
        "--mistake encoding-upper-case",
    );
    let output = macproof(&deep, &["run"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stdout(&output).starts_with("using ../macproof.yaml, found above"));
    let config = ["run", "--config", "../../macproof.yaml"];
    let output = macproof(&deep, &config);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(!stdout(&output).contains("found above"));
    let output = macproof(&program.path("repository"), &["run"]);
    assert!(!stdout(&output).contains("found above"), "{output:?}");
}

#[test]
fn configuration_is_not_searched_outside_a_repository() {
    let program = repository();
    let deep = program.path("repository/sdks/python");
    fs::remove_dir(program.path("repository/.git")).unwrap();
    let required = ["run", "--require-implementation"];
    assert_eq!(macproof(&deep, &required).status.code(), Some(2));
    assert!(stdout(&macproof(&deep, &["run", "jimo"])).starts_with(ITSELF));
    // A submodule ends at its own root.
    fs::create_dir(program.path("repository/.git")).unwrap();
    fs::write(program.path("repository/sdks/.git"), "gitdir: elsewhere").unwrap();
    assert_eq!(macproof(&deep, &required).status.code(), Some(2));
}

/// Root gives the file away; anybody else has a link to one of root's.
#[test]
fn the_file_of_another_user_is_refused() {
    let program = repository();
    let deep = program.path("repository/sdks/python");
    let file = program.path("repository/macproof.yaml");
    if chown(&file, Some(12_345), None).is_err() {
        fs::remove_file(&file).unwrap();
        symlink("/etc/passwd", &file).unwrap();
    }
    for command in [&["run"][..], &["fuzz", "--cases", "1"], &["timing"]] {
        let output = macproof(&deep, command);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            stderr(&output).contains("belongs to another user"),
            "{output:?}"
        );
        assert_eq!(stdout(&output), "");
    }
    let named = macproof(&deep, &["run", "--config", "../../macproof.yaml"]);
    assert!(
        !stderr(&named).contains("belongs to another user"),
        "{named:?}"
    );
}

#[test]
fn the_reference_runs_beside_others_and_its_name_is_reserved() {
    let program = repository();
    let folder = program.path("repository");
    let both = [
        "run",
        "--implementation",
        "ours",
        "--implementation",
        "reference",
    ];
    let output = macproof(&folder, &[&both[..], &["--report", "json=r.json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap();
    let labels = ["ours", "reference"];
    for (run, label) in document["runs"].as_array().unwrap().iter().zip(labels) {
        assert_eq!(run["adapter"], label);
        assert!(!run["cases"].as_array().unwrap().is_empty());
    }
    // A file that is not there is no reason to test something else.
    let elsewhere = program.folder.path();
    for name in ["ours", "all"] {
        let output = macproof(elsewhere, &["run", "--implementation", name]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    describe(&folder, "reference", "");
    let output = macproof(&folder, &["run"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        stderr(&output).contains("choose another name"),
        "{output:?}"
    );
}

/// Wherever a job or a hook is written, a wrong folder is an error.
#[test]
fn unattended_jobs_require_an_implementation() {
    let root = root();
    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: serde_json::Value = serde_yaml::from_str(&hooks).unwrap();
    let entry = hooks[0]["entry"].as_str().unwrap();
    let words: Vec<&str> = entry.split(' ').collect();
    assert_eq!(words[0], "macproof");
    let program = Program::new();
    assert_eq!(program.run(&words[1..]).status.code(), Some(2));

    let tests = ["run", "fuzz", "timing", "certify"];
    let mut commands = 0;
    for page in [
        "docs/ci.md",
        "docs/ci-shards.md",
        "templates/init/gitlab.yml",
    ] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let mut is_code = page.ends_with(".yml");
        for line in text.lines() {
            if line.starts_with("```") {
                is_code = !is_code;
            }
            let words: Vec<&str> = line.split([' ', ',', '[', '"']).collect();
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            let is_test = words
                .windows(2)
                .any(|pair| pair[0].ends_with("macproof") && tests.contains(&pair[1]));
            if is_code && is_test {
                commands += 1;
                assert!(line.contains("--require-implementation"), "{page}: {line}");
            }
        }
    }
    assert!(commands >= 6, "{commands}");
}
