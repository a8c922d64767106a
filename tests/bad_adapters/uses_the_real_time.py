"""Correct, and looks at its own clock. Its argument after the mark moves the clock by so many seconds."""
import sys
import time

from honest import HELLO, line, serve, token

wrong_by = int(sys.argv[2])


def signed(request, moment):
    user = request["fields"]["user_id"]
    mac = token({**request, "fields": {"user_id": f"{user}-{moment}"}})
    return f"{mac}-{moment}"


def answer(request):
    now = int(time.time()) + wrong_by
    if request["op"] == "sign":
        return line({"id": request["id"], "token": signed(request, now)})
    presented = request.get("token")
    moment = presented.rpartition("-")[2]
    fresh = moment.isascii() and moment.isdigit() and abs(int(moment) - now) <= 5
    right = fresh and presented == signed(request, moment)
    return line({"id": request["id"], "outcome": "accept" if right else "reject"})


serve(answer, hello={**HELLO, "suites": ["timed"], "clock": "system"})
