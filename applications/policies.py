"""May she? The acts that this app knows, and the pure rules about interest and load."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from accounts import acts
from accounts.acts import Act

DECIDE = Act("case.decide", two_people=True)
SIGN = Act("case.sign", two_people=True)
SUPERVISE = Act("case.supervise", two_people=True)
# At the counter: what comes in and goes out. And whoever applies with a citizen who cannot alone.
RECEIVE = Act("case.receive", two_people=True)
ASSIST = Act("case.assist", two_people=True)
AT_DESK: tuple[Act, ...] = (DECIDE, SIGN, SUPERVISE)
"""The acts that let an officer see a case before her office."""
AT_COUNTER: tuple[Act, ...] = (RECEIVE, SUPERVISE)
"""The acts that let somebody hand papers over."""
HANDING: tuple[Act, ...] = (RECEIVE, DECIDE)
"""The acts that let somebody send things to another office, and say that they arrived."""
MAY_WITNESS: tuple[Act, ...] = (ASSIST, RECEIVE, SUPERVISE)
"""The acts that let somebody witness that a slip was read aloud and signed."""
# Our assumption: a family shares a phone, and is not larger than this within a month.
PERSONS_OF_A_PHONE_MAX = 5
PERSONS_OF_A_PHONE_WITHIN = timedelta(days=30)
ACTS: tuple[Act, ...] = (*AT_DESK, RECEIVE, ASSIST)
acts.declare(*ACTS)


class OwnCase(Exception):
    """The officer has an interest in the case: it is hers, or she applied for it."""


def has_interest(
    *, account_id: int, person_id: int | None, holder_id: int, applicant_id: int
) -> bool:
    """
    Say whether somebody has an interest in a case; of somebody unknown it must be feared.

    :param account_id: her account, and `person_id` the person that she is, None if nobody knows
    :param holder_id: the person whose case it is, and `applicant_id` the account that applied
    """
    return account_id == applicant_id or person_id is None or person_id == holder_id


def lightest(candidates: Sequence[int], loads: Mapping[int, int], *, turn: int) -> int | None:
    """
    Return the candidate with the fewest open cases, or None if there is no candidate.

    :param turn: shares equal loads out in turn; without it the lowest id would get every case
    """
    if not candidates:
        return None
    ordered = sorted(candidates)
    return min(
        ordered,
        key=lambda one: (loads.get(one, 0), (ordered.index(one) - turn) % len(ordered)),
    )
