"""Fails at every so manyth request of its life, whichever that is, and at no other.

Its arguments after the mark: how (`dies`, `chatters` or `sleeps`), and how many requests lie between.
"""
import os
import sys
import time

from honest import honest, serve

way, between = sys.argv[2], int(sys.argv[3])
asked = 0


def answer(request):
    global asked
    asked += 1
    if asked % between:
        return honest(request)
    if way == "dies":
        os._exit(9)
    if way == "sleeps":
        time.sleep(30)
    return "DEBUG: still here\n" + honest(request)


serve(answer)
