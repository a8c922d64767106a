"""The protocol for the packages of PyPI: one JSON object a line."""

import json
import sys


class Refused(Exception):
    """What a package declines by an error of its own that says so."""


def repeated(request, answer):
    """The answer to a request, or to as many calls as `macproof timing` asks for."""
    if "repeat" not in request:
        return answer(request)
    accepted = 0
    for _ in range(request["repeat"]):
        result = answer(request)
        accepted += result.get("outcome") == "accept"
    return {**result, "accepted": accepted}


def serve(hello, answer):
    """Asks `answer` for the result of each request; what it raises is an exception."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "bye":
            return
        if request["op"] == "hello":
            result = {"protocol": 1, "max_in_flight": 64, **hello}
        else:
            try:
                result = repeated(request, answer)
            except Refused as error:
                result = {"refused": str(error)}
            except Exception as error:  # whatever comes out is what is tested
                result = {"threw": f"{type(error).__name__}: {error}"}
            result["id"] = request["id"]
        print(json.dumps(result), flush=True)
