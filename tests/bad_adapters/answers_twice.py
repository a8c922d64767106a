"""Answers one request twice."""
from honest import honest, is_troubled, serve

serve(lambda request: honest(request) * (2 if is_troubled(request) else 1))
