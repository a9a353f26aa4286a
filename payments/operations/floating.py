"""
Filling a rail's refund float, by two people.

The provider moves our money from the account that payers pay into to the one that it pays refunds
from (at MTN: from collections to disbursements). Its statement shows that as a sweep; until then
the amount stands in sweeps in transit.
"""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from payments.models import FloatTopUp, Rail
from payments.operations.refunding import REASON_CHARS_MAX
from payments.policies import ASK_REFUND, DECIDE_REFUND
from payments.posting import floating, reserving

log = structlog.get_logger()

AMOUNT_MINOR_MAX = 10**15


class NothingToFill(Exception):
    """A top-up is an amount above zero, for a reason."""


class AskedAlready(Exception):
    """The same amount was asked for on this rail, and nobody has confirmed it."""


class AlreadyConfirmed(Exception):
    """The top-up has been confirmed."""


def ask(*, rail_code: str, amount_minor: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Say that money was moved to the float; return the top-up's id.

    :raises accounts.policies.NotGranted: if she may not ask for refunds on this rail
    :raises NothingToFill: without an amount or a reason
    :raises AskedAlready: if the same waits to be confirmed, as after a double click
    """
    if not 0 < amount_minor <= AMOUNT_MINOR_MAX or not reason.strip():
        raise NothingToFill
    with transaction.atomic():
        _require(by_id, ASK_REFUND.code, rail_code, at)
        rail = Rail.objects.get(code=rail_code)
        reserving.hold_float(rail.pk)
        same = FloatTopUp.objects.filter(rail=rail, amount_minor=amount_minor, confirmed_at=None)
        if same.exists():
            raise AskedAlready
        top_up = FloatTopUp.objects.create(
            rail=rail,
            currency=rail.currency,
            amount_minor=amount_minor,
            reason=reason.strip()[:REASON_CHARS_MAX],
            maker_id=by_id,
            asked_at=at,
        )
        return top_up.pk


def confirm(*, top_up_id: int, by_id: int, at: datetime) -> None:
    """
    Confirm it: from now on refunds are paid from it.

    :raises SamePerson: if she asked for it herself
    :raises AlreadyConfirmed: if it is
    :raises accounts.policies.NotGranted: if she may not decide about refunds on this rail
    """
    with transaction.atomic():
        rows = FloatTopUp.objects.select_for_update(no_key=True, of=("self",))
        top_up = rows.select_related("rail").get(pk=top_up_id)
        _require(by_id, DECIDE_REFUND.code, top_up.rail.code, at)
        if accounts.same_hands(top_up.maker_id, by_id):
            raise SamePerson
        if top_up.confirmed_at is not None:
            raise AlreadyConfirmed(top_up_id)
        top_up.checker_id, top_up.confirmed_at = by_id, at
        top_up.save(update_fields=["checker", "confirmed_at"])
        floating.fill_float(top_up, at=at)
    log.info("float.filled", top_up_id=top_up_id)


def _require(account_id: int, act: str, rail_code: str, at: datetime) -> None:
    grants.require(account_id=account_id, act=act, area_code=None, rail_code=rail_code, at=at)
