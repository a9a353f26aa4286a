"""
Limits on what is approved: at once, on one day by one person, and on one day by all together.

Asked for by one, decided by another whom they do not bind. The pack names the first ones
(`LimitDefault`); they hold over all rails together until two people set another there.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from kernel import audit
from kernel.country import country
from payments.models import Limit, LimitDefault, Rail
from payments.policies import ASK_LIMIT, DECIDE_LIMIT, DECIDE_REFUND, DECIDE_REMITTANCE

log = structlog.get_logger()

# The acts whose approvals can be limited.
LIMITED = (DECIDE_REFUND, DECIDE_REMITTANCE)
REASON_CHARACTERS_MAX = 300

Reach = Literal["act", "person", "day"]


class OverLimit(Exception):
    """
    More than may be approved at once, or than is left of the day: hers, or everybody's.

    `left_minor` is what may still be approved today; of one act, the limit itself.
    """

    def __init__(self, reach: Reach, *, limit_minor: int, left_minor: int, currency: str) -> None:
        super().__init__(reach)
        self.reach = reach
        self.limit_minor = limit_minor
        self.left_minor = left_minor
        self.currency = currency


class BadLimit(Exception):
    """Amounts above zero that do not fall: act, person, day; a known act and rail; a reason."""


class LimitDecided(Exception):
    """The limit is decided, or another one for the same waits for its decision."""


class BindsHerself(Exception):
    """Whoever holds the act that it limits, or will, does not decide about the limit."""


class Held(NamedTuple):
    """One limit that an approval falls under; `rail_code` "*": over all rails together."""

    rail_code: str
    per_act_minor: int
    per_person_minor: int
    per_day_minor: int
    zone: str


def require_within(
    *, account_id: int, act: str, rail_code: str, currency: str, amount_minor: int, at: datetime
) -> None:
    """
    Do nothing if an approval is within what may be approved at once and on this local day.

    Inside the transaction that approves: it holds the limits, so that two approvals at once are
    added up one after the other. One person's share of the day is what all of her accounts have
    approved. Where neither people nor the pack have set a limit, nothing limits.

    :param account_id: who approves
    :raises OverLimit: with what is left
    """
    for held in _hold(act, rail_code, currency, at):
        told: dict[Reach, tuple[int, int]] = {
            "act": (held.per_act_minor, held.per_act_minor),
            "person": (
                held.per_person_minor,
                held.per_person_minor
                - approved_that_day(held, act=act, currency=currency, at=at, by_id=account_id),
            ),
            "day": (
                held.per_day_minor,
                held.per_day_minor - approved_that_day(held, act=act, currency=currency, at=at),
            ),
        }
        for reach, (limit_minor, left_minor) in told.items():
            if amount_minor > left_minor:
                log.warning("limit.reached", act=act, rail=held.rail_code, reach=reach)
                raise OverLimit(
                    reach,
                    limit_minor=limit_minor,
                    left_minor=max(left_minor, 0),
                    currency=currency,
                )


def approved_that_day(
    held: Held, *, act: str, currency: str, at: datetime, by_id: int | None = None
) -> int:
    """
    Return what was approved under a limit on the local day of a moment, in minor units.

    :param by_id: only what the person of this account has approved; None: what all have
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_approved_that_day(%s, %s, %s, %s, %s, %s)",
            [act, held.rail_code, currency, at, held.zone, by_id],
        )
        return int(cursor.fetchone()[0])


def ask(
    *,
    act: str,
    rail_code: str,
    currency: str,
    per_act_minor: int,
    per_person_minor: int,
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
    rises = 0 < per_act_minor <= per_person_minor <= per_day_minor
    if not (known and is_limited and reason.strip() and rises):
        raise BadLimit
    try:
        with transaction.atomic():
            grants.require(account_id=by_id, act=ASK_LIMIT.code, area_code=None, at=at)
            asked = Limit.objects.create(
                act=act,
                rail_code=rail_code,
                currency=currency,
                per_act_minor=per_act_minor,
                per_person_minor=per_person_minor,
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
    :raises BindsHerself: if she would approve what limits herself
    :raises LimitDecided: if it is decided
    """
    with transaction.atomic():
        grants.require(account_id=by_id, act=DECIDE_LIMIT.code, area_code=None, at=at)
        asked = Limit.objects.select_for_update().get(pk=limit_id)
        if asked.decided_at is not None:
            raise LimitDecided(limit_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            if grants.holds_or_will(account_id=by_id, act=asked.act, at=at):
                raise BindsHerself
            standing = _in_force(asked.act, [asked.rail_code], asked.currency, at)
            before = standing.order_by("-pk").first()
            standing.update(until_at=at)
        asked.decide(approved=approved, by_id=by_id, at=at)
        if approved:
            change = _sums("before", before) | _sums("after", asked)
            _record("limit.approved", limit_id, by_id, at, change)
        else:
            _record("limit.declined", limit_id, by_id, at)


def _hold(act: str, rail_code: str, currency: str, at: datetime) -> Iterator[Held]:
    """Hold, and then return, the limits that an approval falls under."""
    fields = Held._fields[1:]
    ours = LimitDefault.objects.select_for_update(no_key=True).filter(act=act, currency=currency)
    standing = [Held(grants.ANY, *row) for row in ours.values_list(*fields)]
    limits = _in_force(act, [grants.ANY, rail_code], currency, at).select_for_update(no_key=True)
    set_by_two = [Held(*row) for row in limits.order_by("pk").values_list("rail_code", *fields)]
    if any(one.rail_code == grants.ANY for one in set_by_two):
        standing = []
    return iter((*standing, *set_by_two))


def _in_force(act: str, rail_codes: list[str], currency: str, at: datetime) -> QuerySet[Limit]:
    rows = Limit.objects.filter(
        act=act, rail_code__in=rail_codes, currency=currency, approved=True, from_at__lte=at
    )
    return rows.exclude(until_at__lte=at)


def _sums(when: str, limit: Limit | None) -> dict[str, str | int | bool | None]:
    """Return the sums of a limit for the trace, in minor units; None where nobody had set one."""
    names = ("per_act_minor", "per_person_minor", "per_day_minor")
    return {f"{when}_{name}": getattr(limit, name) if limit else None for name in names}


def _record(
    act: str,
    limit_id: int,
    by_id: int,
    at: datetime,
    change: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.limit",
        subject_id=limit_id,
        detail=change,
        at=at,
    )
