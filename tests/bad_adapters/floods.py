"""Never stops writing from one point of the conversation on: `floods.py MARK STATE WHAT`.

The state is `hello`, `answer` or `bye`; what it writes is `bytes` without a line feed, `lines`, or
`stderr`.
"""
import os
import sys

from honest import honest, is_troubled, serve

STATE, WHAT = sys.argv[2], sys.argv[3]


def flood():
    piece = b"x\n" * 32768 if WHAT == "lines" else b"x" * 65536
    while True:
        os.write(2 if WHAT == "stderr" else 1, piece)


def answer(request):
    if STATE == "answer" and is_troubled(request):
        flood()
    return honest(request)


if STATE == "hello":
    flood()
serve(answer, bye=flood if STATE == "bye" else lambda: None)
