"""Forgets the id in one case."""
from honest import honest, is_troubled, line, serve, token

serve(lambda request: line({"token": token(request)}) if is_troubled(request) else honest(request))
