"""A webhook receiver in Flask: request.get_data(), or request.get_json() dumped again."""
import hashlib, hmac, json, logging, os, sys

from flask import Flask, request

mode, port = sys.argv[1], int(sys.argv[2])
secret = os.environ["HOOK_SECRET"].encode()
app = Flask(__name__)
logging.getLogger("werkzeug").disabled = True


@app.post("/hook")
def hook():
    body = request.get_data()
    if mode == "wrong":
        body = json.dumps(request.get_json(), separators=(",", ":")).encode()
    due = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Hub-Signature-256", "")
    return "", 200 if hmac.compare_digest(due.encode(), given.encode()) else 401


app.run("127.0.0.1", port, threaded=True)
