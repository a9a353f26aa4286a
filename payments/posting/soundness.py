"""What the ledger can hold of what a provider tells."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC
from typing import TypeVar

from payments.gateways.base import Collection, Debit, Unreadable

# What PostgreSQL and the ledger can hold; a provider that exceeds it is not to be believed.
EXTERNAL_ID_MAX = 200
REFERENCE_MAX = 200
OTHER_IDS_MAX = 10
AMOUNT_MINOR_MAX = 10**15
YEARS = range(2000, 2101)
T = TypeVar("T", bound=Collection | Debit)

_INVISIBLE = {"Cc", "Cf"}
_CURRENCY = re.compile(r"[A-Z]{3}")


def sound(told: T) -> T:
    """
    Return what is told as the ledger can hold it: its time in UTC, its reference storable.

    :raises Unreadable: if it has no id, no amount, no currency or no time worth the name
    """
    if not is_id(told.external_id):
        raise Unreadable("bad_id")
    if not 0 < told.amount_minor <= AMOUNT_MINOR_MAX:
        raise Unreadable("bad_amount")
    if not _CURRENCY.fullmatch(told.currency):
        raise Unreadable("bad_currency")
    try:
        occurred_at = told.occurred_at.astimezone(UTC)
    except OverflowError:
        raise Unreadable("bad_time") from None
    if occurred_at.year not in YEARS:
        raise Unreadable("bad_time")
    if isinstance(told, Collection):
        return replace(
            told,
            occurred_at=occurred_at,
            reference=storable(told.reference)[:REFERENCE_MAX],
            other_ids=tuple(filter(is_id, told.other_ids))[:OTHER_IDS_MAX],
        )
    if told.original_id and not is_id(told.original_id):
        raise Unreadable("bad_original")
    return replace(told, occurred_at=occurred_at)


def is_id(external_id: str) -> bool:
    return (
        0 < len(external_id) <= EXTERNAL_ID_MAX
        and storable(external_id) == external_id
        # Two ids that look the same to people must not be two movements.
        and not any(unicodedata.category(each) in _INVISIBLE for each in external_id)
    )


def storable(text: str) -> str:
    # JSON can carry a NUL and half a character; PostgreSQL's text can carry neither.
    return text.replace("\0", "").encode(errors="replace").decode()
