"""
The words that Daraja's messages share: results, receipts, times.

Pages and practice differ: a code is a number or a text; a parameter may lack its value or stand
twice; lists stand inside objects either way round; a name is misspelt for good. None of that may
cost money, so everything is read by what it can only mean, and nothing is turned into a dict.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.gateways import reading
from payments.gateways.base import Unreadable

CURRENCY = "KES"
_RECEIPT = re.compile(r"[A-Z0-9]{1,30}", re.ASCII)
_CLOCK = re.compile(r"\d{14}", re.ASCII)
# "OriginatorCoversationID" is what the page on registering URLs really says.
_HANDLES = ("OriginatorConversationID", "OriginatorCoversationID", "ConversationID")


@dataclass(frozen=True, slots=True)
class Result:
    """What Daraja says became of a command, at the address that only it was told."""

    code: str  # "0", or a number, or a word such as "R000002".
    handle: str  # Its name of our command; the acknowledgement carried the same.
    transaction_id: str
    parameters: tuple[tuple[str, str], ...]  # In order; a name may stand twice.

    def value(self, name: str) -> str:
        """Return the first value of this name that says anything."""
        return next((value for value in self.values(name) if value), "")

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(value for known, value in self.parameters if known == name)

    @property
    def credited(self) -> str:
        """
        Return the short code or number that the money went to, "" if it is not said.

        The page's example names the payer's side twice: the second is then the other side.
        """
        parties = self.values("CreditPartyName") or self.values("DebitPartyName")[1:]
        return parties[-1].partition(" - ")[0].strip() if parties else ""


def read_result(body: bytes) -> Result:
    """:raises Unreadable: if the bytes are no result"""
    told = reading.json_object(body).get("Result")
    if not isinstance(told, dict):
        raise Unreadable("no_result")
    code = reading.text(told.get("ResultCode"))
    if not code:
        raise Unreadable("no_code")
    return Result(
        code=code,
        handle=handle(told),
        transaction_id=reading.text(told.get("TransactionID")),
        parameters=_pairs(told),
    )


def handle(told: dict[str, Any]) -> str:
    """Return Daraja's name of a command, from its acknowledgement or from its result."""
    return next(filter(None, (reading.text(told.get(name)) for name in _HANDLES)), "")


def receipt(value: object) -> str:
    """
    Return a receipt number as it stands in the payer's SMS, in capitals.

    :raises Unreadable: if it is none
    """
    found = reading.text(value).upper()
    if not _RECEIPT.fullmatch(found):
        raise Unreadable("no_receipt")
    return found


def amount_minor(value: object) -> int:
    """
    Return a positive amount in cents: 5, "5.00", "1,053.00".

    :raises Unreadable: if it is anything else
    """
    return reading.amount_minor(value, CURRENCY)


def eat_time(value: object) -> datetime:
    """
    Return the moment of 20231121121325, which is East Africa Time and does not say so.

    :raises Unreadable: if it is no such time
    """
    found = reading.text(value)
    if not _CLOCK.fullmatch(found):
        raise Unreadable("no_time")
    try:
        moment = datetime.strptime(found, "%Y%m%d%H%M%S").replace(tzinfo=reading.EAT)
    except ValueError:
        raise Unreadable("bad_time") from None
    return reading.in_utc(moment)


def pairs_of(items: object, *, name: str) -> tuple[tuple[str, str], ...]:
    """Return the names and values of a list of {name: ..., "Value"?: ...}, in order."""
    listed = items if isinstance(items, list) else [items]
    return tuple(
        # "Originator Conversation ID" is also seen with its spaces.
        (reading.text(item.get(name)).replace(" ", ""), reading.text(item.get("Value")))
        for item in listed
        if isinstance(item, dict) and reading.text(item.get(name))
    )


def _pairs(result: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    # {"ResultParameters": {"ResultParameter": [..]}} on the pages; also the other way round.
    outer = result.get("ResultParameters", result.get("ResultParameter"))
    inner = outer
    if isinstance(outer, dict):
        inner = outer.get("ResultParameter", outer.get("ResultParameters", outer))
    return pairs_of(inner, name="Key")
