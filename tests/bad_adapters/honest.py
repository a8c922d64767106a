"""A correct adapter for one suite, as short as it can be. Its bad relatives change one thing each.

`serve` reads whatever has come, and writes all its answers at once. A relative passes `answer`,
which gets a request and returns what is to be written, and does its mischief there: mostly when
`is_troubled` says that this is the case it goes wrong with.
"""

import hashlib
import hmac
import json
import os
import sys

HELLO = {
    "protocol": 1,
    "implementation": {"name": "bad"},
    "suites": ["numbered"],
    "ops": ["sign", "verify"],
    "inputs": ["text"],
    "max_in_flight": 256,
}


def is_troubled(request):
    return request["fields"]["user_id"] == "user-137"


def token(request):
    key, message = request["secret"].encode(), request["fields"]["user_id"].encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def honest(request):
    return line({"id": request["id"], "token": token(request)})


def line(message):
    return json.dumps(message) + "\n"


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def serve(answer=honest, hello=HELLO, bye=lambda: None, finish="".join):
    unread = b""
    while chunk := os.read(0, 1 << 16):
        *lines, unread = (unread + chunk).split(b"\n")
        answers = []
        for request in map(json.loads, lines):
            if request["op"] == "bye":
                write(finish(answers))
                return bye()
            answers.append(line(hello) if request["op"] == "hello" else answer(request))
        write(finish(answers))


if __name__ == "__main__":
    serve()
