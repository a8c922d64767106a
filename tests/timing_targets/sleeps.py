"""Sleeps for a random time before every answer, to hide what it does."""

import random
import time

from bundled import adapter, honest


def late(request):
    time.sleep(random.random() / 200)
    return honest(request)


adapter.answer = late
adapter.main()
