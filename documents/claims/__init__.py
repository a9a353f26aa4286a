"""
The facts that the code on a paper carries, signed: who has no network can still judge them.

CBOR Web Token claims (RFC 8392) in a COSE_Sign1, as Base32 behind the address that any camera
opens: `HTTPS://HOST/V/<verification id>#<Base32>`. What stands behind "#" never leaves the device
that opens the address, so that no log of ours holds a name.
"""

from documents.claims.codes import base32, sign, text
from documents.claims.facts import Claims, Person

__all__ = ["Claims", "Person", "base32", "sign", "text"]
