"""Jimo, "Sign identifiers", in Python: one endpoint that signs the id of the user."""

import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET_KEY = os.environ["JIMO_SECRET_KEY"]


def sign_identifier(user_id: str) -> str:
    # The page's sample takes the time once, when the module loads; this takes it for each.
    now = int(time.time())
    message = f"{user_id}-{now}".encode()
    return f"{hmac.new(SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()}-{now}"


def with_flask():
    from flask import Flask, jsonify, request
    from werkzeug.serving import make_server

    app = Flask(__name__)

    @app.post("/api/jimo")
    def jimo():
        user_id = (request.get_json(silent=True) or {}).get("user_id")
        if not isinstance(user_id, str) or not user_id:
            return jsonify(error="log in first"), 401
        return jsonify(signedIdentifier=sign_identifier(user_id))

    server = make_server("127.0.0.1", int(os.environ.get("PORT", "5000")), app, threaded=True)
    return server, server.server_port


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            user_id = json.loads(body).get("user_id")
        except (ValueError, AttributeError):
            user_id = None
        if self.path != "/api/jimo":
            self.answer(404, {"error": "nothing here"})
        elif not isinstance(user_id, str) or not user_id:
            self.answer(401, {"error": "log in first"})
        else:
            self.answer(200, {"signedIdentifier": sign_identifier(user_id)})

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def without_flask():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "5000"))), Handler)
    return server, server.server_address[1]


if __name__ == "__main__":
    try:
        server, port = with_flask()
    except ModuleNotFoundError:
        server, port = without_flask()
    print(f"http://127.0.0.1:{port}", flush=True)
    server.serve_forever()
