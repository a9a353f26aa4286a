"""Locks on what has no row that may be locked: a movement, a rail's float. docs/locking.md."""

from django.db import connection

# Any two numbers, as long as nobody else in this database locks by them.
_MOVEMENT, _FLOAT, _PAYABLE = 710_520, 710_521, 710_525


def hold_movement(movement_id: int) -> None:
    """Hold a movement against others who promise it away, until the transaction ends."""
    _hold(_MOVEMENT, movement_id)


def hold_float(rail_id: int) -> None:
    """Hold a rail's refund float against others who approve refunds from it."""
    _hold(_FLOAT, rail_id)


def hold_payable(account_id: int) -> None:
    """Hold what waits for a beneficiary against others who build or undo its batches."""
    _hold(_PAYABLE, account_id)


def _hold(what: int, which: int) -> None:
    with connection.cursor() as cursor:
        # Two numbers make one lock: its own class, and the row by its last 31 bits.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, which % 2**31])
