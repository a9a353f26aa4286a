"""The pages of what did not match: a queue, one payment, those without a doubt, what is decided."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payments import ledger
from payments.models import Match, OpenItem, Refund, Release, SuspenseRule
from payments.operations import exact_matching, holding_items, matching
from payments.queries import open_items
from tests.accounts.people import officer
from tests.applications.browser import officer_at, text_of
from tests.payments.suspense.stray import lost_first, stray, swapped
from tests.payments.world import issue, post, state_of, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

QUEUE = "/desk/money/suspense/"
ASKS = ("money.view", "match.ask", "refund.ask", "release.ask")
DECIDES = ("money.view", "match.decide", "release.decide")


@pytest.fixture
def maker() -> Client:
    return officer_at(officer(*ASKS))


@pytest.fixture
def checker() -> Client:
    return officer_at(officer(*DECIDES))


def shown(browser: Client, address: str = QUEUE, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return text_of(answer)


def codes(page: str) -> list[str]:
    return re.findall(r'<a class="mono" href="/desk/money/suspense/\d+/">([^<]+)</a>', page)


def of(movement, what: str = "") -> str:
    return f"{QUEUE}{movement.pk}/{what}"


def test_an_empty_queue_says_so(maker):
    assert "every payment has found its bill" in shown(maker)


def test_the_queue_says_what_why_since_when_and_who(world, maker):
    post(telling(world.mtn, issue(500).reference, 900, external_id="OVER"))
    old = stray(world, "school fees", 70, external_id="OLD", at=NOON - timedelta(days=2))
    holding_items.hold(
        movement_id=old.pk,
        until=NOON + timedelta(days=1),
        note="asking",
        by_id=officer("match.ask", display_name="Beata Uwase"),
        at=NOON,
    )
    page = shown(maker)
    assert codes(page) == ["OLD", "OVER"]
    for said in (
        "More than the bill asked",
        "No bill has this reference",
        "school fees",
        "held by Beata Uwase",
        "2\xa0days",
        "400 RWF",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["A", "B", "C"]),
        ("?order=largest", ["B", "C", "A"]),
        ("?reason=OVERPAID", ["C"]),
        ("?rail=bank-rw", ["B"]),
        ("?age=day", ["C"]),
        ("?age=week", ["A", "B"]),
        ("?rail=mtn-rw&reason=UNKNOWN_REFERENCE", ["A"]),
        ("?state=held", []),
        ("?after=nonsense", ["A", "B", "C"]),
        ("?after=99999999999999999999.1", ["A", "B", "C"]),
    ],
)
def test_filters_and_order(world, maker, query, found):
    stray(world, "x", 10, external_id="A", at=NOON - timedelta(days=3))
    stray(world, "x", 900, external_id="B", rail=world.bank, at=NOON - timedelta(days=2))
    post(telling(world.mtn, issue(500).reference, 600, external_id="C"))
    assert codes(shown(maker, QUEUE + query)) == found


def test_a_filter_that_does_not_exist_is_no_page(maker):
    shown(maker, f"{QUEUE}?reason=LOST", 404)


@pytest.mark.parametrize("order", ["oldest", "largest"])
def test_pages_follow_each_other_and_none_is_hidden_by_its_twin(world, maker, order, monkeypatch):
    monkeypatch.setattr(open_items, "PAGE_MAX", 3)
    post(*(telling(world.mtn, "x", 10, external_id=f"P{n}") for n in range(8)))
    seen, address = [], f"{QUEUE}?order={order}"
    while address:
        page = shown(maker, address)
        seen += codes(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = QUEUE + older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"P{n}" for n in range(8)]


def test_what_waits_is_marked_and_found(world, maker):
    asked, free = stray(world, "x", 10, external_id="A"), stray(world, "x", 10, external_id="B")
    matching.ask(
        movement_id=asked.pk,
        bill_id=issue(10).id,
        amount_minor=10,
        reason="hers",
        by_id=officer("match.ask"),
        at=NOON,
    )
    assert codes(shown(maker, f"{QUEUE}?state=asked")) == ["A"]
    assert codes(shown(maker, f"{QUEUE}?state=free")) == [free.external_id]
    assert "match asked for" in shown(maker)


def test_many_rows_take_as_many_queries_as_one(world, maker):
    stray(world, "x", 10, external_id="ONE")
    shown(maker)
    with CaptureQueriesContext(connection) as one:
        shown(maker)
    post(*(telling(world.mtn, "x", 10, external_id=f"Q{n}") for n in range(40)))
    with CaptureQueriesContext(connection) as many:
        shown(maker)
    assert len(many) == len(one)


def test_the_queue_as_a_file_obeys_no_formula(world, maker):
    stray(world, "=1+1", 10, external_id="A")
    stray(world, "x", 20, external_id="B")
    answer = maker.get(f"{QUEUE}export.csv?order=largest")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row[2] for row in rows] == ["code", "B", "A"]
    assert rows[2][3] == "'=1+1"
    assert rows[1][6:8] == ["20", "20"]
    assert maker.get(f"{QUEUE}export.xlsx").getvalue()[:2] == b"PK"
    assert officer_at(officer("case.decide")).get(f"{QUEUE}export.csv").status_code == 403


def test_others_see_nothing(world):
    movement = stray(world, "x", 10)
    stranger = officer_at(officer("match.ask"))
    for address in (QUEUE, of(movement), f"{QUEUE}exact/", f"{QUEUE}to-decide/"):
        assert stranger.get(address).status_code == 403
        assert Client().get(address).status_code == 302


# --- one payment ------------------------------------------------------------------------------


def typed(movement, bill, **other) -> dict[str, object]:
    return {
        "reference": bill.reference,
        "amount": "500",
        "reason": "MISTYPED",
        "note": "",
        "stands": 500,
        "due": 500,
        **other,
    }


def test_evidence_and_proposals_stand_side_by_side_with_their_why(world, maker):
    bill = issue(500)
    page = shown(maker, of(stray(world, swapped(bill.reference), 500)))
    for said in (
        "Birth certificate",
        "One slip away from what was typed",
        "It asks for exactly this amount",
        "Match to this bill",
        "Return to the payer",
        swapped(bill.reference),
        "Nobody has asked for anything yet.",
    ):
        assert said in page, said


def test_a_match_is_asked_for_seen_by_another_and_pays_the_bill(world, maker, checker):
    bill = issue(500)
    movement = stray(world, swapped(bill.reference), 500)
    answer = maker.post(of(movement, "match/"), typed(movement, bill, note="she rang"))
    assert answer.url == of(movement)
    assert "The reference was mistyped: she rang" in shown(maker, of(movement))

    page = shown(checker, f"{QUEUE}to-decide/")
    assert "The reference was mistyped: she rang" in page
    match = Match.objects.get()
    decided = checker.post(
        f"{QUEUE}to-decide/match/{match.pk}/", {"verdict": "approve"}, follow=True
    )
    assert "Decided." in text_of(decided)
    assert state_of(bill) == ("PAID", 500)
    assert "nothing stands here any more" in shown(maker, of(movement))
    # Pressed twice.
    again = checker.post(f"{QUEUE}to-decide/match/{match.pk}/", {"verdict": "approve"}, follow=True)
    assert "Somebody has decided about it already." in text_of(again)


def test_ones_own_asking_is_not_decided(world):
    both = officer_at(officer(*ASKS, *DECIDES[1:]))
    bill = issue(500)
    movement = stray(world, "x", 500)
    both.post(of(movement, "match/"), typed(movement, bill))
    assert "You asked for it: somebody else decides." in shown(both, f"{QUEUE}to-decide/")
    answer = both.post(
        f"{QUEUE}to-decide/match/{Match.objects.get().pk}/", {"verdict": "approve"}, follow=True
    )
    assert "You asked for it yourself" in text_of(answer)
    assert state_of(bill) == ("OPEN", 0)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"stands": 700}, "It has changed since you opened the page"),
        ({"due": 400}, "It has changed since you opened the page"),
        ({"amount": "501"}, "more than the bill asks"),
        ({"amount": "many"}, "Write an amount above zero"),
        ({"reference": "858961326965"}, "No bill has this reference."),
        ({"reason": "OTHER", "note": ""}, "Say which reason."),
        ({"reason": "BECAUSE"}, "BECAUSE"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(world, maker, other, said):
    bill = issue(500)
    movement = stray(world, "x", 500)
    given = {**typed(movement, bill), "note": "as she said on the phone", **other}
    answer = maker.post(of(movement, "match/"), given)
    assert answer.status_code == 422
    page = text_of(answer)
    assert said in page
    assert str(given["note"]) in page
    assert not Match.objects.exists()


def test_an_old_page_is_answered_with_what_is_now_and_then_goes_through(world, maker):
    bill = issue(500)
    movement = stray(world, "x", 500)
    page = text_of(maker.post(of(movement, "match/"), typed(movement, bill, stands=700)))
    assert 'name="stands" value="500"' in page
    assert maker.post(of(movement, "match/"), typed(movement, bill)).status_code == 302
    # Sent twice, it is asked for once.
    assert maker.post(of(movement, "match/"), typed(movement, bill)).status_code == 422
    assert Match.objects.count() == 1


def test_a_split_is_typed_line_by_line_and_decided_as_one(world, maker, checker):
    first, second = issue(300), issue(200)
    movement = stray(world, "for two", 500)
    given = {
        "parts": f"{first.reference[:4]} {first.reference[4:]} 300\n{second.reference}\t200\n",
        "reason": "SEVERAL_BILLS",
        "stands": 500,
        "key": str(uuid4()),
    }
    for _ in range(2):
        assert maker.post(of(movement, "split/"), given).status_code == 302
    assert "One payment was meant for several bills" in shown(checker, f"{QUEUE}to-decide/")
    set_id = Match.objects.values_list("set_id", flat=True).distinct().get()
    checker.post(f"{QUEUE}to-decide/split/{set_id}/", {"verdict": "approve"})
    assert (state_of(first)[0], state_of(second)[0]) == ("PAID", "PAID")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("", "required"),
        ("858961326965 300", "No bill has this reference."),
        ("nonsense", "No bill has this reference."),
        ("\n".join(["1 1"] * 21), "At most 20 lines."),
    ],
)
def test_a_split_that_cannot_be_read_is_said_so(world, maker, parts, said):
    movement = stray(world, "for two", 500)
    given = {"parts": parts, "reason": "OTHER", "note": "n", "stands": 500, "key": str(uuid4())}
    answer = maker.post(of(movement, "split/"), given)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_it_goes_back_is_written_off_or_handed_over(world, maker, checker):
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=50, legal_term_days=None)
    back, small = (stray(world, "x", 40, external_id=name) for name in ("R", "W"))
    long_ago = timezone.now() - timedelta(days=400)
    ledger.open_days(long_ago.date(), long_ago.date())
    nobodys = stray(world, "x", 40, external_id="U", at=long_ago)
    given = {"amount": "40", "stands": 40, "note": ""}
    assert maker.post(of(back, "return/"), {**given, "reason": "NO_BILL"}).status_code == 302
    assert Refund.objects.get().reason == "NO_BILL"
    assert maker.post(of(small, "write_off/"), {**given, "reason": "SMALL_CHANGE"}).url
    refused = maker.post(of(nobodys, "unclaimed/"), {**given, "reason": "NO_PAYER"})
    assert "name the law" in text_of(refused)
    assert maker.post(
        of(nobodys, "unclaimed/"),
        {**given, "reason": "NO_PAYER", "law": "Order 1", "term_days": "400"},
    ).url
    page = shown(checker, f"{QUEUE}to-decide/")
    assert "Small change that costs more to send back" in page
    assert "The payer cannot be found any more" in page
    assert "By law after 400 days: Order 1" in page
    for release in Release.objects.all():
        checker.post(f"{QUEUE}to-decide/release/{release.pk}/", {"verdict": "approve"})
    assert set(Release.objects.values_list("approved", flat=True)) == {True}
    assert list(OpenItem.objects.values_list("pk", flat=True)) == [back.pk]


def test_more_than_the_limit_is_said_with_the_limit(world, maker):
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=50, legal_term_days=None)
    movement = stray(world, "x", 60)
    answer = maker.post(
        of(movement, "write_off/"), {"amount": "60", "stands": 60, "reason": "SMALL_CHANGE"}
    )
    assert "At most 50" in text_of(answer)


def test_holding_and_letting_go(world, maker):
    movement = stray(world, "x", 60)
    assert maker.post(of(movement, "hold/"), {"days": "3", "hold_note": "rang her"}).url
    assert "You hold it" in shown(maker, of(movement))
    colleague = officer_at(officer(*ASKS))
    answer = colleague.post(
        of(movement, "match/"), typed(movement, issue(60), amount="60", stands=60, due=60)
    )
    assert "A colleague is looking into it." in text_of(answer)
    colleague.post(of(movement, "lift/"))
    assert "Let go" in shown(maker, of(movement))
    assert OpenItem.objects.get().held_by_id is None
    assert maker.post(of(movement, "hold/"), {"days": "99"}).status_code == 422


def test_made_up_addresses_are_no_pages(world, maker, checker):
    movement = stray(world, "x", 60)
    assert maker.get(f"{QUEUE}99999/").status_code == 404
    assert maker.post(of(movement, "burn/")).status_code == 404
    assert maker.post(f"{QUEUE}99999/match/").status_code == 404
    assert checker.post(f"{QUEUE}to-decide/match/99/", {"verdict": "approve"}).status_code == 404
    assert checker.post(f"{QUEUE}to-decide/match/1/", {"verdict": "maybe"}).status_code == 404
    assert maker.get(f"{QUEUE}exact/99/").status_code == 404


# --- many at once -----------------------------------------------------------------------------


def test_a_page_without_a_doubt_is_asked_for_and_decided_in_two_presses(world, maker, checker):
    bills = [issue(500) for _ in range(3)]
    for n, bill in enumerate(bills):
        stray(world, lost_first(bill.reference), 500, external_id=f"L{n}")
    stray(world, swapped(issue(500).reference), 500, external_id="DOUBT")
    page = shown(maker, f"{QUEUE}exact/")
    assert codes(page) == ["L0", "L1", "L2"]
    rows = re.findall(r'name="rows" value="(\d+)"', page)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    first = maker.post(f"{QUEUE}exact/", {"rows": rows, "key": key})
    assert maker.post(f"{QUEUE}exact/", {"rows": rows, "key": key}).url == first.url

    assert "3 matches" in shown(checker, f"{QUEUE}to-decide/")
    page = shown(checker, first.url)
    ticked = re.findall(r'name="rows" value="(\d+)"', page)[:2]
    answer = checker.post(first.url, {"rows": ticked, "verdict": "approve"}, follow=True)
    assert "2 are decided." in text_of(answer)
    assert [state_of(bill)[0] for bill in bills] == ["PAID", "PAID", "OPEN"]


def test_what_leaves_a_doubt_is_refused_and_the_list_shown_anew(world, maker):
    doubt = stray(world, swapped(issue(500).reference), 500)
    answer = maker.post(f"{QUEUE}exact/", {"rows": [doubt.pk]}, follow=True)
    assert "1 of them has changed since and leaves a doubt now." in text_of(answer)
    answer = maker.post(f"{QUEUE}exact/", {"rows": ["x", "-1"]}, follow=True)
    assert "Tick between one and a hundred." in text_of(answer)


def test_looking_through_a_long_queue_goes_on_where_it_ended(world, maker, monkeypatch):
    monkeypatch.setattr(open_items, "LOOK_MAX", 2)
    for n in range(3):
        stray(world, "x", 5, external_id=f"N{n}")
    stray(world, lost_first(issue(500).reference), 500, external_id="SURE")
    page = shown(maker, f"{QUEUE}exact/")
    assert codes(page) == []
    further = re.search(r'href="(\?after=[^"]+)"', page)[1]
    assert codes(shown(maker, f"{QUEUE}exact/{further}")) == ["SURE"]


def test_ones_own_set_is_only_looked_at(world, checker):
    both = officer(*ASKS, *DECIDES[1:])
    movement = stray(world, lost_first(issue(500).reference), 500)
    set_id = exact_matching.ask(key=uuid4(), movement_ids=[movement.pk], by_id=both, at=NOON)
    browser = officer_at(both)
    page = shown(browser, f"{QUEUE}exact/{set_id}/")
    assert "Approve the ticked" not in page
    pressed = {"rows": [Match.objects.get().pk], "verdict": "approve"}
    answer = browser.post(f"{QUEUE}exact/{set_id}/", pressed, follow=True)
    assert "You asked for it yourself" in text_of(answer)
    answer = checker.post(f"{QUEUE}exact/{set_id}/", {"verdict": "approve"}, follow=True)
    assert "Tick at least one." in text_of(answer)
