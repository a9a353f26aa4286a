"""A hundred at a time, where the reference that was typed leaves no doubt; nothing by a guess."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from accounts.policies import NotGranted
from kernel import references
from payments import likeness
from payments.likeness import Reason
from payments.models import Bill, Match, MatchSet, OpenItem
from payments.operations import exact_matching, matching, refunding
from payments.queries import proposals
from payments.queries.exactness import exact
from payments.states import Leg
from tests.accounts.people import citizen, officer
from tests.payments.books import check_all
from tests.payments.suspense.stray import badly_rf, lost_first, stray, swapped
from tests.payments.test_reversals import news
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)
MEANT = "858961326965"


@pytest.fixture
def maker() -> int:
    return officer("match.ask")


@pytest.fixture
def checker() -> int:
    return officer("match.decide")


@pytest.mark.parametrize(
    ("typed", "whole", "first"),
    [
        (MEANT, {MEANT}, set()),
        ("RF00 8589 6132 6965", {MEANT}, set()),
        ("0000858961326965", {MEANT}, set()),
        ("fees 858961326965 july", {MEANT}, set()),
        ("８５８９６１３２６９６５", {MEANT}, set()),  # noqa: RUF001 - as some keyboards type it
        ("58961326965", set(), {MEANT}),
        ("S8961326965", set(), {MEANT}),
        ("85896132696", set(), set()),  # The last one is lost: a rival, and no more.
        ("858961326956", set(), set()),
        ("", set(), set()),
    ],
)
def test_what_is_read_by_rule(typed, whole, first):
    read = likeness.readings(typed)
    assert MEANT not in whole or MEANT in read.whole
    assert (read.whole & {MEANT}, read.first_lost & {MEANT}) == (whole, first)


def test_a_lost_first_digit_is_told_by_the_check_digits():
    for _ in range(200):
        reference = references.new_reference()
        assert likeness.readings(reference[1:]).first_lost <= {reference}
        if not likeness.readings(reference[1:]).whole:
            assert likeness.readings(reference[1:]).first_lost == {reference}


def typed_by_rule(world):
    """Three payments whose payers meant one bill each, and three that leave a doubt."""
    bills = {name: issue(500) for name in ("lost", "rf", "part", "swapped")}
    sure = [
        stray(world, lost_first(bills["lost"].reference), 500, external_id="LOST"),
        stray(world, badly_rf(bills["rf"].reference), 500, external_id="RF"),
    ]
    doubtful = [
        stray(world, badly_rf(bills["part"].reference), 499, external_id="PART"),
        stray(world, swapped(bills["swapped"].reference), 500, external_id="SWAPPED"),
        stray(world, "nobody's", 500, external_id="NOBODY"),
    ]
    return bills, sure, doubtful


def items(*movements):
    rows = OpenItem.objects.select_related("movement", "rail").order_by("pk")
    return list(rows.filter(pk__in=[m.pk for m in movements]) if movements else rows)


def test_only_what_leaves_no_doubt_is_exact(world):
    bills, _, _ = typed_by_rule(world)
    found = [(one.item.movement.external_id, one.bill.pk, one.reason) for one in exact(items())]
    assert found == [
        ("LOST", bills["lost"].id, Reason.FIRST_LOST),
        ("RF", bills["rf"].id, Reason.IN_THE_TEXT),
    ]


def test_two_bills_that_may_have_been_meant_are_a_doubt(world):
    one, other = issue(500), issue(500)
    movement = stray(world, f"{one.reference} {other.reference}", 500)
    assert exact(items(movement)) == []
    assert {each.bill_id for each in proposals(movement.pk)} == {one.id, other.id}


def test_a_bill_that_opens_again_takes_what_came_for_it(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="FIRST"))
    second = stray(world, bill.reference, 500, external_id="SECOND", rail=world.bank)
    assert exact(items(second)) == []
    post(debit(world.mtn, Leg.REVERSAL, 500, original="FIRST"))
    assert [one.bill.pk for one in exact(items(second))] == [bill.id]


def test_a_page_of_lost_digits_is_asked_for_and_decided_and_the_bills_are_paid(
    world, maker, checker
):
    bills = [issue(500) for _ in range(5)]
    movements = [
        stray(world, lost_first(bill.reference), 500, external_id=f"L{n}")
        for n, bill in enumerate(bills)
    ]
    set_id = exact_matching.ask(
        key=uuid4(), movement_ids=[m.pk for m in movements], by_id=maker, at=NOON
    )
    asked = list(Match.objects.filter(set=set_id).order_by("pk"))
    assert [match.amount_minor for match in asked] == [500] * 5

    # She leaves the last one out: it goes on waiting.
    ticked = [match.pk for match in asked[:-1]]
    decided = exact_matching.approve(set_id=set_id, match_ids=ticked, by_id=checker, at=SOON)

    assert decided == exact_matching.Decided(4, ())
    assert [state_of(bill)[0] for bill in bills] == ["PAID"] * 4 + ["OPEN"]
    assert sorted(news("bill.paid")) == [bill.id for bill in bills[:-1]]
    assert Match.objects.get(decided_at=None).pk == asked[-1].pk
    check_all()

    # Pressed twice, it is one; what is left may be declined.
    again = exact_matching.approve(set_id=set_id, match_ids=ticked, by_id=checker, at=SOON)
    assert again == exact_matching.Decided(0, tuple(ticked))
    exact_matching.decline(set_id=set_id, match_ids=[asked[-1].pk], by_id=checker, at=SOON)
    assert OpenItem.objects.count() == 1


def test_what_leaves_a_doubt_is_refused_whatever_the_page_sends(world, maker):
    _, sure, doubtful = typed_by_rule(world)
    for one in doubtful:
        with pytest.raises(exact_matching.NotExact) as refused:
            exact_matching.ask(key=uuid4(), movement_ids=[sure[0].pk, one.pk], by_id=maker, at=NOON)
        assert refused.value.movement_ids == {one.pk}
    assert not Match.objects.exists()


def test_what_is_held_asked_for_or_promised_is_no_longer_exact(world, maker):
    _, (lost, rf), _ = typed_by_rule(world)
    refunding.ask(
        movement_id=lost.pk,
        amount_minor=500,
        reason="she wants it back",
        by_id=officer("refund.ask"),
        at=NOON,
    )
    exact_matching.ask(key=uuid4(), movement_ids=[rf.pk], by_id=maker, at=NOON)
    with pytest.raises(exact_matching.NotExact) as refused:
        exact_matching.ask(key=uuid4(), movement_ids=[lost.pk, rf.pk], by_id=maker, at=NOON)
    assert refused.value.movement_ids == {lost.pk, rf.pk}


def test_a_form_sent_twice_asks_once(world, maker):
    _, sure, _ = typed_by_rule(world)
    key, ids = uuid4(), [one.pk for one in sure]
    first = exact_matching.ask(key=key, movement_ids=ids, by_id=maker, at=NOON)
    assert exact_matching.ask(key=key, movement_ids=ids, by_id=maker, at=NOON) == first
    assert (MatchSet.objects.count(), Match.objects.count()) == (1, 2)


@pytest.mark.parametrize("count", [0, 101])
def test_a_hundred_at_a_time(count, maker):
    with pytest.raises(exact_matching.TooMany):
        exact_matching.ask(key=uuid4(), movement_ids=range(1, count + 1), by_id=maker, at=NOON)


def test_what_was_paid_meanwhile_is_left_and_the_others_go_on(world, maker, checker):
    bills, sure, _ = typed_by_rule(world)
    set_id = exact_matching.ask(
        key=uuid4(), movement_ids=[one.pk for one in sure], by_id=maker, at=NOON
    )
    asked = dict(Match.objects.values_list("bill_id", "pk"))
    post(telling(world.bank, bills["lost"].reference, 500))

    decided = exact_matching.approve(
        set_id=set_id, match_ids=asked.values(), by_id=checker, at=SOON
    )

    assert decided == exact_matching.Decided(1, (asked[bills["lost"].id],))
    assert state_of(bills["rf"])[0] == "PAID"
    check_all()


def test_one_person_and_another_rails_grant_decide_nothing(world, maker):
    _, sure, _ = typed_by_rule(world)
    ids = [one.pk for one in sure]
    both = officer("match.ask", "match.decide")
    for stranger in (officer("match.ask", rail_code="bank-rw"), officer("match.decide")):
        with pytest.raises(NotGranted):
            exact_matching.ask(key=uuid4(), movement_ids=ids, by_id=stranger, at=NOON)
    set_id = exact_matching.ask(key=uuid4(), movement_ids=ids, by_id=both, at=NOON)
    asked = list(Match.objects.values_list("pk", flat=True))
    with pytest.raises(matching.SamePerson):
        exact_matching.approve(set_id=set_id, match_ids=asked, by_id=both, at=SOON)
    with pytest.raises(NotGranted):
        exact_matching.approve(
            set_id=set_id,
            match_ids=asked,
            by_id=officer("match.decide", rail_code="bank-rw"),
            at=SOON,
        )


@pytest.mark.django_db(transaction=True)
def test_postgresql_takes_for_exact_only_what_agrees_to_the_last_unit(world, as_application, maker):
    _, (lost, rf), _ = typed_by_rule(world)
    set_id = exact_matching.ask(key=uuid4(), movement_ids=[lost.pk], by_id=maker, at=NOON)
    dearer = issue(900)
    for amount, bill in ((499, dearer), (500, dearer)):
        with pytest.raises(psycopg.DatabaseError, match="not exact"):
            as_application.execute(
                "INSERT INTO payments_match"
                " (movement_id, bill_id, amount_minor, reason, maker_id, asked_at, set_id)"
                f" VALUES ({rf.pk}, {bill.id}, {amount}, 'why', {maker}, now(), {set_id})"
            )
        as_application.rollback()


@pytest.mark.django_db(transaction=True)
def test_nobody_matches_to_a_bill_of_her_own(world, as_application):
    her = citizen()
    bill = issue(500)
    Bill.objects.filter(pk=bill.id).update(payer_contact_id=her.contact_id)
    clerk = officer("match.ask", person_id=her.person_id)
    movement = stray(world, lost_first(bill.reference), 500)
    with pytest.raises(refunding.OwnMoney):
        exact_matching.ask(key=uuid4(), movement_ids=[movement.pk], by_id=clerk, at=NOON)
    with pytest.raises(refunding.OwnMoney):
        matching.ask(
            movement_id=movement.pk,
            bill_id=bill.id,
            amount_minor=500,
            reason="mine",
            by_id=clerk,
            at=NOON,
        )
    with pytest.raises(psycopg.DatabaseError, match="to a bill of its maker or checker"):
        as_application.execute(
            "INSERT INTO payments_match"
            " (movement_id, bill_id, amount_minor, reason, maker_id, asked_at)"
            f" VALUES ({movement.pk}, {bill.id}, 500, 'why', {clerk}, '{SOON.isoformat()}')"
        )
