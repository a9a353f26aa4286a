"""
What is fuzzed: every parser, every door, the statements, and what people type.

Import this module inside `atheris.instrument_imports`. Each target takes bytes, lets out no
exception but those of its contract (caught here), and asserts what callers rely on.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.fuzz import seeds
from config.stack.home import ROOT
from kernel import references
from payments import likeness
from payments.gateways import PARSERS, VENDORS, bycontract
from payments.gateways.airtel import callback as airtel_callback
from payments.gateways.base import (
    BadSignature,
    Context,
    Contract,
    Heard,
    NoSuchDoor,
    Parser,
    Payable,
    Question,
    Unreadable,
)
from payments.gateways.kcb.signing import DEVELOPMENT_KEY
from payments.orders import pain002
from payments.posting.asked import as_asked
from payments.posting.soundness import sound, storable
from tests.payments import mpesa_words
from tests.payments.statements.test_any_bytes import target as statement

Target = Callable[[bytes], None]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONTEXT = Context(received_at=NOON, external_hint=seeds.KEY)
ASKED = {UUID(seeds.KEY): (500, "RWF")}
PAYABLES = [
    Payable(reference="1", reason="", due_minor=500, currency="KES", service="Caf\u00e9"),
    Payable(reference="1", reason="", due_minor=500, currency="RWF", takes_parts=True),
    Payable(reference="", reason="not_a_reference"),
]


# --- parsers ----------------------------------------------------------------------------------


def _parses(parse: Parser) -> Target:
    def target(data: bytes) -> None:
        try:
            for told in parse(data, CONTEXT):
                held = sound(as_asked(told, ASKED))
                assert held.amount_minor > 0
                assert held.occurred_at.tzinfo is UTC
                assert held.external_id == storable(held.external_id)
        except Unreadable as refused:
            _is_code(refused.reason)

    return target


def _is_code(reason: str) -> None:
    """A reason is shown and logged: it must be a word of ours, and none of the message's."""
    assert reason.isidentifier(), "a reason that is no short code"


# --- doors ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """What may be knocked at, and how a body is signed there; the first byte chooses."""

    contract: Contract
    paths: tuple[tuple[str, ...], ...]
    sign: Callable[[bytes], dict[str, str]]


def _knocks(kind: str, door: Door) -> Target:
    hear = VENDORS[kind].hear
    assert hear is not None

    def target(data: bytes) -> None:
        if len(data) < 2:
            return
        place, how, body = data[0], data[1], data[2:]
        words = body.decode("utf-8", "surrogateescape")
        # One in four is signed by nobody; a path may be what was typed, too.
        headers = {"x-correlationid": words[:50], **(door.sign(body) if how % 4 else _lies(words))}
        path = (*door.paths, (*door.paths[0][:-1], words[:40]), ())[place % (len(door.paths) + 2)]
        heard = Heard(
            method="PUT" if how > 250 else ("GET" if "bills" in path else "POST"),
            path=path,
            headers=headers,
            body=body,
            at=NOON,
        )
        try:
            verdict = hear(heard, door.contract)
            replies = (
                [verdict.reply(payable) for payable in PAYABLES]
                if isinstance(verdict, Question)
                else [verdict.reply]
            )
        except (BadSignature, NoSuchDoor):
            return
        except Unreadable as refused:
            # Only a question may be refused for its words: money that is told is kept.
            assert {"inquiry", "validation", "bills"} & set(path)
            _is_code(refused.reason)
            return
        for reply in replies:
            assert not reply.body or isinstance(json.loads(reply.body), dict)

    return target


def _lies(words: str) -> dict[str, str]:
    names = ("x-timestamp", "x-signature", "signature", "authorization")
    return dict.fromkeys(names, words[:300])


def _by_hmac(body: bytes) -> dict[str, str]:
    now = int(NOON.timestamp())
    signature = bycontract.sign(secret="secret", timestamp=now, body=body)
    return {"x-timestamp": str(now), "x-signature": signature}


def _by_kcb() -> Callable[[bytes], dict[str, str]]:
    pem = (ROOT / "sandbox" / "keys" / "kcb-development-only.pem").read_bytes()
    key = load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)

    def sign(body: bytes) -> dict[str, str]:
        signature = base64.b64encode(key.sign(body, PKCS1v15(), hashes.SHA256()))
        return {"signature": signature.decode()}

    return sign


def _says(authorization: str) -> Callable[[bytes], dict[str, str]]:
    return lambda _body: {"authorization": authorization}


_SECRET, _KEY = mpesa_words.SECRET, seeds.KEY
_MPESA_PATHS = (
    ("validation",),
    ("confirmation",),
    ("stk", _KEY),
    *(("result", what, _KEY) for what in ("inquiry", "refund", "refund-status", "balance")),
    ("timeout", "refund", _KEY),
    ("list",),
    ("stk", "x"),
)

DOORS = {
    "airtel": Door(
        {"rail_code": "airtel-rw", "callback_key": "key", "callback_hash": "logged"},
        (("callback",),),
        _says(""),
    ),
    "bycontract": Door(
        {"rail_code": "bank-rw", "secret": ["secret"]}, (("notification",), ("inquiry",)), _by_hmac
    ),
    "govstack": Door(
        {"rail_code": "gov-rw", "token": ["t"], "biller_id": "a", "biller_name": "b"},
        (("bills", seeds.REFERENCE), ("billTransferRequests",)),
        _says("Bearer t"),
    ),
    "jenga": Door(
        {"rail_code": "equity-ke", "username": "u", "password": ["p"], "charge_withheld": "yes"},
        (("ipn",),),
        _says("Basic " + base64.b64encode(b"u:p").decode()),
    ),
    "kcb": Door(
        {"rail_code": "kcb-ke", "public_keys": DEVELOPMENT_KEY},
        (("validation",), ("notification",)),
        _by_kcb(),
    ),
    "mpesa": Door(
        mpesa_words.contract(), tuple((_SECRET, *path) for path in _MPESA_PATHS), _says("")
    ),
    "mtn": Door({"rail_code": "mtn-rw"}, (("requesttopay", _KEY),), _says("")),
}


# --- readers beside those, and what people type -----------------------------------------------


def _payer(data: bytes) -> None:
    for kind, vendor in VENDORS.items():
        if vendor.payer:
            phone = vendor.payer(f"{kind}.status", data)
            assert not phone or (phone[0] == "+" and phone[1:].isdigit())


def _refund(data: bytes) -> None:
    for vendor in VENDORS.values():
        if vendor.read_refund:
            told = vendor.read_refund(data)
            assert (told.outcome == "failed") == bool(told.reason)


def _hashed(data: bytes) -> None:
    """What Airtel hashes is cut out of the body, byte for byte."""
    try:
        cut = airtel_callback.span(data, "transaction")
    except Unreadable:
        return
    assert cut in data
    json.loads(cut)


def _reference(data: bytes) -> None:
    typed = data.decode("utf-8", "surrogateescape")
    found = references.normalise(typed)
    assert found is None or references.is_valid(found)
    number = references.normalise_case_number(typed)
    assert number is None or references.normalise_case_number(number) == number


def _likeness(data: bytes) -> None:
    found = likeness.spellings(data.decode("utf-8", "surrogateescape"))
    assert len(found) < 1000
    assert all(references.is_valid(one) for one in found)


def _report(data: bytes) -> None:
    """A bank's word about an order that we gave it."""
    try:
        results = pain002.read(data)
    except pain002.CannotRead as cannot:
        _is_code(cannot.code)
        return
    assert all(one.status and one.verdict for one in results)


def _all() -> dict[str, tuple[Target, list[bytes]]]:
    by_kind: Mapping[str, list[bytes]] = {
        "airtel": seeds.AIRTEL,
        "bycontract": seeds.BYCONTRACT,
        "govstack": seeds.GOVSTACK,
        "jenga": seeds.JENGA,
        "kcb": seeds.KCB,
        "mpesa": seeds.MPESA,
        "mpesa.inquiry": seeds.MPESA_INQUIRY,
        "mpesa.pull": seeds.MPESA_PULL,
        "mpesa.refund": seeds.MPESA_REFUND,
        "mtn": seeds.MTN,
    }
    found: dict[str, tuple[Target, list[bytes]]] = {
        "statement.camt": (statement, seeds.CAMT),
        "statement.mt940": (statement, seeds.MT940),
        "statement.csv": (statement, seeds.CSV),
    }
    for kind, parse in PARSERS.items():
        usual = by_kind.get(kind.partition(".")[0], [])
        found[f"parse.{kind}"] = (_parses(parse), by_kind.get(kind, usual))
    for kind, vendor in VENDORS.items():
        if vendor.hear:
            # A vendor without a door here fails aloud.
            door, bodies = DOORS[kind], by_kind[kind]
            knocks = [
                bytes([place, 1]) + body for place in range(len(door.paths)) for body in bodies
            ]
            found[f"hear.{kind}"] = (_knocks(kind, door), knocks)
    return found | {
        "airtel.hashed": (_hashed, seeds.AIRTEL),
        "orders.pain002": (_report, seeds.PAIN002),
        "mpesa.refund_told": (_refund, seeds.MPESA_REFUND),
        "mtn.payer": (_payer, seeds.MTN),
        "references.normalise": (_reference, seeds.TYPED),
        "likeness.spellings": (_likeness, seeds.TYPED),
    }


TARGETS = _all()
