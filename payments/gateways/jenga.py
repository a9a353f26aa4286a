"""
Equity Bank, Jenga: instant payment notifications (developer.jengahq.io, guide "Instant Payment
Notifications"; the older form: developer.jengapgw.io/docs/callbacks).

Jenga calls with HTTP Basic credentials that we gave it: that proves who calls, and not what was
said, so they travel over TLS only and stand for nothing else. It has no way of asking us before
the payer pays, and none of asking it afterwards that needs no account of its own: what a
notification leaves out, the statement tells.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

import structlog

from payments.gateways.base import (
    BadSignature,
    Collection,
    Context,
    Contract,
    Debit,
    Heard,
    News,
    NoSuchDoor,
    Reply,
    Setting,
    Told,
    Unreadable,
    Vendor,
)
from payments.gateways.reading import (
    EAT,
    amount_minor,
    external_id,
    in_utc,
    iso_time,
    json_object,
    part,
    text,
)
from payments.states import Leg

log = structlog.get_logger()

KEPT = Reply(200, b'{"status": "kept"}')

# Whether the bank withholds `serviceCharge` from what it credits is the contract's to say, and a
# parser knows no contract: the kind under which a message is kept says what held on its day.
WHOLE, WITHHELD = "jenga.ipn", "jenga.ipn_withheld"

# The older form names no currency. It is told by Equity in Kenya; elsewhere it has not been seen.
USUAL_CURRENCY = "KES"
_CREDIT = "C"


def hear(heard: Heard, contract: Contract) -> News:
    """
    Take an instant payment notification.

    :raises BadSignature: without our credentials
    :raises NoSuchDoor: at any other address
    """
    if heard.path != ("ipn",):
        raise NoSuchDoor
    if heard.method != "POST":
        raise NoSuchDoor(("POST",))
    verify(
        username=contract["username"],
        passwords=contract["password"],
        header=heard.headers.get("authorization", ""),
    )
    is_withheld = str(contract.get("charge_withheld", "")).strip().lower() == "yes"
    return News(kind=WITHHELD if is_withheld else WHOLE, reply=KEPT)


def verify(*, username: str, passwords: Sequence[str], header: str) -> None:
    """
    Do nothing if the header is Basic authorisation by the name and one of the passwords.

    :raises BadSignature: if there is none, or another
    """
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic" or not given.strip():
        raise BadSignature("unsigned")
    told = given.strip().encode(errors="replace")
    # An empty password would admit everybody: a stray comma in a setting must not open the rail.
    known = [
        base64.b64encode(f"{username}:{password}".encode()) for password in passwords if password
    ]
    # Every one is compared, so that the time tells nothing.
    if not username or sum(hmac.compare_digest(one, told) for one in known) == 0:
        raise BadSignature("forged")


def parse(body: bytes, context: Context) -> tuple[Told, ...]:
    """
    Return the money of a notification, in its form of 2026 or in that of 2018.

    SUCCESS is money, FAILED is in order and tells of none. The amount is what reached the
    account; `transaction.reference` names the movement, and the older form pads it with a space.

    :raises Unreadable: for another word than those two, for a debit, or if reference, amount or
        time is missing or senseless
    """
    told = json_object(body)
    transaction = part(told, "transaction")
    if told.get("callbackType") != "IPN" or not transaction:
        raise Unreadable("no_ipn")
    status = text(transaction.get("status"))
    if status == "FAILED":
        return ()
    if status != "SUCCESS":
        raise Unreadable("unknown_status")
    if text(part(told, "bank").get("transactionType")) not in {_CREDIT, ""}:
        raise Unreadable("not_a_credit")
    currency = text(transaction.get("currency")) or USUAL_CURRENCY
    money = Collection(
        external_id=external_id(transaction.get("reference")),
        reference=text(transaction.get("billNumber")),
        amount_minor=amount_minor(transaction.get("amount"), currency),
        currency=currency,
        occurred_at=_moment(transaction.get("date")),
    )
    return (money,)


def parse_withheld(body: bytes, context: Context) -> tuple[Told, ...]:
    """
    Return the money, and the charge that the bank has withheld from it, where it tells one.

    A charge that is no amount is left out: the money came all the same, and the statement tells.

    :raises Unreadable: as `parse`
    """
    found = parse(body, context)
    charge = text(part(json_object(body), "transaction").get("serviceCharge"))
    # "", "0" and "0.00": nothing withheld.
    if not found or not charge.strip("0."):
        return found
    money = found[0]
    try:
        charge_minor = amount_minor(charge, money.currency)
    except Unreadable as unreadable:
        log.warning("jenga.charge_unreadable", reason=unreadable.reason)
        return found
    withheld = Debit(
        leg=Leg.CHARGE,
        external_id=money.external_id,
        amount_minor=charge_minor,
        currency=money.currency,
        occurred_at=money.occurred_at,
        original_id=money.external_id,
    )
    return (money, withheld)


def _moment(value: object) -> datetime:
    """Return a time such as "2018-11-27 00:00:00.0", which is East Africa's."""
    found = iso_time(value.strip() if isinstance(value, str) else value)
    return in_utc(found if found.tzinfo else found.replace(tzinfo=EAT))


VENDOR = Vendor(
    kind="jenga",
    settings=(
        Setting("USERNAME", "text", "guichet"),
        Setting("PASSWORD", "secrets", "jenga"),
        Setting("CHARGE_WITHHELD", "text", "no", optional=True, choices=("yes", "no")),
    ),
    parsers={WHOLE: parse, WITHHELD: parse_withheld},
    hear=hear,
)
