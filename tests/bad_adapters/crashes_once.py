"""Ends once, in the middle of its work, and never again. Its argument is a file to remember that by."""
import os
import sys

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request) and not os.path.exists(sys.argv[1]):
        open(sys.argv[1], "w").close()
        os._exit(7)
    return honest(request)


serve(answer)
