"""Says its own secret wherever it can, in a spelling; HOW says which, and WHERE it says it."""
import base64, html, json, os, sys, urllib.parse

secret, how, where = os.environ["OWN"], os.environ["HOW"], os.environ["WHERE"]
said = {
    "raw": secret,
    "upper": secret.upper(),
    "percent": urllib.parse.quote(secret, safe=""),
    "json": json.dumps(secret),
    "repr": repr(secret),
    "html": html.escape(secret),
    "hex": secret.encode().hex(),
    "base64": base64.b64encode(("name:" + secret).encode()).decode(),
    "cut": "." * 135 + secret + "." * 200,
    "cut at its end": "." * 300 + secret + "." * 52,
}[how]
said = "JOTREVIEW_SIGNING_KEY=" + said
hello = {"protocol": 1, "implementation": {"name": "own"}, "ops": ["sign"]}
if where == "hello":
    hello["implementation"] = {"name": said, "version": said, "language": said, "notes": said}
for line in sys.stdin:
    ask = json.loads(line)
    if ask["op"] == "hello":
        print(said if where == "no hello" else json.dumps(hello), flush=True)
    elif ask["op"] == "bye":
        break
    elif where in ("token", "threw", "refused", "unsupported"):
        print(json.dumps({"id": ask["id"], where: said}), flush=True)
    elif where == "nonsense":
        print(said, flush=True)
    elif where == "stderr":
        print(said, file=sys.stderr, flush=True)
        sys.exit(3)
    else:
        print(json.dumps({"id": ask["id"], "threw": "no"}), flush=True)
