"""`openai` for Python: webhooks.verify_signature; nothing signs. Its clock is time.time, which is
set to the request's time."""

import functools
import pathlib
import sys
import time
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from adapter import Refused, serve


@functools.cache
def package():
    """Loaded with the first request, for it takes seconds."""
    import openai

    return openai.OpenAI(api_key="no call is made").webhooks, openai.InvalidWebhookSignatureError


def answer(request):
    webhooks, InvalidWebhookSignatureError = package()
    time.time = lambda: request["now"]
    headers = {
        "webhook-id": request["fields"].get("msg_id"),
        "webhook-timestamp": request["fields"].get("timestamp"),
        "webhook-signature": request.get("token"),
    }
    headers = {name: value for name, value in headers.items() if value is not None}
    try:
        webhooks.verify_signature(request["fields"]["payload"], headers, secret=request["secret"])
    except InvalidWebhookSignatureError as error:
        return {"outcome": "reject", "code": str(error)}
    except ValueError as error:
        if str(error).startswith("Could not find"):
            raise Refused(str(error)) from error
        raise
    return {"outcome": "accept"}


serve(
    {
        "implementation": {
            "name": "openai (PyPI)",
            "version": version("openai"),
            "language": "python",
            "notes": "PyPI package; time.time is set to the time of the request",
        },
        "suites": ["standard-webhooks"],
        "ops": ["verify"],
    },
    answer,
)
