"""A macproof adapter for Python 3.11: the SDK first, the adapter below it. Standard library only."""

import base64
import hmac
import json
import os
import re
import sys

# ---- The SDK: replace this part by yours --------------------------------------------------------


class Refused(Exception):
    """The documented error for a configuration or an identity that cannot be signed."""


def sign(system, secret, identity, timestamp=None):
    key, identity = key_of(secret), bytes_of(identity, "the identity")
    if system == "jimo" and (type(timestamp) is not int or timestamp < 0):  # bool is an int, too
        raise Refused("the timestamp is not a whole number of seconds")
    return token_of(system, key, identity, timestamp)


def verify(system, secret, identity, token):
    key, identity = key_of(secret), bytes_of(identity, "the identity")
    if not isinstance(token, str):
        return False
    time = token.rpartition("-")[2]  # stays text: int() also takes "+7", " 7", "007" and full-width digits
    if system == "jimo" and not re.fullmatch("0|[1-9][0-9]*", time):
        return False
    presented = token.encode("utf-8", "surrogatepass")  # compare_digest throws on non-ASCII text, not on bytes
    return hmac.compare_digest(presented, token_of(system, key, identity, time).encode())


def token_of(system, key, identity, time):
    if system == "jimo":
        return f"{hmac.digest(key, identity + f'-{time}'.encode(), 'sha256').hex()}-{time}"
    mac = hmac.digest(key, identity, "sha256")
    return base64.b64encode(mac).decode() if system == "engagespot" else mac.hex()


def key_of(secret):
    key = bytes_of(secret, "the secret")
    if not key:
        raise Refused("the secret is empty")
    return key


def bytes_of(value, name):
    """Text as UTF-8, bytes as they are, a whole number as its decimal text; nothing else is ever stringified."""
    if type(value) is bytes:
        return value
    if type(value) in (str, int):
        return str(value).encode()
    raise Refused(f"{name} is missing or not text")


# ---- The adapter: one JSON object a line, on stdin and stdout -----------------------------------

SUITES = ["jotreview", "prefinery", "jimo", "engagespot", "mtribes"]
HELLO = {
    "protocol": 1,
    "implementation": {"name": "macproof-example-python", "version": "1.0.0", "language": "python"},
    "suites": SUITES, "ops": ["sign", "verify"], "clock": "injected",
    "inputs": ["text", "bytes", "number", "json"], "max_in_flight": 256,
}


def decoded(value):
    given = value.get("base64") if isinstance(value, dict) else None
    return base64.b64decode(given) if isinstance(given, str) else value


def answer(request):
    op, suite, fields = request["op"], request.get("suite"), request.get("fields", {})
    if op == "hello":
        return HELLO
    if suite not in SUITES or op not in HELLO["ops"]:
        return {"unsupported": f"{op} for {suite}"}
    secret, platform = request.get("secret"), fields.get("platform")
    if "secrets" in request:
        secret = request["secrets"].get(platform) if isinstance(platform, str) else None
    try:
        secret, identity = decoded(secret), decoded(fields.get("identifier" if suite == "prefinery" else "user_id"))
        if op == "sign":
            return {"token": sign(suite, secret, identity, fields.get("timestamp"))}
        return {"outcome": "accept" if verify(suite, secret, identity, request.get("token")) else "reject"}
    except Refused as error:
        return {"refused": str(error)}
    except Exception as error:
        return {"threw": f"{type(error).__name__}: {error}"}


def main():
    unread = b""
    while chunk := os.read(sys.stdin.fileno(), 1 << 16):  # returns what is there: no answer waits for the next request
        *lines, unread = (unread + chunk).split(b"\n")
        answers = []
        for request in map(json.loads, lines):
            if request["op"] == "bye":
                break
            number = {"id": request["id"]} if "id" in request else {}
            answers.append(json.dumps({**number, **answer(request)}).encode() + b"\n")
        sys.stdout.buffer.write(b"".join(answers))
        sys.stdout.buffer.flush()
        if len(answers) < len(lines):
            return


if __name__ == "__main__":
    main()
