"""Dies once in its first life, and says another hello in its second, and in no other.

Its arguments after the mark: at which request it dies, and what its second hello says otherwise.
"""
import json
import os
import sys

from honest import HELLO, honest, serve

mark, dies_at, otherwise = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
with open(mark, "a+") as lives:
    lives.write("x")
    life = lives.tell()
hello = {**HELLO, "ops": ["sign"], **(otherwise if life == 2 else {})}
asked = 0


def answer(request):
    global asked
    asked += 1
    if life == 1 and asked == dies_at:
        os._exit(9)
    return honest(request)


serve(answer, hello)
