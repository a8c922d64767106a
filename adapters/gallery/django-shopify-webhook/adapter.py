"""`django-shopify-webhook`: helpers.get_hmac and helpers.hmac_is_valid."""

import pathlib
import sys
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from adapter import serve
from django.conf import settings

settings.configure(SHOPIFY_APP_API_SECRET="")

from shopify_webhook.helpers import get_hmac, hmac_is_valid


def answer(request):
    body, secret = request["fields"]["payload"].encode(), request["secret"]
    if request["op"] == "sign":
        return {"token": get_hmac(body, secret)}
    is_valid = hmac_is_valid(body, secret, request["token"])
    return {"outcome": "accept" if is_valid else "reject"}


serve(
    {
        "implementation": {
            "name": "django-shopify-webhook",
            "version": version("django-shopify-webhook"),
            "language": "python",
            "notes": "PyPI package; helpers.get_hmac and helpers.hmac_is_valid",
        },
        "suites": ["shopify-webhook"],
    },
    answer,
)
