"""Answers one request when nobody waits for it any more."""
import time

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        time.sleep(3)
    return honest(request)


serve(answer)
