"""A sweep of ours in suspense, as two officers see it: why it is proposed, asked, decided."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from payments.models import Movement, OpenItem, Release
from payments.states import Leg
from tests.accounts import people
from tests.applications.browser import officer_at, text_of
from tests.payments.suspense.stray import stray
from tests.payments.world import debit, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

WARNING = "may be our own money"
ASKS = ("money.view", "release.ask", "refund.ask")
DECIDES = ("money.view", "release.decide", "refund.decide")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def credit(world) -> Movement:
    found = stray(world, "BULK SW-0001 MTN", 200, rail=world.bank, external_id="A1")
    post(debit(world.mtn, Leg.SWEEP, 200, external_id="SW-0001"))
    return found


def of(movement: Movement) -> str:
    return reverse("payments:suspense_arrival", args=[movement.pk])


def shown(client, movement: Movement) -> str:
    return text_of(client.get(reverse("payments:suspense_item", args=[movement.pk])))


def test_two_officers_say_that_a_sweep_has_arrived(credit) -> None:
    first = officer_at(people.officer(*ASKS, display_name="Alice Nyirahabimana"))
    second = officer_at(people.officer(*DECIDES))
    page = shown(first, credit)
    assert "It names our sweep SW-0001 from mtn-rw, and is all of it." in page
    assert of(credit) in page
    sweep = Movement.objects.get(leg=Leg.SWEEP)
    assert first.post(of(credit), {"sweep": sweep.pk}).status_code == 422

    first.post(of(credit), {"sweep": sweep.pk, "reason": "letter 7 of the bank"})

    assert "somebody else must decide" in text_of(first.get(of(credit)))
    waiting = text_of(second.get(reverse("payments:suspense_to_decide")))
    assert of(credit) in waiting
    page = text_of(second.get(of(credit)))
    assert "Alice Nyirahabimana" in page
    assert "letter 7 of the bank" in page
    typed = {"which": Release.objects.get().pk, "answer": "yes"}
    wrong = second.post(of(credit), {**typed, "password": "wrong"})
    assert (wrong.status_code, "not your password" in text_of(wrong)) == (422, True)
    second.post(of(credit), {**typed, "password": people.PASSWORD})

    assert not OpenItem.objects.exists()
    assert "A sweep of ours that arrived" in shown(first, credit)
    assert second.get(of(credit)).status_code == 404


def test_no_is_said_without_a_password_and_it_stays(credit) -> None:
    first, second = officer_at(people.officer(*ASKS)), officer_at(people.officer(*DECIDES))
    sweep = Movement.objects.get(leg=Leg.SWEEP)
    first.post(of(credit), {"sweep": sweep.pk, "reason": "x"})
    asked = Release.objects.get()
    answered = second.post(of(credit), {"which": asked.pk, "answer": "no"})
    assert answered.status_code == 302
    asked.refresh_from_db()
    assert (asked.approved, OpenItem.objects.count()) == (False, 1)
    # A page of before decides nothing more.
    typed = {"which": asked.pk, "answer": "yes", "password": people.PASSWORD}
    again = second.post(of(credit), typed)
    assert "has decided about it already" in text_of(again)


def test_before_our_own_money_goes_to_a_payer_every_page_warns(credit, world) -> None:
    first = officer_at(people.officer(*ASKS))
    theirs = stray(world, "rent", 70, rail=world.bank, external_id="RENT")
    ask = reverse("payments:refund_ask", args=[credit.pk])
    assert WARNING in shown(first, credit)
    assert "first make sure that it is no sweep of ours" in shown(first, credit)
    assert WARNING in text_of(first.get(ask))
    for page in (
        shown(first, theirs),
        text_of(first.get(ask.replace(str(credit.pk), str(theirs.pk)))),
    ):
        assert WARNING not in page
        assert "first make sure" not in page
    back = reverse("payments:suspense_ask", args=[credit.pk, "return"])
    typed = {"amount": "200", "reason": "NOT_FOR_US", "stands": "200", "by_hand": "desk"}
    assert first.post(back, typed).status_code == 302
    [refund] = credit.refunds.all()
    second = officer_at(people.officer(*DECIDES))
    assert WARNING in text_of(second.get(reverse("payments:refund", args=[refund.pk])))


def test_what_names_a_sweep_of_another_amount_is_said_and_not_asked(world) -> None:
    first = officer_at(people.officer(*ASKS))
    short = stray(world, "SW-0001", 190, rail=world.bank, external_id="SHORT")
    post(debit(world.mtn, Leg.SWEEP, 200, external_id="SW-0001"))
    assert "A sweep arrives whole" in shown(first, short)
    page = text_of(first.get(of(short)))
    assert "A sweep arrives whole" in page
    assert "No sweep of exactly this amount" in page
    assert "Ask for this" not in page
    sweep = Movement.objects.get(leg=Leg.SWEEP)
    assert first.post(of(short), {"sweep": sweep.pk, "reason": "x"}).status_code == 422


def test_who_may_see_and_who_may_ask(credit, world) -> None:
    looks = officer_at(people.officer("money.view"))
    assert "no right to ask" in text_of(looks.get(of(credit)))
    sweep = Movement.objects.get(leg=Leg.SWEEP)
    assert looks.post(of(credit), {"sweep": sweep.pk, "reason": "x"}).status_code == 403
    stranger = officer_at(people.officer("match.ask"))
    assert stranger.get(of(credit)).status_code == 403
    nothing = reverse("payments:suspense_arrival", args=[10**9])
    assert looks.get(nothing).status_code == 404
    asks = officer_at(people.officer(*ASKS))
    asks.post(of(credit), {"sweep": sweep.pk, "reason": "x"})
    asked = Release.objects.get()
    typed = {"which": asked.pk, "answer": "yes", "password": people.PASSWORD}
    assert looks.post(of(credit), typed).status_code == 403
    other = stray(world, "x", 5, external_id="OTHER")
    decides = officer_at(people.officer(*DECIDES))
    assert decides.post(of(other), typed).status_code == 404
