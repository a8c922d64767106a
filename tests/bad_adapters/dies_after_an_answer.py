"""Answers every request, and ends a moment after one of them: whoever comes next is not to blame."""
import os
import time

from honest import honest, is_troubled, serve, write


def answer(request):
    if is_troubled(request):
        write(honest(request))
        time.sleep(0.05)
        os._exit(7)
    return honest(request)


serve(answer)
