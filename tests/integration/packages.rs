//! What is released: the steps of its workflow are run as far as they can be here, with the program
//! under test for the one that they build, and each package is installed and run.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::ci_jobs::{filled, path_with, text, yaml};
use crate::harness::test;
use crate::program::{macproof, root, stdout};

/// The name of this platform among the targets.
fn target() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-musl",
        ("linux", _) => "aarch64-unknown-linux-musl",
        (_, "x86_64") => "x86_64-apple-darwin",
        _ => "aarch64-apple-darwin",
    }
}

/// A runner with the workflow, and a checkout as far as its steps look at it.
struct Workflow {
    folder: tempfile::TempDir,
    jobs: Value,
}

impl Workflow {
    fn new() -> Self {
        let workflow = Self {
            folder: tempfile::tempdir().unwrap(),
            jobs: yaml(&root().join(".github/workflows/release.yml"))["jobs"].clone(),
        };
        let checkout = workflow.path("checkout");
        fs::create_dir_all(&checkout).unwrap();
        for name in ["Cargo.toml", "packaging"] {
            symlink(root().join(name), checkout.join(name)).unwrap();
        }
        fs::create_dir(workflow.path("bin")).unwrap();
        for name in ["rustup", "sudo", "docker", "gh"] {
            workflow.fake(name, "exit 0");
        }
        workflow
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program that records how it was called, and then does this.
    fn fake(&self, name: &str, does: &str) {
        let log = self.path("asked");
        let script = format!(
            "#!/bin/sh\necho \"{name} $*\" >> '{}'\n{does}\n",
            log.display()
        );
        let file = self.path("bin").join(name);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.path("asked")).unwrap_or_default()
    }

    /// Runs the steps of a job that are scripts, up to the first that fails.
    fn job(&self, name: &str, tag: &str) -> Output {
        let job = &self.jobs[name];
        let contexts = BTreeMap::from([
            ("matrix.target".to_owned(), target().to_owned()),
            ("github.token".to_owned(), "a token".to_owned()),
        ]);
        let mut last = None;
        for step in job["steps"].as_array().unwrap() {
            let Some(script) = step["run"].as_str() else {
                assert!(step["uses"].as_str().unwrap().contains('@'), "{step}");
                continue;
            };
            assert!(!script.contains("${{"), "text of others: {script}");
            let file = self.path("step.sh");
            fs::write(&file, script).unwrap();
            let mut command = Command::new("bash");
            command
                .args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(&file)
                .current_dir(self.path("checkout"))
                .env("PATH", path_with(&[&self.path("bin")]))
                .env("GITHUB_REF_NAME", tag)
                .env("GITHUB_REPOSITORY", "Someone/macproof")
                .env("GITHUB_ACTOR", "someone");
            for (name, value) in job["env"].as_object().into_iter().flatten() {
                command.env(name, filled(&text(value), &contexts));
            }
            let output = command.output().unwrap();
            let failed = !output.status.success();
            last = Some(output);
            if failed {
                break;
            }
        }
        last.unwrap()
    }
}

/// A copy of the program under test without its symbols, which are most of it.
fn stripped(to: &Path) {
    fs::copy(env!("CARGO_BIN_EXE_macproof"), to).unwrap();
    let done = Command::new("strip").arg(to).status().unwrap();
    assert!(done.success());
}

#[test(needs(NODE, NPM, OPENSSL, PYTHON, VENV))]
fn a_tag_becomes_packages_that_work_without_rust() {
    let workflow = Workflow::new();
    stripped(&workflow.path("macproof"));
    // It builds what is released; anything else that is asked of it is asked of the real one.
    let build = format!(
        "build --quiet --locked --profile dist --target {} --bin macproof",
        target()
    );
    let folder = format!("target/{}/dist", target());
    workflow.fake(
        "cargo",
        &format!(
            "[ \"$1\" = build ] || exec '{}' \"$@\"\n[ \"$*\" = '{build}' ] && mkdir -p {folder} && cp '{}' {folder}/macproof",
            env!("CARGO"),
            workflow.path("macproof").display()
        ),
    );
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let output = workflow.job("build", tag);
    let said = stdout(&output);
    assert!(output.status.success(), "{output:?}");
    let mut works = vec!["archive", "wheel", "npm"];
    // Elsewhere, or as another user than root, it says that it was skipped.
    if cfg!(target_os = "linux") && !said.contains("skipped:") {
        works.push("deb");
    }
    for package in works {
        assert!(
            said.contains(&format!("ok   {package}: macproof ")),
            "{said}"
        );
    }
    if std::env::var_os("MACPROOF_REQUIRE_ALL").is_some() {
        assert!(!said.contains("skipped:"), "{said}");
    }
    assert_eq!(
        workflow.asked().contains("musl-tools"),
        cfg!(target_os = "linux")
    );

    // What one machine has made stands for what all have.
    let packages = workflow.path("checkout/packages");
    for processor in ["x86_64", "aarch64"] {
        let ours = format!("macproof-{}-{}.tar.gz", &tag[1..], target());
        let theirs = format!(
            "macproof-{}-{processor}-unknown-linux-musl.tar.gz",
            &tag[1..]
        );
        if ours != theirs {
            fs::copy(packages.join(ours), packages.join(theirs)).unwrap();
        }
    }
    workflow.fake("npm", "exit 0");
    let _asked_to_build = fs::remove_file(workflow.path("asked"));
    let output = workflow.job("publish", tag);
    assert!(output.status.success(), "{output:?}");
    let checkout = workflow.path("checkout");
    assert_eq!(fs::read_dir(checkout.join("wheels")).unwrap().count(), 1);
    let digests = fs::read_to_string(packages.join("SHA256SUMS")).unwrap();
    assert_eq!(
        digests.lines().count(),
        fs::read_dir(&packages).unwrap().count() - 1
    );

    // All that the image is made of is there.
    let image = fs::read_to_string(root().join("packaging/Containerfile")).unwrap();
    let copied: Vec<&str> = image
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .flat_map(|line| line.split(' ').filter(|word| word.starts_with('$')))
        .collect();
    assert!(copied.contains(&"$TARGETARCH/bin/macproof"), "{copied:?}");
    for file in copied {
        for processor in ["amd64", "arm64"] {
            let file = file.replace("$TARGETARCH", processor).replace('*', "MIT");
            assert!(checkout.join("image").join(&file).exists(), "{file}");
        }
    }

    // The launcher comes last of the packages of npm, and the release last of all.
    let asked = workflow.asked();
    let at = |what: &str| {
        asked
            .find(what)
            .unwrap_or_else(|| panic!("{what}: {asked}"))
    };
    assert!(
        asked.contains("--tag ghcr.io/someone/macproof:latest"),
        "{asked}"
    );
    let launcher = format!("npm publish ./packages/macproof-{}.tgz ", &tag[1..]);
    assert!(at("npm publish ./packages/macproof-") < at(&launcher));
    assert!(at(&launcher) < at(&format!("gh release create {tag} ")));
}

#[test]
fn a_tag_of_another_version_releases_nothing() {
    let workflow = Workflow::new();
    let output = workflow.job("build", "v0.0.9");
    assert!(!output.status.success());
    assert!(stdout(&output).contains("::error file=Cargo.toml::the tag is v0.0.9"));
    assert_eq!(workflow.asked(), "");
}

#[test]
fn the_version_says_what_was_built() {
    let folder = tempfile::tempdir().unwrap();
    let said = |argument| stdout(&macproof(folder.path()).arg(argument).output().unwrap());
    let short = said("-V");
    assert_eq!(short, concat!("macproof ", env!("CARGO_PKG_VERSION"), "\n"));
    let long = said("--version");
    let build = long
        .strip_prefix(concat!("macproof ", env!("CARGO_PKG_VERSION"), " ("))
        .and_then(|rest| rest.strip_suffix(")\n"))
        .unwrap_or_else(|| panic!("{long}"));
    // The profile comes last.
    let profile = build.rsplit(", ").next().unwrap();
    assert!(
        env!("CARGO_BIN_EXE_macproof").contains(&format!("/{profile}/")),
        "{long}"
    );
}

/// The build script by itself: what it names in a repository, below one, and beside none.
#[test(needs(GIT))]
fn the_commit_is_the_one_of_this_repository() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    let compiled = Command::new(rustc)
        .args(["--edition", "2024", "-o"])
        .arg(&script)
        .arg(root().join("build.rs"))
        .status();
    assert!(compiled.unwrap().success());
    let repository = folder.path().join("repository");
    let below = repository.join("below");
    let beside = folder.path().join("beside");
    for folder in [&below, &beside] {
        fs::create_dir_all(folder).unwrap();
    }
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(&repository)
            .env("GIT_COMMITTER_DATE", "2026-11-30T12:00:00Z")
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        stdout(&done)
    };
    git(&["init", "--quiet"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "one"]);
    let commit = git(&["rev-parse", "--short=7", "HEAD"]).trim().to_owned();

    let run = |at: &Path, profile: &str, given: Option<&str>| {
        let mut command = Command::new(&script);
        command
            .current_dir(at)
            .env("OUT_DIR", format!("/target/{profile}/build/macproof-1/out"))
            .env("GIT_CEILING_DIRECTORIES", folder.path())
            .env_remove("MACPROOF_COMMIT")
            .env_remove("MACPROOF_REPOSITORY")
            .env_remove("CARGO_PKG_REPOSITORY");
        if let Some(given) = given {
            command.env("MACPROOF_COMMIT", given);
        }
        let said = stdout(&command.output().unwrap());
        let built = said
            .lines()
            .find_map(|line| line.strip_prefix("cargo::rustc-env=MACPROOF_BUILD="));
        (built.unwrap().to_owned(), said.contains("logs/HEAD"))
    };
    let known = (format!("{commit}, 2026-11-30, dist"), true);
    assert_eq!(run(&repository, "dist", None), known);
    // A build that says which commit it is of is believed.
    let given = ("v1.2.3, release".to_owned(), false);
    assert_eq!(run(&repository, "release", Some("v1.2.3")), given);
    // An archive that lies in somebody's repository is of no commit of that.
    let unknown = ("commit unknown, dist".to_owned(), false);
    assert_eq!(run(&below, "dist", None), unknown);
    assert_eq!(run(&beside, "dist", None), unknown);
    // The address is the one that the release or the manifest says; without either there is none.
    let address = |given: &[(&str, &str)]| {
        let mut command = Command::new(&script);
        command
            .current_dir(&beside)
            .env("OUT_DIR", "/target/debug/build/macproof-1/out")
            .env_remove("MACPROOF_REPOSITORY")
            .env_remove("CARGO_PKG_REPOSITORY")
            .envs(given.iter().copied());
        let said = stdout(&command.output().unwrap());
        let mut lines = said.lines();
        let address =
            lines.find_map(|line| line.strip_prefix("cargo::rustc-env=MACPROOF_ADDRESS="));
        address.map(str::to_owned)
    };
    let (release, manifest) = ("https://example.com/a/b", "https://example.com/c");
    let of_release = ("MACPROOF_REPOSITORY", release);
    let of_manifest = ("CARGO_PKG_REPOSITORY", manifest);
    assert_eq!(address(&[of_release, of_manifest]).unwrap(), release);
    assert_eq!(address(&[of_manifest]).unwrap(), manifest);
    assert_eq!(address(&[("CARGO_PKG_REPOSITORY", "")]), None);
    assert_eq!(address(&[("MACPROOF_REPOSITORY", "/")]), None);
    // Only the workflow that makes the packages says it.
    let workflow = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let says = "MACPROOF_REPOSITORY: ${{ github.server_url }}/${{ github.repository }}";
    assert!(workflow.contains(says));
    // A commit does not build it anew while it is worked on.
    assert_eq!(run(&repository, "debug", None), ("debug".to_owned(), false));
}

/// The script of bash is run by `packaging/test.sh`.
#[test]
fn completions_name_commands_and_suites() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = macproof(folder.path())
            .args(["completions", shell])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let script = stdout(&output);
        for word in ["verify-certificate", "known-failures"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        // The generators of the others complete no values of arguments without a name.
        if ["bash", "zsh"].contains(&shell) {
            assert!(script.contains("stripe-webhook"), "{shell}");
            assert!(script.contains("encoding-upper-case"), "{shell}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = macproof(folder.path())
        .args(["manual", "man/man1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let page = |name: &str| fs::read_to_string(folder.path().join("man/man1").join(name));
    let run = page("macproof-run.1").unwrap();
    assert!(run.contains(".SH EXAMPLES"), "{run}");
    assert!(run.contains("known\\-failures"), "{run}");
    assert!(page("macproof-suite-generate.1").is_ok());
    let whole = page("macproof.1").unwrap();
    for entry in fs::read_dir(folder.path().join("man/man1")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".1").replace('-', "\\-");
        let listed = name.split("\\-").nth(1).unwrap_or_default();
        assert!(whole.contains(listed), "{listed}");
    }
}
