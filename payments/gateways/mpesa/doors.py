"""
What Daraja says at our doors: a question before a payment, hints of money, answers to our orders.

Validation is answered with 200 whatever comes, as the page has it, and so is everything that is
kept. What comes without our secret segment finds no door.
"""

import json
from uuid import UUID

from payments.gateways import reading
from payments.gateways.base import (
    Answered,
    Contract,
    Heard,
    Hint,
    NoSuchDoor,
    Payable,
    Question,
    Reply,
    Unreadable,
    Verdict,
)
from payments.gateways.mpesa import addresses, express, inquiry, results, reversal

KEPT = Reply(200, b'{"ResultCode": 0, "ResultDesc": "Success"}')

ACCEPTED = "0"
UNKNOWN_REFERENCE = "C2B00012"
WRONG_AMOUNT = "C2B00013"
WRONG_SHORT_CODE = "C2B00015"
OTHER_TROUBLE = "C2B00016"


def hear(heard: Heard, contract: Contract) -> Verdict:
    """
    Take what Daraja says; `addresses` has the doors.

    :raises NoSuchDoor: without the secret segment, or at no address of ours
    """
    secret, *path = heard.path or ("",)
    if not addresses.is_ours(contract, secret):
        raise NoSuchDoor
    if heard.method != "POST":
        raise NoSuchDoor(("POST",))
    match path:
        case ["validation"]:
            return _validation(heard.body, contract)
        case ["confirmation"]:
            return _confirmation(heard.body, contract)
        case ["stk", key]:
            return _prompted(heard.body, _uuid(key))
        case ["result", ("inquiry" | "refund" | "refund-status" | "balance") as what, key]:
            return _result(heard.body, contract, what, _uuid(key))
        case ["timeout", ("inquiry" | "refund" | "refund-status" | "balance"), key]:
            # It waited in a queue of Daraja's for too long, which decides nothing.
            return Hint(kind="mpesa.timeout", reply=KEPT, told=str(_uuid(key)))
        case ["list"]:
            return Hint(kind="mpesa.list_notice", reply=KEPT)
    raise NoSuchDoor


def _validation(body: bytes, contract: Contract) -> Question:
    """Ask what the reference is for; the amount must be what is due, unless parts are taken."""
    try:
        told = reading.json_object(body)
        short_code = reading.text(told.get("BusinessShortCode"))
        amount_minor = results.amount_minor(told.get("TransAmount"))
    except Unreadable:
        return Question(reference="", reply=lambda _: _say(OTHER_TROUBLE))
    if short_code != contract["short_code"]:
        return Question(reference="", reply=lambda _: _say(WRONG_SHORT_CODE))
    return Question(
        reference=reading.text(told.get("BillRefNumber")),
        reply=lambda payable: _say(judge(payable, amount_minor)),
    )


def judge(payable: Payable, amount_minor: int) -> str:
    """Return the code that lets a payment through, or says why not."""
    if payable.reason in {"not_a_reference", "unknown_reference"}:
        return UNKNOWN_REFERENCE
    if not payable.is_payable or payable.currency != results.CURRENCY:
        return OTHER_TROUBLE
    if amount_minor > payable.due_minor:
        return WRONG_AMOUNT
    if amount_minor < payable.due_minor and not payable.takes_parts:
        return WRONG_AMOUNT
    return ACCEPTED


def _say(code: str) -> Reply:
    described = "Accepted" if code == ACCEPTED else "Rejected"
    return Reply(200, json.dumps({"ResultCode": code, "ResultDesc": described}).encode())


def _confirmation(body: bytes, contract: Contract) -> Hint:
    """Take word of a payment to the pay bill: its receipt is asked after, no more is believed."""
    kind = "mpesa.confirmation"
    try:
        told = reading.json_object(body)
        movement = results.receipt(told.get("TransID"))
    except Unreadable:
        return Hint(kind=kind, reply=KEPT)
    if reading.text(told.get("BusinessShortCode")) != contract["short_code"]:
        return Hint(kind=kind, reply=KEPT)
    reference = reading.text(told.get("BillRefNumber"))
    return Hint(kind=kind, reply=KEPT, movement=movement, told=reference)


def _prompted(body: bytes, key: UUID) -> Hint:
    """Take word of a prompt: its receipt is asked after, and a failure by the prompt's query."""
    receipt = express.read_callback(body)
    told = str(key) if receipt else ""
    return Hint(kind="mpesa.prompt", reply=KEPT, attempt_key=key, movement=receipt, told=told)


def _result(body: bytes, contract: Contract, what: str, key: UUID) -> Answered | Hint:
    nothing_said = Hint(kind="mpesa.result", reply=KEPT, told=str(key))
    try:
        result = results.read_result(body)
    except Unreadable:
        return nothing_said
    if what == "refund-status":
        # Our question had a handle of its own; the one that we know is of the refund asked after.
        if not reversal.is_status(result):
            return nothing_said
        known = result.value("OriginatorConversationID") or result.value("ConversationID")
        answered = Answered(kind="mpesa.refund", reply=KEPT, key=key, handle=known)
        return answered if known else nothing_said
    if not result.handle:
        return nothing_said  # Of an answer without our question's name nobody knows the question.
    kind = f"mpesa.{what}"
    if what == "inquiry":
        if inquiry.status_of(result) not in inquiry.FINAL:
            return nothing_said  # It will be asked again.
        if result.credited and result.credited != contract["short_code"]:
            kind = "mpesa.foreign"  # Kept, and posts nothing: it is none of our money.
    return Answered(kind=kind, reply=KEPT, key=key, handle=result.handle)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchDoor from None
