"""The bundled Python adapter behind HTTP; its arguments are the adapter's. It prints its port.

/login is a back end that knows no protocol, and has a secret of its own.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bundled import adapter, honest

if sys.argv[1:2] == ["--leak"]:
    adapter.equal = adapter.leaky(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # one packet an answer

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/quotes":
            self.reply(500, {"secret": os.environ["TIMING_SECRET"], "asked": request})
        elif self.path == "/login":
            answer = honest(
                {
                    "op": "verify",
                    "suite": "jotreview",
                    "secret": os.environ["TIMING_SECRET"],
                    "fields": {"user_id": request["user_id"]},
                    "token": request["signature"],
                    "now": 0,
                }
            )
            accepted = answer == {"outcome": "accept"}
            self.reply(200 if accepted else 401, {"welcome": accepted})
        else:
            number = {"id": request["id"]} if "id" in request else {}
            self.reply(200, {**number, **honest(request)})

    def reply(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
