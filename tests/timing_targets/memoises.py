"""Remembers what it has verified: of repeated calls, only the first does the work."""

import functools

from bundled import adapter

adapter.verify = functools.lru_cache(maxsize=None)(adapter.verify)
adapter.main()
