"""Ends after a while, without a word."""

import itertools
import os

from bundled import adapter, honest

count = itertools.count()
adapter.answer = lambda request: os._exit(3) if next(count) == 500 else honest(request)
adapter.main()
