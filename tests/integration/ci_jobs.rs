//! The CI jobs: their files are read, and their steps are run as a runner would, for real.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::test;
use crate::init::{change, project, succeeds};
use crate::program::{Program, root};

pub(crate) fn yaml(path: &Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A PATH with these folders in front.
pub(crate) fn path_with(folders: &[&Path]) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap();
    let paths = folders.iter().map(|folder| folder.to_path_buf());
    std::env::join_paths(paths.chain(std::env::split_paths(&path))).unwrap()
}

/// A `cargo` that installs the program under test instead of building it again, and records that
/// it was called.
fn quick_cargo(folder: &Path) {
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> '{}'\n[ \"$1 $2 $3 $4 $5\" = 'install --quiet --locked --profile dist' ] || exit 9\nwhile [ $# -gt 1 ]; do [ \"$1\" = --root ] && root=$2; [ \"$1\" = --path ] && path=$2; shift; done\n[ -f \"$path/Cargo.toml\" ] || exit 9\nmkdir -p \"$root/bin\" && cp '{}' \"$root/bin/macproof\"\n",
        folder.join("asked").display(),
        env!("CARGO_BIN_EXE_macproof")
    );
    let cargo = folder.join("cargo");
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What an action came to.
struct Done {
    code: i32,
    log: String,
    summary: String,
    outputs: BTreeMap<String, String>,
}

/// A runner, as far as `action.yml` needs one.
struct Runner {
    folder: tempfile::TempDir,
    /// The revision of the action.
    reference: &'static str,
}

impl Runner {
    fn new() -> Self {
        let runner = Self {
            folder: tempfile::tempdir().unwrap(),
            reference: "main",
        };
        fs::create_dir(runner.path("bin")).unwrap();
        quick_cargo(&runner.path("bin"));
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the steps of `action.yml` one after the other, in the folder of a repository.
    fn action(&self, workspace: &Path, with: &[(&str, &str)]) -> Done {
        let action = yaml(&root().join("action.yml"));
        let mut contexts: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in action["inputs"].as_object().unwrap() {
            contexts.insert(format!("inputs.{name}"), text(&input["default"]));
        }
        for (name, value) in with {
            let known = contexts.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(known.is_some(), "the action has no input {name}");
        }
        contexts.insert("github.action_repository".into(), "someone/macproof".into());
        contexts.insert("github.action_ref".into(), self.reference.into());
        contexts.insert("runner.os".into(), "Linux".into());
        contexts.insert(
            "steps.restore.outputs.cache-primary-key".into(),
            "key".into(),
        );
        contexts.insert("runner.arch".into(), "X64".into());
        let mut done = Done {
            code: 0,
            log: String::new(),
            summary: String::new(),
            outputs: BTreeMap::new(),
        };
        for (at, step) in action["runs"]["steps"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
        {
            let Some(script) = step["run"].as_str() else {
                let uses = step["uses"].as_str().unwrap();
                assert!(uses.starts_with("actions/cache/"));
                for value in step["with"].as_object().unwrap().values() {
                    assert!(!filled(&text(value), &contexts).is_empty());
                }
                continue;
            };
            assert!(
                !script.contains("${{"),
                "text of others in a script: {script}"
            );
            assert_eq!(step["shell"], "bash");
            let (output, summary) = (self.path(&format!("output-{at}")), self.path("summary"));
            fs::write(&output, "").unwrap();
            fs::write(&summary, "").unwrap();
            let script_file = self.path("script.sh");
            fs::write(&script_file, script).unwrap();
            let mut command = Command::new("bash");
            command
                .args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(&script_file)
                .current_dir(workspace)
                .env("PATH", path_with(&[&self.path("bin")]))
                .env("GITHUB_ACTION_PATH", root())
                .env("GITHUB_WORKSPACE", workspace)
                .env("GITHUB_OUTPUT", &output)
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env(
                    "GITHUB_SERVER_URL",
                    format!("file://{}", self.path("server").display()),
                )
                .env("RUNNER_TOOL_CACHE", self.path("tools"));
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                command.env(name, filled(&text(value), &contexts));
            }
            let ran = command.output().unwrap();
            done.log.push_str(&String::from_utf8_lossy(&ran.stdout));
            done.log.push_str(&String::from_utf8_lossy(&ran.stderr));
            done.summary
                .push_str(&fs::read_to_string(&summary).unwrap());
            let id = text(&step["id"]);
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                contexts.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
            done.code = ran.status.code().unwrap();
            if done.code != 0 {
                break;
            }
        }
        for (name, output) in action["outputs"].as_object().unwrap() {
            let value = text(&output["value"]);
            done.outputs.insert(name.clone(), filled(&value, &contexts));
        }
        done
    }
}

/// The expressions of a text, each replaced by what it stands for; one that was never set is empty.
pub(crate) fn filled(value: &str, contexts: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once("${{") {
        let (name, after) = behind.split_once("}}").unwrap();
        out.push_str(before);
        out.push_str(contexts.get(name.trim()).map_or("", String::as_str));
        rest = after;
    }
    out + rest
}

fn adapter(mistake: &str) -> String {
    format!("'{}' adapter {mistake}", env!("CARGO_BIN_EXE_macproof"))
}

#[test]
fn the_action_passes_fails_and_builds_once() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    let good = adapter("");
    let done = runner.action(
        workspace.path(),
        &[("command", &good), ("suites", "jimo mtribes")],
    );
    assert_eq!(done.code, 0, "{}", done.log);
    assert_eq!(done.outputs["exit-code"], "0");
    assert_eq!(done.outputs["conformance"], "conformant");
    assert!(done.summary.contains("onformant"), "{}", done.summary);
    assert!(done.log.contains(" · jimo, mtribes · "), "{}", done.log);
    for report in ["json", "xml", "sarif", "html", "md"] {
        let report = format!("macproof-reports/macproof.{report}");
        assert!(
            workspace.path().join(&report).metadata().unwrap().len() > 100,
            "{report}"
        );
    }
    assert!(
        !workspace
            .path()
            .join("macproof-reports/annotations.txt")
            .exists()
    );

    let bad = adapter("--mistake encoding-upper-case");
    let with = [("command", bad.as_str()), ("suites", "jimo")];
    let done = runner.action(workspace.path(), &with);
    assert_eq!(done.code, 1, "{}", done.log);
    assert_eq!(done.outputs["exit-code"], "1");
    assert_eq!(done.outputs["conformance"], "nonconformant");
    assert!(
        done.log.lines().any(|line| line.starts_with("::error ")),
        "{}",
        done.log
    );
    assert!(done.summary.contains("jimo/"), "{}", done.summary);

    // Built for the first, found by the second.
    let asked = fs::read_to_string(runner.path("bin/asked")).unwrap();
    assert_eq!(asked.lines().count(), 1, "{asked}");
}

/// The program is the one of the release whose tag names the action; without such a release it is
/// built.
#[test(needs(CURL))]
fn the_action_takes_the_released_program() {
    let (mut runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    let uname = Command::new("uname").arg("-sm").output().unwrap();
    let target = match String::from_utf8(uname.stdout).unwrap().trim() {
        "Linux x86_64" => "x86_64-unknown-linux-musl",
        "Linux aarch64" => "aarch64-unknown-linux-musl",
        "Darwin x86_64" => "x86_64-apple-darwin",
        _ => "aarch64-apple-darwin",
    };
    let releases = runner.path("server/someone/macproof/releases/download/v1.2.3");
    let name = format!("macproof-1.2.3-{target}");
    fs::create_dir_all(releases.join(&name).join("bin")).unwrap();
    symlink(
        env!("CARGO_BIN_EXE_macproof"),
        releases.join(&name).join("bin/macproof"),
    )
    .unwrap();
    let packed = Command::new("tar")
        .args(["-czf", &format!("{name}.tar.gz"), &name])
        .current_dir(&releases)
        .status();
    assert!(packed.unwrap().success());

    let with = [("implementation", "reference"), ("suites", "jimo")];
    for (reference, downloaded) in [("v1.2.3", true), ("v1.2.4", false), ("main", false)] {
        let _nothing_yet = fs::remove_dir_all(runner.path("tools"));
        let _nothing_yet = fs::remove_file(runner.path("bin/asked"));
        runner.reference = reference;
        let done = runner.action(workspace.path(), &with);
        assert_eq!(done.code, 0, "{}", done.log);
        let built = runner.path("bin/asked").exists();
        assert_eq!(built, !downloaded, "{reference}: {}", done.log);
    }
}

/// What an earlier step has installed is used as it is, and what nobody has installed is an error.
#[test]
fn the_action_takes_an_installed_program() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    symlink(
        env!("CARGO_BIN_EXE_macproof"),
        runner.path("bin/installed-macproof"),
    )
    .unwrap();
    let with = |program| {
        [
            ("program", program),
            ("implementation", "reference"),
            ("suites", "jimo"),
        ]
    };
    for program in ["installed-macproof", env!("CARGO_BIN_EXE_macproof")] {
        let done = runner.action(workspace.path(), &with(program));
        assert_eq!(done.code, 0, "{}", done.log);
    }
    for program in ["not-there", "-v", "a; touch pwned", "$(touch pwned)"] {
        let done = runner.action(workspace.path(), &with(program));
        assert_eq!(done.code, 4, "{}", done.log);
        assert!(
            done.log.contains("::error::the input program"),
            "{}",
            done.log
        );
    }
    assert!(!workspace.path().join("pwned").exists());
    assert!(!runner.path("bin/asked").exists());
}

/// A mistyped folder, or one without a description, is no success of the built-in reference.
#[test]
fn the_action_requires_an_implementation() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    fs::create_dir(workspace.path().join("sdk")).unwrap();
    for with in [
        &[("suites", "jimo")][..],
        &[("suites", "jimo"), ("working-directory", "sdk")],
        &[("suites", "jimo"), ("working-directory", "skd")],
    ] {
        let done = runner.action(workspace.path(), with);
        assert_ne!(done.code, 0, "{}", done.log);
        assert_ne!(done.outputs["conformance"], "conformant");
    }
    let named = [("suites", "jimo"), ("implementation", "reference")];
    let done = runner.action(workspace.path(), &named);
    assert_eq!(done.code, 0, "{}", done.log);
}

/// A run that comes to nothing leaves no verdict of an earlier one, and one whose adapter does not
/// start has its own.
#[test]
fn the_action_ignores_earlier_runs() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    let good = adapter("");
    let done = runner.action(workspace.path(), &[("command", &good), ("suites", "jimo")]);
    assert_eq!(done.outputs["conformance"], "conformant");
    let done = runner.action(workspace.path(), &[("command", "no-such-program")]);
    assert_eq!(done.code, 4, "{}", done.log);
    assert_eq!(done.outputs["conformance"], "incomplete");
    assert!(done.summary.contains("did not start"), "{}", done.summary);
    let done = runner.action(workspace.path(), &[("suites", "no-such-suite")]);
    assert_eq!(done.code, 2, "{}", done.log);
    assert_eq!(done.outputs["conformance"], "");
    assert!(
        !workspace
            .path()
            .join("macproof-reports/macproof.json")
            .exists()
    );
}

#[test]
fn every_input_reaches_macproof_and_no_shell() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    let folder = workspace.path().join("a folder");
    fs::create_dir(&folder).unwrap();
    let configuration = format!(
        "implementations:\n  one: {{command: ['{}', adapter]}}\n",
        env!("CARGO_BIN_EXE_macproof")
    );
    fs::write(folder.join("macproof.yaml"), configuration).unwrap();
    fs::copy(
        root().join("vectors/jimo.yaml"),
        folder.join("my suite.yaml"),
    )
    .unwrap();
    let with = [
        ("working-directory", "a folder"),
        ("suite-files", "\nmy suite.yaml\n"),
        ("implementation", "one"),
        ("level", "should"),
        ("arguments", "--filter\njimo/published-*\n--seed=7"),
        ("reports", "all reports/of it"),
    ];
    let done = runner.action(workspace.path(), &with);
    assert_eq!(done.code, 0, "{}", done.log);
    assert!(done.log.contains("at level should"), "{}", done.log);
    let json = fs::read_to_string(folder.join("all reports/of it/macproof.json"));
    let json = json
        .or_else(|_| fs::read_to_string(workspace.path().join("all reports/of it/macproof.json")));
    assert!(json.unwrap().contains("\"seed\": 7"), "{}", done.log);
    assert!(
        workspace
            .path()
            .join("all reports/of it/macproof.xml")
            .exists()
    );

    let inputs = [
        "suites",
        "suite-files",
        "command",
        "implementation",
        "level",
        "arguments",
    ];
    for hostile in [
        "a; touch pwned; \"; touch pwned; \"'; touch pwned; '| touch pwned #",
        "$(touch pwned)`touch pwned`",
        "x\ntouch pwned\n",
    ] {
        for input in inputs {
            let done = runner.action(workspace.path(), &[(input, hostile)]);
            assert!([2, 4].contains(&done.code), "{input}: {}", done.log);
        }
        let with = [("suites", "jimo"), ("working-directory", hostile)];
        assert_ne!(runner.action(workspace.path(), &with).code, 0);
        let with = [("suites", "jimo"), ("reports", hostile)];
        runner.action(workspace.path(), &with);
    }
    for folder in [workspace.path(), &folder, root(), runner.folder.path()] {
        assert!(!folder.join("pwned").exists(), "{}", folder.display());
    }
}

/// What an implementation says stands between marks that only the runner knows.
#[test(needs(PYTHON))]
fn untrusted_output_is_not_a_runner_command() {
    let (runner, workspace) = (Runner::new(), tempfile::tempdir().unwrap());
    let script = r#"
import json, sys
for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "bye": break
    sys.stderr.write("::set-env name=PATH::/pwned\n")
    answer = {"protocol": 1, "implementation": {"name": "::error::pwned"}} if ask["op"] == "hello" else {"id": ask["id"], "threw": "\n::error::pwned"}
    print(json.dumps(answer), flush=True)
"#;
    fs::write(workspace.path().join("hostile.py"), script).unwrap();
    let with = [("command", "python3 hostile.py"), ("suites", "jimo")];
    let done = runner.action(workspace.path(), &with);
    assert_eq!(done.code, 1, "{}", done.log);
    let mut mark: Option<String> = None;
    let mut stopped = 0;
    for line in done.log.lines().map(str::trim_start) {
        if let Some(open) = mark.clone() {
            stopped += 1;
            if line == open {
                mark = None;
            }
        } else if let Some(word) = line.strip_prefix("::stop-commands::") {
            assert!(word.len() >= 32, "{word}");
            mark = Some(format!("::{word}::"));
        } else if line.starts_with("::") {
            assert!(
                ["::error file=", "::error title=", "::warning ", "::notice "]
                    .iter()
                    .any(|ours| line.starts_with(ours)),
                "{line}"
            );
        }
    }
    assert!(mark.is_none() && stopped > 5, "{}", done.log);
}

/// The workflow that `init` writes, with what it says is to be filled in.
#[test(needs(NODE))]
fn the_workflow_of_init_runs() {
    let (runner, program) = (Runner::new(), project());
    let folder = program.path("sdks/node");
    fs::create_dir_all(&folder).unwrap();
    let init = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["init", "node", "jimo"])
        .current_dir(&folder)
        .output()
        .unwrap();
    succeeds(&init);
    let run = |expected: i32| {
        let workflow = yaml(&program.path(".github/workflows/macproof.yml"));
        assert_eq!(workflow["permissions"]["contents"], "read");
        let mut used = Vec::new();
        for step in workflow["jobs"]["macproof"]["steps"].as_array().unwrap() {
            let uses = step["uses"].as_str().unwrap();
            used.push(uses.split('@').next().unwrap().to_owned());
            let with = &step["with"];
            if uses == "OWNER/macproof@REVISION" {
                let with: Vec<(String, String)> = with
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(name, value)| (name.clone(), text(value)))
                    .collect();
                let with: Vec<(&str, &str)> = with
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let done = runner.action(program.folder.path(), &with);
                assert_eq!(done.code, expected, "{}", done.log);
            }
            if uses.starts_with("actions/upload-artifact@") {
                assert_eq!(step["if"], "always()");
                let reports = program.path(with["path"].as_str().unwrap());
                assert!(reports.join("macproof.sarif").exists());
            }
        }
        assert_eq!(
            used,
            [
                "actions/checkout",
                "OWNER/macproof",
                "actions/upload-artifact"
            ]
        );
    };
    run(0);
    change(
        &folder.join("macproof/adapter.mjs"),
        &[("digest('hex')", "digest('base64')")],
    );
    run(1);
}

/// Runs a job of a GitLab pipeline: its script, line by line in one shell.
fn gitlab(workspace: &Path, job: &Value, variables: &Value, bin: &Path) -> Output {
    let script: Vec<&str> = job["script"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    let mut command = Command::new("sh");
    command
        .args(["-e", "-c", &script.join("\n")])
        .current_dir(workspace)
        .env("PATH", path_with(&[bin]))
        .env("CI_PROJECT_DIR", workspace);
    for (name, value) in variables.as_object().unwrap() {
        command.env(name, text(value));
    }
    command.output().unwrap()
}

#[test(needs(CURL, RUBY))]
fn the_pipeline_of_init_runs() {
    let program = project();
    let said = succeeds(&program.run(&["init", "ruby", "--ci", "gitlab"]));
    assert!(said.contains("wrote .gitlab-ci.yml"), "{said}");
    let included = yaml(&program.path(".gitlab-ci.yml"));
    let file = included["include"][0]["local"].as_str().unwrap().to_owned();
    let pipeline = yaml(&program.path(&file));
    let mut variables = pipeline["variables"].clone();
    assert_eq!(variables["MACPROOF_REPOSITORY"], "", "it is filled in");
    variables["MACPROOF_REPOSITORY"] = "a repository; touch pwned".into();
    variables["MACPROOF_REVISION"] = "$(touch pwned)".into();

    // The build asks cargo for that revision, whatever it is, and only where there is none.
    let bin = program.path("bin");
    fs::create_dir(&bin).unwrap();
    let cargo = bin.join("cargo");
    let fake = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> asked\nmkdir -p .macproof/bin\ncp '{}' .macproof/bin/macproof\n",
        env!("CARGO_BIN_EXE_macproof")
    );
    fs::write(&cargo, fake).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let workspace = program.folder.path();
    for _ in 0..2 {
        succeeds(&gitlab(
            workspace,
            &pipeline["macproof-program"],
            &variables,
            &bin,
        ));
    }
    let asked = fs::read_to_string(program.path("asked")).unwrap();
    assert_eq!(
        asked.lines().collect::<Vec<_>>(),
        [
            "install",
            "--locked",
            "--profile",
            "dist",
            "--git",
            "a repository; touch pwned",
            "--rev",
            "$(touch pwned)",
            "--root",
            ".macproof",
            "macproof"
        ]
    );
    // An archive comes first, and takes the place of what an earlier pipeline built.
    let release = program.path("macproof-1.2.3");
    fs::create_dir_all(release.join("bin")).unwrap();
    symlink(env!("CARGO_BIN_EXE_macproof"), release.join("bin/macproof")).unwrap();
    let packed = Command::new("tar")
        .args(["-czf", "release.tar.gz", "macproof-1.2.3"])
        .current_dir(workspace)
        .status();
    assert!(packed.unwrap().success());
    let archive = program.path("release.tar.gz");
    variables["MACPROOF_ARCHIVE"] = format!("file://{}", archive.display()).into();
    let get = &pipeline["macproof-program"];
    succeeds(&gitlab(workspace, get, &variables, &bin));
    assert!(program.path(".macproof/bin/macproof").is_symlink());
    assert_eq!(fs::read_to_string(program.path("asked")).unwrap(), asked);
    variables["MACPROOF_ARCHIVE"] = "file:///$(touch pwned)/; touch pwned".into();
    assert!(!gitlab(workspace, get, &variables, &bin).status.success());
    assert!(!program.path("pwned").exists());

    let job = &pipeline["macproof"];
    succeeds(&gitlab(workspace, job, &variables, &bin));
    let junit = program.path(job["artifacts"]["reports"]["junit"].as_str().unwrap());
    assert!(fs::read_to_string(&junit).unwrap().contains("<testsuite "));
    change(
        &program.path("macproof/adapter.rb"),
        &[(".pack('m0')", ".pack('m')")],
    );
    let output = gitlab(workspace, job, &variables, &bin);
    assert_eq!(output.status.code(), Some(1), "{output:?}");

    // Where there is a pipeline, it is left as it is, and what to add is said.
    let program = project();
    fs::write(program.path(".gitlab-ci.yml"), "stages: [test]\n").unwrap();
    let said = succeeds(&program.run(&["init", "ruby", "--ci", "gitlab"]));
    assert!(
        said.contains("      - local: .gitlab/macproof.yml"),
        "{said}"
    );
    let pipeline = fs::read_to_string(program.path(".gitlab-ci.yml")).unwrap();
    assert_eq!(pipeline, "stages: [test]\n");
}

/// A repository with these files, all committed.
fn committed(folder: &Path) {
    for arguments in [
        vec!["init", "--quiet"],
        vec!["add", "--all"],
        vec!["commit", "--quiet", "--message", "all"],
    ] {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

/// Both hooks, by pre-commit itself.
#[test(needs(PRE_COMMIT, PYTHON))]
fn the_hooks_pass_and_fail() {
    let hooks = tempfile::tempdir().unwrap();
    fs::copy(
        root().join(".pre-commit-hooks.yaml"),
        hooks.path().join(".pre-commit-hooks.yaml"),
    )
    .unwrap();
    committed(hooks.path());
    let program = Program::new();
    let workspace = program.folder.path();
    succeeds(&program.run(&["init", "python", "jotreview", "--ci", "none"]));
    fs::create_dir(program.path("suites")).unwrap();
    fs::copy(
        root().join("vectors/jimo.yaml"),
        program.path("suites/own.yaml"),
    )
    .unwrap();
    committed(workspace);
    let cache = tempfile::tempdir().unwrap();
    let bin = tempfile::tempdir().unwrap();
    symlink(env!("CARGO_BIN_EXE_macproof"), bin.path().join("macproof")).unwrap();
    let hook = |id: &str| {
        Command::new("pre-commit")
            .args([
                "try-repo",
                hooks.path().to_str().unwrap(),
                id,
                "--all-files",
                "--verbose",
            ])
            .current_dir(workspace)
            .env("PATH", path_with(&[bin.path()]))
            .env("PRE_COMMIT_HOME", cache.path())
            .output()
            .unwrap()
    };
    let said = succeeds(&hook("macproof"));
    assert!(said.contains(" · jotreview · "), "{said}");
    let said = succeeds(&hook("macproof-suite"));
    assert!(said.contains("Passed"), "{said}");

    change(
        &program.path("macproof/adapter.py"),
        &[(".hex()", ".hex().upper()")],
    );
    let output = hook("macproof");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("upper-case"));
    change(
        &program.path("suites/own.yaml"),
        &[("6a403a1fcfcc866b", "6a403a1fcfcc866c")],
    );
    let output = hook("macproof-suite");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("published-example"));
}
