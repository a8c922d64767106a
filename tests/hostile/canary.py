"""Quotes the secret in OWN wherever an implementation can, in many spellings: `canary.py WAY`.

Each request, process or connection takes the next place, spelling and length in turn.
"""
import base64
import html
import json
import os
import socketserver
import subprocess
import sys
import threading
import urllib.parse

SECRET = os.environ["OWN"]
QUOTED = urllib.parse.quote(SECRET, safe="")
SPELLINGS = [
    SECRET,
    SECRET.upper(),
    SECRET.swapcase(),
    json.dumps(SECRET),
    json.dumps(json.dumps(SECRET)),
    repr(SECRET),
    "".join(f"\\u{ord(c):04x}" for c in SECRET),
    "".join(f"\\x{byte:02X}" for byte in SECRET.encode()),
    QUOTED,
    urllib.parse.quote(QUOTED),
    "".join(f"%{byte:02x}" for byte in SECRET.encode()),
    html.escape(SECRET),
    "".join(f"&#x{ord(c):X};" for c in SECRET),
    "".join(f"&#{ord(c)};" for c in SECRET),
    SECRET.encode().hex(),
    SECRET.encode().hex().upper(),
    *(base64.b64encode((before + SECRET + "~").encode()).decode() for before in ("", "a", "ab")),
    base64.urlsafe_b64encode(SECRET.encode()).decode(),
]


def said(count):
    """What is said for the count-th time: once, or so often that every cut meets it."""
    spelt = SPELLINGS[count % len(SPELLINGS)]
    turn = count // len(SPELLINGS)
    if turn % 2 == 0:
        return "key=" + spelt
    # Each turn moves the cuts. What is kept whole of a text is shorter.
    return "." * turn + " ".join([spelt] * (6000 // len(spelt) + 1))


def count():
    """How many processes and connections were there before."""
    with open("count", "a+b") as file:
        before = file.seek(0, os.SEEK_END)
        file.write(b".")
    return before


def hello(**more):
    return {"protocol": 1, "implementation": {"name": "canary"}, "inputs": ["text"], **more}


def described():
    """A hello that says it in all its texts."""
    texts = ("name", "version", "language", "notes")
    at = count() * len(texts)
    return {text: said(at + number) for number, text in enumerate(texts)}


def answer(request, number):
    """The next place in an answer."""
    place = ("token", "threw", "refused", "unsupported", "code")[number % 5]
    text = said(number // 5)
    if place == "code":
        return {"id": request["id"], "outcome": "reject", "code": text}
    return {"id": request["id"], place: text}


def adapter(way):
    number = 0
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "bye":
            return
        if request["op"] == "hello":
            if way == "no hello":
                print(said(count()), flush=True)
            elif way == "hello":
                print(json.dumps(hello(implementation=described())), flush=True)
            elif way == "suites":
                print(json.dumps(hello(suites=[said(count())], ops=[said(1)])), flush=True)
            else:
                print(json.dumps(hello(max_in_flight=1 if way == "breach" else 64)), flush=True)
        elif way == "breach":
            at = count()
            text = said(at // 3)
            if at % 3 == 0:
                print(text, flush=True)
            elif at % 3 == 1:
                print(json.dumps({"id": text, text: text}), flush=True)
            else:
                # Every other time more than is kept of standard error.
                text *= 1 + at % 2 * 12
                print("Error: " + text + "\n    at f" * 5 + "\n" + text, file=sys.stderr, flush=True)
                sys.exit(3)
        else:
            print(json.dumps(answer(request, number)), flush=True)
            number += 1


def honest(binary):
    """The reference's answers, by a hello that says it."""
    process = subprocess.Popen(
        [binary, "adapter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    one_at_a_time = threading.Lock()

    def asked(line):
        with one_at_a_time:
            process.stdin.write(line)
            process.stdin.flush()
            answered = process.stdout.readline()
        if b'"hello"' in line:
            greeting = json.loads(answered)
            greeting["implementation"] = {"name": said(0), "version": said(8), "notes": said(20)}
            return json.dumps(greeting).encode() + b"\n"
        return answered

    return asked


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def serve(answers):
    """A server: its port is printed."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while head := self.head():
                self.answer(*head)

        def head(self):
            length, first = 0, self.rfile.readline()
            while line := self.rfile.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            return first and (first, self.rfile.read(length))

        def answer(self, first, body):
            status, headers, text = answers(first, body)
            head = [b"HTTP/1.1 " + status, b"content-length: %d" % len(text), *headers]
            self.wfile.write(b"\r\n".join(head) + b"\r\n\r\n" + text)

    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


def places(first, body):
    """The next place in an answer over HTTP."""
    at = count()
    text = said(at // 7).encode()
    # What is too long for a head is cut between two of it: whoever cuts it elsewhere without a mark
    # changes it in a way of its own.
    header = text if len(text) < 3000 else text[:3000].rpartition(b" ")[0]
    if b'"hello"' in body:
        return b"200 OK", [], json.dumps(hello(max_in_flight=4)).encode()
    number = json.loads(body)["id"] if body.startswith(b"{") else 0
    return (
        (b"200 " + header, [], b"{"),
        (b"302 Found", [b"location: http://127.0.0.1/" + header], b""),
        (b"200 OK", [b"content-encoding: " + header], b""),
        (b"500 " + header, [b"content-type: " + header, b"set-cookie: a=" + header], text),
        (b"200 OK", [], text),
        (b"200 OK", [], json.dumps({"id": number, "threw": said(at // 7)}).encode()),
        (b"200 OK", [b"x-signature: " + header], json.dumps({"token": said(at // 7)}).encode()),
    )[at % 7]


def main():
    way = sys.argv[1]
    if way == "server":
        serve(places)
    elif way == "honest server":
        asked = honest(sys.argv[2])

        def answers(first, body):
            answered = [asked(line + b"\n") for line in body.splitlines()]
            return b"200 OK", [], b"".join(answered)

        serve(answers)
    elif way == "exec":
        at = count()
        print("token=" + said(at), said(at + 1), sep="\n")
        print(said(at + 2), file=sys.stderr)
        sys.exit(at % 3)
    else:
        adapter(way)


main()
