"""The licences of the crates that are in the binary, as their packages have them."""

import json
import re
import subprocess
from pathlib import Path

# The C library of the static binaries; its notice is that of the MIT License.
MUSL = "musl libc: Copyright © 2005-2020 Rich Felker, et al. MIT License.\n\n"


def notices(root, target):
    asked = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(asked, cwd=root, capture_output=True, check=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    needs = {
        node["id"]: [
            need["pkg"] for need in node["deps"] if any(kind["kind"] is None for kind in need["dep_kinds"])
        ]
        for node in metadata["resolve"]["nodes"]
    }
    found, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += needs[one]
    crates = sorted(
        (packages[one] for one in found if packages[one]["source"]),
        key=lambda crate: (crate["name"], crate["version"]),
    )

    # Many crates have the same text: it is written once, behind the names of all of them.
    names_of = {}
    heads = []
    for crate in crates:
        name = f"{crate['name']} {crate['version']}"
        folder = Path(crate["manifest_path"]).parent
        # Those of C code lie deeper.
        texts = sorted(file for file in folder.rglob("*") if is_licence(file))
        by = f", by {', '.join(crate['authors'])}" if crate["authors"] else ""
        heads.append(f"{name}: {crate['license'] or 'see below'}{by}\n")
        for file in texts:
            names_of.setdefault(file.read_text(errors="replace").strip(), {})[name] = True
    out = "This program contains these works of others, each under its own licence.\n\n"
    out += MUSL if target.endswith("-musl") else ""
    out += "".join(heads)
    for text, names in names_of.items():
        out += f"\n{'-' * 80}\n{', '.join(names)}\n\n{text}\n"
    return out


def is_licence(file):
    is_text = re.match(r"(licen[cs]e|copying|copyright|notice)", file.name, re.I) is not None
    return is_text and file.suffix not in (".rs", ".c", ".h", ".py") and file.is_file()
