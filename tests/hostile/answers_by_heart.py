"""Computes nothing: answers each request as its argument says, or from a recorded result.

answers_by_heart.py reject|refuse [OP] [INPUT]   one constant answer
answers_by_heart.py table RESULT [MARK]          what RESULT recorded; in a second life (the file
                                                 MARK is there) it declares only what `reject` fits
"""
import json
import os
import sys

manner = sys.argv[1]
hello = {"protocol": 1, "implementation": {"name": "by-heart"}}
known = {}
if manner == "table":
    for case in json.load(open(sys.argv[2]))["cases"]:
        request = json.dumps(case["request"], sort_keys=True)
        if case.get("actual_token") is not None:
            known[request] = {"token": case["actual_token"]}
        elif case.get("outcome") in ("accept", "reject"):
            known[request] = {"outcome": case["outcome"]}
        else:
            known[request] = {"refused": "no"}
    hello["ops"] = ["sign", "verify"]
    hello["inputs"] = ["text", "bytes", "number", "json"]
    if len(sys.argv) > 3:
        if os.path.exists(sys.argv[3]):
            hello.update(ops=["verify"], inputs=["json"])
        open(sys.argv[3], "w").close()
else:
    hello["ops"] = [sys.argv[2]] if len(sys.argv) > 2 else ["sign", "verify"]
    hello["inputs"] = [sys.argv[3]] if len(sys.argv) > 3 else ["text"]

for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "hello":
        print(json.dumps(hello), flush=True)
    elif request["op"] != "bye":
        number = request.pop("id")
        answer = {"refused": "no"} if manner == "refuse" else {"outcome": "reject"}
        answer = known.get(json.dumps(request, sort_keys=True), answer)
        print(json.dumps({"id": number, **answer}), flush=True)
