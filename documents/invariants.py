"""What must hold of papers at every moment: each a query that returns the rows that break it."""

from pathlib import Path

from kernel import invariants
from kernel.invariants import Invariant

_FOLDER = Path(__file__).resolve().parent / "sql" / "invariants"


def _stated(code: str, claim: str) -> Invariant:
    return invariants.read(_FOLDER, code, claim)


INVARIANTS: tuple[Invariant, ...] = (
    _stated("paper_numbers_gapless", "I6: numbers run from 1 without a gap in every series"),
    _stated("paper_file_is_kept", "I6: every file in the register is kept, with its hash and size"),
    _stated("paper_has_its_files", "I6: a paper has exactly the files of its state"),
    _stated("paper_revisions", "I6: each revision follows on the last, and proves no less"),
    _stated("paper_is_as_told", "I6: a paper is what its history says, and moved for a cause"),
    _stated("paper_one_in_force", "I6: what is replaced is over, and a copy is worth no more"),
)
