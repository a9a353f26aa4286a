"""
Forgers of callbacks: what providers sign, and every way to come by another's signature.

A genuine message is made as the provider would; each forgery changes it in one way and must be
worth nothing. A door whose provider signs nothing is played too: there whoever knows no attempt
of ours leaves nothing behind.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from payments.gateways import bycontract
from payments.gateways.airtel.callback import digest
from payments.gateways.kcb.signing import DEVELOPMENT_KEY
from tests.payments import mpesa_words
from tests.payments.test_jenga_gateway import NEWER
from tests.payments.test_kcb_gateway import ACCOUNT
from tests.payments.test_kcb_gateway import signed as kcb_signed

SECRET = "the-bank-and-we"
WINDOW = bycontract.WINDOW_SECONDS
CONTRACTS: dict[str, dict[str, Any]] = {
    "bank-rw": {"kind": "bycontract", "rail_code": "bank-rw", "secret": [SECRET]},
    "mtn-rw": {"kind": "mtn", "rail_code": "mtn-rw"},
    "airtel-rw": {
        "kind": "airtel",
        "rail_code": "airtel-rw",
        "callback_key": "airtel-and-we",
        "callback_hash": "required",
    },
    "kcb-ke": {
        "kind": "kcb",
        "rail_code": "kcb-ke",
        "public_keys": DEVELOPMENT_KEY,
        "credit_account": "7941675",
        "validation_signed": "",
    },
    "jenga-ke": {
        "kind": "jenga",
        "rail_code": "jenga-ke",
        "username": "guichet",
        "password": ["jenga-and-we"],
        "charge_withheld": "",
    },
    "govstack-rw": {
        "kind": "govstack",
        "rail_code": "govstack-rw",
        "token": ["govstack-and-we"],
        "biller_id": "GUICHET",
        "biller_name": "Guichet",
    },
    "mpesa-ke": mpesa_words.contract(callback_key=["mpesa-and-we"]),
}


@dataclass(frozen=True)
class Said:
    """A request at one of our doors, and what proves in it who speaks."""

    path: str
    body: bytes
    headers: dict[str, str]
    proof: str = ""
    """The header, the segment of the path or the value of the body that is the proof."""


Forgery = Callable[[random.Random, Said, int], Said]
"""Changes a genuine message, at a time in unix seconds."""


def genuine(rail: str, reference: str, number: int, *, now: int) -> Said:
    """Return what this rail's provider says of its payment of this number."""
    return _SAYS[rail](reference, number, now)


def _bank(reference: str, number: int, now: int) -> Said:
    body = json.dumps(
        {
            "id": f"GENUINE{number}",
            "reference": reference,
            "amount": "500",
            "currency": "RWF",
            "paid_at": "2026-11-21T12:00:00+02:00",
        }
    ).encode()
    return _bank_said(body, now)


def _bank_said(body: bytes, at: int, secret: str = SECRET) -> Said:
    signature = bycontract.sign(secret=secret, timestamp=at, body=body)
    headers = {"X-Timestamp": str(at), "X-Signature": signature}
    return Said("/callbacks/bank-rw/notification", body, headers, "X-Signature")


def _kcb(reference: str, number: int, now: int) -> Said:
    told = ACCOUNT | {"transactionReference": f"FT{number:08d}", "customerReference": reference}
    body, signature = kcb_signed(told)
    return Said("/callbacks/kcb-ke/notification", body, {"Signature": signature}, "Signature")


def _jenga(reference: str, number: int, now: int) -> Said:
    told = json.loads(json.dumps(NEWER))
    told["transaction"] |= {"reference": f"EQ-{number}", "billNumber": reference}
    given = base64.b64encode(b"guichet:jenga-and-we").decode()
    body = json.dumps(told).encode()
    headers = {"Authorization": f"Basic {given}"}
    return Said("/callbacks/jenga-ke/ipn", body, headers, "Authorization")


def _airtel(reference: str, number: int, now: int) -> Said:
    key = UUID(int=number)
    told = json.dumps({"id": key.hex, "status_code": "TS", "message": reference}).encode()
    proof = digest("airtel-and-we", told)
    body = b'{"transaction": ' + told + b', "hash": "' + proof.encode() + b'"}'
    return Said("/callbacks/airtel-rw/callback", body, {}, proof)


def _govstack(reference: str, number: int, now: int) -> Said:
    told = {"requestID": f"R{number}", "billId": reference, "PaymentReferenceID": f"P{number}"}
    headers = {"Authorization": "Bearer govstack-and-we", "X-CorrelationID": f"C{number}"}
    path = "/callbacks/govstack-rw/billTransferRequests"
    return Said(path, json.dumps(told).encode(), headers, "Authorization")


def _mpesa(reference: str, number: int, now: int) -> Said:
    body = mpesa_words.payment(TransID=f"SKL{number:07d}", BillRefNumber=reference)
    return Said("/callbacks/mpesa-ke/mpesa-and-we/confirmation", body, {}, "mpesa-and-we")


def _mtn(reference: str, number: int, now: int) -> Said:
    # MTN signs nothing: whoever guesses no attempt's key has nothing in his hands.
    told = {"externalId": reference, "status": "SUCCESSFUL", "amount": "500"}
    path = f"/callbacks/mtn-rw/requesttopay/{UUID(int=number)}"
    return Said(path, json.dumps(told).encode(), {})


_SAYS = {
    "bank-rw": _bank,
    "kcb-ke": _kcb,
    "jenga-ke": _jenga,
    "airtel-rw": _airtel,
    "govstack-rw": _govstack,
    "mpesa-ke": _mpesa,
    "mtn-rw": _mtn,
}


# --- what a forger does to it


def _with_proof(said: Said, proof: str) -> Said:
    if said.proof in said.headers:
        return replace(said, headers={**said.headers, said.proof: proof})
    body = said.body.replace(said.proof.encode(), proof.encode("utf-8", "replace"))
    return replace(said, body=body, path=said.path.replace(said.proof, proof or "-"))


def _proof_of(said: Said) -> str:
    return said.headers.get(said.proof, said.proof)


def unsigned(drawn: random.Random, said: Said, now: int) -> Said:
    headers = {name: value for name, value in said.headers.items() if name != said.proof}
    return replace(_with_proof(said, ""), headers=headers)


def one_sign_changed(drawn: random.Random, said: Said, now: int) -> Said:
    proof = _proof_of(said)
    # Not the last signs of base64, some of whose bits mean nothing, nor a scheme's own name.
    at = drawn.randrange(len(proof) // 2, max(len(proof) // 2 + 1, len(proof) - 4))
    other = drawn.choice([sign for sign in "abcdef0123456789" if sign != proof[at].lower()])
    return _with_proof(said, proof[:at] + other + proof[at + 1 :])


def cut_short(drawn: random.Random, said: Said, now: int) -> Said:
    proof = _proof_of(said)
    return _with_proof(said, proof[: drawn.randrange(1, len(proof) - 4)])


def made_up(drawn: random.Random, said: Said, now: int) -> Said:
    made = drawn.choice(
        ["v1=", "v1=0", "v0=" + "0" * 64, "none", "null", "*", "Basic Og==", "Bearer null", ","]
    )
    return _with_proof(said, made + drawn.choice(["", "%00", "=", "-"]))


def body_changed(drawn: random.Random, said: Said, now: int) -> Said:
    at = drawn.randrange(len(said.body))
    return replace(said, body=said.body[:at] + bytes([said.body[at] ^ 1]) + said.body[at + 1 :])


def body_grown(drawn: random.Random, said: Said, now: int) -> Said:
    return replace(said, body=said.body + drawn.choice([b" ", b"\n", b"{}", b"\x00"]))


def another_bodys(drawn: random.Random, said: Said, now: int) -> Said:
    other = _bank_said(json.dumps({"id": "X", "n": drawn.random()}).encode(), now)
    return replace(said, body=other.body)


def stale(drawn: random.Random, said: Said, now: int) -> Said:
    return _bank_said(said.body, now - WINDOW - drawn.randrange(2, 10**6))


def of_tomorrow(drawn: random.Random, said: Said, now: int) -> Said:
    return _bank_said(said.body, now + WINDOW + drawn.randrange(60, 10**6))


def made_fresh(drawn: random.Random, said: Said, now: int) -> Said:
    """An old message under a new time, which the old signature does not cover."""
    old = _bank_said(said.body, now - 86_400 - drawn.randrange(10**5))
    return replace(old, headers={**old.headers, "X-Timestamp": str(now)})


def of_another_secret(drawn: random.Random, said: Said, now: int) -> Said:
    return _bank_said(said.body, now, drawn.choice(["", "secret", SECRET + " ", SECRET.upper()]))


def at_another_door(drawn: random.Random, said: Said, now: int) -> Said:
    """A genuine message of one provider, said at the door of another."""
    rail = said.path.split("/")[2]
    doors = [
        "/callbacks/bank-rw/notification",
        "/callbacks/kcb-ke/notification",
        "/callbacks/jenga-ke/ipn",
        "/callbacks/airtel-rw/callback",
        "/callbacks/govstack-rw/billTransferRequests",
        "/callbacks/mpesa-ke/x/confirmation",
    ]
    return replace(said, path=drawn.choice([door for door in doors if rail not in door]))


OF_ANY: tuple[Forgery, ...] = (unsigned, one_sign_changed, cut_short, made_up, at_another_door)
# Where the proof covers the bytes; a password or a secret address covers none.
OF_BYTES: tuple[Forgery, ...] = (body_changed, body_grown, another_bodys)
OF_TIME: tuple[Forgery, ...] = (stale, of_tomorrow, made_fresh, of_another_secret)
FORGERIES: dict[str, tuple[Forgery, ...]] = {
    "bank-rw": (*OF_ANY, *OF_BYTES, *OF_TIME),
    "kcb-ke": (*OF_ANY, *OF_BYTES),
    "airtel-rw": (*OF_ANY, body_changed),
    "jenga-ke": OF_ANY,
    "govstack-rw": OF_ANY,
    "mpesa-ke": OF_ANY,
}


def forged(
    count: int, reference: str, *, now: int, seed: int, first: int = 0
) -> Iterator[tuple[str, str, Said, Said]]:
    """
    Return so many forgeries: the rail, the name of the forgery, the genuine message, the forged.

    Every kind of every rail in turn, each of a message of its own, numbered from `first` on.
    """
    drawn = random.Random(seed)
    kinds = [(rail, forgery) for rail, of_rail in FORGERIES.items() for forgery in of_rail]
    # Signing under KCB's key costs a millisecond: a few genuine messages serve all its forgers.
    kcb = [genuine("kcb-ke", reference, number, now=now) for number in range(8)]
    for number in range(first, first + count):
        rail, forgery = kinds[number % len(kinds)]
        said = kcb[number % 8] if rail == "kcb-ke" else genuine(rail, reference, number, now=now)
        made = forgery(drawn, said, now)
        yield rail, forgery.__name__, said, made
