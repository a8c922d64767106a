#!/usr/bin/env python3
"""Plants every mistake of the catalogue in an adapter, fuzzes it, and prints a table of what that took.

    cargo build --release && python3 benches/fuzz_figures.py > reports/fuzz-figures.md

Each mistake is fuzzed over the schemes below, seed 1, until the first finding, or for ten seconds.
The vectors of the suites are left out with --grown: only grown inputs count.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

MACPROOF = os.environ.get("MACPROOF", "target/release/macproof")
SUITES = [
    "jotreview", "jimo", "engagespot", "mtribes", "prefinery",
    "magicbell", "github-webhook", "standard-webhooks", "stripe-webhook",
]
SECONDS = 10


def mistakes():
    out = subprocess.run([MACPROOF, "mistakes"], capture_output=True, text=True, check=True).stdout
    words = (line.split() for line in out.splitlines() if line.startswith("  "))
    return [line[0] for line in words if line]


def fuzz(mistake, folder):
    command = [
        MACPROOF, "fuzz", *SUITES, "--grown", "--seed", "1", "--time", f"{SECONDS}s", "--max-findings", "1",
        "--level", "should", "--output", folder, "--report", "json=-",
        "--command", f"{MACPROOF} adapter --mistake {mistake}",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for mistake in mistakes():
            result = fuzz(mistake, folder)
            found = result["findings"][0] if result["findings"] else None
            rows.append((mistake, result, found))
            print(mistake, found and found["found_after_ms"], file=sys.stderr, flush=True)
    times = [found["found_after_ms"] for _, _, found in rows if found]
    lengths = [found["length"] for _, _, found in rows if found]
    named = sum(
        1 for mistake, _, found in rows
        if found and any(m["id"] == mistake for cause in found.get("causes", []) for m in cause["mistakes"])
    )
    print("# What fuzzing finds\n")
    print("Made by `cargo build --release && python3 benches/fuzz_figures.py`: every mistake of the catalogue, planted in")
    print(f"the built-in adapter, fuzzed with seed 1 over {', '.join(SUITES)}, grown inputs only (`--grown`:")
    print("the suites' own vectors are not asked), `--level should`, until the first finding. The time includes")
    print("confirming, explaining and shrinking it.\n")
    print(f"- found: {len(times)} of {len(rows)}")
    print(f"- median: {statistics.median(times):.0f} ms; slowest: {max(times)} ms")
    print(f"- explained by its own name among the causes: {named} of {len(times)}")
    print(f"- median length of the smallest input, secrets and fields together: {statistics.median(lengths):.0f} characters\n")
    print("| mistake | found after | cases | suite | requirement | characters | first cause |")
    print("|---|---|---|---|---|---|---|")
    for mistake, result, found in rows:
        if not found:
            print(f"| {mistake} | not within {SECONDS} s | {result['cases']} | | | | |")
            continue
        cause = " + ".join(m["id"] for m in found["causes"][0]["mistakes"]) if found.get("causes") else "–"
        print(
            f"| {mistake} | {found['found_after_ms']} ms | {found['found_after_cases']} | {found['suite']} "
            f"| {found['requirement']} | {found['length_before']} → {found['length']} | {cause} |"
        )


main()
