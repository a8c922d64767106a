"""Answers in the opposite order, which it may."""
from honest import serve

serve(finish=lambda answers: "".join(reversed(answers)))
