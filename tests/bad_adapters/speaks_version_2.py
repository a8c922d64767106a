"""Speaks another version of the protocol."""
from honest import HELLO, serve

serve(hello={**HELLO, "protocol": 2})
