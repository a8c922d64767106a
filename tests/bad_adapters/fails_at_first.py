"""Its first request of all ends it, whichever that is. Its argument is a file to remember that by."""
import os
import sys

from honest import honest, serve


def answer(request):
    if not os.path.exists(sys.argv[1]):
        open(sys.argv[1], "w").close()
        os._exit(7)
    return honest(request)


serve(answer)
