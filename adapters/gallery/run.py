#!/usr/bin/env python3
"""Judges packages that other people published, and writes reports/gallery.

    cargo build --release && python3 adapters/gallery/run.py FOLDER

Installs each package at its pinned version in FOLDER, outside the repository (npm, pip, cargo, go
and Debian's apt are needed), runs `macproof run --level should` there against its adapter, and
writes what was found. The tables of reports/gallery/README.md and of README.md are rewritten; the
notes in them are made by hand. `$CARGO` and `$CARGO_TARGET_DIR` are honoured.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADAPTERS = ROOT / "adapters" / "gallery"
REPORTS = ROOT / "reports" / "gallery"
CARGO = os.environ.get("CARGO", "cargo")
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

# Folder, registry, suite.
PACKAGES = [
    ("standardwebhooks-npm", "npm", "standard-webhooks"),
    ("standardwebhooks-pypi", "PyPI", "standard-webhooks"),
    ("standardwebhooks-cargo", "Cargo", "standard-webhooks"),
    ("svix-npm", "npm", "standard-webhooks"),
    ("svix-pypi", "PyPI", "standard-webhooks"),
    ("openai-npm", "npm", "standard-webhooks"),
    ("openai-pypi", "PyPI", "standard-webhooks"),
    ("octokit-webhooks-methods", "npm", "github-webhook"),
    ("gidgethub", "PyPI", "github-webhook"),
    ("go-github", "Debian", "github-webhook"),
    ("stripe-npm", "npm", "stripe-webhook"),
    ("stripe-pypi", "PyPI", "stripe-webhook"),
    ("shopify-api", "npm", "shopify-webhook"),
    ("django-shopify-webhook", "PyPI", "shopify-webhook"),
    ("magicbell", "npm", "magicbell"),
    ("flask-intercom", "PyPI", "intercom"),
    ("django-intercom", "PyPI", "intercom"),
]


def main(work):
    shutil.copytree(ADAPTERS, work, dirs_exist_ok=True)
    REPORTS.mkdir(parents=True, exist_ok=True)
    rows = [row(work, *package) for package in PACKAGES]
    header = [
        "| package | suite | cases judged | failed `must` | failed `should` | fails at |",
        "|---|---|---|---|---|---|",
    ]
    table = "\n".join(header + rows)
    for page in (REPORTS / "README.md", ROOT / "README.md"):
        text = page.read_text()
        fresh = re.sub(
            r"(<!-- gallery -->\n).*?(<!-- /gallery -->)",
            lambda found: found[1] + table + "\n" + found[2],
            text,
            flags=re.S,
        )
        page.write_text(fresh)


def row(work, name, registry, suite):
    command = installed(work, name, registry)
    result_path = work / f"{name}.json"
    # Exit code 1 is a finding, 3 a case that an adapter could not ask; anything else is not what a
    # gallery shows.
    ended = subprocess.run(
        [TARGET / "release/macproof", "run", suite, "--level", "should", "--seed", "1"]
        + ["--timeout", "1m", "--command", command, "--report", f"json={result_path}"],
        cwd=work,
        stdout=subprocess.PIPE,
    )
    if ended.returncode not in (0, 1, 3):
        sys.exit(f"{name}: exit code {ended.returncode}")
    (REPORTS / f"{name}.txt").write_bytes(ended.stdout)
    result = json.loads(result_path.read_text())
    failed = [case for case in result["cases"] if case["verdict"] == "fail"]
    count = lambda level: sum(case["level"] == level for case in failed)
    judged = result["counts"].get("pass", 0) + len(failed)
    at = sorted({shown for case in failed for shown in case["shows"]})
    implementation = result["implementation"]
    return (
        f"| {implementation['name']} {implementation['version']} | {suite} | {judged} "
        f"| {count('must')} | {count('should')} | {', '.join(at) or 'nothing'} |"
    )


def installed(work, name, registry):
    """Installs a package beside its adapter, and returns the command that starts it in `work`."""
    folder = work / name

    def run(*command, **environment):
        subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True)

    match registry:
        case "Cargo":
            run(CARGO, "build", "--quiet", "--release", CARGO_TARGET_DIR="target")
            return f"{name}/target/release/gallery-standardwebhooks"
        case "npm":
            run("npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund")
            return f"node {name}/adapter.mjs"
        case "PyPI":
            run(sys.executable, "-m", "venv", "venv")
            run("venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
            return f"{name}/venv/bin/python {name}/adapter.py"
        case "Debian":
            packages = ("go-github", "go-querystring")
            for package in packages:
                run("apt-get", "download", "--quiet", f"golang-github-google-{package}-dev")
            run("apt-get", "download", "--quiet", "golang-golang-x-crypto-dev")
            for archive in folder.glob("*.deb"):
                run("dpkg", "--extract", archive, "debian")
            path = folder / "debian/usr/share/gocode"
            run("go", "build", "adapter.go", GO111MODULE="off", GOPATH=str(path))
            return f"{name}/adapter"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve())
