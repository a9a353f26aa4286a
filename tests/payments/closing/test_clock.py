"""A day is over by PostgreSQL's own clock and the country's zone, whatever a row says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import DatabaseError, transaction

from payments import ledger
from payments.operations import closing
from tests.accounts import people
from tests.payments.closing.days import ZONE, close_through
from tests.payments.closing.test_closing_in_postgresql import PREPARE, SIGN, refuse, run
from tests.payments.world import make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
AFTER = NOON + timedelta(days=1)
BEYOND = datetime(2999, 1, 7, 12, tzinfo=UTC)


@pytest.fixture
def world():
    made = make_world()
    close_through(DAY - timedelta(days=1), at=NOON)
    return made


def test_a_day_is_neither_prepared_nor_signed_ahead_of_the_clock(world):
    """A year that nobody plays: tests may play dates to come, a generation far."""
    ledger.open_days(BEYOND.date(), BEYOND.date())
    after = BEYOND + timedelta(days=1)
    refuse("ahead of the clock", PREPARE, BEYOND.date(), ZONE, people.staff().pk, after)
    run(PREPARE, BEYOND.date(), ZONE, people.staff().pk, NOON)
    refuse("ahead of the clock", SIGN, people.staff().pk, after, BEYOND.date())
    refuse("is not over", SIGN, people.staff().pk, AFTER, BEYOND.date())


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "EAST-20", "UTC"])
def test_the_zone_is_the_countrys_and_not_the_rows(world, zone):
    refuse("zone of these books", PREPARE, DAY, zone, people.staff().pk, AFTER)
    run(PREPARE, DAY, ZONE, people.staff().pk, AFTER)
    refuse(
        "zone of these books",
        "UPDATE payments_close SET zone = %s, signed_by_id = %s, signed_at = %s WHERE day = %s",
        zone,
        people.staff().pk,
        AFTER,
        DAY,
    )


def test_a_day_waits_until_what_was_heard_at_midnight_has_been_kept(world):
    midnight = datetime(DAY.year, DAY.month, DAY.day + 1, tzinfo=ZoneInfo(ZONE))
    run(PREPARE, DAY, ZONE, people.staff().pk, midnight)
    refuse("is not over", SIGN, people.staff().pk, midnight + timedelta(minutes=9), DAY)
    with transaction.atomic():
        run(SIGN, people.staff().pk, midnight + timedelta(minutes=10), DAY)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_close_clock SET zone = 'Pacific/Kiritimati'",
        "UPDATE payments_close_clock SET ahead = '100 years'",
        "DELETE FROM payments_close_clock",
        "INSERT INTO payments_close_clock (id, zone) VALUES (false, 'UTC')",
        "TRUNCATE payments_close_clock",
    ],
)
def test_the_application_does_not_set_the_clock(as_application, change):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(change)


@pytest.mark.django_db(transaction=True)
def test_today_is_not_closed_by_the_applications_login(as_owner):
    """As on real books, where the clock has nothing ahead of it."""
    as_owner.execute("UPDATE payments_close_clock SET ahead = '0'")
    [(now,)] = as_owner.execute("SELECT now()").fetchall()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    make_world()
    ledger.open_days(today - timedelta(days=40), today)
    signer, lately = people.staff().pk, now - timedelta(days=2)
    if oldest := ledger.LedgerDay.objects.filter(pk__lt=today).order_by("-pk").first():
        close_through(oldest.pk, at=now)
    run(PREPARE, today, ZONE, people.staff().pk, lately)
    refuse("ahead of the clock", SIGN, signer, now + timedelta(days=1), today)
    refuse("is not over", SIGN, signer, now, today)


@pytest.mark.django_db(transaction=True)
def test_the_zone_stays_once_a_day_is_closed_by_it(as_owner):
    as_owner.execute("UPDATE payments_close_clock SET zone = zone")
    make_world()
    close_through(DAY)
    with pytest.raises(psycopg.errors.CheckViolation, match="zone of these books"):
        as_owner.execute("UPDATE payments_close_clock SET zone = 'UTC'")


def test_a_zone_that_is_not_that_of_the_books_closes_nothing(world, settings):
    """A server that was started with another country's pack."""
    settings.COUNTRY_CODE = "ke"
    maker = people.officer("close.prepare")
    with pytest.raises(closing.ClockDiffers):
        closing.prepare(day=DAY, by_id=maker, at=AFTER)
    settings.COUNTRY_CODE = "rw"
    closing.prepare(day=DAY, by_id=maker, at=AFTER)


def test_a_server_whose_clock_runs_ahead_closes_nothing(world):
    ledger.open_days(BEYOND.date(), BEYOND.date())
    maker = people.officer("close.prepare")
    with pytest.raises(closing.ClockDiffers):
        closing.prepare(day=DAY, by_id=maker, at=BEYOND)
    assert issubclass(closing.ClockDiffers, closing.CannotClose)
    assert not issubclass(closing.ClockDiffers, DatabaseError)
