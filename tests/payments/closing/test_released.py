"""Money that leaves suspense for good, on the sheet of the rail out of whose suspense it goes."""

from datetime import timedelta

import pytest

from payments.models import Movement
from payments.operations import arrivals
from payments.queries import sheet as sheets
from payments.states import Leg
from tests.accounts import people
from tests.payments.books import check_all
from tests.payments.remittances import world as remitted
from tests.payments.settling import released
from tests.payments.suspense.stray import stray
from tests.payments.suspense.test_arrivals import stepped_up
from tests.payments.world import debit, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def of_rail(day, code: str) -> sheets.RailSheet:
    found = sheets.sheet(day)
    assert found.agrees
    [row] = [one for one in found.rails if one.rail_code == code]
    return row


def test_what_nobody_claimed_stands_on_its_rails_sheet() -> None:
    released(stray(make_world(), "nobody's", 500), "unclaimed", 500)

    row = of_rail(NOON.date(), "mtn-rw")

    assert (row.received_minor, row.suspense_minor, row.released_minor) == (500, 0, 500)
    check_all()


def test_a_batch_that_its_bank_sent_back_stands_on_that_banks_sheet(monkeypatch) -> None:
    remitted.layout(monkeypatch)
    desk = remitted.desk()
    remitted.name_account(desk)
    remitted.paid(desk, 800, rail=desk.world.bank)
    batch = remitted.sent(desk)
    paid = debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key)
    post(paid, at=remitted.NEXT_DAY)
    batch.refresh_from_db()
    back = remitted.NEXT_DAY + timedelta(days=2)
    told = telling(batch.rail, batch.end_to_end_id, 800, external_id="R1", occurred_at=back)
    post(told, at=back)
    remitted.returned(desk, batch, Movement.objects.get(external_id="R1"), at=back)

    row = of_rail(back.date(), "bank-rw")

    assert (row.received_minor, row.suspense_minor, row.released_minor) == (800, 0, 800)
    [owed] = [one for one in sheets.sheet(back.date()).beneficiaries if one.payable_minor]
    assert (owed.payable_minor, owed.remitted_minor) == (800, -800)
    check_all()


def test_the_arrival_of_a_sweep_stands_on_the_sheet_of_where_it_arrived() -> None:
    world = make_world()
    credit = stray(world, "from MTN", 200, rail=world.bank)
    post(debit(world.mtn, Leg.SWEEP, 200, external_id="SW-0001"))
    decides = people.officer("release.decide")
    release_id = arrivals.ask(
        movement_id=credit.pk,
        sweep_id=Movement.objects.get(leg=Leg.SWEEP).pk,
        reason="letter",
        by_id=people.officer("release.ask"),
        at=NOON,
    )
    arrivals.decide(
        release_id=release_id,
        approved=True,
        by_id=decides,
        step_up_id=stepped_up(decides),
        at=NOON + timedelta(days=2),
    )

    first = of_rail(NOON.date(), "bank-rw")
    later = of_rail((NOON + timedelta(days=2)).date(), "bank-rw")

    assert (first.received_minor, first.suspense_minor, first.released_minor) == (200, 200, 0)
    assert (later.received_minor, later.suspense_minor, later.released_minor) == (0, -200, 200)
    check_all()
