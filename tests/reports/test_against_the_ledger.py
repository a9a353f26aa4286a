"""What a report says is what the ledger says, to the last unit."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import translation

from payments import ledger
from payments.models import Movement
from payments.queries import reporting
from payments.states import Leg
from reports import tables
from reports.asking import WAYS, Asked, By, Kind
from reports.periods import between
from reports.queries import Reach, build
from tests.payments.reversing import take_back
from tests.payments.world import debit, in_flight, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
WEEK = between(TODAY, TODAY + timedelta(days=6))
COUNTRY = Reach(country=True)


@pytest.fixture(params=[1, 2, 3])
def money(request) -> None:
    """Two weeks of payments: exact, in excess, to nobody's reference, taken back, paid back."""
    world, choose = make_world(), random.Random(request.param)
    ledger.open_days(TODAY - timedelta(days=8), TODAY + timedelta(days=10))
    world.mtn.tariff = {"bands": [{"up_to_minor": 1_000, "charge_minor": 20}]}
    world.mtn.save(update_fields=["tariff"])
    for number in range(30):
        at = NOON + timedelta(days=choose.randrange(-7, 8))
        rail = choose.choice([world.mtn, world.bank])
        bill = issue(*(choose.randrange(1, 900) for _ in range(choose.randrange(1, 4))), at=at)
        over = choose.choice([0, 0, 0, 70])
        reference = choose.choice([bill.reference] * 4 + ["000000000000"])
        external_id = f"P{number}"
        post(
            telling(rail, reference, bill.total_minor + over, external_id=external_id,
                    occurred_at=at),
            at=at,
        )  # fmt: skip
        later = at + timedelta(days=choose.randrange(0, 2))
        match choose.randrange(5):
            case 0:
                took = Movement.objects.get(external_id=external_id, leg=Leg.CREDIT)
                take_back(took, at=later)
            case 1:
                in_flight(rail, external_id, max(1, bill.total_minor // 2), at=later)
            case 2:
                post(
                    debit(rail, Leg.CHARGE, choose.choice([20, 25]), original=external_id,
                          occurred_at=later),
                    at=later,
                )  # fmt: skip


def of_ledger(role: str, first: date, last: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM payments_posting p"
            " JOIN payments_journal j ON j.id = p.journal_id"
            " JOIN payments_ledger_account a ON a.id = p.account_id"
            " WHERE a.role = %s AND j.business_day BETWEEN %s AND %s"
            " AND j.kind NOT IN ('remittance', 'remittance_returned')",
            [role, first, last],
        )
        return int(cursor.fetchone()[0])


def asked(kind: Kind, by: By) -> Asked:
    return Asked(kind, by, WEEK)


def summed(table: tables.Table, code: str) -> int:
    place = [column.code for column in table.columns].index(code)
    assert sum(row.cells[place] for row in table.rows) == sum(
        row.cells[place] for row in table.totals
    )
    return sum(row.cells[place] for row in table.totals)


@pytest.mark.parametrize("by", WAYS[Kind.REVENUE])
def test_revenue_is_what_the_ledger_owes_more(money, by):
    table = build(asked(Kind.REVENUE, by), COUNTRY)

    assert summed(table, "revenue") == -of_ledger("payable", WEEK.first, WEEK.last) > 0
    assert summed(table, "revenue") == summed(table, "received") - summed(table, "taken_back")
    assert summed(table, "taken_back") > 0
    before = WEEK.before()
    assert summed(table, "before") == -of_ledger("payable", before.first, before.last) > 0


def test_revenue_entry_by_entry_adds_up_too(money):
    lines = list(reporting.lines(WEEK.first, WEEK.last))

    assert sum(line.amount_minor for line in lines) == -of_ledger("payable", WEEK.first, WEEK.last)
    assert len(lines) == reporting.entries(WEEK.first, WEEK.last) > 3
    assert reporting.entries(WEEK.first, WEEK.last, at_most=3) == 3


@pytest.mark.parametrize("by", WAYS[Kind.SUSPENSE])
def test_suspense_is_what_stands_there_at_the_end_of_the_period(money, by):
    table = build(asked(Kind.SUSPENSE, by), COUNTRY)

    assert summed(table, "amount") == -of_ledger("suspense", date(2000, 1, 1), WEEK.last) > 0


def test_fees_are_what_the_ledger_says_was_kept(money):
    table = build(asked(Kind.FEES, By.CHANNEL), COUNTRY)

    assert summed(table, "kept") == of_ledger("charges", WEEK.first, WEEK.last)
    assert summed(table, "unknown") <= summed(table, "charges")


def test_a_charge_stands_beside_what_the_tariff_says():
    world = make_world()
    world.mtn.tariff = {
        "bands": [
            {"up_to_minor": 1_000, "charge_minor": 20},
            {"up_to_minor": 2_000, "charge_minor": 30},
        ]
    }
    world.mtn.save(update_fields=["tariff"])
    for external_id, paid, kept in (("A", 1_000, 20), ("B", 1_001, 35), ("C", 2_001, 50)):
        post(telling(world.mtn, issue(paid).reference, paid, external_id=external_id))
        post(debit(world.mtn, Leg.CHARGE, kept, original=external_id))

    (row,) = build(asked(Kind.FEES, By.CHANNEL), COUNTRY).rows

    assert row.cells == ("mtn-rw", 3, 105, 50, 5, 1)


def test_refunds_stand_in_their_state():
    world = make_world()
    post(telling(world.mtn, issue(500).reference, 500, external_id="A"))
    refund = in_flight(world.mtn, "A", 200)
    type(refund).objects.filter(pk=refund.pk).update(requested_at=NOON)

    by_state = build(asked(Kind.REFUNDS, By.STATE), COUNTRY)
    by_channel = build(asked(Kind.REFUNDS, By.CHANNEL), COUNTRY)

    assert by_state.rows[0].cells == ("Sent, not confirmed", 1, 200)
    assert by_channel.rows[0].cells == ("mtn-rw", 1, 200)


def test_an_agency_alone_is_summed_alone(money):
    reach = Reach(beneficiary_codes=("treasury",))
    whole = build(asked(Kind.REVENUE, By.AGENCY), COUNTRY)
    own = build(asked(Kind.REVENUE, By.AGENCY), reach)

    assert [row.cells[0] for row in own.rows] == ["treasury"]
    assert own.rows[0].cells == next(row for row in whole.rows if row.cells[0] == "treasury").cells


def test_the_course_has_every_day_and_says_so_in_the_readers_language(money):
    table = build(Asked(Kind.REVENUE, By.PERIOD, WEEK, language="fr"), COUNTRY)

    assert len(table.rows) == 7
    assert table.is_course
    with translation.override("en"):
        assert build(asked(Kind.REVENUE, By.PERIOD), COUNTRY).rows[0].cells[0] == "23 November"
