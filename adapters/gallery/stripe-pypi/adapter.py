"""`stripe` for Python: WebhookSignature. Its clock is time.time, which is set to the request's."""

import pathlib
import sys
import time
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import stripe
from adapter import serve

TOLERANCE = stripe.Webhook.DEFAULT_TOLERANCE


def answer(request):
    fields, secret = request["fields"], request["secret"]
    if request["op"] == "sign":
        make = stripe.WebhookSignature.generate_signature_header
        return {"token": make(fields["payload"], secret, fields["timestamp"])}
    time.time = lambda: request["now"]
    check = stripe.WebhookSignature.verify_header
    try:
        check(fields["payload"], request["token"], secret, TOLERANCE)
    except stripe.SignatureVerificationError as error:
        return {"outcome": "reject", "code": str(error)}
    return {"outcome": "accept"}


serve(
    {
        "implementation": {
            "name": "stripe (PyPI)",
            "version": version("stripe"),
            "language": "python",
            "notes": f"PyPI package; tolerance {TOLERANCE} s; time.time is set to the request's",
        },
        "suites": ["stripe-webhook"],
    },
    answer,
)
