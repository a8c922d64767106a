"""Writes 100 MB to stderr in one case."""
import sys

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        for _ in range(1600):
            sys.stderr.write("x" * 65535 + "\n")
        sys.stderr.flush()
    return honest(request)


serve(answer)
