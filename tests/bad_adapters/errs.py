"""Speaks the protocol well, and gets much wrong."""
from honest import HELLO, honest, line, serve


def answer(request):
    number = int(request["fields"]["user_id"].removeprefix("user-"))
    if number % 7 == 0:
        return line({"id": request["id"], "token": "wrong"})
    if number % 11 == 0:
        return line({"id": request["id"], "threw": "ValueError: 11"})
    if number % 13 == 0:
        return line({"id": request["id"], "refused": "thirteen"})
    if number % 17 == 0:
        return line({"id": request["id"], "unsupported": "seventeen"})
    return honest(request)


serve(answer)
