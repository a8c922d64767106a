"""Closes its stdout in one case, and lives on."""
import os
import time

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        os.close(1)
        time.sleep(3600)
    return honest(request)


serve(answer)
