"""Ends before it has said anything but why."""
import sys

sys.exit("ModuleNotFoundError: No module named 'acme'")
