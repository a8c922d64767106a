"""Prints for its author on stdout in one case."""
from honest import honest, is_troubled, serve

serve(lambda request: ("DEBUG: strange id\n" if is_troubled(request) else "") + honest(request))
