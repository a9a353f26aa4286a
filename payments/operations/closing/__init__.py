"""
Closing a day: what does not agree is listed, one person prepares, another signs and seals.

`listing` takes differences and settles them, `signing` holds the two signatures, `packing` writes
the auditor's pack that `verify_close` checks.
"""

from accounts.queries import SamePerson
from payments.operations.closing.listing import (
    SETTLED_BY_WORD,
    NotHersToSettle,
    NothingToTake,
    settle,
    settle_gone,
    take,
    take_over,
)
from payments.operations.closing.packing import NotClosed, pack
from payments.operations.closing.signing import (
    PURPOSE,
    CannotClose,
    ClockDiffers,
    DayChanged,
    DayNotOver,
    NotPrepared,
    NotTheNext,
    SealDiffers,
    Unlisted,
    prepare,
    sign,
)

__all__ = [
    "PURPOSE",
    "SETTLED_BY_WORD",
    "CannotClose",
    "ClockDiffers",
    "DayChanged",
    "DayNotOver",
    "NotClosed",
    "NotHersToSettle",
    "NotPrepared",
    "NotTheNext",
    "NothingToTake",
    "SamePerson",
    "SealDiffers",
    "Unlisted",
    "pack",
    "prepare",
    "settle",
    "settle_gone",
    "sign",
    "take",
    "take_over",
]
