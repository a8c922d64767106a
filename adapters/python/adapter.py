"""A macproof adapter for Python 3.11: the SDK first, the adapter below it. Standard library only."""

import base64
import hmac
import json
import operator
import os
import re
import sys
import time

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
    return equal(presented, token_of(system, key, identity, time).encode())


equal = hmac.compare_digest  # takes as long wherever the two differ; == does not


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
    "suites": SUITES, "ops": ["sign", "verify", "compare"], "clock": "injected",
    "inputs": ["text", "bytes", "number", "json"], "max_in_flight": 256,
}


def decoded(value):
    given = value.get("base64") if isinstance(value, dict) else None
    return base64.b64decode(given) if isinstance(given, str) else value


def answer(request):
    op, suite, fields = request["op"], request.get("suite"), request.get("fields", {})
    if op == "hello":
        return HELLO
    repeat = range(request.get("repeat", 1))
    if op == "compare":  # eight copies in turn, so that nobody can compare once and remember
        lefts, right = [request["left"].encode() for _ in range(8)], request["right"].encode()
        return {"equal": all([equal(lefts[i % 8], right) for i in repeat])}
    if suite not in SUITES or op not in HELLO["ops"]:
        return {"unsupported": f"{op} for {suite}"}
    secret, platform = request.get("secret"), fields.get("platform")
    if "secrets" in request:
        secret = request["secrets"].get(platform) if isinstance(platform, str) else None
    try:
        secret, identity = decoded(secret), decoded(fields.get("identifier" if suite == "prefinery" else "user_id"))
        if op == "sign":
            return {"token": sign(suite, secret, identity, fields.get("timestamp"))}
        outcomes = [verify(suite, secret, identity, request.get("token")) for _ in repeat]
        outcome = {"outcome": "accept" if outcomes[-1] else "reject"}
        return {**outcome, "accepted": sum(outcomes)} if "repeat" in request else outcome
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


# ---- Planted leaks, for `macproof timing` to find; drop this part -------------------------------


def early_exit(left, right):
    for a, b in zip(left, right):
        if a != b:
            return False
    return len(left) == len(right)


def slower_when_the_first_matches(nanoseconds):
    clock, owed = time.perf_counter_ns, 0
    due = 300, 300 + nanoseconds

    def comparison(left, right):
        nonlocal owed
        owed += due[left[:1] == right[:1]]  # all wait: what that costs besides is the same for all
        start = clock()
        while (waited := clock() - start) < owed:
            pass
        owed = max(owed - waited, -1000)  # too long is made up for, unless the system took the time
        return hmac.compare_digest(left, right)

    return comparison


def leaky(name):
    if name in ("early-exit", "equality"):
        return early_exit if name == "early-exit" else operator.eq
    number, unit = re.fullmatch("([0-9]+)(ns|us)", name).groups()
    return slower_when_the_first_matches(int(number) * {"ns": 1, "us": 1000}[unit])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--leak"]:
        equal = leaky(sys.argv[2])
    main()
