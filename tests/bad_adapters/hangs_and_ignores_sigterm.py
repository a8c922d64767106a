"""Never comes back from one request, and does not end when it is told to."""
import signal
import time

from honest import honest, is_troubled, serve

signal.signal(signal.SIGTERM, signal.SIG_IGN)


def answer(request):
    while is_troubled(request):
        time.sleep(3600)
    return honest(request)


serve(answer)
