"""Begins a line in one case, and never ends it."""
from honest import honest, is_troubled, serve, write


def answer(request):
    while is_troubled(request):
        write("x" * 65536)
    return honest(request)


serve(answer)
