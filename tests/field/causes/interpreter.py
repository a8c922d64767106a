"""A verifier of jotreview that takes the right token, and by its fault some that need no secret."""

import hashlib
import hmac
import json
import sqlite3
import sys

FAULT = sys.argv[1]
database = sqlite3.connect(":memory:")


def signed(secret, identity):
    return hmac.new(secret.encode(), identity.encode(), hashlib.sha256).hexdigest()


def selects(query, stored):
    operators = {
        "$ne": lambda operand: stored != operand,
        "$gt": lambda operand: isinstance(operand, str) and stored > operand,
    }
    return bool(query) and all(
        operators.get(name, lambda _: False)(operand) for name, operand in query.items()
    )


def accepts(secret, identity, token):
    expected = signed(secret, identity)
    if FAULT == "operators" and isinstance(token, dict):
        return selects(token, expected)
    if not isinstance(token, str):
        return False
    if FAULT in ("like", "glob"):
        query = f"SELECT ? {FAULT.upper()} ?"
        return bool(database.execute(query, (expected, token)).fetchone()[0])
    if FAULT == "injection":
        return bool(database.execute(f"SELECT '{expected}' = '{token}'").fetchone()[0])
    if FAULT == "sha1" and token == hashlib.sha1(identity.encode()).hexdigest():
        return True
    if FAULT == "local-part" and token == signed(secret, identity.split("@")[0]):
        return True
    return token == expected


def answer(question):
    if question["op"] == "hello":
        about = {"name": FAULT}
        return {"protocol": 1, "implementation": about, "inputs": ["text", "json"]}
    secret, identity = question["secret"], question["fields"].get("user_id")
    if not secret or not isinstance(identity, str):
        return {"id": question["id"], "refused": "no secret or no identity"}
    if question["op"] == "sign":
        return {"id": question["id"], "token": signed(secret, identity)}
    try:
        is_right = accepts(secret, identity, question.get("token"))
    except sqlite3.Error:
        is_right = False
    return {"id": question["id"], "outcome": "accept" if is_right else "reject"}


for line in sys.stdin:
    question = json.loads(line)
    if question["op"] == "bye":
        break
    print(json.dumps(answer(question)), flush=True)
