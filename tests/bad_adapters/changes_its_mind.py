"""Gives another token for one identity each time."""
from honest import honest, is_troubled, line, serve

times = 0


def answer(request):
    global times
    if not is_troubled(request):
        return honest(request)
    times += 1
    return line({"id": request["id"], "token": f"token {times}"})


serve(answer)
