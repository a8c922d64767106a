"""Answers every request after the same time, whatever it has to do."""

import time

from bundled import adapter, honest


def padded(request):
    end = time.perf_counter() + 0.0005
    answer = honest(request)
    while time.perf_counter() < end:
        pass
    return answer


adapter.answer = padded
adapter.main()
