"""Never says hello."""
import sys

sys.stderr.write("waiting for the database\n")
sys.stderr.flush()
while sys.stdin.readline():
    pass
