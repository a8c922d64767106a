"""Prints for its author on stdout before each answer."""
from honest import honest, serve

serve(lambda request: f"signing for {request['fields']['user_id']}\n" + honest(request))
