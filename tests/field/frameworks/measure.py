#!/usr/bin/env python3
"""How many wrong receivers of webhooks macproof names rightly: real frameworks, each right once and
wrong with the mistakes that people make with it.

    tests/field/frameworks/measure.py [--packages DIR [--install]] MACPROOF

--install puts the packages from npm and PyPI below DIR first, which takes the network. What is not
installed is left out, and said; without --packages that is every framework but the languages' own
servers. The verdicts are read from the run's JSON report, and nothing here is taken from the catalogue
but the names of its mistakes.

Exits with 1 if a right receiver does not conform or a wrong one does, or if a mistake is named that a
receiver does not make.
"""
import argparse
import collections
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECRET = "field-secret-8842-abcdefghijklmn"
SUITE = "github-webhook"
NPM = "express fastify koa koa-bodyparser hono @hono/node-server polka body-parser @hapi/hapi".split()
PYPI = "flask django fastapi uvicorn starlette bottle tornado aiohttp falcon quart pyramid waitress".split()

# What each mode does, by the names of the catalogue. Several are the same bytes for all that was asked.
JSON = {"identity-json-rewritten"}
SORTED = {"identity-json-sorted"}
PRINTED = {"identity-json-printed", "identity-printed"}
TWICE = {"identity-utf-8-twice"}
TRIMMED = {"identity-trimmed"}
SHA1 = {"algorithm-sha-1"}
BASE64 = {"encoding-base64"}
NODE = {
    "http": {"json": JSON, "latin1": TWICE, "secret-base64": {"secret-base64-decoded", "secret-base64-decoded-leniently"}, "sha1": SHA1},
    "express": {"json": JSON, "object": {"identity-object-object"}, "untyped": {"identity-undefined"}, "latin1": TWICE, "secret-line": {"secret-line-feed-added"}},
    "fastify": {"json": JSON, "sorted": SORTED, "trim": TRIMMED},
    "koa": {"json": JSON, "object": {"identity-object-object"}},
    "hono": {"json": JSON, "trim": TRIMMED},
    "web": {"json": JSON, "text-trim": TRIMMED},
    "polka": {"json": JSON, "sha1": SHA1},
    "hapi": {"json": JSON, "base64": BASE64},
}
PYTHON = {
    "http_server": {"json": JSON, "secret-hashed": {"secret-hashed"}},
    "flask": {"json": JSON, "str": PRINTED, "strip": TRIMMED},
    "django": {"json": JSON, "printed": {"identity-printed"}, "latin-1": TWICE},
    "fastapi": {"json": JSON, "compact": JSON},
    "starlette": {"sorted": SORTED, "compact": JSON},
    "bottle": {"json": JSON, "sha1": SHA1},
    "tornado": {"json": JSON, "ascii": {"identity-ascii-only"}},
    "aiohttp": {"json": JSON, "strip": TRIMMED},
    "falcon": {"json": JSON, "str": PRINTED},
    "quart": {"json": JSON},
    "pyramid": {"json": JSON},
}
# JSON.generate writes what was read as JavaScript's JSON.stringify does; Go sorts names, too.
OTHERS = {
    "webrick": {"json": JSON, "to-s": PRINTED, "latin-1": TWICE, "strip": TRIMMED, "base64": BASE64},
    "php": {"json": JSON, "unescaped": JSON, "trim": TRIMMED, "latin-1": TWICE, "sha1": SHA1},
    "go": {"json": SORTED, "sprint": PRINTED, "compact": JSON, "trim": TRIMMED, "base64": BASE64},
    "jdk": {"latin-1": TWICE, "trim": TRIMMED, "ascii": {"identity-ascii-with-question-marks"}, "upper": {"encoding-upper-case"}},
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("macproof", type=Path)
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--only", help="a framework")
    args = parser.parse_args()
    packages = args.packages and args.packages.resolve()
    if args.install:
        install(packages)
    with tempfile.TemporaryDirectory() as scratch:
        frameworks, missing = found(packages, Path(scratch))
        asked = [
            (name, mode, names, command)
            for name, modes, command in frameworks
            if args.only in (None, name)
            for mode, names in [("right", None), *modes.items()]
        ]
        environment = {**os.environ, "HOOK_SECRET": SECRET}
        if packages:
            environment["HOOK_PACKAGES"] = str(packages)
            environment["PYTHONPATH"] = str(packages / "python")
        binary = args.macproof.resolve()
        ask = lambda one: judged(binary, environment, *one)
        with ThreadPoolExecutor(2) as pool:
            sys.exit(report(pool.map(ask, asked), missing))


def install(packages):
    packages.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(packages)]
    subprocess.run([*npm, *NPM], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(packages / "python")]
    subprocess.run([*pip, *PYPI], check=True)


def found(packages, scratch):
    """The frameworks that are here, each with its modes and the command that starts it; and others."""
    here, missing = [], []

    def add(name, modes, command, is_there):
        here.append((name, modes, command)) if is_there else missing.append(name)

    for name, modes in NODE.items():
        package = {"http": None, "web": None, "hapi": "@hapi/hapi"}.get(name, name)
        is_there = shutil.which("node") and (package is None or packages and (packages / "node_modules" / package).exists())
        add(f"node {name}", modes, lambda mode, port, name=name: ["node", HERE / "node.mjs", name, mode, port], is_there)
    for name, modes in PYTHON.items():
        is_there = name == "http_server" or packages and (packages / "python" / name).exists() or packages and (packages / "python" / f"{name}.py").exists()
        add(f"python {name}", modes, lambda mode, port, name=name: [sys.executable, HERE / "python.py", name, mode, port], is_there)
    is_there = shutil.which("ruby") and subprocess.run(["ruby", "-rwebrick", "-e", "1"], stderr=subprocess.DEVNULL).returncode == 0
    add("ruby webrick", OTHERS["webrick"], lambda mode, port: ["ruby", HERE / "ruby.rb", mode, port], is_there)
    add("php -S", OTHERS["php"], lambda mode, port: ["php", "-S", f"127.0.0.1:{port}", HERE / "php.php"], shutil.which("php"))
    if shutil.which("go"):
        subprocess.run(["go", "build", "-o", scratch / "receiver", "main.go"], cwd=HERE / "go", check=True)
    add("go net/http", OTHERS["go"], lambda mode, port: [scratch / "receiver", mode, port], shutil.which("go"))
    if shutil.which("javac"):
        subprocess.run(["javac", "-d", scratch, HERE / "java" / "Receiver.java"], check=True)
    add("java jdk.httpserver", OTHERS["jdk"], lambda mode, port: ["java", "-cp", scratch, "Receiver", mode, port], shutil.which("javac"))
    return here, missing


def judged(binary, environment, name, mode, names, command):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [str(part) for part in command(mode, str(port))]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    receiver = subprocess.Popen(arguments, env={**environment, "HOOK_MODE": mode}, **quiet)
    try:
        began = time.monotonic()
        while socket.socket().connect_ex(("127.0.0.1", port)):
            if receiver.poll() is not None or time.monotonic() - began > 60:
                return name, mode, names, "does not start", ""
            time.sleep(0.05)
        with tempfile.TemporaryDirectory() as folder:
            url = f"http://127.0.0.1:{port}/hook"
            Path(folder, "macproof.yaml").write_text(
                "implementations:\n  receiver:\n    secret: {env: HOOK_SECRET}\n    http:\n"
                f"      suites: [{SUITE}]\n"
                f'      verify: {{url: "{url}", accept: {{status: 200}}, reject: {{status: [400, 401]}}}}\n'
            )
            run = [binary, "run", SUITE, "--seed", "1", "--report", "json=-"]
            output = subprocess.run(run, cwd=folder, env=environment, capture_output=True, timeout=300)
        document = json.loads(output.stdout)
        causes = document["diagnosis"]["causes"] if document.get("diagnosis") else []
        named = [one["id"] for one in causes[0]["alternatives"][0]["mistakes"]] if causes else []
        return name, mode, names, document["conformance"], "+".join(named)
    except (ValueError, subprocess.TimeoutExpired, KeyError) as error:
        return name, mode, names, "no report", f"{type(error).__name__}: {error}"
    finally:
        receiver.kill()
        receiver.wait()


def report(judgements, missing):
    counts = collections.Counter()
    print(f"{'framework':<20} {'mode':<14} {'verdict':<15} {'named':<44} judged")
    for name, mode, names, conformance, named in judgements:
        if conformance not in ("conformant", "nonconformant"):
            kind = "FAILED"
        elif names is None:
            kind = "conforms" if conformance == "conformant" else "FALSE VERDICT"
        elif conformance == "conformant":
            kind = "MISSED"
        elif not named:
            kind = "not named"
        else:
            kind = "named right" if named in names else "NAMED WRONG"
        counts[kind] += 1
        print(f"{name:<20} {mode:<14} {conformance:<15} {named:<44} {kind}", flush=True)
    print("\n" + ", ".join(f"{kind}: {count}" for kind, count in counts.most_common()))
    if missing:
        print(f"not installed: {', '.join(missing)}")
    return 0 if all(kind in ("conforms", "named right", "not named") for kind in counts) else 1


main()
