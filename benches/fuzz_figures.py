#!/usr/bin/env python3
"""Everything that reports/fuzz-figures.md says, from one command:

    cargo build --profile dist --bin macproof --example adapter && python3 benches/fuzz_figures.py > reports/fuzz-figures.md

Throughput and memory against the built-in adapter; what the adapters of other languages do; every
mistake of the catalogue, planted in an adapter and fuzzed until the first finding, or for ten
seconds. `--seeds N` (1 if not given) repeats the last with the seeds 1 to N, to see how near each
input is to the shortest that any seed came to. `--only throughput|languages|mistakes` does one part.

The vectors of the suites are left out of the mistakes with --grown: only grown inputs count.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MACPROOF = os.environ.get("MACPROOF", "target/dist/macproof")
SUITES = [
    "jotreview", "jimo", "engagespot", "mtribes", "prefinery",
    "magicbell", "github-webhook", "standard-webhooks", "stripe-webhook",
]
SECONDS = 10
OVER = 3


def told(text):
    print(text, file=sys.stderr, flush=True)


def measured(arguments, folder):
    """The document of a campaign, and the most memory that one of its processes had, in MiB."""
    path = os.path.join(folder, "campaign.json")
    command = [MACPROOF, "fuzz", *arguments, "--report", f"json={path}", "--output", folder]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {said}")
    with open(path) as file:
        result = json.load(file)
    # Kibibytes on Linux, bytes on macOS.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return result, usage.ru_maxrss / unit


def rate(result):
    return result["cases"] * 1000 / max(1, result["duration_ms"])


def throughput(folder):
    rows = []
    for jobs in (1, 2):
        for seconds in (10, 40):
            arguments = ["--seed", "1", "--level", "should", "--jobs", str(jobs), "--time", f"{seconds}s"]
            result, memory = measured(arguments, folder)
            told(f"jobs {jobs}, {seconds} s: {rate(result):.0f} a second, {memory:.1f} MiB")
            rows.append((jobs, seconds, result, memory))
    print("## Throughput and memory\n")
    print("The five suites, the built-in adapter (a process of its own for each job), seed 1, `--level should`. Asked for:")
    print("300,000 cases a second on two cores, and 64 MiB however long. The memory is that of the largest process.\n")
    print("| jobs | seconds | cases | cases a second | kinds of answers | findings | MiB |")
    print("|---|---|---|---|---|---|---|")
    for jobs, seconds, result, memory in rows:
        print(
            f"| {jobs} | {seconds} | {result['cases']:,} | {rate(result):,.0f} | {result['kinds']} "
            f"| {len(result['findings'])} | {memory:.0f} |"
        )
    print()


def languages(folder):
    """Each language whose adapter can be started here, with its command; why not, for the others."""
    def interpreted(program, path):
        return f"{program} {path}" if shutil.which(program) else None

    def built(program, command, adapter):
        if not shutil.which(program):
            return None
        done = subprocess.run(command, capture_output=True)
        return adapter if done.returncode == 0 else None

    go = os.path.join(folder, "go-adapter")
    java = os.path.join(folder, "java")
    rust = os.path.join(os.path.dirname(MACPROOF), "examples", "adapter")
    return [
        ("Python", interpreted("python3", "adapters/python/adapter.py")),
        ("Node.js", interpreted("node", "adapters/node/adapter.js")),
        ("Ruby", interpreted("ruby", "adapters/ruby/adapter.rb")),
        ("PHP", interpreted("php", "adapters/php/adapter.php")),
        ("Go", built("go", ["go", "build", "-o", go, "adapters/go/main.go"], go)),
        ("Java", built("javac", ["javac", "-d", java, "adapters/java/Adapter.java"], f"java -cp {java} Adapter")),
        ("Rust", rust if os.path.exists(rust) else None),
    ]


def adapters(folder):
    print("## Adapters of other languages\n")
    print(f"The five suites, one job, seed 1, `--level should`, {SECONDS} s each. They conform: every finding would be false.\n")
    print("| adapter | cases | cases a second | findings |")
    print("|---|---|---|---|")
    for name, command in languages(folder):
        if command is None:
            print(f"| {name} | not installed or not built here | | |")
            continue
        arguments = ["--seed", "1", "--level", "should", "--time", f"{SECONDS}s", "--command", command]
        result, _ = measured(arguments, folder)
        told(f"{name}: {rate(result):.0f} a second, {len(result['findings'])} findings")
        print(f"| {name} | {result['cases']:,} | {rate(result):,.0f} | {len(result['findings'])} |")
    print()


def mistakes():
    out = subprocess.run([MACPROOF, "mistakes"], capture_output=True, text=True, check=True).stdout
    words = (line.split() for line in out.splitlines() if line.startswith("  "))
    return [line[0] for line in words if line]


def planted(mistake, seed, folder):
    arguments = [
        *SUITES, "--grown", "--seed", str(seed), "--time", f"{SECONDS}s", "--max-findings", "1",
        "--level", "should", "--command", f"{MACPROOF} adapter --mistake {mistake}",
    ]
    result, _ = measured(arguments, folder)
    found = result["findings"][0] if result["findings"] else None
    told(f"{mistake}, seed {seed}: {found and found['found_after_ms']} ms, {found and found['length']} characters")
    return result, found


def findings(folder, seeds):
    rows = [(mistake, *planted(mistake, 1, folder)) for mistake in mistakes()]
    # What one seed does not find in ten seconds the others need not look for as long.
    more = [
        (mistake, *planted(mistake, seed, folder))
        for seed in range(2, seeds + 1)
        for mistake, _, found in rows
        if found
    ]
    times = [found["found_after_ms"] for _, _, found in rows if found]
    lengths = [found["length"] for _, _, found in rows if found]
    named = sum(
        1 for mistake, _, found in rows
        if found and any(m["id"] == mistake for cause in found.get("causes", []) for m in cause["mistakes"])
    )
    shortest = {}
    runs = [(mistake, found) for mistake, _, found in rows + more if found]
    for mistake, found in runs:
        key = (mistake, found["suite"], found["requirement"])
        shortest[key] = min(found["length"], shortest.get(key, found["length"]))
    over = [
        (found["length"] - shortest[mistake, found["suite"], found["requirement"]], mistake)
        for mistake, found in runs
    ]
    print("## Planted mistakes\n")
    print("Every mistake of the catalogue, planted in the built-in adapter, fuzzed over")
    print(f"{', '.join(SUITES)}, grown inputs only (`--grown`: the suites' own vectors are not asked), `--level should`,")
    print(f"until the first finding or for {SECONDS} s. The time includes confirming, explaining and shrinking it. Asked for: each")
    print("that makes a difference within 10 s, the median under 1 s, and at most 3 characters over the minimum.\n")
    print(f"- found with seed 1: {len(times)} of {len(rows)}")
    print(f"- median: {statistics.median(times):.0f} ms; slowest: {max(times)} ms")
    print(f"- explained by its own name among the causes: {named} of {len(times)}")
    print(f"- median length of the smallest input, secrets and fields together: {statistics.median(lengths):.0f} characters")
    if seeds > 1:
        near = sum(1 for much, _ in over if much <= OVER)
        print(f"- at most {OVER} characters over the shortest that any of {seeds} seeds came to for the same mistake, suite and")
        print(f"  requirement: {near} of {len(over)} runs; the farthest: {max(over)[0]} ({max(over)[1]})")
    print()
    last = "| least of all seeds " if seeds > 1 else ""
    print(f"| mistake | found after | cases | suite | requirement | characters {last}| first cause |")
    print("|---|---|---|---|---|---|---|" + ("---|" if seeds > 1 else ""))
    for mistake, result, found in rows:
        if not found:
            print(f"| {mistake} | not within {SECONDS} s | {result['cases']:,} | | | |{' |' if seeds > 1 else ''} |")
            continue
        cause = " + ".join(m["id"] for m in found["causes"][0]["mistakes"]) if found.get("causes") else "–"
        least = f"| {shortest[mistake, found['suite'], found['requirement']]} " if seeds > 1 else ""
        print(
            f"| {mistake} | {found['found_after_ms']} ms | {found['found_after_cases']} | {found['suite']} "
            f"| {found['requirement']} | {found['length_before']} → {found['length']} {least}| {cause} |"
        )


def main():
    parser = argparse.ArgumentParser(description="Makes reports/fuzz-figures.md.")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", choices=["throughput", "languages", "mistakes"])
    arguments = parser.parse_args()
    given = "".join(f" {word}" for word in sys.argv[1:])
    head = subprocess.run(["git", "log", "-1", "--format=%h, “%s”"], capture_output=True, text=True).stdout.strip()
    print("# What fuzzing finds\n")
    print(f"Made by `cargo build --profile dist --bin macproof --example adapter && python3 benches/fuzz_figures.py{given}` on")
    print(f"{time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f} at its beginning, commit {head}.\n")
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only in (None, "throughput"):
            throughput(folder)
        if arguments.only in (None, "languages"):
            adapters(folder)
        if arguments.only in (None, "mistakes"):
            findings(folder, arguments.seeds)


if __name__ == "__main__":
    main()
