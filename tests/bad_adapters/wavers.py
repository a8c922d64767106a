"""Right at first, and wrong now and then, each process of its own accord: so jobs and rounds differ.

Its arguments after the mark: `own` for a secret of its own, `system` for its own clock.
"""
import hashlib
import hmac
import os
import random
import sys
import time

from honest import HELLO, line, serve

OWN = "the-secret-of-the-implementation"
ways = sys.argv[2:]
chance = random.Random(os.getpid())
asked = 0


def signed(request, user, moment):
    key = OWN if "own" in ways else request["secret"]
    mac = hmac.new(key.encode(), f"{user}-{moment}".encode(), hashlib.sha256).hexdigest()
    return f"{mac}-{moment}"


def answer(request):
    global asked
    asked += 1
    now = int(time.time()) if "system" in ways else request.get("now")
    is_wrong = asked > 20 and chance.random() < 0.004
    user = request["fields"]["user_id"]
    if is_wrong and chance.random() < 0.3:
        return line({"id": request["id"], "threw": "it wavers"})
    if request["op"] == "sign":
        moment = now if "system" in ways else request["fields"]["timestamp"]
        return line({"id": request["id"], "token": signed(request, user, moment) + "x" * is_wrong})
    moment = request["token"].rpartition("-")[2]
    is_right = request["token"] == signed(request, user, moment)
    return line({"id": request["id"], "outcome": "accept" if is_right != is_wrong else "reject"})


clock = {"clock": "system"} if "system" in ways else {}
serve(answer, hello={**HELLO, "suites": ["events"], **clock})
