"""Ends in one case, and leaves a child that holds its pipes."""
import os
import time

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(7)
    return honest(request)


serve(answer)
