"""A server that speaks the protocol over HTTP as it should, with what Python brings along.

Its argument is how many requests it takes at once; it prints its port.
"""

import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(request):
    if request["op"] == "hello":
        info = {"name": "honest", "language": "python"}
        return {"protocol": 1, "implementation": info, "max_in_flight": int(sys.argv[1])}
    key = request["secret"].encode()
    token = hmac.new(key, request["fields"]["user_id"].encode(), hashlib.sha256).hexdigest()
    return {"id": request["id"], "token": token}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        answers = [json.dumps(answer(json.loads(line))) for line in body.splitlines()]
        body = "\n".join(answers).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
