"""
KCB Bank, Buni: bill validation, account notification and till notification.

All three are POSTs of JSON that want their answer at once. KCB signs the exact bytes of the body
with its RSA key (PKCS #1 v1.5, SHA-256) and sends the signature as base64 in the header
`signature`; two of its keys hold while it changes them. Sources: KCB's interface specification
"Bill Validation API" 1.0, and the samples that integrators publish (docs/providers/kcb.md).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kernel.money import to_decimal_text
from payments.gateways.base import (
    Collection,
    Context,
    Contract,
    Heard,
    News,
    NoSuchDoor,
    Payable,
    Question,
    Reply,
    Setting,
    Unreadable,
    Vendor,
)
from payments.gateways.kcb.signing import DEVELOPMENT_KEY, trouble_with_keys, verify
from payments.gateways.kcb.times import moment_of
from payments.gateways.reading import amount_minor, external_id, json_object, part, text

NOTIFICATION = "kcb.notification"
# KCB's fields for a name and for a message hold no more.
WORDS_MAX = 30


# --- what KCB asks and tells ------------------------------------------------------------------


def hear(heard: Heard, contract: Contract) -> News | Question:
    """
    Take a bill validation, or a notification in either of its two forms.

    :raises BadSignature: unsigned, forged, or while no key of KCB's is set
    :raises Unreadable: for a validation that asks nothing
    :raises NoSuchDoor: at any other address
    """
    if heard.path not in {("validation",), ("notification",)}:
        raise NoSuchDoor
    if heard.method != "POST":
        raise NoSuchDoor(("POST",))
    is_question = heard.path == ("validation",)
    is_open = str(contract.get("validation_signed", "")).strip().lower() == "no"
    if not (is_question and is_open):
        verify(
            keys=contract["public_keys"],
            signature=heard.headers.get("signature", ""),
            body=heard.body,
        )
    if is_question:
        return _question(heard.body, contract)
    return News(kind=NOTIFICATION, reply=_acknowledged(heard.body, contract["rail_code"]))


# --- what is answered -------------------------------------------------------------------------


def _question(body: bytes, contract: Contract) -> Question:
    asked = json_object(body)
    reference = text(asked.get("customerReference"))
    if not reference:
        raise Unreadable("no_reference")
    request_id = text(asked.get("requestId"))
    account = str(contract.get("credit_account", "")) or None

    def tell(payable: Payable) -> Reply:
        return _reply(_validated(payable, request_id=request_id, account=account))

    return Question(reference=reference, reply=tell)


def _validated(payable: Payable, *, request_id: str, account: str | None) -> dict[str, Any]:
    if not payable.is_payable:
        # KCB shows the words to the payer.
        told = {"transactionID": request_id, "statusCode": "1"}
        return told | {"statusMessage": _REFUSALS.get(payable.reason, "Cannot be paid")}
    return {
        "transactionID": request_id,
        "statusCode": "0",
        "statusMessage": "Success",
        # Whose bill it is, we tell nobody: she sees what she pays for.
        "CustomerName": payable.service[:WORDS_MAX],
        "billAmount": to_decimal_text(payable.due_minor, payable.currency),
        "currency": payable.currency,
        "billType": "PARTIAL" if payable.takes_parts else "FIXED",
        "creditAccountIdentifier": account,
    }


_REFUSALS = {
    "not_a_reference": "Check the reference",
    "unknown_reference": "Check the reference",
    "already_paid": "Paid already",
    "expired": "Expired: ask for a new one",
    "cancelled": "Cancelled",
    "replaced": "Replaced: ask for the new one",
}


def _acknowledged(body: bytes, rail_code: str) -> Reply:
    """
    Return KCB's acknowledgement in the form of its message; a repeat gets the same once more.

    What cannot be read is acknowledged as well: the bytes are kept, and sending them again would
    not make them better.
    """
    try:
        told = json_object(body)
    except Unreadable:
        told = {}
    header, received = part(told, "header"), "Notification received"
    if not header:
        name = text(told.get("transactionReference")) or hashlib.sha256(body).hexdigest()
        return _reply(
            {
                "transactionID": acknowledgement_id(rail_code, name),
                "statusCode": "0",
                "statusMessage": received,
            }
        )
    name = text(_till(told).get("transactionID")) or hashlib.sha256(body).hexdigest()
    return _reply(
        {
            "header": {
                "messageID": text(header.get("messageID")),
                "originatorConversationID": text(header.get("originatorConversationID")),
                "statusCode": "0",
                "statusMessage": received,
            },
            "responsePayload": {
                "transactionInfo": {"transactionId": acknowledgement_id(rail_code, name)}
            },
        }
    )


def acknowledgement_id(rail_code: str, transaction_reference: str) -> str:
    """
    Return our id of a movement at KCB: the same for each of its messages, 24 signs.

    KCB keeps what it was answered first: it is reckoned from KCB's own id, so that no repeat can
    be answered otherwise, however long ago the first was.
    """
    named = f"{rail_code}:{transaction_reference}".encode(errors="replace")
    return hashlib.sha256(named).hexdigest()[:24].upper()


def _reply(told: Mapping[str, Any]) -> Reply:
    # Escaped: a message may carry half a character, which no encoding can write.
    return Reply(200, json.dumps(told).encode())


# --- what is posted ---------------------------------------------------------------------------


def parse(body: bytes, context: Context) -> tuple[Collection]:
    """
    Return the money of an account notification (flat) or of a till notification (with a header).

    :raises Unreadable: if id, amount, currency or time is missing or senseless
    """
    told = json_object(body)
    if part(told, "header"):
        till = _till(told)
        # The words of the till's time have a zone; the header's stamp has none.
        at = till.get("transactionDate") or part(told, "header").get("timeStamp")
        return (_money(till, "transactionID", "transactionAmt", "businessKey", at),)
    names = ("transactionReference", "transactionAmount", "customerReference")
    return (_money(told, *names, told.get("timestamp")),)


def _till(told: dict[str, Any]) -> dict[str, Any]:
    payload = part(told, "requestPayload")
    return part(part(payload, "additionalData"), "notificationData")


def _money(told: dict[str, Any], id_: str, amount: str, reference: str, at: object) -> Collection:
    currency = text(told.get("currency"))
    if not currency:
        raise Unreadable("no_currency")
    return Collection(
        external_id=external_id(told.get(id_)),
        reference=text(told.get(reference)),
        amount_minor=amount_minor(told.get(amount), currency),
        currency=currency,
        occurred_at=moment_of(at),
    )


VENDOR = Vendor(
    kind="kcb",
    settings=(
        Setting("PUBLIC_KEYS", "text", DEVELOPMENT_KEY, check=trouble_with_keys),
        Setting("CREDIT_ACCOUNT", "text", optional=True),
        Setting("VALIDATION_SIGNED", "text", "yes", optional=True, choices=("yes", "no")),
    ),
    parsers={NOTIFICATION: parse},
    hear=hear,
    signs=True,
)
