"""Takes its time over each answer: `slow.py MARK SECONDS [after N] [wrong|crashes]`.

The first N answers are quick. With `wrong` its tokens are wrong where an identity is longer than
three characters, with `crashes` it ends there.
"""
import os
import sys
import time

from honest import line, serve, token

SECONDS = float(sys.argv[2])
WORDS = sys.argv[3:]
QUICK = int(WORDS[WORDS.index("after") + 1]) if "after" in WORDS else 0
asked = 0


def answer(request):
    global asked
    asked += 1
    if asked > QUICK:
        time.sleep(SECONDS)
    is_long = len(request["fields"].get("user_id", "")) > 3
    if is_long and "crashes" in WORDS:
        os._exit(3)
    right = token(request) if "user_id" in request["fields"] else ""
    if request["op"] == "sign":
        made = right[::-1] if is_long and "wrong" in WORDS else right
        return line({"id": request["id"], "token": made})
    accepts = request["token"] == right
    tally = request.get("repeat", 1) if accepts else 0
    outcome = "accept" if accepts else "reject"
    return line({"id": request["id"], "outcome": outcome, "accepted": tally})


HELLO = {
    "protocol": 1,
    "implementation": {"name": "slow"},
    "ops": ["sign", "verify"],
    "inputs": ["text"],
    "max_in_flight": 1,
}

serve(answer, HELLO)
