"""Ends in one case, and leaves a child that holds its pipes and has left its process group."""
import os
import time

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        if os.fork() == 0:
            os.setsid()
            time.sleep(3600)
        time.sleep(0.2)
        os._exit(7)
    return honest(request)


serve(answer)
