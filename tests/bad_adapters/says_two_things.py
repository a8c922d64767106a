"""Answers one request with a token and an exception."""
from honest import honest, is_troubled, line, serve

BOTH = {"token": "x", "threw": "ValueError"}
serve(lambda request: line({"id": request["id"], **BOTH}) if is_troubled(request) else honest(request))
