"""A webhook receiver in Python: over the raw body, or over the parsed and dumped one."""
import hashlib, hmac, json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode, port = sys.argv[1], int(sys.argv[2])
secret = os.environ["HOOK_SECRET"].encode()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status = 401
        try:
            if mode == "wrong":
                body = json.dumps(json.loads(body)).encode()
            due = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
            given = self.headers.get("x-hub-signature-256", "")
            if hmac.compare_digest(due.encode(), given.encode("utf-8", "surrogateescape")):
                status = 200
        except ValueError:
            status = 400
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
