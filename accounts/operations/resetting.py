"""All her second factors are lost: two administrators take them away, and she begins anew."""

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts import policies
from accounts.models import Account, FactorReset
from accounts.operations import factors
from accounts.operations.inviting import require_over
from accounts.operations.using_up import consume_step_up
from accounts.operations.visiting import end_visits
from accounts.queries import SamePerson, same_hands
from accounts.states import AccountKind
from kernel import audit

log = structlog.get_logger()

RESET_PURPOSE = "factor.reset"
NOTE_MAX = 300
# Whoever asked had made sure who she is; that is worth little much later.
ASKED_LASTS = timedelta(days=7)


class ResetAsked(Exception):
    """Somebody has asked for the same already."""


class ResetDecided(Exception):
    """It was decided meanwhile, or never asked for."""


class NothingToReset(Exception):
    """She has no second factor."""


def waiting(account_id: int, *, at: datetime) -> FactorReset | None:
    """Return what was asked about this account and nobody has decided in time."""
    asked = FactorReset.objects.select_related("asked_by").filter(asked_at__gt=at - ASKED_LASTS)
    return asked.filter(account=account_id, decided_at=None).first()


def ask_reset(*, account_id: int, note: str, by_id: int, at: datetime) -> int:
    """
    Ask that all second factors of a member of staff be taken away; return the request's id.

    :param note: how it was made sure that she is who asks for it
    :raises accounts.policies.NotGranted: without `staff.manage` over her office's area
    :raises SamePerson: for oneself, under whatever account
    :raises NothingToReset: if she has none
    :raises ResetAsked: if that waits already
    """
    with transaction.atomic():
        account = _managed(account_id, by_id, at=at)
        if not factors.enrolled(account_id):
            raise NothingToReset
        lapsed = FactorReset.objects.filter(account=account_id, decided_at=None)
        lapsed.filter(asked_at__lte=at - ASKED_LASTS).update(
            approved=False, decided_by=F("asked_by"), decided_at=at
        )
        try:
            with transaction.atomic():
                asked = FactorReset.objects.create(
                    account=account, note=note[:NOTE_MAX], asked_by_id=by_id, asked_at=at
                )
        except IntegrityError:
            raise ResetAsked from None
        _record("factor.reset_asked", asked, by_id=by_id, at=at)
    return asked.pk


def decide_reset(
    *,
    reset_id: int,
    approved: bool,
    by_id: int,
    at: datetime,
    step_up_id: int | None = None,
    session_key: str = "",
) -> None:
    """
    Take them all away and end her visits, or decline.

    :param step_up_id: to approve: that she has just proved who she is, for `RESET_PURPOSE`
    :raises accounts.policies.NotGranted: without `staff.manage` over the office's area
    :raises SamePerson: whoever asked, and whose factors they are, do not decide; whoever asked
        may decline
    :raises ResetDecided: if somebody has, or it was asked for longer ago than `ASKED_LASTS`
    :raises StepUpRefused: to approve without a fresh proof
    """
    with transaction.atomic():
        asked = FactorReset.objects.select_for_update().filter(pk=reset_id).first()
        if asked is None or asked.decided_at is not None or asked.asked_at <= at - ASKED_LASTS:
            raise ResetDecided(reset_id)
        _managed(asked.account_id, by_id, at=at)
        withdraws = by_id == asked.asked_by_id and not approved
        if same_hands(asked.asked_by_id, by_id) and not withdraws:
            raise SamePerson
        if approved:
            consume_step_up(
                step_up_id=step_up_id,
                account_id=by_id,
                purpose=RESET_PURPOSE,
                session_key=session_key,
                at=at,
            )
        asked.approved, asked.decided_by_id, asked.decided_at = approved, by_id, at
        asked.save(update_fields=["approved", "decided_by", "decided_at"])
        _record("factor.reset_decided", asked, by_id=by_id, at=at)
        if approved:
            factors.end_all(asked.account_id, by_id=by_id, at=at)
            end_visits(account_id=asked.account_id, reason="reset", at=at)


def _managed(account_id: int, by_id: int, *, at: datetime) -> Account:
    account = Account.objects.get(pk=account_id, kind=AccountKind.STAFF, is_active=True)
    require_over(account.office_id, by_id, policies.MANAGE_STAFF.code, at=at)
    if same_hands(account_id, by_id):
        raise SamePerson
    return account


def _record(act: str, asked: FactorReset, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.account",
        subject_id=asked.account_id,
        detail={"reset_id": asked.pk, "approved": asked.approved},
        at=at,
    )
    log.info(act, account_id=asked.account_id, reset_id=asked.pk)
