"""Gives a number for a token in one case."""
from honest import honest, is_troubled, line, serve

serve(lambda request: line({"id": request["id"], "token": 7}) if is_troubled(request) else honest(request))
