"""Signs and verifies for the suites github-webhook and jotreview what is not quite the message: the
first argument says what is made of it, the second which operation is declared."""

import hashlib
import hmac
import json
import sys

FAULT, OP = sys.argv[1:3]


def units(text):
    wide = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(wide[at : at + 2], "little") for at in range(0, len(wide), 2)]


def escaped(text, form):
    return "".join(chr(u) if u < 128 else form.format(u) for u in units(text)).encode()


def cp1252(text):
    return text.encode().decode("cp1252", "replace").encode()


MADE = {
    # The charset of a body.
    "low-bytes": lambda text: bytes(unit & 255 for unit in units(text)),
    "utf-8-as-latin-1": lambda text: text.encode().decode("latin-1").encode(),
    "utf-8-as-windows-1252": cp1252,
    "replacement-characters": lambda text: text.encode().decode("ascii", "replace").encode(),
    "json-escapes": lambda text: escaped(text, "\\u{:04x}"),
    "json-escapes-in-capitals": lambda text: escaped(text, "\\u{:04X}"),
    "no-four-byte-characters": lambda text: "".join(
        c if ord(c) < 0x10000 else "?" for c in text
    ).encode(),
    # Line ends and cuts.
    "carriage-returns": lambda text: text.encode().replace(b"\n", b"\r\n"),
    "no-line-feeds": lambda text: text.encode().replace(b"\n", b""),
    "no-blanks": lambda text: b"".join(text.encode().split()),
    "no-white-space": lambda text: "".join(text.split()).encode(),
    "blank-before": lambda text: b" " + text.encode(),
    "nul-behind": lambda text: text.encode() + b"\0",
    "cut": lambda text: text.encode()[:10],
    "line-feeds-written-out": lambda text: text.encode().replace(b"\n", b"\\n"),
    "hex-of-the-body": lambda text: text.encode().hex().encode(),
    # Values as languages print them.
    "python-bytes": lambda text: repr(text.encode()).encode(),
    "swift-optional": lambda text: f'Optional("{text}")'.encode(),
    "rust-some": lambda text: f"Some({text})".encode(),
    "javascript-object": lambda text: b"[object Object]",
    "list-of-one": lambda text: f"[{text}]".encode(),
    "json-around": lambda text: json.dumps({"id": text}).encode(),
    "zeros-before": lambda text: text.zfill(12).encode(),
    "kind-before": lambda text: f"user:{text}".encode(),
    "format": lambda text: b"%s",
}


def token(question):
    [text] = [value for name, value in question["fields"].items() if name != "lookup"]
    mac = hmac.new(question["secret"].encode(), MADE[FAULT](text), hashlib.sha256).hexdigest()
    return f"sha256={mac}" if question["suite"] == "github-webhook" else mac


def answer(question):
    try:
        if not question["secret"]:
            return {"refused": "the secret is empty"}
        due = token(question)
        if question["op"] == "sign":
            return {"token": due}
        is_right = hmac.compare_digest(question["token"].encode(), due.encode())
        return {"outcome": "accept" if is_right else "reject"}
    except Exception as error:
        return {"threw": repr(error)}


for line in sys.stdin:
    question = json.loads(line)
    if question["op"] == "bye":
        break
    if question["op"] == "hello":
        said = {
            "protocol": 1,
            "implementation": {"name": FAULT, "language": "python"},
            "suites": ["github-webhook", "jotreview", "prefinery"],
            "ops": [OP],
            "max_in_flight": 64,
        }
    else:
        said = {"id": question["id"], **answer(question)}
    print(json.dumps(said), flush=True)
