"""Knows nothing of repeat."""

from bundled import adapter, honest

adapter.answer = lambda request: honest({name: request[name] for name in request if name != "repeat"})
adapter.main()
