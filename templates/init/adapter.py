"""Connects macproof to your code: `macproof run` starts this file, as macproof.yaml says.

Each line on stdin and stdout is one JSON object: print nothing else to stdout.
"""
{% if base64 %}
import base64
{%- endif %}
import hmac
import json
{%- if times %}
import re
{%- endif %}
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that your own modules are found

# ---- Yours: fill in -----------------------------------------------------------------------------
# It works as generated, so the first run passes, but it tests none of your code until sign and
# verify call it. Then remove token_of.


class Refused(Exception):
    """Raise this if your code refuses an input with a documented error."""

{% if left %}
class FillIn(Exception):
    """Not implemented yet."""

{% endif %}
def sign(suite, secret, fields):
    """The token of these fields. Fill in, as in: return acme.sign(secret, fields["{{ field }}"])"""
    return token_of(suite, secret, fields)


def verify(suite, secret, fields, token, now):
    """Whether the token is accepted for these fields, at the time `now` in Unix seconds.

    False if your code raises its documented error for a bad signature; let any other error
    propagate.
    """
{%- for s in suites %}{% if let Some(carried) = s.carried %}
    if suite == "{{ s.name }}":
        # The time stays text: int() also takes "+7" and "007".
        time = token.rpartition("{{ carried.separator }}")[2]
        if not re.fullmatch("0|[1-9][0-9]*", time):
            return False
        fields = {**fields, "{{ carried.field }}": time}
{%- endif %}{% endfor %}
    return hmac.compare_digest(token_of(suite, secret, fields).encode(), token.encode())


def token_of(suite, secret, fields):
    if not secret:
        raise Refused("there is no secret")
{%- for s in suites %}
    if suite == "{{ s.name }}":
{%- if let Some(token) = s.token %}
        return {{ token|indent(8) }}
{%- else %}
        raise FillIn("fill in sign and verify of {{ s.name }} in {{ path }}")
{%- endif %}{% endfor %}
    raise LookupError(suite)

{% if computed %}
def mac(secret, message):
    return hmac.digest(secret.encode(), message.encode(), "sha256")

{% endif %}
# ---- The adapter: set your name and version, and keep the rest ----------------------------------

HELLO = {
    "protocol": 1,
    "implementation": {"name": "{{ implementation }}", "version": "0", "language": "python"},
    "suites": [{{ names }}],
    "ops": ["sign", "verify"],  # take out what your code does not do
    "inputs": ["text"],  # add "number" if your users may pass numbers, which then come as int
    "max_in_flight": 64,
}


def answer(request):
    if request["op"] == "hello":
        return HELLO
    suite, secret, fields = request["suite"], request.get("secret"), request["fields"]
{%- for s in suites %}{% if let Some(per) = s.per %}
    if suite == "{{ s.name }}":
        secret = request["secrets"].get(fields["{{ per }}"])
{%- endif %}{% endfor %}
    try:
        if request["op"] == "sign":
            return {"token": sign(suite, secret, fields)}
        token, now, repeat = request["token"], request["now"], request.get("repeat", 1)
        outcomes = [verify(suite, secret, fields, token, now) for _ in range(repeat)]
        return {"outcome": "accept" if outcomes[-1] else "reject", "accepted": sum(outcomes)}
    except Refused as error:
        return {"refused": str(error)}
{%- if left %}
    except FillIn as error:
        return {"unsupported": str(error)}
{%- endif %}
    except Exception as error:
        return {"threw": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "bye":
        break
    number = {"id": request["id"]} if "id" in request else {}
    print(json.dumps({**number, **answer(request)}), flush=True)
