#!/usr/bin/env python3
"""Runs `macproof timing` on published packages, 10 s each, and writes the table of what was found.

    cargo build --release && python3 adapters/gallery/timing.py FOLDER

FOLDER is where `run.py` installed the packages, or an empty one. The table stands between the marks
`<!-- packages -->` in reports/timing-method.md; nothing else should run on the machine meanwhile.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import run

REPORT = run.ROOT / "reports" / "timing-method.md"

# Folders of `run.py`: four of npm, four of PyPI.
NAMES = [
    "octokit-webhooks-methods",
    "stripe-npm",
    "standardwebhooks-npm",
    "shopify-api",
    "stripe-pypi",
    "standardwebhooks-pypi",
    "gidgethub",
    "django-shopify-webhook",
]

HEADER = """## Published packages

`python3 adapters/gallery/timing.py`: packages as published, with the default target and 10 s to measure each, as long to confirm. X is the smallest leak that would have been found.

| package | suite | verdict | X, ns per call | calls per request | call, µs | the verdict in words |
|---|---|---|---|---|---|---|
"""


def main(work):
    shutil.copytree(run.ADAPTERS, work, dirs_exist_ok=True)
    known = {name: (registry, suite) for name, registry, suite in run.PACKAGES}
    # All are installed before the first is measured.
    commands = [(name, run.installed(work, name, known[name][0])) for name in NAMES]
    rows = [row(work, command, known[name][1]) for name, command in commands]
    section = "<!-- packages -->\n" + HEADER + "\n".join(rows) + "\n<!-- /packages -->\n"
    text = REPORT.read_text()
    text = re.sub(r"\n*<!-- packages -->.*<!-- /packages -->\n", "", text, flags=re.S).rstrip("\n")
    REPORT.write_text(f"{text}\n\n{section}")


def row(work, command, suite):
    ended = subprocess.run(
        [run.TARGET / "release/macproof", "timing", suite, "--seed", "1", "--time", "20s"]
        + ["--command", command, "--json"],
        cwd=work,
        stdout=subprocess.PIPE,
    )
    if ended.returncode not in (0, 1, 3):
        sys.exit(f"{command}: exit code {ended.returncode}")
    result = json.loads(ended.stdout)
    one = result["measurements"][0]
    package = result["implementation"]
    found = lambda name, by=1: f"{one[name] / by:.1f}" if one.get(name) is not None else "–"
    line = (
        f"| {package['name']} {package['version']} | {suite} | {one['verdict']} "
        f"| {found('detectable_ns')} | {one['repeat']} | {found('call_ns', 1000)} "
        f"| {one['sentence'].replace('|', '/')} |"
    )
    print(line, file=sys.stderr)
    return line


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve())
