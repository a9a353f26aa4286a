"""Closing days in tests of other things: every difference listed, two people, all days before."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from payments import ledger
from payments.models import LedgerDay
from tests.accounts.people import staff

ZONE = "Africa/Kigali"

_LIST = (
    "INSERT INTO payments_close_difference (day_found, kind, subject, rail_id, currency,"
    " amount_minor, owner_id, note, opened_at)"
    " SELECT %(day)s::date, f.kind, f.subject, f.rail_id, f.currency, f.amount_minor, %(by)s,"
    " 'known', %(at)s FROM payments_differences_of_day(%(day)s::date, %(zone)s) f"
    " ON CONFLICT (kind, subject) DO NOTHING"
)
_HOLD = "SELECT FROM payments_ledger_day WHERE day = %(day)s FOR UPDATE"
_PREPARE = (
    "INSERT INTO payments_close (day, zone, prepared_by_id, prepared_at, prepared_journals)"
    " VALUES (%(day)s, %(zone)s, %(by)s, %(at)s, 0) ON CONFLICT (day) DO NOTHING"
)
_SIGN = (
    "UPDATE payments_close SET signed_by_id = %(signer)s, signed_at = %(at)s WHERE day = %(day)s"
)


_SEAL = "UPDATE payments_close SET summary = '%%PDF' WHERE day = %(day)s"


def sign(day: date, *, at: datetime | None = None) -> None:
    """List what the day has, prepare and sign it; inside a transaction that then closes it."""
    at = at or _end(day)
    values = {"day": day, "zone": ZONE, "by": staff().pk, "signer": staff().pk, "at": at}
    with connection.cursor() as cursor:
        # Money in flight lands first, and is a difference then.
        for step in (_HOLD, _LIST, _PREPARE, _SIGN, _SEAL):
            cursor.execute(step, values)


def close_through(day: date, *, at: datetime | None = None) -> None:
    """Close every open day up to this one."""
    with transaction.atomic():
        for each in LedgerDay.objects.filter(pk__lte=day, closed_at=None).order_by("pk"):
            sign(each.pk, at=at)
            ledger.close_day(day=each.pk, at=at or _end(each.pk))


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=2), datetime.min.time()).astimezone()
