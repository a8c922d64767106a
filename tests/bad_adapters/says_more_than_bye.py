"""Says goodbye to people, and ends with an error."""
import sys

from honest import serve, write


def bye():
    write("Thank you for choosing ACME!\n")
    sys.exit(3)


serve(bye=bye)
