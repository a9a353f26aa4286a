"""What must hold of cases at every moment: each a query that returns the rows that break it."""

from pathlib import Path

from kernel import invariants
from kernel.invariants import Invariant

_FOLDER = Path(__file__).resolve().parent / "sql" / "invariants"


def _stated(code: str, claim: str) -> Invariant:
    return invariants.read(_FOLDER, code, claim)


INVARIANTS: tuple[Invariant, ...] = (
    _stated(
        "approved_case_has_its_paper",
        "I5: every approved certificate case has exactly one original that is not abandoned",
    ),
    _stated("paper_has_its_case", "I5: no paper without its approved case, unless given up"),
    _stated(
        "approved_by_two",
        "what is cited from paper, or wants a second officer, was approved by two people",
    ),
    _stated("slip_has_its_case", "no slip without the case or the office's day that it tells of"),
    _stated(
        "held_case_withholds_its_paper",
        "a paper is withheld if and only if the payment of its case is held",
    ),
    _stated("case_moves_follow_on", "I9: each move begins where the one before it ended"),
    _stated("case_is_where_its_moves_end", "I9: a case is where its last move led"),
    _stated(
        "officer_within_her_grant",
        "I14: no case under review with an officer whose grant did not cover it when she took it",
    ),
    _stated("erased_case_says_nothing", "no case of whoever was erased says anything of her"),
    _stated("tally_is_truth", "how many cases wait where is kept as it is"),
)
