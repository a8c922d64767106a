"""Greets people before it greets the harness."""
from honest import serve, write

write("Welcome to ACME!\n")
serve()
