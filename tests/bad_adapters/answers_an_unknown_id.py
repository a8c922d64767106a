"""Answers one request under an id that was never sent."""
from honest import honest, is_troubled, serve

serve(lambda request: honest({**request, "id": 10**9} if is_troubled(request) else request))
