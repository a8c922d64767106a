"""Answers with a megabyte, in all that an answer may say: `answers_at_length.py MARK [changes]`.
With `changes` each answer differs from the one before, in the middle alone.
"""
import itertools
import sys

from honest import line, serve

NUMBERS = itertools.count() if "changes" in sys.argv else itertools.repeat(0)
HALF = "x" * 500_000


def answer(request):
    text = f"{HALF}{next(NUMBERS):06}{HALF}"
    if request["op"] == "sign":
        return line({"id": request["id"], "token": text})
    return line({"id": request["id"], "threw": text})


serve(answer)
