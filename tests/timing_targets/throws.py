"""Its implementation throws where it should reject."""

from bundled import adapter, honest


def throwing(request):
    answer = honest(request)
    return {"threw": "ValueError: bad signature"} if answer.get("outcome") == "reject" else answer


adapter.answer = throwing
adapter.main()
