"""`svix` for Python, which wraps `standardwebhooks`, whose clock is set to the request's time."""

import functools
import pathlib
import sys
from datetime import datetime, timezone
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import standardwebhooks.webhooks as inner
from adapter import Refused, serve


class Clock(datetime):
    """The module's `datetime`, whose present is the request's."""

    present = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(cls.present, tz=tz)


inner.datetime = Clock


@functools.cache
def package():
    """Loaded with the first request, for it takes seconds."""
    import svix.webhooks

    return svix.webhooks.Webhook


def answer(request):
    fields = request["fields"]
    try:
        webhook = package()(request["secret"])
    except inner.EmptyWebhookSecretError as error:
        raise Refused(str(error)) from error
    if request["op"] == "sign":
        time = datetime.fromtimestamp(fields["timestamp"], tz=timezone.utc)
        return {"token": webhook.sign(fields["msg_id"], time, fields["payload"])}
    Clock.present = request["now"]
    headers = {
        "svix-id": fields.get("msg_id"),
        "svix-timestamp": fields.get("timestamp"),
        "svix-signature": request.get("token"),
    }
    try:
        webhook.verify(fields["payload"], headers)
    except inner.WebhookVerificationError as error:
        return {"outcome": "reject", "code": str(error)}
    return {"outcome": "accept"}


serve(
    {
        "implementation": {
            "name": "svix (PyPI)",
            "version": version("svix"),
            "language": "python",
            "notes": "PyPI package; its datetime.now is set to the time of the request",
        },
        "suites": ["standard-webhooks"],
    },
    answer,
)
