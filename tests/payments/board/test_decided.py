"""What finance has decided stands on the board, and in the proof of the bill that it was for."""

import pytest

from payments.models import Bill, Journal, Movement
from payments.pages.board import summing
from payments.queries import proving
from payments.states import Leg
from tests.payments.board.desk import finance, link, text
from tests.payments.remittances.test_confirmed import on_the_statement
from tests.payments.remittances.world import (
    NEXT_DAY,
    approve,
    desk,
    layout,
    name_account,
    paid,
    proposed,
)
from tests.payments.settling import explained, withdrawal
from tests.payments.world import issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def day(code: str, on=NOON) -> dict[str, int]:
    told = summing.summed(on.date())
    row = next(one for one in (*told.rails, *told.beneficiaries) if one.code == code)
    if not row.is_beneficiary:
        assert row.difference_minor == 0
    return {name: figure.amount_minor for name, figure in row.figures.items()}


def test_a_withdrawal_that_was_a_reversal_is_taken_back_and_the_day_adds_up():
    world = make_world()
    post(telling(world.mtn, issue(500).reference, 500, external_id="C1"))
    gone = withdrawal(world.mtn, 200)
    assert day("mtn-rw")["unexplained"] == 200
    explained(gone, "reversal", original=Movement.objects.get(external_id="C1", leg=Leg.CREDIT))
    told = day("mtn-rw")
    assert (told["taken_back"], told["allocated"], told["unexplained"]) == (200, 300, 0)
    page = text(finance(), f"/desk/money/board/journals/{Journal.objects.last().pk}/")
    assert "Debit explained" in page
    assert "the bank wrote so" in page


def test_a_batch_is_on_its_way_then_remitted_and_the_proof_names_it(monkeypatch):
    layout(monkeypatch)
    finances = desk()
    name_account(finances)
    paid(finances, 500, 250)
    batch = proposed(finances)
    assert day("district-11", NEXT_DAY)["payable"] == 500
    approve(batch, finances.decides)
    told = day("district-11", NEXT_DAY)
    assert (told["payable"], told["on_its_way"], told["remitted"]) == (0, 500, 0)
    on_the_statement(finances, batch)
    told = day("district-11", NEXT_DAY)
    assert (told["payable"], told["on_its_way"], told["remitted"]) == (0, 0, 500)

    bill = Bill.objects.get()
    shares = proving.proof(bill.pk).movements[0].shares
    assert [(one.amount_minor, one.remittance_number) for one in shares] == [
        (500, batch.number),
        (250, ""),
    ]
    browser = finance()
    page = text(browser, f"/desk/money/board/proof/{bill.pk}/")
    assert batch.number in page
    assert "paid, as the bank" in page
    assert link(page, str(batch.key))
    approved = Journal.objects.get(kind="remittance")
    assert batch.number in text(browser, f"/desk/money/board/journals/{approved.pk}/")
