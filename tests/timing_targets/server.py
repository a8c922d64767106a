"""The bundled Python adapter behind HTTP; its arguments are the adapter's. It prints its port."""

import json
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
        number = {"id": request["id"]} if "id" in request else {}
        body = json.dumps({**number, **honest(request)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
