"""A signer of jotreview, or of stripe-webhook, with one fault by name; at its end it makes a file, if one is named."""
import hashlib, hmac, html, json, re, sys, unicodedata
from time import time as clock

# A fault in every token, then one that shows in some.
fault = sys.argv[1].removeprefix("upper-")


def change(text):
    if fault == "without-nuls":
        return text.replace("\0", "")
    if fault == "without-zero-width":
        return re.sub("[\u200b-\u200f\u2060\ufeff]", "", text)
    if fault == "folded":
        return text.casefold()
    if fault == "without-byte-order-mark":
        return text.removeprefix("\ufeff")
    if fault == "title-case":
        return text.title()
    if fault == "without-tags":
        return re.sub("<[^>]*>", "", text)
    if fault == "without-controls":
        return re.sub("[\x00-\x1f\x7f]", "", text)
    if fault == "without-accents":
        apart = unicodedata.normalize("NFKD", text)
        return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))
    if fault == "without-blanks":
        return "".join(text.split())
    if fault == "unescaped":
        return html.unescape(text)
    if fault == "lower-case":
        return text.lower()
    if fault == "reversed-words":
        return " ".join(reversed(text.split(" ")))[::-1]
    return text


def mac(secret, message):
    key = secret.encode()
    if fault == "long-key-as-hex" and len(key) > 64:
        key = hashlib.sha256(key).hexdigest().encode()
    made = hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
    return made.upper() if sys.argv[1].startswith("upper-") else made


for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "hello":
        answer = {"protocol": 1, "implementation": {"name": "signer", "language": "python"}, "ops": ["sign"]}
        if fault == "milliseconds":
            answer["clock"] = "system"
    elif asked["op"] == "bye":
        if len(sys.argv) > 2:
            open(sys.argv[2], "w").close()
        break
    elif not asked["secret"]:
        answer = {"id": asked["id"], "refused": "empty secret"}
    elif "payload" in asked["fields"]:
        time, payload = asked["fields"]["timestamp"], asked["fields"]["payload"]
        if fault == "day":
            time -= time % 86400
        if fault == "milliseconds":
            time = int(clock() * 1000)
        separator = ", " if fault == "blank-between" else ","
        signed = mac(asked["secret"], f"{time}.{payload}")
        pairs = [f"t={time}", f"v1={signed}"]
        if fault == "other-order":
            pairs.reverse()
        answer = {"id": asked["id"], "token": separator.join(pairs)}
    elif not isinstance(asked["fields"]["user_id"], str):
        answer = {"id": asked["id"], "refused": "not a text"}
    elif not asked["fields"]["user_id"]:
        answer = {"id": asked["id"], "refused": "empty id"}
    else:
        answer = {"id": asked["id"], "token": mac(asked["secret"], change(asked["fields"]["user_id"]))}
    print(json.dumps(answer), flush=True)
