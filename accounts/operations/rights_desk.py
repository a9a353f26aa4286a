"""Rights at the desk: each act with proof, a moment ago, of who is at the browser."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts import policies
from accounts.operations import rights, stepping_up
from accounts.operations.right_rules import Wanted

END_RIGHTS = "rights.end"


def propose(
    wanted: Sequence[Wanted], *, given_by_id: int, step_up_id: int, at: datetime
) -> list[int]:
    """
    Give these rights, all or none; those that take two people wait to be confirmed.

    :raises StepUpRefused: without a step-up of hers for "rights.give"; else what `grant` raises
    """
    with transaction.atomic():
        stepping_up.consume_step_up(
            step_up_id=step_up_id,
            account_id=given_by_id,
            purpose=policies.GIVE_RIGHTS.code,
            at=at,
        )
        return rights.give(wanted, given_by_id=given_by_id, at=at)


def end(*, grant_id: int, ended_by_id: int, because: str, step_up_id: int, at: datetime) -> None:
    """
    End a right, or decline one that waits: one person suffices, and proves who she is.

    :raises StepUpRefused: without a step-up of hers for `END_RIGHTS`; else what `end_grant` raises
    """
    with transaction.atomic():
        stepping_up.consume_step_up(
            step_up_id=step_up_id, account_id=ended_by_id, purpose=END_RIGHTS, at=at
        )
        rights.end_grant(grant_id=grant_id, ended_by_id=ended_by_id, because=because, at=at)


def confirm(*, grant_id: int, confirmed_by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Let a right count.

    :raises StepUpRefused: without a step-up of hers for "rights.confirm"; else what
        `confirm_grant` raises
    """
    with transaction.atomic():
        stepping_up.consume_step_up(
            step_up_id=step_up_id,
            account_id=confirmed_by_id,
            purpose=policies.CONFIRM_RIGHTS.code,
            at=at,
        )
        rights.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmed_by_id, at=at)
