#!/usr/bin/env python3
"""Judges packages that other people published, and writes reports/gallery.

    cargo build --release && python3 adapters/gallery/run.py

Installs each package at its pinned version under target/gallery (npm, pip and cargo are needed),
runs `macproof run --level should` against its adapter, and writes what came out. The tables of
reports/gallery/README.md and of README.md are rewritten; the notes in them are made by hand.
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
WORK = ROOT / "target" / "gallery"
REPORTS = ROOT / "reports" / "gallery"

# Folder, registry, suite.
PACKAGES = [
    ("standardwebhooks-npm", "npm", "standard-webhooks"),
    ("standardwebhooks-pypi", "PyPI", "standard-webhooks"),
    ("standardwebhooks-cargo", "Cargo", "standard-webhooks"),
    ("octokit-webhooks-methods", "npm", "github-webhook"),
    ("stripe", "npm", "stripe-webhook"),
    ("magicbell", "npm", "magicbell"),
    ("flask-intercom", "PyPI", "intercom"),
]


def main():
    REPORTS.mkdir(parents=True, exist_ok=True)
    rows = [row(*package) for package in PACKAGES]
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


def row(name, registry, suite):
    command = installed(name, registry)
    result_path = WORK / f"{name}.json"
    # Exit code 1 is a finding; anything else is not what a gallery shows.
    ended = run(
        [ROOT / "target/release/macproof", "run", suite, "--level", "should", "--seed", "1"]
        + ["--command", command, "--report", f"json={result_path}"],
        stdout=subprocess.PIPE,
        check=False,
    )
    if ended.returncode not in (0, 1, 3):
        sys.exit(f"{name}: exit code {ended.returncode}")
    (REPORTS / f"{name}.txt").write_bytes(ended.stdout)
    result = json.loads(result_path.read_text())
    failed = [case for case in result["cases"] if case["verdict"] == "fail"]
    count = lambda level: sum(case["level"] == level for case in failed)
    counts = result["counts"]
    judged = counts.get("pass", 0) + len(failed)
    at = sorted({shown for case in failed for shown in case["shows"]})
    implementation = result["implementation"]
    return (
        f"| {implementation['name']} {implementation['version']} | {suite} | {judged} "
        f"| {count('must')} | {count('should')} | {', '.join(at) or 'nothing'} |"
    )


def installed(name, registry):
    """Installs a package and its adapter, and returns the command that starts it."""
    folder, source = WORK / name, ADAPTERS / name
    folder.mkdir(parents=True, exist_ok=True)
    if registry == "Cargo":
        run(
            ["cargo", "build", "--quiet", "--release", "--manifest-path", source / "Cargo.toml"],
            env={**os.environ, "CARGO_TARGET_DIR": str(WORK / "cargo")},
        )
        return "target/gallery/cargo/release/gallery-standardwebhooks"
    if registry == "npm":
        # Modules are looked for beside the file that imports them.
        for file in ("package.json", "adapter.mjs"):
            shutil.copy(source / file, folder / file)
        shutil.copy(ADAPTERS / "adapter.mjs", WORK / "adapter.mjs")
        run(
            ["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund"],
            cwd=folder,
        )
        return f"node target/gallery/{name}/adapter.mjs"
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", folder / "venv"])
    run([python, "-m", "pip", "install", "--quiet", "-r", source / "requirements.txt"])
    return f"target/gallery/{name}/venv/bin/python adapters/gallery/{name}/adapter.py"


def run(command, check=True, **options):
    return subprocess.run([str(word) for word in command], check=check, **{"cwd": ROOT, **options})


if __name__ == "__main__":
    main()
