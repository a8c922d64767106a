"""Connects the vectors of {{ name }} to your code. This file is yours: it is never overwritten.
{% if let Some(_) = code.token %}
It works as generated, so the first run passes, but it tests none of your code until sign and verify
call it. Then remove token_of.
{%- else %}
Fill in sign and verify, and name them in OPS. How tokens are made, this says:
macproof suite show {{ name }}
{%- endif %}
"""
{% if let Some(_) = code.token %}{% if !code.is_hex %}
import base64
{%- endif %}
import hmac
{%- if let Some(_) = code.carried %}
import re
{%- endif %}

OPS = ["sign", "verify"]  # take out what your code does not do
{%- else %}
OPS = []  # "sign", "verify": what you have filled in
{%- endif %}
INPUTS = ["text"]  # add "bytes", "number" or "json" if your code is to take other values, too


class Refused(Exception):
    """Raise this if your code refuses an input with a documented error."""

{% if let Some(per) = code.per %}
def sign(secrets, fields):
    """The token of these fields. Fill in, as in: return acme.sign(secret, fields["{{ field }}"])"""
    secret = secrets.get(fields["{{ per }}"])
{%- else %}
def sign(secret, fields):
    """The token of these fields. Fill in, as in: return acme.sign(secret, fields["{{ field }}"])"""
{%- endif %}
{%- if let Some(_) = code.token %}
    return token_of(secret, fields)
{%- else %}
    raise NotImplementedError
{%- endif %}


def verify({% if let Some(_) = code.per %}secrets{% else %}secret{% endif %}, fields, token, now):
    """Whether the token is accepted for these fields, at the time `now` in Unix seconds.

    False if your code raises its documented error for a bad signature; let any other error
    propagate.
    """
{%- if let Some(per) = code.per %}
    secret = secrets.get(fields["{{ per }}"])
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
    time = token.rpartition("{{ carried.separator }}")[2]  # stays text: int() also takes "+7" and "007"
    if not re.fullmatch("0|[1-9][0-9]*", time):
        return False
    fields = {**fields, "{{ carried.field }}": time}
{%- endif %}
    return hmac.compare_digest(token_of(secret, fields).encode(), token.encode())
{%- else %}
    raise NotImplementedError
{%- endif %}
{%- if let Some(token) = code.token %}


def token_of(secret, fields):
    if not secret:
        raise Refused("there is no secret")
    return {{ token|indent(4) }}


def mac(secret, message):
    return hmac.digest(secret.encode(), message.encode(), "sha256")
{%- endif %}
