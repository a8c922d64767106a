"""Reads nothing any more after one request, while the pipe fills up."""
import signal

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        signal.pause()
    return honest(request)


serve(answer)
