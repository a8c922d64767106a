"""Connects macproof to your sender: `macproof run` starts this file, as macproof.yaml says.

Each line on stdin and stdout is one JSON object: print nothing else to stdout.
"""
{% if base64 %}
import base64
{%- endif %}
import hmac
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that your own modules are found

# ---- Yours: fill in -----------------------------------------------------------------------------
# {% if left %}What raises FillIn is not written yet; the rest{% else %}It{% endif %} works as generated, but it tests none of your code until send calls it.


class FillIn(Exception):
    """Not implemented yet."""


def send(suite, secret, fields, now):
    """The body and the headers of the request that your code would send, at the time `now` in Unix
    seconds; use your own clock if it cannot be set, and say "clock": "system" in HELLO.

    Return them as they go over the wire: let your code prepare the request and do not send it, as
    with requests.Request(...).prepare(), or httpx.Client().build_request(...).
    """
{%- for s in suites %}
    if suite == "{{ s.name }}":
{%- match (s.token.as_ref(), s.request.as_ref()) %}{% when (Some(token), Some(request)) %}
        # fields["{{ request.body }}"] is {% if request.is_json %}an object: write it once, and sign what was written{% else %}the body, as text{% endif %}.
        body = {% if request.is_json %}json.dumps(fields["{{ request.body }}"]){% else %}fields["{{ request.body }}"]{% endif %}
        fields = {**fields, "{{ request.body }}": body}
        token = {{ token|indent(8) }}
        headers = [["{{ request.token }}", token]]
{%- for (name, field) in request.headers %}
        headers.append(["{{ name }}", fields["{{ field }}"]])
{%- endfor %}
        return body.encode(), headers
{%- when (_, Some(request)) %}
        # fields["{{ request.body }}"] is {% if request.is_json %}an object: write it once, and sign what was written{% else %}the body, as text{% endif %}.
        # Headers: {{ request.token }}, which holds the token{% for (name, field) in request.headers %}; {{ name }}, which holds {{ field }}{% endfor %}.
        raise FillIn("fill in send of {{ s.name }} in {{ path }}")
{%- when _ %}
        raise FillIn("fill in send of {{ s.name }} in {{ path }}")
{%- endmatch %}{% endfor %}
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
    "ops": ["send"],
    "clock": "injected",  # "system" if your code takes the time from the real clock
    "max_in_flight": 64,
}


def answer(request):
    if request["op"] == "hello":
        return HELLO
    secret = request.get("secret")
{%- for s in suites %}{% if let Some(per) = s.per %}
    if request["suite"] == "{{ s.name }}":
        secret = request["secrets"].get(request["fields"]["{{ per }}"])
{%- endif %}{% endfor %}
    try:
        body, headers = send(request["suite"], secret, request["fields"], request["now"])
        return {"body": in_json(body), "headers": headers}
    except FillIn as error:
        return {"unsupported": str(error)}
    except Exception as error:
        return {"threw": f"{type(error).__name__}: {error}"}


def in_json(body):
    try:
        return body.decode()
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"base64": b64encode(body).decode()}


for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "bye":
        break
    number = {"id": request["id"]} if "id" in request else {}
    print(json.dumps({**number, **answer(request)}), flush=True)
