#!/usr/bin/env python3
"""Makes the packages of one built binary: an archive, a wheel, npm tarballs and, for Linux, a .deb.

    packaging/package.py target/x86_64-unknown-linux-musl/dist/macproof x86_64-unknown-linux-musl dist

Nothing is compiled here. The binary itself writes its completions and manual pages, so it has to
run on this machine; `cargo metadata` finds the licences of what is in it. The same input gives the
same bytes: every time stamp is SOURCE_DATE_EPOCH, or that of the commit.
"""

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

from notices import notices

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = "Conformance and fuzz-testing harness for HMAC identity signatures"
SHELLS = {
    "bash": "share/bash-completion/completions/macproof",
    "fish": "share/fish/vendor_completions.d/macproof.fish",
    "zsh": "share/zsh/site-functions/_macproof",
}
# The names of each target among those who install: Python's tags, Node's platform and processor,
# Debian's architecture. A static binary needs no C library, so it has the tags of both.
TARGETS = {
    "x86_64-unknown-linux-musl": ("manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", "linux", "x64", "amd64"),
    "aarch64-unknown-linux-musl": ("manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", "linux", "arm64", "arm64"),
    "x86_64-apple-darwin": ("macosx_10_12_x86_64", "darwin", "x64", None),
    "aarch64-apple-darwin": ("macosx_11_0_arm64", "darwin", "arm64", None),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary", type=Path)
    arguments.add_argument("target", choices=TARGETS)
    arguments.add_argument("out", type=Path)
    given = arguments.parse_args()
    wheel_tags, platform, processor, debian = TARGETS[given.target]
    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
    said = subprocess.run([given.binary, "-V"], capture_output=True, text=True, check=True).stdout
    if said.strip() != f"macproof {version}":
        sys.exit(f"{given.binary} is {said.strip()}, and Cargo.toml says {version}")
    given.out.mkdir(parents=True, exist_ok=True)

    binary = given.binary.read_bytes()
    shared = shared_files(given.binary)
    documents = {
        name: (ROOT / name).read_bytes()
        for name in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]
    }
    documents["THIRD-PARTY-LICENSES"] = notices(ROOT, given.target).encode()

    made = [
        archive(given.out, version, given.target, binary, shared, documents),
        wheel(given.out, version, wheel_tags, binary, shared, documents),
        npm_platform(given.out, version, platform, processor, binary, documents),
        npm_launcher(given.out, version, shared, documents),
    ]
    if debian:
        made.append(deb(given.out, version, debian, binary, shared, documents))
    for path in made:
        print(f"{path.stat().st_size / 1e6:6.1f} MB  {path}")


def shared_files(binary):
    """What belongs below a prefix beside the binary: completions and manual pages."""
    files = {}
    for shell, path in SHELLS.items():
        files[path] = subprocess.run([binary, "completions", shell], capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "manual", folder], check=True)
        for page in sorted(Path(folder).iterdir()):
            files[f"share/man/man1/{page.name}"] = page.read_bytes()
    return files


def moment():
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
        epoch = asked.stdout.strip() or "1767225600"
    return int(epoch)


def tar(files, folders=False):
    """A gzipped archive of (path, bytes, mode); with the folders, where an installer wants them."""
    out = io.BytesIO()
    known = set()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        for path, content, mode in files:
            above = [str(folder) for folder in reversed(Path(path).parents)] if folders else []
            for folder in above:
                if folder not in known:
                    known.add(folder)
                    packed.addfile(entry(folder, 0o755, tarfile.DIRTYPE))
            one = entry(path, mode, tarfile.REGTYPE)
            one.size = len(content)
            packed.addfile(one, io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0)


def entry(path, mode, kind):
    one = tarfile.TarInfo(path)
    one.mode, one.type, one.mtime = mode, kind, moment()
    one.uname = one.gname = "root"
    return one


def written(path, content):
    path.write_bytes(content)
    return path


def archive(out, version, target, binary, shared, documents):
    name = f"macproof-{version}-{target}"
    files = [(f"{name}/bin/macproof", binary, 0o755)]
    files += [(f"{name}/{path}", content, 0o644) for path, content in (shared | documents).items()]
    return written(out / f"{name}.tar.gz", tar(files))


def wheel(out, version, tags, binary, shared, documents):
    """A wheel without a line of Python: the binary is its script, the rest lies below the prefix."""
    data, info = f"macproof-{version}.data", f"macproof-{version}.dist-info"
    licences = [name for name in documents if "LICENSE" in name]
    metadata = ["Metadata-Version: 2.4", "Name: macproof", f"Version: {version}", f"Summary: {SUMMARY}",
                "License-Expression: MIT OR Apache-2.0"]
    metadata += [f"License-File: {name}" for name in licences]
    metadata += ["Requires-Python: >=3.8", "Description-Content-Type: text/markdown", ""]
    described = "\n".join(metadata).encode() + b"\n" + documents["README.md"]
    form = ["Wheel-Version: 1.0", "Generator: macproof", "Root-Is-Purelib: false"]
    form += [f"Tag: py3-none-{tag}" for tag in tags.split(".")]
    files = [(f"{data}/scripts/macproof", binary, 0o755)]
    files += [(f"{data}/data/{path}", content, 0o644) for path, content in shared.items()]
    files += [(f"{info}/licenses/{name}", documents[name], 0o644) for name in licences]
    files += [(f"{info}/METADATA", described, 0o644), (f"{info}/WHEEL", "\n".join(form + [""]).encode(), 0o644)]
    digest = lambda content: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    record = [f"{path},sha256={digest(content)},{len(content)}" for path, content, _ in files]
    record += [f"{info}/RECORD,,", ""]
    files.append((f"{info}/RECORD", "\n".join(record).encode(), 0o644))
    path = out / f"macproof-{version}-py3-none-{tags}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content, mode in files:
            one = zipfile.ZipInfo(name, time.gmtime(moment())[:6])
            one.external_attr = (0o100000 | mode) << 16
            packed.writestr(one, content, zipfile.ZIP_DEFLATED)
    return path


def npm_tarball(out, package, files):
    head = {
        "name": package.pop("name"),
        "version": package.pop("version"),
        "description": SUMMARY,
        "license": "MIT OR Apache-2.0",
    }
    # Where a workflow builds it, which is what npm's provenance is checked against.
    if repository := os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        head["repository"] = {"type": "git", "url": f"git+{server}/{repository}.git"}
    files = {"package.json": (json.dumps(head | package, indent=2) + "\n").encode()} | files
    name = head["name"].removeprefix("@").replace("/", "-")
    # npm gives what a package calls a program its mode; this one is started by another package.
    packed = [(f"package/{path}", content, 0o755 if "bin/" in path else 0o644) for path, content in files.items()]
    return written(out / f"{name}-{head['version']}.tgz", tar(packed))


def npm_platform(out, version, platform, processor, binary, documents):
    package = {
        "name": f"@macproof/{platform}-{processor}",
        "version": version,
        "os": [platform],
        "cpu": [processor],
        "preferUnplugged": True,
    }
    licences = {name: text for name, text in documents.items() if "LICENSE" in name}
    return npm_tarball(out, package, {"bin/macproof": binary} | licences)


def npm_launcher(out, version, shared, documents):
    pages = {f"man/{Path(path).name}": text for path, text in shared.items() if "/man/" in path}
    package = {
        "name": "macproof",
        "version": version,
        "bin": {"macproof": "bin/macproof.js"},
        "man": [f"./{page}" for page in pages],
        "engines": {"node": ">=18"},
        "optionalDependencies": {
            f"@macproof/{platform}-{processor}": version for _, platform, processor, _ in TARGETS.values()
        },
    }
    launcher = (ROOT / "packaging/npm/macproof.js").read_bytes()
    documents = {name: text for name, text in documents.items() if name != "THIRD-PARTY-LICENSES"}
    return npm_tarball(out, package, {"bin/macproof.js": launcher} | pages | documents)


def deb(out, version, architecture, binary, shared, documents):
    files = [("./usr/bin/macproof", binary, 0o755)]
    for path, content in shared.items():
        # Debian keeps zsh's elsewhere, and its manual pages compressed.
        path = path.replace("zsh/site-functions", "zsh/vendor-completions")
        if "/man/" in path:
            path, content = f"{path}.gz", gzip.compress(content, mtime=0)
        files.append((f"./usr/{path}", content, 0o644))
    of_package = "./usr/share/doc/macproof"
    copyright = b"macproof is under the MIT License or the Apache License 2.0, as you choose.\n\n"
    copyright += documents["LICENSE-MIT"] + b"\n/usr/share/common-licenses/Apache-2.0 has the Apache License.\n\n"
    files += [
        (f"{of_package}/copyright", copyright + documents["THIRD-PARTY-LICENSES"], 0o644),
        (f"{of_package}/changelog.gz", gzip.compress(documents["CHANGELOG.md"], mtime=0), 0o644),
        (f"{of_package}/README.md", documents["README.md"], 0o644),
    ]
    control = [
        "Package: macproof",
        f"Version: {version}",
        f"Architecture: {architecture}",
        "Maintainer: the founders of macproof",
        "Section: devel",
        "Priority: optional",
        f"Installed-Size: {sum(len(content) for _, content, _ in files) // 1024}",
        f"Description: {SUMMARY}",
        " Runs suites of test vectors against an implementation in any language, and",
        " explains what it finds.",
        "",
    ]
    digests = [f"{hashlib.md5(content).hexdigest()}  {path[2:]}\n" for path, content, _ in files]
    about = [("./control", "\n".join(control).encode(), 0o644), ("./md5sums", "".join(digests).encode(), 0o644)]
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": tar(about),
        "data.tar.gz": tar(files, folders=True),
    }
    packed = b"!<arch>\n"
    for name, content in members.items():
        packed += f"{name:<16}{moment():<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        packed += content + b"\n" * (len(content) % 2)
    return written(out / f"macproof_{version}_{architecture}.deb", packed)


if __name__ == "__main__":
    main()
