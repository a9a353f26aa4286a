"""Limits on what is approved, at once and on one day: asked for by one, decided by another."""

from datetime import datetime

import structlog
from django.db import IntegrityError, connection, transaction

from accounts import policies as grants
from accounts import queries as accounts
from kernel import audit
from kernel.country import country
from payments.models import Limit, Rail
from payments.policies import ASK_REMITTANCE, DECIDE_REFUND, DECIDE_REMITTANCE

log = structlog.get_logger()

# The acts whose approvals can be limited.
LIMITED = (DECIDE_REFUND, DECIDE_REMITTANCE)
REASON_CHARACTERS_MAX = 300


class OverLimit(Exception):
    """More than may be approved at once, or than is left of the day."""

    def __init__(self, *, limit_minor: int, left_minor: int, currency: str, is_daily: bool) -> None:
        super().__init__("day" if is_daily else "act")
        self.limit_minor = limit_minor
        self.left_minor = left_minor
        self.currency = currency
        self.is_daily = is_daily


class BadLimit(Exception):
    """Amounts above zero, the day's not below the act's; a known act and rail; a reason."""


class LimitDecided(Exception):
    """The limit is decided, or another one for the same waits for its decision."""


class SamePerson(Exception):
    """Whoever asks for a limit does not decide it."""


def require_within(
    *, account_id: int, act: str, rail_code: str, currency: str, amount_minor: int, at: datetime
) -> None:
    """
    Do nothing if an approval is within what may be approved at once and on this day.

    Inside the transaction that approves: it holds the limits, so that two approvals at once are
    added up one after the other. What counts is what all who hold the act have approved on the
    local day. Where no limit is in force, nothing limits.

    :param account_id: who approves
    :raises OverLimit: with what is left
    """
    in_force = Limit.objects.select_for_update(no_key=True).filter(
        act=act, rail_code__in=("*", rail_code), currency=currency, approved=True, from_at__lte=at
    )
    for limit in in_force.exclude(until_at__lte=at).order_by("pk"):
        left_minor = limit.per_day_minor - approved_that_day(limit, at=at)
        is_daily = amount_minor <= limit.per_act_minor
        if is_daily and amount_minor <= left_minor:
            continue
        log.warning("limit.reached", limit_id=limit.pk, account_id=account_id, daily=is_daily)
        raise OverLimit(
            limit_minor=limit.per_day_minor if is_daily else limit.per_act_minor,
            left_minor=max(left_minor, 0),
            currency=currency,
            is_daily=is_daily,
        )


def approved_that_day(limit: Limit, *, at: datetime) -> int:
    """Return what was approved under a limit on the local day of a moment, in minor units."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_approved_that_day(%s, %s, %s, %s, %s)",
            [limit.act, limit.rail_code, limit.currency, at, limit.zone],
        )
        return int(cursor.fetchone()[0])


def ask(
    *,
    act: str,
    rail_code: str,
    currency: str,
    per_act_minor: int,
    per_day_minor: int,
    reason: str,
    by_id: int,
    at: datetime,
) -> int:
    """
    Ask for a limit; return its id. It counts once another person has approved it.

    :raises accounts.policies.NotGranted: if she may not
    :raises BadLimit: if it cannot be one
    :raises LimitDecided: if one for the same waits for its decision
    """
    known = rail_code == grants.ANY or Rail.objects.filter(code=rail_code).exists()
    is_limited = act in {one.code for one in LIMITED}
    if not (known and is_limited and reason.strip() and 0 < per_act_minor <= per_day_minor):
        raise BadLimit
    try:
        with transaction.atomic():
            grants.require(account_id=by_id, act=ASK_REMITTANCE.code, area_code=None, at=at)
            asked = Limit.objects.create(
                act=act,
                rail_code=rail_code,
                currency=currency,
                per_act_minor=per_act_minor,
                per_day_minor=per_day_minor,
                zone=str(country().zone),
                reason=reason.strip()[:REASON_CHARACTERS_MAX],
                maker_id=by_id,
                asked_at=at,
            )
            _record("limit.asked", asked.pk, by_id, at)
            return asked.pk
    except IntegrityError as error:
        if "limit_asked_once" not in str(error):
            raise
        raise LimitDecided from error


def decide(*, limit_id: int, approved: bool, by_id: int, at: datetime) -> None:
    """
    Let a limit count, in the place of the one before it; or not.

    :raises accounts.policies.NotGranted: if she may not
    :raises SamePerson: if she asked for it
    :raises LimitDecided: if it is decided
    """
    with transaction.atomic():
        grants.require(account_id=by_id, act=DECIDE_REMITTANCE.code, area_code=None, at=at)
        asked = Limit.objects.select_for_update().get(pk=limit_id)
        if asked.decided_at is not None:
            raise LimitDecided(limit_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            Limit.objects.filter(
                act=asked.act,
                rail_code=asked.rail_code,
                currency=asked.currency,
                approved=True,
                until_at=None,
            ).update(until_at=at)
            asked.from_at = at
        asked.approved, asked.checker_id, asked.decided_at = approved, by_id, at
        asked.save(update_fields=["approved", "checker", "decided_at", "from_at"])
        _record("limit.approved" if approved else "limit.declined", limit_id, by_id, at)


def _record(act: str, limit_id: int, by_id: int, at: datetime) -> None:
    audit.record(act=act, actor_id=by_id, subject="payments.limit", subject_id=limit_id, at=at)
