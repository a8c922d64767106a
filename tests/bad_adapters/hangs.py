"""Never comes back from one request."""
import time

from honest import honest, is_troubled, serve


def answer(request):
    if is_troubled(request):
        time.sleep(3600)
    return honest(request)


serve(answer)
