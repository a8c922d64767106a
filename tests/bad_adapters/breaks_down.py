"""Works in its first life, for a while. Its argument is a file to remember that by."""
import os
import sys

from honest import honest, serve

left = 0 if os.path.exists(sys.argv[1]) else 60
open(sys.argv[1], "w").close()


def answer(request):
    global left
    if not left:
        sys.exit("the licence has expired")
    left -= 1
    return honest(request)


# One by one, so that the first sixty are out before it ends.
serve(lambda request: os.write(1, answer(request).encode()) and "")
