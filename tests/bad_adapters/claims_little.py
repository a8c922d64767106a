"""Declares next to nothing, as a minimal adapter does."""
from honest import honest, serve

serve(honest, hello={"protocol": 1, "implementation": {"name": "minimal"}, "ops": ["sign"]})
