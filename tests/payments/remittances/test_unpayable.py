"""What no bank could carry out is refused before it becomes a batch, an account or an order."""

from datetime import timedelta

import pytest

from payments.models import Movement, Release, Remittance, SettlementAccount
from payments.operations import holding_items, remitting
from payments.operations.remitting import ordering
from payments.states import Leg
from tests.accounts import people
from tests.payments.remittances.world import (
    DISTRICT,
    NEXT_DAY,
    approve,
    desk,
    layout,
    name_account,
    new_account,
    paid,
    proposed,
    sent,
    stepped_up,
)
from tests.payments.world import debit, post, telling

pytestmark = pytest.mark.django_db

LATER = NEXT_DAY + timedelta(days=2)


@pytest.fixture
def at_desk(monkeypatch):
    layout(monkeypatch)
    return desk()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "0004 000281?"}, "number"),
        ({"number": "1" * 35}, "number"),
        ({"bic": "BKIGRW"}, "bic"),
        ({"holder_name": " "}, "holder_name"),
        ({"bank_name": ""}, "bank_name"),
        ({"reason": "\t"}, "reason"),
    ],
)
def test_an_account_that_no_bank_could_use_is_refused_by_its_field(at_desk, wrong, field):
    with pytest.raises(remitting.NotAnAccount) as refused:
        remitting.ask_account(
            beneficiary_code=DISTRICT,
            currency="RWF",
            new=new_account(**wrong),
            by_id=at_desk.asks,
            at=NEXT_DAY,
        )

    assert refused.value.field == field
    assert not SettlementAccount.objects.exists()


def test_a_currency_that_no_bank_of_the_pack_pays_out_builds_nothing(at_desk):
    with pytest.raises(remitting.NoPayingRail):
        remitting.build(beneficiary_code=DISTRICT, currency="KES", by_id=at_desk.asks, at=NEXT_DAY)
    assert not Remittance.objects.exists()


def test_an_order_needs_an_account_of_ours_at_the_bank_that_pays(at_desk, settings):
    name_account(at_desk)
    paid(at_desk, 800)
    batch = proposed(at_desk)
    approve(batch, at_desk.decides)
    told = settings.GATEWAYS["rails"]
    ours = {**told, "bank-rw": {**told.get("bank-rw", {}), "accounts": ["00040-0099"]}}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": ours}
    batch.rail.accounts = []
    assert ordering.order_of(batch).payer.account_number == "00040-0099"

    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    with pytest.raises(remitting.NoOwnAccount):
        ordering.order_of(batch)


def test_nobody_says_that_a_batch_came_back_while_a_colleague_looks_into_it(at_desk):
    name_account(at_desk)
    paid(at_desk, 800, rail=at_desk.world.bank)
    batch = sent(at_desk)
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, external_id="B1"), at=NEXT_DAY)
    post(
        telling(batch.rail, batch.end_to_end_id, 800, external_id="R1", occurred_at=LATER), at=LATER
    )
    credit = Movement.objects.get(external_id="R1")
    ask = {
        "remittance_id": batch.pk,
        "movement_id": credit.pk,
        "reason": "AC04",
        "by_id": at_desk.asks,
        "at": LATER,
    }
    colleague = people.officer("match.ask")
    until = LATER + timedelta(hours=1)
    release_id = remitting.ask_sent_back(**ask)
    holding_items.hold(
        movement_id=credit.pk, until=until, note="asking the bank", by_id=colleague, at=LATER
    )

    with pytest.raises(holding_items.HeldByAnother):
        remitting.decide_sent_back(
            release_id=release_id,
            approved=True,
            by_id=at_desk.decides,
            step_up_id=stepped_up(at_desk.decides, LATER),
            at=LATER,
        )
    remitting.decide_sent_back(
        release_id=release_id, approved=False, by_id=at_desk.decides, at=LATER
    )
    with pytest.raises(holding_items.HeldByAnother):
        remitting.ask_sent_back(**ask)
    assert not Release.objects.filter(approved=True).exists()
