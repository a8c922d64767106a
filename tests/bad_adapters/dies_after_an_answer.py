"""Crashes at one request; asked again, answers it, and ends a moment later, so that whoever comes
next must not be blamed for it. Its argument is a file to remember its first life by."""
import os
import sys
import time

from honest import honest, is_troubled, serve, write


def answer(request):
    if is_troubled(request):
        if os.path.exists(sys.argv[1]):
            write(honest(request))
            time.sleep(0.05)
        open(sys.argv[1], "w").close()
        os._exit(7)
    return honest(request)


serve(answer)
