"""The pages of refunds: what waits, one refund's story, and each act by whose turn it is."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Grant
from payments.models import FloatTopUp, Movement, Payee, Refund, Release, SuspenseRule
from payments.operations import proposing, refunding
from payments.pages.refunds import own, words
from payments.pages.refunds.telling import for_payer, story
from payments.queries import refunds as queries
from payments.states import DocumentKind, RefundState
from tests.accounts.people import PASSWORD, officer
from tests.applications.browser import officer_at, text_of
from tests.payments.refunds.desks import approved, paid_twice, proven
from tests.payments.world import issue, make_world, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/desk/money/refunds/"


@pytest.fixture
def maker() -> int:
    return officer("money.view", "refund.ask")


@pytest.fixture
def checker() -> int:
    return officer("money.view", "refund.decide")


@pytest.fixture
def asked(world, maker) -> Refund:
    movement = paid_twice(world)
    refund_id = refunding.ask(
        movement_id=movement.pk, amount_minor=500, reason="paid_twice", by_id=maker, at=NOON
    )
    return Refund.objects.get(pk=refund_id)


def page(refund: Refund) -> str:
    return reverse("payments:refund", args=[refund.pk])


def act(browser: Client, refund: Refund, name: str, **typed: object):
    return browser.post(reverse("payments:refund_act", args=[refund.pk, name]), typed)


def plain(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(response)).replace("\xa0", " "))


def test_who_may_not_see_money_sees_no_refunds(asked):
    for address in (LIST, page(asked), reverse("payments:floats")):
        assert officer_at(officer("refund.ask")).get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert officer_at(officer("money.view")).get(f"{LIST}999999/").status_code == 404


def test_double_payments_stand_above_the_other_proposals(world, maker):
    twice = paid_twice(world)
    proposing.for_suspended(movement_id=twice.pk, at=NOON)
    over = issue(500)
    post(telling(world.bank, over.reference, 700, external_id="OVER"))
    proposing.for_suspended(movement_id=Movement.objects.get(external_id="OVER").pk, at=NOON)

    shown = plain(officer_at(maker).get(LIST, {"list": "proposed"}))

    first, second = shown.index("FT25AGAIN"), shown.index("OVER")
    assert first < second
    assert "More was paid than was due" in shown


@pytest.mark.parametrize("name", list(queries.LISTS))
def test_every_list_has_its_words_and_opens_empty(maker, name):
    shown = plain(officer_at(maker).get(LIST, {"list": name}))
    assert "Nothing stands in this list." in shown
    assert str(words.LISTS[name]) in shown
    assert str(words.ADVICE[name]) in shown


def test_no_other_list_is_known(maker):
    assert officer_at(maker).get(LIST, {"list": "all"}).status_code == 404


def test_every_state_and_document_has_its_words():
    assert set(words.STATES) == set(RefundState)
    assert set(words.DOCUMENTS) == set(DocumentKind)


def test_lists_go_on_by_key_and_cost_the_same_queries_however_long(world, maker, monkeypatch):
    browser = officer_at(maker)
    monkeypatch.setattr(queries, "PAGE", 3)

    def fill(count: int) -> None:
        for _ in range(count):
            bill = issue(500)
            post(telling(world.bank, bill.reference, 500), telling(world.bank, bill.reference, 500))
            twice = Movement.objects.order_by("pk").last()
            refunding.ask(movement_id=twice.pk, amount_minor=500, reason="x", by_id=maker, at=NOON)

    def queries_of(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert browser.get(address).status_code == 200
        return len(told)

    fill(1)
    of_one = queries_of(f"{LIST}?list=requested")
    fill(6)
    assert queries_of(f"{LIST}?list=requested") == of_one
    first = text_of(browser.get(f"{LIST}?list=requested"))
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    ids = [
        re.findall(r"refunds/(\d+)/", text_of(browser.get(one)))
        for one in (f"{LIST}?list=requested", older)
    ]
    assert [len(one) for one in ids] == [3, 3]
    assert not set(ids[0]) & set(ids[1])


def test_a_refund_is_approved_with_a_password_and_not_without(asked, checker):
    browser = officer_at(checker)
    assert "Approve 500 RWF" in plain(browser.get(page(asked)))

    for wrong in ({}, {"password": "guessed"}):
        answer = act(browser, asked, "approve", **wrong)
        assert answer.status_code == 422
        asked.refresh_from_db()
        assert asked.state == RefundState.REQUESTED

    answer = act(browser, asked, "approve", password=PASSWORD)
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.checker_id) == (RefundState.APPROVED, checker)


def test_two_tabs_and_a_double_click_decide_once(asked, checker):
    browser = officer_at(checker)
    act(browser, asked, "approve", password=PASSWORD)
    again = act(browser, asked, "approve", password=PASSWORD)
    declined = act(
        officer_at(officer("money.view", "refund.decide")), asked, "decline", reason="late"
    )

    for answer in (again, declined):
        assert answer.status_code == 409
        assert "has moved since you opened the page" in plain(answer)
    asked.refresh_from_db()
    assert asked.state == RefundState.APPROVED


def test_who_asked_is_offered_no_decision_and_is_refused_one(asked):
    both = officer("money.view", "refund.ask", "refund.decide")
    movement = paid_twice(make_world(), external_id="OTHER")
    refund_id = refunding.ask(
        movement_id=movement.pk, amount_minor=500, reason="x", by_id=both, at=NOON
    )
    mine = Refund.objects.get(pk=refund_id)
    browser = officer_at(both)
    assert "Another person decides" in plain(browser.get(page(mine)))
    assert "Approve 500" not in plain(browser.get(page(mine)))
    answer = act(browser, mine, "approve", password=PASSWORD)
    assert answer.status_code == 422
    assert "Another person does the second" in plain(answer)


def test_an_approval_after_the_grant_ended_is_refused(asked, checker):
    browser = officer_at(checker)
    assert browser.get(page(asked)).status_code == 200
    Grant.objects.filter(act="refund.decide").update(ended_at=NOON, ended_by_id=checker)
    assert act(browser, asked, "approve", password=PASSWORD).status_code == 403
    asked.refresh_from_db()
    assert asked.state == RefundState.REQUESTED


def test_a_refusal_says_why_and_the_story_repeats_it(asked, checker):
    browser = officer_at(checker)
    assert act(browser, asked, "decline", reason=" ").status_code == 422
    act(browser, asked, "decline", reason="The first payment was taken back.")
    assert "The first payment was taken back." in plain(browser.get(page(asked)))


def test_a_refund_is_asked_for_once_however_often_the_form_is_sent(world, maker):
    movement = paid_twice(world)
    address = reverse("payments:refund_ask", args=[movement.pk])
    browser, stamp = officer_at(maker), uuid4()
    typed = {"amount": "200", "why": "overpaid", "note": "", "by_hand": "on", "stamp": str(stamp)}

    assert 'value="500"' in text_of(browser.get(address))
    assert browser.post(address, typed).status_code == 302
    again = browser.post(address, typed)

    assert again.status_code == 422
    assert "It is asked once" in plain(again)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.by_hand, refund.key) == (200, True, stamp)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "many"}, "Write an amount above zero"),
        ({"amount": "0"}, "Write an amount above zero"),
        ({"amount": "501"}, "Less than that is left"),
        ({"amount": "10"}, "A part can be paid at a desk"),
        ({"why": ""}, "Choose a reason"),
        ({"why": "other"}, "Say in the note"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_what_was_typed(world, maker, typed, said):
    movement = paid_twice(world)
    form = {"amount": "500", "why": "overpaid", "note": "as typed", "stamp": str(uuid4()), **typed}
    if typed.get("why") == "other":
        form["note"] = ""
    address = reverse("payments:refund_ask", args=[movement.pk])
    answer = officer_at(maker).post(address, form)
    assert answer.status_code == 422
    assert said in plain(answer)
    assert form["amount"] in text_of(answer)
    assert not Refund.objects.exists()


def test_a_desk_proves_confirms_pays_and_the_page_leads_through_it(world, maker, checker):
    refund = approved(paid_twice(world), maker, checker)
    asks, decides = officer_at(maker), officer_at(checker)
    typed = {
        "code": "FT25AGAIN",
        "document_kind": "passport",
        "holder": "Claudine Umutesi",
        "account_kind": "phone",
        "number": "0788123456",
    }
    assert "The payer comes to a desk" in plain(asks.get(page(refund)))
    wrong = act(asks, refund, "prove", **{**typed, "code": "FT26"})
    assert "This code is of other money" in plain(wrong)
    assert "Claudine Umutesi" in text_of(wrong)
    assert act(asks, refund, "prove", **typed).status_code == 302
    assert "Another person confirms the payee" in plain(asks.get(page(refund)))

    seen = Payee.objects.get().proven_at.isoformat()
    assert "+250788123456" in plain(decides.get(page(refund)))
    stale = act(
        decides, refund, "confirm", password=PASSWORD, seen=(NOON - timedelta(1)).isoformat()
    )
    assert stale.status_code == 422
    assert act(decides, refund, "confirm", password=PASSWORD, seen=seen).status_code == 302

    assert act(asks, refund, "paid", external_id="PORTAL9").status_code == 302
    shown = plain(asks.get(page(refund)))
    assert "The statement shows it" in shown
    assert "PORTAL9" in shown
    assert act(asks, refund, "paid", external_id="PORTAL9").status_code == 409


def test_a_float_is_filled_by_two_people(world):
    one, other = (officer("money.view", "refund.ask", "refund.decide") for _ in range(2))
    maker, checker = officer_at(one), officer_at(other)
    typed = {"rail": "mtn-rw", "amount": "20,000", "reason": "moved, M123"}
    assert maker.post(reverse("payments:float_ask"), typed).status_code == 302
    double = maker.post(reverse("payments:float_ask"), typed)
    assert double.status_code == 422
    assert "waits to be confirmed" in plain(double)
    top_up = FloatTopUp.objects.get()
    confirm = reverse("payments:float_confirm", args=[top_up.pk])

    assert "Another person does the second" in plain(maker.post(confirm, follow=True))
    assert "another person confirms it" in plain(maker.get(reverse("payments:floats")))
    assert "Confirmed." in plain(checker.post(confirm, follow=True))
    assert "20,000 RWF" in plain(checker.get(reverse("payments:floats")))
    assert "Somebody has confirmed it" in plain(checker.post(confirm, follow=True))


def test_nothing_of_a_payee_stands_in_an_address(world, maker, checker):
    refund = proven(approved(paid_twice(world), maker, checker), maker, checker)
    shown = text_of(officer_at(maker).get(page(refund)))
    addresses = re.findall(r'(?:href|action)="([^"]+)"', shown)
    assert not [one for one in addresses if "788" in one or "Umutesi" in one]


def test_the_payer_reads_the_same_story_in_her_words(world, maker, checker):
    refund = approved(paid_twice(world), maker, checker)
    [own_refund] = own.of_bill(refund.bill_id)
    assert own_refund["story"][-1]["text"] == "Come to a desk for it"

    proven(refund, maker, checker)
    [own_refund] = own.of_bill(refund.bill_id)
    assert own_refund["story"][-1]["text"] == "You get it"


@pytest.mark.parametrize("state", list(RefundState))
def test_every_state_tells_a_story_to_staff_and_to_the_payer(world, maker, checker, state):
    refund = approved(paid_twice(world), maker, checker)
    for by_hand in (True, False):
        view = replace(queries.refund(refund.pk), state=state, by_hand=by_hand)
        mine = replace(queries.for_bill(refund.bill_id)[0], state=state, by_hand=by_hand)
        for told in (story(view, {}), for_payer(mine)):
            assert told
            waits = [one for one in told if one["state"] == "next"]
            over = {RefundState.DONE, RefundState.FAILED, RefundState.DECLINED}
            assert len(waits) == (0 if state in over else 1)


def test_the_payers_part_of_a_page_is_drawn_and_empty_where_nothing_goes_back(
    world, maker, checker
):
    refund = approved(paid_twice(world), maker, checker)
    template = "payments/refunds/_state.html"
    shown = render_to_string(template, {"refunds_own": own.of_bill(refund.bill_id)})
    assert "500 RWF" in shown
    assert "Come to a desk for it" in shown
    assert render_to_string(template, {"refunds_own": []}).strip() == ""


def test_what_waits_to_be_released_cannot_be_asked_back_too(world, maker):
    movement = paid_twice(world)
    assert refunding.left_minor(movement.pk) == 500
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=500)
    Release.objects.create(
        movement=movement,
        kind="write_off",
        currency="RWF",
        amount_minor=200,
        reason="nobody's",
        maker_id=maker,
        asked_at=NOON,
    )
    assert refunding.left_minor(movement.pk) == 300
    with pytest.raises(refunding.NothingToRefund):
        refunding.ask(movement_id=movement.pk, amount_minor=500, reason="x", by_id=maker, at=NOON)
