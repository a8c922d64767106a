"""Envelopes through securesystemslib, which others wrote: `check FILE PUBLIC`, `sign FILE KEY OUT`."""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey


def read(path):
    with open(path, "rb") as file:
        return file.read()


def check(certificate, public):
    data = json.loads(read(certificate))
    keyid = data["signatures"][0]["keyid"]
    key = SSlibKey.from_crypto(load_pem_public_key(read(public)), keyid=keyid)
    try:
        Envelope.from_dict(data).verify([key], 1)
    except VerificationError as error:
        print(f"rejected: {error}")
        return 1
    print("accepted")
    return 0


def sign(certificate, private, out):
    theirs = Envelope.from_dict(json.loads(read(certificate)))
    fresh = Envelope(theirs.payload, theirs.payload_type, {})
    fresh.sign(CryptoSigner(load_pem_private_key(read(private), None)))
    with open(out, "w", encoding="utf-8") as file:
        json.dump(fresh.to_dict(), file)
    return 0


sys.exit({"check": check, "sign": sign}[sys.argv[1]](*sys.argv[2:]))
