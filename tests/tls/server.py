"""A server over TLS that signs and verifies as jotreview does, in the protocol and by paths of its
own. Arguments: certificate, key, and what it does otherwise than usual. Prints its port, and a line
for each connection."""

import hashlib
import hmac
import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELLO = {"protocol": 1, "implementation": {"name": "tls"}, "suites": ["jotreview"], "max_in_flight": 8}
OWN = b"the-own-secret-of-the-server-0123456789"
MODE = sys.argv[3] if len(sys.argv) > 3 else ""


def mac(secret, user):
    return hmac.new(secret, user.encode(), hashlib.sha256).hexdigest()


def equal(left, right):
    return hmac.compare_digest(left.encode(), right.encode())


def answer(request):
    if request["op"] == "hello":
        return HELLO
    own = {"id": request["id"]}
    user = request["fields"].get("user_id")
    if not isinstance(user, str) or not isinstance(request["secret"], str):
        return own | {"unsupported": "what is no text"}
    if not user or not request["secret"]:
        return own | {"refused": "it is empty"}
    right = lambda: mac(request["secret"].encode(), user)
    if request["op"] == "sign":
        return own | {"token": right()}
    accepted = sum(equal(right(), request["token"]) for _ in range(request.get("repeat", 1)))
    outcome = "accept" if accepted else "reject"
    return own | {"outcome": outcome} | ({"accepted": accepted} if "repeat" in request else {})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if MODE == "redirect":
            return self.reply(302, b"", [("location", "https://localhost/elsewhere")])
        if self.path == "/macproof":
            lines = [json.dumps(answer(json.loads(line))) for line in body.splitlines()]
            return self.reply(200, "\n".join(lines).encode())
        asked = json.loads(body)
        right = mac(OWN, asked["user"])
        if self.path == "/sign":
            return self.reply(200, json.dumps({"signature": right}).encode())
        return self.reply(200 if equal(right, asked["signature"]) else 401, b"")

    def reply(self, status, body, headers=()):
        self.send_response(status)
        if MODE != "unannounced":
            self.send_header("content-length", str(len(body) + (MODE == "cut")))
        for name, value in headers:
            self.send_header(name, value)
        if MODE in ("close", "slow", "cut", "unannounced"):
            self.send_header("connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client):
        print("connection", flush=True)
        request.settimeout(20)
        if MODE == "slow":
            time.sleep(0.4)
        super().finish_request(context.wrap_socket(request, server_side=True), client)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
if MODE == "tls12":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
if MODE == "client":
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(sys.argv[1])
server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
