"""Forgets the line feed in one case, and waits for the next request."""
import time

from honest import honest, is_troubled, serve, write


def answer(request):
    if is_troubled(request):
        write(honest(request).rstrip("\n"))
        time.sleep(3600)
    return honest(request)


serve(answer)
