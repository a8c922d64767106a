"""A signer and verifier that uses the real clock, with one fault by name, and a pause before each answer."""
import hashlib, hmac, json, os, sys, time
fault = sys.argv[1] if len(sys.argv) > 1 else ""
delay = float(sys.argv[2]) if len(sys.argv) > 2 else 0
def mac(secret, t, body):
    message = body if fault == "time-not-signed" else f"{t}.{body}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
def is_fresh(t):
    now = time.time()
    if fault == "age-unchecked": return now - t >= -300
    if fault == "wrong-unit": return abs(now * 1000 - t * 1000) <= 300
    if fault == "larger-limit": return abs(now - t) <= 3600
    if fault == "future-unchecked": return now - t <= 300
    return abs(now - t) <= 300
signed = []
if fault == "gives-up" and os.path.exists(sys.argv[3]): sys.exit(1)
for line in sys.stdin:
    q = json.loads(line)
    if q["op"] == "hello":
        a = {"protocol": 1, "implementation": {"name": "real-clock"}, "clock": "system", "max_in_flight": 64}
        if fault == "bare": a["ops"] = ["sign"]
    elif q["op"] == "bye": break
    else:
        time.sleep(delay)
        if q["op"] == "sign":
            key = (q["secret"], str(q["fields"]["body"]))
            # Once to see whether it works, once as a case.
            if fault == "gives-up" and signed.count(key) == 2:
                open(sys.argv[3], "w").close()
                os._exit(1)
            signed.append(key)
            if not q["secret"]: a = {"id": q["id"], "refused": "empty secret"}
            else:
                n = time.time(); t = round(n) if fault == "rounded" else int(n)
                # The clock is read once more for the token, a tenth of a second later.
                u = int(n + .1) if fault == "read-twice" else t
                m = mac(q["secret"], t, q["fields"]["body"])
                # In a scheme whose tokens carry no time.
                a = {"id": q["id"], "token": m if fault == "bare" else f"t={u},v1={m}"}
        else:
            a = {"id": q["id"], "outcome": "reject"}
            try:
                p = [x.split("=", 1) for x in q["token"].split(",")]
                if [k for k, _ in p] == ["t", "v1"] and q["secret"] and str(int(p[0][1])) == p[0][1]:
                    if is_fresh(int(p[0][1])) and hmac.compare_digest(p[1][1].encode(), mac(q["secret"], p[0][1], q["fields"]["body"]).encode()):
                        a["outcome"] = "accept"
            except (ValueError, TypeError): pass
    print(json.dumps(a), flush=True)
