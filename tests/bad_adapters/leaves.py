"""Escapes in the ways that its arguments after the mark name, and answers honestly; with `silent`
it falls silent in one case.

`group`: joins its parent's process group. `session`: has a child in a session of its own.
`daemon`: has one whose parents are gone as well. `bare`: has one that has no environment, too.
`forks`: has one that is always another process. `deaf`: none of them hears a signal that can be
ignored.
"""
import os
import signal
import sys
import time

from honest import honest, is_troubled, serve

MARK, WAYS = sys.argv[1], sys.argv[2:]


def sleeps():
    while True:
        time.sleep(3600)


def child(act):
    if os.fork() == 0:
        act()
        os._exit(0)


def in_session(act):
    os.setsid()
    act()


def has_no_environment():
    code = "import time\nwhile True: time.sleep(3600)"
    os.execve(sys.executable, [sys.executable, "-c", code, MARK], {})


def is_always_another():
    while True:
        time.sleep(0.02)
        if os.fork() > 0:
            os._exit(0)


def answer(request):
    if "silent" in WAYS and is_troubled(request):
        sleeps()
    return honest(request)


if "deaf" in WAYS:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
if "group" in WAYS:
    os.setpgid(0, os.getpgid(os.getppid()))
if "session" in WAYS:
    child(lambda: in_session(sleeps))
if "daemon" in WAYS:
    child(lambda: in_session(lambda: child(sleeps)))
if "bare" in WAYS:
    child(lambda: in_session(lambda: child(has_no_environment)))
if "forks" in WAYS:
    child(lambda: in_session(lambda: child(is_always_another)))
serve(answer)
