"""
The form in which an app says what must hold at every moment.

`manage.py check_invariants` asks every app that has a module `invariants` with a tuple
`INVARIANTS`. The queries read one snapshot and lock nothing.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Invariant:
    """`code` names it for ever; `claim` is what holds; `sql` returns the rows where it does not."""

    code: str
    claim: str
    sql: str


def read(folder: Path, code: str, claim: str) -> Invariant:
    """Return the invariant whose query stands in `<folder>/<code>.sql`."""
    return Invariant(code, claim, (folder / f"{code}.sql").read_text(encoding="utf-8"))


INVARIANTS: tuple[Invariant, ...] = (
    read(
        Path(__file__).resolve().parent / "sql" / "invariants",
        "audit_chain_unbroken",
        "I9: each seal of the trace follows the one before, and what it holds is there",
    ),
)
