"""Answers one request in its life, as a script behind a web server would."""
import sys

from honest import HELLO, honest, serve, write


def answer(request):
    write(honest(request))
    sys.exit(0)


serve(answer, hello={**HELLO, "max_in_flight": 1})
