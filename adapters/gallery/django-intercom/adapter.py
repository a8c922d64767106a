"""`django-intercom`: its template tag signs the id of the user of a request; nothing verifies."""

import pathlib
import sys
from importlib.metadata import version
from types import SimpleNamespace

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from adapter import serve
from django.conf import settings

settings.configure(INTERCOM_APPID="app", INTERCOM_INCLUDE_USERID=True)

from django_intercom.templatetags import intercom


def answer(request):
    intercom.INTERCOM_SECURE_KEY = request["secret"]
    user = SimpleNamespace(
        id=request["fields"]["identifier"],
        email="",
        username="jane",
        date_joined=None,
        is_authenticated=True,
    )
    shown = intercom.intercom_tag({"request": SimpleNamespace(user=user)})
    return {"token": shown["user_hash"]}


serve(
    {
        "implementation": {
            "name": "django-intercom",
            "version": version("django-intercom"),
            "language": "python",
            "notes": "PyPI package; the template tag intercom_tag",
        },
        "suites": ["intercom"],
        "ops": ["sign"],
        "inputs": ["text", "number"],
    },
    answer,
)
