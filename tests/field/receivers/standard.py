"""A receiver of Standard Webhooks: id and time in headers, the real clock; or one that forgets the id."""
import base64, hashlib, hmac, os, re, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode, port = sys.argv[1], int(sys.argv[2])
secret = base64.b64decode(os.environ["HOOK_SECRET"].removeprefix("whsec_"))


def is_valid(msg_id, timestamp, given, body):
    if msg_id is None or not re.fullmatch(r"0|[1-9][0-9]*", timestamp or "", re.ASCII):
        return False
    if abs(time.time() - int(timestamp)) > 300:
        return False
    parts = [timestamp.encode(), body] if mode == "wrong" else [msg_id.encode(), timestamp.encode(), body]
    mac = hmac.new(secret, b".".join(parts), hashlib.sha256).digest()
    due = b"v1," + base64.b64encode(mac)
    items = (given or "").encode("utf-8", "surrogateescape").split(b" ")
    return any(hmac.compare_digest(due, item) for item in items)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        valid = is_valid(*[self.headers.get(name) for name in names], body)
        self.send_response(204 if valid else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
