"""What the state's accounting system reads: each of a batch's journals, once, in its own month."""

from datetime import UTC, date, datetime, timedelta

import pytest

from payments.models import Movement
from payments.queries import remittances as queries
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.payments.books import balance
from tests.payments.remittances.world import (
    DISTRICT,
    approve,
    believed,
    desk,
    layout,
    name_account,
    paid,
    proposed,
    returned,
    sent,
)
from tests.payments.settling import asked, explain, withdrawal
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
IN_NOVEMBER = NOON.replace(month=11, day=20)
IN_DECEMBER = IN_NOVEMBER + timedelta(days=20)


@pytest.fixture
def at_desk(monkeypatch):
    """500 and 300 francs that wait for the district since a day of November."""
    layout(monkeypatch)
    officers = desk()
    name_account(officers, at=IN_NOVEMBER)
    paid(officers, 500, at=IN_NOVEMBER, rail=officers.world.bank)
    paid(officers, 300, at=IN_NOVEMBER, rail=officers.world.bank)
    return officers


def exported(month: date) -> list[tuple[str, int, int]]:
    """Number, debit and credit of each record of a month."""
    return [
        (row["batch"], row["debit"], row["credit"])
        for one in queries.booked_in_month(month)
        for row in queries.ledger_rows(
            one, queries.lines(one.batch.pk), beneficiary="", name_of=str
        )
    ]


def test_a_batch_sent_back_in_another_month_is_credited_there_and_counts_once(at_desk) -> None:
    later = IN_NOVEMBER + timedelta(days=1)
    batch = sent(at_desk, at=later)
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, external_id="B1"), at=later)
    batch.refresh_from_db()
    then = exported(NOVEMBER)
    assert then == [(batch.number, 800, 0)]

    back = telling(batch.rail, batch.end_to_end_id, 800, external_id="R1", occurred_at=IN_DECEMBER)
    post(back, at=IN_DECEMBER)
    returned(at_desk, batch, _credit("R1"), at=IN_DECEMBER)
    following = sent(at_desk, at=IN_DECEMBER + timedelta(days=1))

    assert exported(NOVEMBER) == then
    assert exported(DECEMBER) == [(batch.number, 0, 800), (following.number, 800, 0)]
    booked_minor = sum(debit_ - credit for _, debit_, credit in then + exported(DECEMBER))
    assert booked_minor == following.amount_minor
    assert balance("payable", DISTRICT) == 0


def test_a_batch_believed_refused_is_credited_when_and_what_was_paid_all_the_same_debited_again(
    at_desk,
) -> None:
    batch = sent(at_desk, at=IN_NOVEMBER + timedelta(days=1))
    believed(at_desk, batch, at=IN_DECEMBER)
    assert batch.state == M.FAILED
    assert exported(NOVEMBER) == [(batch.number, 800, 0)]
    assert exported(DECEMBER) == [(batch.number, 0, 800)]

    explain(asked(withdrawal(batch.rail, 800), "remittance", remittance_id=batch.pk))

    booked = queries.booked_of(batch.pk)
    assert [one.sign for one in booked] == [1, -1, 1]
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED


def test_what_nobody_has_approved_is_not_booked_and_then_on_the_day_of_its_approval(
    at_desk,
) -> None:
    batch = proposed(at_desk, at=IN_NOVEMBER + timedelta(days=1))
    assert queries.booked_of(batch.pk) == []
    assert exported(NOVEMBER) == []

    approve(batch, at_desk.decides, IN_DECEMBER)

    [one] = queries.booked_of(batch.pk)
    assert (one.day, one.sign) == (IN_DECEMBER.date(), 1)


def test_a_month_ends_at_the_countrys_midnight(at_desk) -> None:
    batch = sent(at_desk, at=datetime(2026, 11, 30, 22, 30, tzinfo=UTC))
    assert exported(NOVEMBER) == []
    [one] = queries.booked_in_month(DECEMBER)
    assert (one.batch.pk, one.day) == (batch.pk, DECEMBER)


def test_every_amount_of_what_came_back_has_the_other_sign(at_desk) -> None:
    batch = sent(at_desk, at=IN_NOVEMBER + timedelta(days=1))
    believed(at_desk, batch, at=IN_DECEMBER)
    records = [
        row
        for one in queries.booked_of(batch.pk)
        for row in queries.ledger_rows(one, queries.lines(batch.pk), beneficiary="", name_of=str)
    ]
    for column in ("gross", "taken_back", "net"):
        assert sum(row[column] for row in records) == 0
    assert [row["net"] for row in records] == [800, -800]


def _credit(external_id: str):
    return Movement.objects.get(external_id=external_id, leg=Leg.CREDIT)
