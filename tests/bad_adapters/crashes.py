"""Ends without a word in one case."""
import os
import sys

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        sys.stderr.write("fatal: out of luck\n")
        sys.stderr.flush()
        os._exit(7)
    return honest(request)


serve(answer)
