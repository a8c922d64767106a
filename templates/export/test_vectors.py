"""The vectors of {{ name }}, asked of {{ snake }}_implementation.py.

Generated; do not edit. To bring it up to date:
{{ again }}
A failed `must` fails, a failed `should` is an expected failure; MACPROOF_LEVEL=should lets it fail.
"""

import base64
import json
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import {{ snake }}_implementation as implementation  # noqa: E402

VECTORS = json.loads((HERE / "{{ snake }}_vectors.json").read_text("utf-8"))
FAILS = ["must", "should"] if os.environ.get("MACPROOF_LEVEL") == "should" else ["must"]
OPS = [op for op in implementation.OPS if op in ("sign", "verify")]
ASKED = [one for one in VECTORS["cases"] if one["level"] != "may" and one["request"]["op"] in OPS]


def test_something_is_asked():
    file = "{{ snake }}_implementation.py"
    assert OPS, f"fill in sign and verify in {file}, and name them in its OPS"


@pytest.mark.parametrize("case", ASKED, ids=[one["id"] for one in ASKED])
def test_vector(case):
    if case["input"] not in implementation.INPUTS:
        pytest.skip(f"gives {case['input']}, which INPUTS leaves out")
    outcome, what = asked(case["request"])
    expected = case["expect"]
    if outcome in expected["outcomes"]:
        if outcome != "token" or is_due(what, expected):
            return
    why = because(case, outcome, what)
    if case["level"] in FAILS:
        pytest.fail(why, pytrace=False)
    pytest.xfail(why)


def asked(request):
    """The outcome of a request, and what comes with it."""
    {% if let Some(_) = code.per -%}
    secrets = {name: value(secret) for name, secret in request["secrets"].items()}
    {%- else -%}
    secrets = value(request["secret"])
    {%- endif %}
    fields = {name: value(field) for name, field in request["fields"].items()}
    try:
        if request["op"] == "sign":
            return "token", implementation.sign(secrets, fields)
        token = value(request.get("token"))
        accepted = implementation.verify(secrets, fields, token, request["now"])
    except implementation.Refused as error:
        return "refused", error
    except Exception as error:
        return "threw", f"{type(error).__name__}: {error}"
    if not isinstance(accepted, bool):
        return f"{accepted!r}, which is neither True nor False", None
    return ("accept" if accepted else "reject"), None


def value(given):
    """Bytes stand in JSON as {"base64": …}."""
    if isinstance(given, dict) and list(given) == ["base64"]:
        return base64.b64decode(given["base64"])
    return given


def is_due(token, expected):
{%- if has_items %}
    separator = expected.get("items_in_any_order")
    if separator and isinstance(token, str):
        return sorted(token.split(separator)) == sorted(expected["token"].split(separator))
{%- endif %}
    return token == expected["token"]


def because(case, outcome, what):
    """What went wrong, and which requirement says so."""
    request, expected = case["request"], case["expect"]
    due = " or ".join(expected["outcomes"])
    lines = [f"{{ name }}/{case['id']}: expected {due}, got {outcome}"]
    if what is not None:
        lines[0] += f": {short(what)}"
    if "token" in expected:
        lines.append(f"  the token is: {short(expected['token'])}")
    lines.append(f"  asked: {short(json.dumps(request))}")
    for name in case["shows"]:
        requirement = VECTORS["requirements"][name]
        said = f"{requirement['level']} ({requirement['basis']}) {name}: {requirement['text']}"
        lines.append(f"  {said}")
        if "where" in requirement:
            lines.append(f"    {requirement['where']}")
    if "note" in case:
        lines.append(f"  note: {case['note']}")
    return "\n".join(lines)


def short(text):
    text = str(text)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
