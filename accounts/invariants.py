"""What must hold of rights at every moment: each a query that returns the rows that break it."""

from pathlib import Path

from kernel import invariants
from kernel.invariants import Invariant

_FOLDER = Path(__file__).resolve().parent / "sql" / "invariants"

INVARIANTS: tuple[Invariant, ...] = (
    invariants.read(
        _FOLDER, "erased_person_is_nobody", "whoever was erased is a number, and reached nowhere"
    ),
    invariants.read(
        _FOLDER, "duties_apart", "nobody holds two acts that are kept apart, under any login"
    ),
)
