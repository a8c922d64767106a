"""Does everything once, and claims to have done it as often as it was asked to."""

from bundled import adapter, honest


def once(request):
    answer = honest({**request, "repeat": 1} if "repeat" in request else request)
    if "accepted" in answer:
        answer["accepted"] *= request["repeat"]
    return answer


adapter.answer = once
adapter.main()
