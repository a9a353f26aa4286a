"""The one account of the treasury that a rail's balance may be swept to: named by two people."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from kernel import audit
from payments.models import Rail, SweepAccount
from payments.policies import ASK_SWEEP, DECIDE_SWEEP

TEXT_CHARACTERS_MAX = 100


class BadAccount(Exception):
    """A rail that there is, an account, its bank and a reason."""


class AccountDecided(Exception):
    """It is decided, or another one of the rail waits for its decision."""


def ask(*, rail_code: str, account: str, bank: str, reason: str, by_id: int, at: datetime) -> int:
    """
    Name an account; return its id. It counts once another person has approved it.

    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises BadAccount: if something is missing
    :raises AccountDecided: if one of the rail waits for its decision
    """
    rail = Rail.objects.filter(code=rail_code).first()
    if rail is None or not (account.strip() and bank.strip() and reason.strip()):
        raise BadAccount
    try:
        with transaction.atomic():
            _require(by_id, ASK_SWEEP.code, rail_code, at)
            asked = SweepAccount.objects.create(
                rail=rail,
                account=account.strip()[:TEXT_CHARACTERS_MAX],
                bank=bank.strip()[:TEXT_CHARACTERS_MAX],
                reason=reason.strip()[:TEXT_CHARACTERS_MAX],
                maker_id=by_id,
                asked_at=at,
            )
            _record("sweep_account.asked", asked.pk, by_id, at)
            return asked.pk
    except IntegrityError as error:
        if "sweep_account_asked_once" not in str(error):
            raise
        raise AccountDecided from error


def decide(*, sweep_account_id: int, approved: bool, by_id: int, at: datetime) -> None:
    """
    Let an account count, in the place of the one before it; or not.

    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises SamePerson: if she named it
    :raises AccountDecided: if it is decided
    """
    with transaction.atomic():
        asked = (
            SweepAccount.objects.select_for_update(of=("self",))
            .select_related("rail")
            .get(pk=sweep_account_id)
        )
        _require(by_id, DECIDE_SWEEP.code, asked.rail.code, at)
        if asked.decided_at is not None:
            raise AccountDecided(sweep_account_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            SweepAccount.objects.filter(rail=asked.rail, approved=True, until_at=None).update(
                until_at=at
            )
        asked.decide(approved=approved, by_id=by_id, at=at)
        act = "sweep_account.approved" if approved else "sweep_account.declined"
        _record(act, sweep_account_id, by_id, at)


def in_force(rail_id: int, *, at: datetime) -> SweepAccount | None:
    """Return the account that was in force for a rail's sweeps at a moment."""
    named = SweepAccount.objects.filter(rail_id=rail_id, approved=True, from_at__lte=at)
    return named.exclude(until_at__lte=at).order_by("-from_at").first()


def is_named(rail_id: int, *, at: datetime) -> bool:
    """Say whether an account was in force for a rail's sweeps at a moment."""
    return in_force(rail_id, at=at) is not None


def _require(by_id: int, act: str, rail_code: str, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=rail_code, at=at)


def _record(act: str, account_id: int, by_id: int, at: datetime) -> None:
    audit.record(
        act=act, actor_id=by_id, subject="payments.sweep_account", subject_id=account_id, at=at
    )
