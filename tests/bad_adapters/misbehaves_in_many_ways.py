"""Goes wrong with one case in a hundred in each of eight ways."""
import os
import signal

from honest import honest, line, serve, token, write


def answer(request):
    number = int(request["fields"]["user_id"].removeprefix("user-"))
    match number * 7 % 100:
        case 0:
            os._exit(7)
        case 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case 2:
            return f"signing for {number}\n" + honest(request)
        case 3:
            return honest({**request, "id": 10**9})
        case 4:
            return line({"token": token(request)})
        case 5:
            return line({"id": request["id"], "outcome": "perhaps"})
        case 6:
            return honest(request) * 2
        case 7:
            write(honest(request)[:20])
            os.close(1)
            os.dup2(2, 1)
            return ""
    return honest(request)


serve(answer)
