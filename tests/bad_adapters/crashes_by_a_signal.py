"""Dies of a memory error in one case."""
import os
import signal

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        os.kill(os.getpid(), signal.SIGSEGV)
    return honest(request)


serve(answer)
