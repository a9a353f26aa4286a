"""
Airtel's callback: one address for all, an optional hash, and no amount.

It only hints, whatever it says: which attempt it speaks of stands in `transaction.id`, and the
enquiry proves. With callback authentication switched on in Airtel's portal the body also has
`hash`: base64 of HMAC-SHA256 under the application's private key. Over which bytes, no page says:
we try the transaction object exactly as it came, and the same without the white space.
"""

import base64
import hmac
import json
from hashlib import sha256

import structlog

from payments.gateways import reading
from payments.gateways.airtel.prompts import key_of
from payments.gateways.base import (
    BadSignature,
    Contract,
    Heard,
    Hint,
    NoSuchDoor,
    Reply,
    Unreadable,
)

log = structlog.get_logger()

KEPT = Reply(200, b'{"status": "kept"}')
# What the setting CALLBACK_HASH may say besides "required".
LOGGED = "logged"
# Some hundred bytes is what Airtel sends.
BODY_BYTES_MAX = 16 * 1024


def hear(heard: Heard, contract: Contract) -> Hint:
    """
    Take a callback; `callback_hash` says whether one without a right hash is refused.

    :raises BadSignature: if a hash is required, and missing or wrong
    :raises NoSuchDoor: at any other address
    """
    if heard.path != ("callback",):
        raise NoSuchDoor
    if heard.method != "POST":
        raise NoSuchDoor(("POST",))
    if len(heard.body) > BODY_BYTES_MAX:
        raise BadSignature("too_long")  # Before it is read: nobody has signed it yet.
    try:
        told = reading.json_object(heard.body)
        transaction = reading.part(told, "transaction")
    except Unreadable:
        told, transaction = {}, {}
    reason = _wrong(heard.body, told.get("hash"), key=contract["callback_key"])
    if reason and contract["callback_hash"] != LOGGED:
        raise BadSignature(reason)
    if reason == "forged":
        # Until Airtel has said what it hashes, a wrong hash may be our misunderstanding.
        log.warning("airtel.callback_hash_differs", rail=contract["rail_code"])
    said = transaction.get("id")
    key = key_of(said)
    # Not our key: a handle that no attempt has, so that it is not kept among the evidence.
    handle = "" if key else reading.text(said) or "unnamed"
    return Hint(kind="airtel.callback", reply=KEPT, attempt_key=key, handle=handle)


def digest(key: str, transaction: bytes) -> str:
    """Return `hash` for these bytes of a transaction object."""
    return base64.b64encode(hmac.new(key.encode(), transaction, sha256).digest()).decode()


def span(body: bytes, name: str) -> bytes:
    """
    Return the value of a name at the top of a JSON object, byte for byte as it stands there.

    :raises Unreadable: if the body is no JSON object or has no such name
    """
    try:
        text = body.decode()
        decoder = json.JSONDecoder()
        at = _after(text, 0, "{")
        while True:
            said, end = decoder.raw_decode(text, _skip(text, at))
            start = _skip(text, _after(text, end, ":"))
            _, end = decoder.raw_decode(text, start)
            if said == name:
                return text[start:end].encode()
            at = _after(text, end, ",")
    except (ValueError, RecursionError):
        raise Unreadable("no_json") from None


def _wrong(body: bytes, given: object, *, key: str) -> str:
    """Return "" if the hash holds, else a code."""
    if not key or not isinstance(given, str) or not given:
        return "unsigned"
    try:
        raw = span(body, "transaction")
    except Unreadable:
        return "unsigned"
    compact = json.dumps(json.loads(raw), separators=(",", ":"), ensure_ascii=False)
    for transaction in (raw, compact.encode(errors="replace")):
        if hmac.compare_digest(digest(key, transaction).encode(), given.encode(errors="replace")):
            return ""
    return "forged"


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _after(text: str, at: int, sign: str) -> int:
    """:raises ValueError: if the next sign is another one"""
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError
    return at + 1
