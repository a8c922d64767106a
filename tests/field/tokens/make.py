"""Writes `cases.jsonl`: wrong tokens as programs make them, each with the mistake that made it.

Nothing here is computed by macproof: the bodies are written again by Node.js, PHP, Ruby, Go and
Python themselves, and every MAC is made by Python's hmac. Run it where these languages are.
"""

import base64, hashlib, hmac, html, json, subprocess, urllib.parse
from datetime import datetime, timedelta, timezone

SECRET = "field-Secret+42/x=y&z"
TIME = 1731705121
BODY = (
    '{"id": 17, "customer": "Ana & Jos\\u00e9", "price": 10.0, "url": "https:\\/\\/shop.example\\/o", '
    '"tags": ["b", "a"], "empty": {}, "ok": true, "note": null, "big": 9007199254740993, "sum": 1.5E-7}'
)
FORM = "text=94070+%2A%2Abold%2A%2A+caf%C3%A9&url=https%3A%2F%2Fa.example%2F1&empty=&z=~&a=%7E"
URL = "https://shop.example/hook/?b=2&a=%c3%a9"
ID = "jos\u00e9.o'brien+tag@Example.com"

cases = []


def mac(message, secret=SECRET, algorithm="sha256"):
    key = secret if isinstance(secret, bytes) else secret.encode()
    message = message if isinstance(message, bytes) else message.encode()
    return hmac.new(key, message, algorithm).digest()


def case(name, scheme, fields, token, mistake, secret=SECRET):
    cases.append({"name": name, "scheme": scheme, "secret": secret, "fields": fields, "token": token, "mistake": mistake})


def github(name, message, mistake, body=BODY, secret=SECRET, key=None):
    case(name, "github-webhook", {"payload": body}, "sha256=" + mac(message, key or secret).hex(), mistake, secret)


def slack(name, message, mistake, body=FORM):
    case(name, "slack-like", {"timestamp": str(TIME), "body": body}, "v0=" + mac(message).hex(), mistake)


def stripe(name, time, mistake, shown=None, body="{}"):
    token = f"t={shown or TIME},v1={mac(f'{time}.{body}').hex()}"
    case(name, "stripe-webhook", {"payload": body, "timestamp": str(TIME)}, token, mistake)


def jotreview(name, message, mistake, user=ID, key=None, spelt=None):
    digest = mac(message, key or SECRET)
    case(name, "jotreview", {"user_id": user}, spelt(digest) if spelt else digest.hex(), mistake)


def callback(name, message, mistake, url=URL):
    digest = base64.b64encode(mac(message)).decode()
    case(name, "callback", {"url": url, "body": '{"a":1}'}, digest, mistake)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout.decode().rstrip("\n")


def node(expression, text):
    return output("node", "-e", f"const qs=require('querystring'),t=process.argv[1];process.stdout.write({expression})", text)


def php(expression, text):
    return output("php", "-r", f"$t=$argv[1];echo {expression};", "--", text)


def ruby(expression, text):
    return output("ruby", "-rjson", "-ruri", "-e", f"t=ARGV[0];print({expression})", text)


def go(print_, text):
    import os, tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.go")
        with open(path, "w") as file:
            file.write(
                'package main\nimport ("encoding/json";"fmt";"os";"net/url")\n'
                "func main() { t := os.Args[1]; var v any; json.Unmarshal([]byte(t), &v); q, _ := url.ParseQuery(t); _ = q; "
                + print_ + " }\n"
            )
        environment = dict(os.environ, GOCACHE=os.path.join(folder, "cache"))
        done = subprocess.run(["go", "run", path, text], check=True, capture_output=True, env=environment)
        return done.stdout.decode()


parsed = json.loads(BODY)
rewritten, sorted_, printed = "identity-json-rewritten", "identity-json-sorted", "identity-json-printed"
github("JSON.stringify", node("JSON.stringify(JSON.parse(t))", BODY), rewritten)
github("JSON.stringify, two blanks", node("JSON.stringify(JSON.parse(t),null,2)", BODY), rewritten)
github("JSON.stringify, four blanks", node("JSON.stringify(JSON.parse(t),null,4)", BODY), rewritten)
github("JSON.stringify, tabs", node("JSON.stringify(JSON.parse(t),null,'\\t')", BODY), rewritten)
github("JSON.stringify with a line feed", node("JSON.stringify(JSON.parse(t))+'\\n'", BODY), rewritten)
github("sorted entries", node("JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(t)).sort()))", BODY), sorted_)
github("String of an object", node("String(JSON.parse(t))", BODY), "identity-object-object")
github("json.dumps", json.dumps(parsed), rewritten)
github("json.dumps, not escaped", json.dumps(parsed, ensure_ascii=False), rewritten)
github("json.dumps, compact", json.dumps(parsed, separators=(",", ":")), rewritten)
github("json.dumps, compact and not escaped", json.dumps(parsed, separators=(",", ":"), ensure_ascii=False), rewritten)
github("json.dumps, indented", json.dumps(parsed, indent=4), rewritten)
github("json.dumps, sorted", json.dumps(parsed, sort_keys=True), sorted_)
github("json.dumps, sorted and compact", json.dumps(parsed, sort_keys=True, separators=(",", ":")), sorted_)
github("str of a dict", str(parsed), printed)
github("json_encode of an array", php("json_encode(json_decode($t,true))", BODY), rewritten)
github("json_encode of an object", php("json_encode(json_decode($t))", BODY), rewritten)
github("json_encode, slashes", php("json_encode(json_decode($t,true),JSON_UNESCAPED_SLASHES)", BODY), rewritten)
github("json_encode, slashes and Unicode", php("json_encode(json_decode($t,true),JSON_UNESCAPED_SLASHES|JSON_UNESCAPED_UNICODE)", BODY), rewritten)
github("json_encode, pretty", php("json_encode(json_decode($t,true),JSON_PRETTY_PRINT)", BODY), rewritten)
github("JSON.generate", ruby("JSON.generate(JSON.parse(t))", BODY), rewritten)
github("pretty_generate", ruby("JSON.pretty_generate(JSON.parse(t))", BODY), rewritten)
github("inspect of a hash", ruby("JSON.parse(t).inspect", BODY), printed)
github("json.Marshal", go("b, _ := json.Marshal(v); fmt.Print(string(b))", BODY), sorted_)
github("json.MarshalIndent", go('b, _ := json.MarshalIndent(v, "", "  "); fmt.Print(string(b))', BODY), sorted_)
github("fmt.Sprint", go("fmt.Print(v)", BODY), printed)
github("Map.toString", "{id=17, customer=Ana & José, price=10.0, url=https://shop.example/o, tags=[b, a], empty={}, ok=true, note=null, big=9007199254740993, sum=1.5E-7}", printed)
github("blanks taken out", '{"id":17,"customer":"Ana & Jos\\u00e9","price":10.0,"url":"https:\\/\\/shop.example\\/o","tags":["b","a"],"empty":{},"ok":true,"note":null,"big":9007199254740993,"sum":1.5E-7}', rewritten)
LINES = '{\r\n  "name": "Jos\u00e9 \u2615 \U0001F600",\r\n  "a": 1\r\n}\r\n'
github("LF for CRLF", LINES.replace("\r\n", "\n"), "identity-line-ends-changed", LINES)
github("CRLF for LF", BODY.replace(", ", ",\r\n"), "identity-line-ends-changed", BODY.replace(", ", ",\n"))
github("line ends taken out", LINES.replace("\r", "").replace("\n", ""), "identity-line-ends-removed", LINES)
github("last line end taken off", LINES.rstrip(), "identity-trimmed", LINES)
github("line feed behind", '{"a":1}\n', "identity-line-feed-added", '{"a":1}')
github("Latin-1 read as UTF-8 twice", LINES.encode().decode("latin-1").encode(), "identity-utf-8-twice", LINES)
github("ASCII with replacement", LINES.encode("ascii", "replace"), "identity-ascii-with-question-marks", LINES)
github("Latin-1", '{"a":"é"}'.encode("latin-1"), "identity-latin-1", '{"a":"é"}')
github("low bytes", bytes(unit & 0xFF for unit in LINES.encode("utf-16-le")[::2]), "identity-latin-1", LINES)
github("UTF-16", LINES.encode("utf-16-le"), "identity-utf-16-le", LINES)
github("UTF-8 with a mark", b"\xef\xbb\xbf" + LINES.encode(), "identity-byte-order-mark-added", LINES)
github("a JSON string of the body", json.dumps(BODY), "identity-json-quoted")
github("bytes printed", str(BODY.encode()), "identity-printed")
github("cut at 100", BODY[:100], "identity-cut")
github("empty body", "", "identity-empty")
github("hex of the body", BODY.encode().hex(), "identity-hex")
github("base64 of the body", base64.b64encode(BODY.encode()), "identity-base64")

form = "identity-form-rewritten"
slack("querystring", "v0:%d:%s" % (TIME, node("qs.stringify(qs.parse(t))", FORM)), form)
slack("URLSearchParams", "v0:%d:%s" % (TIME, node("new URLSearchParams(t).toString()", FORM)), form)
slack("urlencode", "v0:%d:%s" % (TIME, urllib.parse.urlencode(urllib.parse.parse_qsl(FORM, keep_blank_values=True))), form)
slack("urlencode without empty values", "v0:%d:%s" % (TIME, urllib.parse.urlencode(urllib.parse.parse_qsl(FORM))), form)
slack("http_build_query", "v0:%d:%s" % (TIME, php("(function($t){parse_str($t,$q);return http_build_query($q);})($t)", FORM)), form)
slack("encode_www_form", "v0:%d:%s" % (TIME, ruby("URI.encode_www_form(URI.decode_www_form(t))", FORM)), form)
slack("Values.Encode", "v0:%d:%s" % (TIME, go("fmt.Print(q.Encode())", FORM)), "identity-form-sorted")
slack("sorted pairs", "v0:%d:%s" % (TIME, "&".join(sorted(FORM.split("&")))), "identity-form-sorted")
slack("decoded", "v0:%d:%s" % (TIME, urllib.parse.unquote_plus(FORM)), "identity-percent-decoded")
slack("decoded, plus kept", "v0:%d:%s" % (TIME, urllib.parse.unquote(FORM)), "identity-percent-decoded")
slack("as JSON", "v0:%d:%s" % (TIME, node("JSON.stringify(qs.parse(t))", FORM)), "identity-form-as-json")
slack("as JSON by Python", "v0:%d:%s" % (TIME, json.dumps(dict(urllib.parse.parse_qsl(FORM, keep_blank_values=True)))), "identity-form-as-json")
slack("small escapes", "v0:%d:%s" % (TIME, FORM.replace("%2A", "%2a").replace("%C3%A9", "%c3%a9").replace("%3A", "%3a").replace("%2F", "%2f").replace("%7E", "%7e")), "identity-escapes-in-other-case")
slack("without the version", "%d:%s" % (TIME, FORM), "message-constant-left-out")
slack("another version", "v1:%d:%s" % (TIME, FORM), "message-other-constant")
slack("full stops", "v0.%d.%s" % (TIME, FORM), "message-other-delimiter")
slack("nothing between", "v0%d%s" % (TIME, FORM), "message-no-delimiter")
slack("a colon behind", "v0:%d:%s:" % (TIME, FORM), "message-delimiter-at-an-end")
slack("the body alone", FORM, "message-one-text-alone")
slack("without the time", "v0:" + FORM, "message-time-left-out")
slack("without the body", "v0:%d:" % TIME, "message-identity-left-out")
slack("other order", "v0:%s:%d" % (FORM, TIME), "message-other-order")

stripe("milliseconds", TIME * 1000, "message-time-in-milliseconds", TIME * 1000)
stripe("a float", f"{float(TIME)}", "message-time-as-float")
stripe("a float of Java", "1.731705121E9", "message-time-as-float")
stripe("microseconds", TIME * 10**6, "message-time-in-finer-unit")
stripe("nanoseconds", TIME * 10**9, "message-time-in-finer-unit")
stripe("ticks", 621355968000000000 + TIME * 10**7, "message-time-in-finer-unit")
stripe("one second later", TIME + 1, "message-time-shifted")
stripe("one second earlier", TIME - 1, "message-time-shifted")
stripe("an hour later", TIME + 3600, "message-time-shifted")
stripe("five hours earlier", TIME - 5 * 3600, "message-time-shifted")
stripe("half past five hours", TIME + 5 * 3600 + 1800, "message-time-shifted")
when = datetime.fromtimestamp(TIME, timezone.utc)
stripe("isoformat", when.isoformat(), "message-time-as-iso-8601")
stripe("ISO 8601 of JavaScript", node("new Date(Number(t)*1000).toISOString()", str(TIME)), "message-time-as-iso-8601")
stripe("ISO 8601", when.strftime("%Y-%m-%dT%H:%M:%SZ"), "message-time-as-iso-8601")
stripe("an HTTP date", when.strftime("%a, %d %b %Y %H:%M:%S GMT"), "message-time-as-iso-8601")
stripe("a date for a database", when.strftime("%Y-%m-%d %H:%M:%S"), "message-time-as-iso-8601")

jotreview("base64 of the secret", ID, "secret-encoded-again", key=base64.b64encode(SECRET.encode()))
jotreview("hex of the secret", ID, "secret-encoded-again", key=SECRET.encode().hex())
jotreview("UTF-16 secret", ID, "secret-in-another-charset", key=SECRET.encode("utf-16-le"))
jotreview("a mark before the secret", ID, "secret-byte-order-mark", key=b"\xef\xbb\xbf" + SECRET.encode())
jotreview("a secret in a URL", ID, "secret-escaped", key=urllib.parse.quote(SECRET, safe=""))
jotreview("a secret in HTML", ID, "secret-escaped", key=html.escape(SECRET))
jotreview("a secret as bytes", ID, "secret-printed", key=str(SECRET.encode()))
jotreview("a secret as a buffer", ID, "secret-printed", key=node("JSON.stringify(Buffer.from(t))", SECRET))
jotreview("a secret with its name", ID, "secret-with-its-name", key="SECRET=" + SECRET)
jotreview("a secret cut at =", ID, "secret-cut-at-equals-sign", key=SECRET.split("=")[0])
jotreview("a secret cut", ID, "secret-cut", key=SECRET[:16])
jotreview("a secret with a line feed", ID, "secret-line-feed-added", key=SECRET + "\n")
jotreview("a quoted secret", ID, "secret-quoted", key=f'"{SECRET}"')
jotreview("the digest of the secret", ID, "secret-hashed", key=hashlib.sha256(SECRET.encode()).digest())
jotreview("the digest of the MAC", ID, "message-digest-of-mac", spelt=lambda d: hashlib.sha256(d).hexdigest())
jotreview("the digest of the hex", ID, "message-digest-of-mac", spelt=lambda d: hashlib.sha256(d.hex().encode()).hexdigest())
jotreview("signed bytes", ID, "encoding-sign-extended", spelt=lambda d: "".join("%02x" % (b if b < 128 else b | 0xFFFFFF00) for b in d))
jotreview("signed bytes of toHexString", ID, "encoding-sign-extended", spelt=lambda d: "".join("%x" % (b if b < 128 else b | 0xFFFFFF00) for b in d))
jotreview("a buffer", ID, "encoding-printed-bytes", spelt=lambda d: f"<Buffer {d.hex(' ')}>")
jotreview("bytes of Python", ID, "encoding-printed-bytes", spelt=str)
jotreview("an optional", ID, "encoding-other-text-around", spelt=lambda d: f'Optional("{d.hex()}")')
jotreview("some", ID, "encoding-other-text-around", spelt=lambda d: f"Some({d.hex()})")
jotreview("base64 of bytes", ID, "encoding-base64 encoding-quoted", spelt=lambda d: str(base64.b64encode(d)))
jotreview("a list of numbers", ID, "encoding-byte-list", spelt=lambda d: str(list(d)))
jotreview("capitals", ID, "encoding-upper-case", spelt=lambda d: d.hex().upper())
jotreview("small letters", ID.lower(), "identity-lower-cased")
jotreview("percent-encoded", urllib.parse.quote(ID, safe=""), "identity-percent-encoded")
jotreview("HTML", html.escape(ID), "identity-html-escaped")
jotreview("decomposed", "jose\u0301.o'brien+tag@Example.com", "identity-nfd")

callback("http for https", URL.replace("https", "http") + '{"a":1}', "identity-url-scheme-changed")
callback("a port", URL.replace("example/", "example:443/") + '{"a":1}', "identity-url-port-changed")
callback("no slash at the end", URL.replace("hook/?", "hook?") + '{"a":1}', "identity-url-last-slash-changed")
callback("path and query", URL.split("example")[1] + '{"a":1}', "identity-url-part")
callback("path", "/hook/" + '{"a":1}', "identity-url-part")
callback("no query", URL.split("?")[0] + '{"a":1}', "identity-url-part")
callback("sorted query", "https://shop.example/hook/?a=%c3%a9&b=2" + '{"a":1}', "identity-url-query-sorted")
callback("escapes in capitals", URL.replace("%c3%a9", "%C3%A9") + '{"a":1}', "identity-escapes-in-other-case")
callback("decoded", urllib.parse.unquote(URL) + '{"a":1}', "identity-percent-decoded")
callback("body first", '{"a":1}' + URL, "message-other-order")
callback("a question mark between", URL + '?{"a":1}', "message-delimiter-added")

# Near misses: what no known mistake makes has no cause.
github("another body", BODY.replace("17", "18"), None)
github("another secret", BODY, None, key="another-secret")
github("ROT13", BODY.encode().translate(bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"nopqrstuvwxyzabcdefghijklm")), None)
github("names in capitals", json.dumps({name.upper(): value for name, value in parsed.items()}), None)
github("without the first name", json.dumps({name: value for name, value in parsed.items() if name != "id"}), None)
github("texts of numbers", json.dumps({name: str(value) for name, value in parsed.items()}), None)
slack("a pair left out", "v0:%d:%s" % (TIME, FORM.replace("&z=~", "")), None)
slack("v7", "v7:%d:%s" % (TIME, FORM), None)
stripe("eleven seconds later", TIME + 11, None)
stripe("tomorrow", TIME + 86400, None)
jotreview("reversed", ID[::-1], None)
jotreview("the local part", ID.split("@")[0], None)
callback("another host", URL.replace("shop", "api") + '{"a":1}', None)

with open("cases.jsonl", "w") as file:
    for one in cases:
        file.write(json.dumps(one) + "\n")
print(len(cases), "cases")
