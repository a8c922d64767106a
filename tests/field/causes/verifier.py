"""A verifier of the scheme beside this file. The argument says what is wrong with it."""

import base64
import hashlib
import hmac
import json
import random
import sys
import time
import urllib.parse

FAULT = sys.argv[1]
CLOCK = "system" if FAULT == "base64-by-the-real-clock" else "injected"
used, count = set(), 0
dice = random.Random(7)


def digest(secret, message):
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()


def expected(secret, timestamp, body):
    if FAULT == "json-rewritten":
        body = json.dumps(json.loads(body), separators=(",", ":"))
    if FAULT == "json-rewritten-oddly":
        body = json.dumps(json.loads(body), separators=(", ", ":"))
    if FAULT == "form-rewritten":
        body = urllib.parse.urlencode(urllib.parse.parse_qsl(body, keep_blank_values=True))
    if FAULT == "trimmed":
        body = body.strip()
    mac = digest(secret, f"v0:{timestamp}:{body}")
    if FAULT in ("base64", "base64-by-the-real-clock"):
        return "v0=" + base64.b64encode(mac).decode()
    if FAULT == "upper":
        return "v0=" + mac.hex().upper()
    return "v0=" + mac.hex()


def verify(question):
    global count
    count += 1
    fields, token = question["fields"], question["token"]
    if not question["secret"]:
        return False
    if FAULT == "rejects-everything":
        return False
    if FAULT == "guesses":
        return dice.random() < 0.3
    now = time.time() if CLOCK == "system" else question["now"]
    timestamp, body = fields["timestamp"], fields["body"]
    if not timestamp.isdigit() or abs(now - int(timestamp)) > 300:
        return False
    due = expected(question["secret"], timestamp, body)
    if FAULT == "fails-open" and len(token) != len(due):
        return True
    if FAULT == "compares-the-middle":
        return token[7:-4] == due[7:-4]
    if not hmac.compare_digest(token.encode("utf-8", "replace"), due.encode()):
        return False
    if FAULT == "good-once":
        is_new = token not in used
        used.add(token)
        return is_new
    if FAULT == "refuses-after-a-while":
        return count < 150
    return True


def answer(question):
    if question["op"] == "hello":
        about = {"name": FAULT, "language": "python"}
        return {"protocol": 1, "implementation": about, "ops": ["verify"], "clock": CLOCK}
    try:
        outcome = "accept" if verify(question) else "reject"
        return {"id": question["id"], "outcome": outcome}
    except Exception as error:
        return {"id": question["id"], "threw": repr(error)}


for line in sys.stdin:
    question = json.loads(line)
    if question["op"] == "bye":
        break
    print(json.dumps(answer(question)), flush=True)
