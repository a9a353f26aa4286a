"""May she? The acts that this app knows, and the pure rules about interest and load."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act
from accounts.policies import CONFIRM_RIGHTS, GIVE_RIGHTS, MANAGE_STAFF
from accounts.states import Assurance
from documents.policies import ISSUE_CREDENTIAL
from payments import policies as money

DECIDE = Act(
    "case.decide",
    two_people=True,
    name=_("decide cases"),
    explained=_("Take cases from the queue, ask for what is missing, approve and refuse."),
)
SIGN = Act(
    "case.sign",
    two_people=True,
    name=_("sign papers"),
    explained=_("Sign approved papers with her own key."),
)
SUPERVISE = Act(
    "case.supervise",
    two_people=True,
    name=_("supervise offices"),
    explained=_(
        "See the office's cases and clocks, give cases to officers, stand in, hand papers over."
    ),
)
# At the counter: what comes in and goes out. And whoever applies with a citizen who cannot alone.
RECEIVE = Act(
    "case.receive",
    two_people=True,
    name=_("work at the counter"),
    explained=_("Take in and hand over papers, and send things to other offices."),
)
ASSIST = Act(
    "case.assist",
    two_people=True,
    name=_("apply for citizens"),
    explained=_("Fill in an application together with a citizen who has agreed to it."),
)
# Nobody's daily work: to open a case outside one's right, and to answer for who looked.
BREAK_GLASS = Act(
    "case.break_glass",
    two_people=True,
    name=_("open cases outside her right"),
    explained=_(
        "Open a case of another office for half an hour, with a reason; a second person reviews it."
    ),
)
ANSWER_FOR_LOOKS = Act(
    "privacy.answer",
    two_people=True,
    name=_("answer for who looked"),
    explained=_("Answer citizens who find that a look at their case was wrong."),
)
AT_DESK: tuple[Act, ...] = (DECIDE, SIGN, SUPERVISE)
"""The acts that let an officer see a case before her office."""
AT_COUNTER: tuple[Act, ...] = (RECEIVE, SUPERVISE)
"""The acts that let somebody hand papers over."""
MAY_CALL: tuple[Act, ...] = (DECIDE, SUPERVISE, RECEIVE)
"""The acts that let somebody call whom a message did not reach."""
HANDING: tuple[Act, ...] = (RECEIVE, DECIDE)
"""The acts that let somebody send things to another office, and say that they arrived."""
MAY_OPEN: tuple[Act, ...] = (BREAK_GLASS, DECIDE)
"""The acts that let somebody open a case outside her right: here, or as she decides elsewhere."""
MAY_WITNESS: tuple[Act, ...] = (ASSIST, RECEIVE, SUPERVISE)
"""The acts that let somebody witness that a slip was read aloud and signed."""
# Our assumption: a family shares a phone, and is not larger than this within a month.
PERSONS_OF_A_PHONE_MAX = 5
PERSONS_OF_A_PHONE_WITHIN = timedelta(days=30)
ACTS: tuple[Act, ...] = (*AT_DESK, RECEIVE, ASSIST, BREAK_GLASS, ANSWER_FOR_LOOKS)
acts.declare(*ACTS)
for _act in (DECIDE, SIGN):
    acts.declare_apart(GIVE_RIGHTS, _act, "whoever gives rights neither decides nor signs")
    acts.declare_apart(CONFIRM_RIGHTS, _act, "whoever confirms rights neither decides nor signs")
    acts.declare_apart(MANAGE_STAFF, _act, "whoever mends logins neither decides nor signs")
    acts.declare_apart(_act, ISSUE_CREDENTIAL, "whoever decides or signs papers makes no keys")
# Asking is no harm: a case's officer may say that its fee should go back.
for _moved in (
    money.DECIDE_REFUND,
    money.DECIDE_MATCH,
    money.DECIDE_RELEASE,
    money.DECIDE_REMITTANCE,
    money.DECIDE_SWEEP,
    money.DECIDE_MOVE,
):
    acts.declare_apart(DECIDE, _moved, "whoever decides over cases does not let money go")


class OwnCase(Exception):
    """The officer has an interest in the case: it is hers, or she applied for it."""


def is_sure_enough(held: str, wanted: str) -> bool:
    """Say whether somebody of whom we are as sure as `held` (accounts.states.Assurance) may."""
    return Assurance(held).rank >= Assurance(wanted).rank


def has_interest(
    *,
    account_id: int,
    person_id: int | None,
    holder_id: int,
    applicant_id: int,
    guardian_id: int | None = None,
) -> bool:
    """
    Say whether somebody has an interest in a case; of somebody unknown it must be feared.

    :param account_id: her account, and `person_id` the person that she is, None if nobody knows
    :param holder_id: the person whose case it is, and `applicant_id` the account that applied
    :param guardian_id: the person who applied for the holder, if another did
    """
    return account_id == applicant_id or person_id is None or person_id in (holder_id, guardian_id)


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
