"""`Flask-Intercom`: its template filter `intercom_user_hash` signs; nothing verifies."""

import pathlib
import sys
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from adapter import serve
from flask import Flask
from flask_intercom import Intercom


def answer(request):
    app = Flask(__name__)
    app.config["INTERCOM_SECRET_KEY"] = request["secret"]
    Intercom(app)
    user_hash = app.jinja_env.filters["intercom_user_hash"]
    return {"token": user_hash(request["fields"].get("identifier"))}


serve(
    {
        "implementation": {
            "name": "Flask-Intercom",
            "version": version("Flask-Intercom"),
            "language": "python",
            "notes": "PyPI package; the template filter intercom_user_hash",
        },
        "suites": ["intercom"],
        "ops": ["sign"],
        "inputs": ["text", "number", "json"],
    },
    answer,
)
