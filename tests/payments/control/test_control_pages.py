"""The pages of spending control: one asks, another decides; what is refused is said."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from kernel.money import Money
from payments.models import (
    Explanation,
    LedgerAccount,
    Limit,
    LimitDefault,
    Move,
    MoveEnd,
    Movement,
    SweepAccount,
)
from payments.states import Leg
from tests.accounts import people
from tests.payments.control.allowed import allow_losses, allow_sweeps
from tests.payments.control.test_moving import ordered
from tests.payments.refunds.desks import approved, paid_twice, proven
from tests.payments.world import debit, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAGE = "/desk/money/control/"


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


def staff(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=people.officer("money.view", *acts)))
    return browser


def text(browser: Client, page: str = PAGE) -> str:
    answer = browser.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_quiet_room_says_so(world):
    page = text(staff())
    for said in ("All money that left is explained.", "No limit is set", "None holds money."):
        assert said in page


def test_two_people_say_what_a_debit_was(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 7, external_id="W1"))
    gone, maker, checker = Movement.objects.get(), staff("release.ask"), staff("release.decide")
    assert "W1" in text(maker)
    name = f"m{gone.pk}"
    typed = {f"{name}-movement": gone.pk, f"{name}-answer": "reversal", f"{name}-named": "NONE"}
    refused = maker.post(f"{PAGE}explain/", {**typed, f"{name}-reason": "they said so"})
    assert refused.status_code == 422
    assert "they said so" in refused.content.decode()
    assert "It cannot have been that" in refused.content.decode()
    lost = {**typed, f"{name}-answer": "loss", f"{name}-reason": "they said so"}
    most = f"as lost or charged: at most {Money(0, 'RWF').format('en')}."
    for answer in ("loss", "charge"):
        above = {**lost, f"{name}-answer": answer}
        assert most in maker.post(f"{PAGE}explain/", above).content.decode()
    swept = maker.post(f"{PAGE}explain/", {**lost, f"{name}-answer": "sweep"})
    assert "No account is named for sweeps" in swept.content.decode()
    allow_losses(7)
    maker.post(f"{PAGE}explain/", lost)
    asked = Explanation.objects.get()
    assert "A loss" in text(checker)
    assert "decide/" not in text(maker)
    said = {"about": asked.pk, "decision": "approve"}
    for wrong in ("", "wrong"):
        answer = checker.post(f"{PAGE}explain/decide/", {**said, "password": wrong})
        assert answer.status_code == 422
        assert "This is not your password." in answer.content.decode()
    said["password"] = people.PASSWORD
    checker.post(f"{PAGE}explain/decide/", said)
    assert "All money that left is explained." in text(checker)
    checker.post(f"{PAGE}explain/decide/", said)
    assert "Somebody has asked for or decided this meanwhile." in text(checker)


def test_a_remittance_is_named_by_its_number(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 7, external_id="W1"))
    gone, maker = Movement.objects.get(), staff("release.ask")
    assert "A remittance of ours" in text(maker)
    name = f"m{gone.pk}"
    typed = {f"{name}-movement": gone.pk, f"{name}-answer": "remittance", f"{name}-reason": "r"}
    refused = maker.post(f"{PAGE}explain/", {**typed, f"{name}-named": "R-2026-1"})
    assert refused.status_code == 422
    assert "R-2026-1" in refused.content.decode()


def test_two_people_set_a_limit(world):
    maker, checker = staff("limit.ask"), staff("limit.decide")
    typed = {
        "limit-act": "refund.decide",
        "limit-rail": "*",
        "limit-per_act": "5000",
        "limit-per_person": "6000",
        "limit-per_day": "4000",
        "limit-reason": "decree 4",
    }
    refused = maker.post(f"{PAGE}limit/", typed)
    assert refused.status_code == 422
    assert "decree 4" in refused.content.decode()
    maker.post(f"{PAGE}limit/", {**typed, "limit-per_day": "9000"})
    asked = Limit.objects.get()
    assert (asked.per_act_minor, asked.per_day_minor) == (5000, 9000)
    checker.post(f"{PAGE}limit/decide/", {"about": asked.pk, "decision": "approve"})
    assert Limit.objects.get().approved
    assert "9,000" in text(maker)
    checker.post(f"{PAGE}limit/decide/", {"about": 999_999, "decision": "approve"})
    checker.post(f"{PAGE}limit/decide/", {"about": "x", "decision": "burn"})


def test_two_people_name_where_sweeps_go(world):
    maker, checker = staff("sweep.ask"), staff("sweep.decide")
    assert maker.post(f"{PAGE}sweep/", {"sweep-rail": "mtn-rw"}).status_code == 422
    typed = {"sweep-rail": "mtn-rw", "sweep-account": "0001", "sweep-bank": "BNR"}
    maker.post(f"{PAGE}sweep/", {**typed, "sweep-reason": "decree"})
    asked = SweepAccount.objects.get()
    checker.post(f"{PAGE}sweep/decide/", {"about": asked.pk, "decision": "decline"})
    assert SweepAccount.objects.get().approved is False


def test_what_a_retired_rail_holds_is_listed_for_moving(world):
    post(telling(world.bank, "", 70), debit(world.mtn, Leg.SWEEP, 30))
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    page = text(staff())
    assert "clearing:bank-rw:RWF" in page
    assert "Swept, and not seen to arrive yet" in page


def test_two_people_order_what_a_retired_rail_holds_to_be_moved(world):
    post(telling(world.bank, "", 70))
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    maker, checker = staff("move.ask"), staff("move.decide")
    name = f"v{LedgerAccount.objects.get(code='clearing:bank-rw:RWF').pk}"
    assert f'name="{name}-amount" value="70"' in text(maker)
    assert f"{name}-amount" not in text(checker)
    typed = {f"{name}-rail": "bank-rw", f"{name}-amount": "70", f"{name}-reason": "it has ended"}
    refused = maker.post(f"{PAGE}move/", typed)
    assert refused.status_code == 422
    assert "No account is named for sweeps" in refused.content.decode()
    assert "it has ended" in refused.content.decode()
    allow_sweeps(world.bank)
    too_much = maker.post(f"{PAGE}move/", {**typed, f"{name}-amount": "71"})
    assert "It holds less than that" in too_much.content.decode()
    assert maker.post(f"{PAGE}move/", {f"{name}-rail": "bank-rw"}).status_code == 422
    maker.post(f"{PAGE}move/", typed)
    asked = Move.objects.get()
    assert asked.number in text(checker)
    said = {"about": asked.pk, "decision": "approve", "password": "wrong"}
    wrong = checker.post(f"{PAGE}move/decide/", said)
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.content.decode()
    checker.post(f"{PAGE}move/decide/", {**said, "password": people.PASSWORD})
    assert "to be carried out" in text(checker)
    post(debit(world.bank, Leg.SWEEP, 70), at=NOON + timedelta(hours=2))
    assert "it has left" in text(checker)


def test_two_people_give_up_an_order_that_nobody_can_carry_out(world):
    post(telling(world.bank, "", 70))
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    allow_sweeps(world.bank)
    move = ordered(world.bank, 70)
    maker, checker = staff("move.ask"), staff("move.decide")
    name = f"e{move.pk}"
    assert f'name="{name}-reason"' in text(maker)
    assert f'name="{name}-reason"' not in text(checker)
    assert maker.post(f"{PAGE}move/end/", {f"{name}-move": move.pk}).status_code == 422
    typed = {f"{name}-move": move.pk, f"{name}-reason": "the portal is closed"}
    maker.post(f"{PAGE}move/end/", typed)
    again = maker.post(f"{PAGE}move/end/", typed)
    assert "Somebody has asked for or decided this meanwhile" in again.content.decode()
    assert "the portal is closed" in text(checker)
    said = {"about": MoveEnd.objects.get().pk, "decision": "approve", "password": "wrong"}
    wrong = checker.post(f"{PAGE}move/end/decide/", said)
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.content.decode()
    checker.post(f"{PAGE}move/end/decide/", {**said, "password": people.PASSWORD})
    assert MoveEnd.objects.get().approved
    assert "given up" in text(checker)
    late = maker.post(f"{PAGE}move/end/", typed)
    assert "not to be carried out any more" in late.content.decode()
    assert maker.post(f"{PAGE}move/end/", {"e9-move": 10**6, "e9-reason": "x"}).status_code == 422


def test_the_houses_own_limit_is_shown_until_two_people_set_another(world):
    LimitDefault.objects.create(
        act="refund.decide",
        currency="RWF",
        per_act_minor=501,
        per_person_minor=602,
        per_day_minor=703,
        zone="Africa/Kigali",
    )
    page = text(staff())
    for said in ("501", "602", "703", "until two people set another"):
        assert said in page


def test_whoever_is_bound_is_told_so(world):
    limit_id = Limit.objects.create(
        act="refund.decide",
        currency="RWF",
        per_act_minor=5,
        per_person_minor=5,
        per_day_minor=5,
        zone="Africa/Kigali",
        reason="x",
        maker=people.staff(),
        asked_at=NOON,
    ).pk
    bound = staff("limit.decide", "refund.decide")
    bound.post(f"{PAGE}limit/decide/", {"about": limit_id, "decision": "approve"})
    assert "It limits what you approve yourself" in text(bound)
    assert Limit.objects.get().approved is None


def test_a_refund_paid_by_hand_is_named_by_the_payment_that_goes_back(world):
    desk = people.officer("refund.ask"), people.officer("refund.decide")
    proven(approved(paid_twice(world), *desk), *desk)
    post(debit(world.bank, Leg.WITHDRAWAL, 500, external_id="PORTAL77"))
    gone, maker = Movement.objects.get(external_id="PORTAL77"), staff("release.ask")
    name = f"m{gone.pk}"
    typed = {f"{name}-movement": gone.pk, f"{name}-answer": "refund", f"{name}-reason": "slip"}
    refused = maker.post(f"{PAGE}explain/", {**typed, f"{name}-named": "OTHER"})
    assert "It cannot have been that" in refused.content.decode()
    maker.post(f"{PAGE}explain/", {**typed, f"{name}-named": "FT25AGAIN"})
    assert "A refund that was paid by hand" in text(staff("release.decide"))
    assert Explanation.objects.get().refund_id


def test_the_register_tells_who_may_what_from_when_to_when(world):
    reader = staff("refund.decide")
    page = text(reader, f"{PAGE}register/")
    assert "approve refunds" in page
    assert "in force" in page
    answer = reader.get(f"{PAGE}register.csv")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("right,act,holder")
    assert any(",refund.decide," in row and row.endswith("in_force") for row in rows)


def test_who_may_not_sees_and_does_nothing(world):
    stranger, reader = Client(), staff()
    stranger.force_login(Account.objects.get(pk=people.officer("case.decide")))
    for page in ("", "register/", "register.csv"):
        assert stranger.get(PAGE + page).status_code == 403
        assert Client().get(PAGE + page).status_code == 302
    typed = {"sweep-rail": "mtn-rw", "sweep-account": "1", "sweep-bank": "B", "sweep-reason": "r"}
    assert reader.post(f"{PAGE}sweep/", typed).status_code == 403


def test_many_debits_take_as_many_queries_as_one(world):
    browser = staff("release.ask", "release.decide")
    post(debit(world.mtn, Leg.WITHDRAWAL, 7))
    text(browser)
    with CaptureQueriesContext(connection) as one:
        text(browser)
    post(*(debit(world.mtn, Leg.WITHDRAWAL, 9) for _ in range(20)))
    with CaptureQueriesContext(connection) as many:
        text(browser)
    assert len(many) == len(one)
