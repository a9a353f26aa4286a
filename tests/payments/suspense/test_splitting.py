"""One collection for several bills: one asks, another decides, all parts or none."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from accounts.policies import NotGranted
from payments.models import Match, MatchSet, OpenItem
from payments.operations import billing, matching, splitting
from payments.operations.holding_items import Changed
from payments.operations.matching import Shown
from tests.accounts.people import officer
from tests.payments.books import balance, check_all
from tests.payments.suspense.stray import stray
from tests.payments.world import issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def maker() -> int:
    return officer("match.ask")


@pytest.fixture
def checker() -> int:
    return officer("match.decide")


def split(movement, parts, maker, **other) -> int:
    return splitting.ask_split(
        **{
            "key": uuid4(),
            "movement_id": movement.pk,
            "parts": parts,
            "reason": "a mother paid for three children at once",
            "by_id": maker,
            "at": NOON,
            **other,
        }
    )


def test_what_a_family_paid_at_once_pays_each_of_its_bills(world, maker, checker):
    first, second, third = issue(500), issue(300), issue(200)
    movement = stray(world, "for the children", 1000)

    set_id = split(movement, [(first.id, 500), (second.id, 300), (third.id, 200)], maker)
    assert [state_of(bill)[0] for bill in (first, second, third)] == ["OPEN"] * 3
    splitting.approve(set_id=set_id, by_id=checker, at=SOON)

    assert [state_of(bill)[0] for bill in (first, second, third)] == ["PAID"] * 3
    assert not OpenItem.objects.exists()
    assert balance("suspense", "mtn-rw") == 0
    with pytest.raises(matching.MatchDecided):
        splitting.approve(set_id=set_id, by_id=checker, at=SOON)
    check_all()


def test_one_part_that_no_longer_fits_holds_all_of_them(world, maker, checker):
    first, second = issue(500), issue(300)
    movement = stray(world, "for both", 800)
    set_id = split(movement, [(first.id, 500), (second.id, 300)], maker)
    billing.cancel_bill(bill_id=second.id, at=NOON)

    with pytest.raises(matching.BillTakesNoMoney):
        splitting.approve(set_id=set_id, by_id=checker, at=SOON)

    assert state_of(first) == ("OPEN", 0)
    assert OpenItem.objects.get().amount_minor == 800
    splitting.decline(set_id=set_id, by_id=checker, at=SOON)
    assert set(Match.objects.values_list("approved", flat=True)) == {False}
    check_all()


def test_one_part_is_not_decided_without_the_others(world, maker, checker):
    first, second = issue(500), issue(300)
    split(stray(world, "for both", 800), [(first.id, 500), (second.id, 300)], maker)
    part = Match.objects.order_by("pk").first()
    for act in (matching.approve, matching.decline):
        with pytest.raises(matching.PartOfSplit):
            act(match_id=part.pk, by_id=checker, at=SOON)


def test_one_person_splits_nothing(world, checker):
    both = officer("match.ask", "match.decide")
    first, second = issue(500), issue(300)
    movement = stray(world, "for both", 800)
    parts = [(first.id, 500), (second.id, 300)]
    set_id = split(movement, parts, both)
    with pytest.raises(matching.SamePerson):
        splitting.approve(set_id=set_id, by_id=both, at=SOON)
    with pytest.raises(NotGranted):
        split(movement, parts, checker)
    with pytest.raises(NotGranted):
        splitting.decline(set_id=set_id, by_id=officer("match.ask"), at=SOON)


@pytest.mark.parametrize(
    ("shares", "refusal"),
    [
        ([800], splitting.NotASplit),
        ([500, 301], matching.NothingToMatch),  # More than the second bill asks.
        ([501, 300], matching.NothingToMatch),
        ([500, 0], matching.NothingToMatch),
        ([], splitting.NotASplit),
    ],
)
def test_parts_that_make_no_split_are_refused(world, maker, shares, refusal):
    bills = [issue(500), issue(300)]
    movement = stray(world, "for both", 900)
    with pytest.raises(refusal):
        split(movement, [(b.id, s) for b, s in zip(bills, shares, strict=False)], maker)


def test_more_than_stands_there_is_refused_and_a_bill_stands_once(world, maker):
    first, second = issue(500), issue(300)
    movement = stray(world, "for both", 700)
    with pytest.raises(matching.NothingToMatch):
        split(movement, [(first.id, 500), (second.id, 300)], maker)
    with pytest.raises(splitting.NotASplit):
        split(movement, [(first.id, 200), (first.id, 300)], maker)
    with pytest.raises(matching.NothingToMatch):
        split(movement, [(first.id, 200), (second.id, 300)], maker, reason=" ")


def test_an_old_page_is_refused_and_a_form_sent_twice_asks_once(world, maker):
    first, second = issue(500), issue(300)
    movement = stray(world, "for both", 800)
    parts = [(first.id, 500), (second.id, 300)]
    with pytest.raises(Changed):
        split(movement, parts, maker, shown=Shown(stands_minor=900))
    key = uuid4()
    shown = Shown(stands_minor=800)
    assert split(movement, parts, maker, key=key, shown=shown) == split(
        movement, parts, maker, key=key, shown=shown
    )
    assert MatchSet.objects.count() == 1
    with pytest.raises(matching.AlreadyAsked):
        split(movement, parts, maker)


def commit(session, *statements):
    try:
        for statement in statements:
            session.execute(statement)
        session.commit()
    finally:
        session.rollback()


@pytest.mark.django_db(transaction=True)
def test_postgresql_holds_parts_to_what_stands_and_to_one_decision(
    world, as_application, maker, checker
):
    first, second = issue(500), issue(300)
    movement = stray(world, "for both", 800)
    set_id = split(movement, [(first.id, 500), (second.id, 300)], maker)
    third = issue(100)

    def part(amount, *, of=movement.pk, by=maker, bill=third.id, set_id=set_id):
        return (
            "INSERT INTO payments_match"
            " (movement_id, bill_id, amount_minor, reason, maker_id, asked_at, set_id)"
            f" VALUES ({of}, {bill}, {amount}, 'why', {by}, now(), {set_id})"
        )

    other = stray(world, "nobody's", 100, external_id="S2")
    for statement, rule in (
        (part(1), "more than stands in suspense"),
        (part(1, of=other.pk), "its set is of somebody or something else"),
        (part(1, by=checker), "its set is of somebody or something else"),
        (
            (
                f"UPDATE payments_match SET approved = false, checker_id = {checker},"
                f" decided_at = now() WHERE bill_id = {first.id}"
            ),
            "its parts are decided together",
        ),
        (
            (
                f"UPDATE payments_match SET approved = false, checker_id = {maker},"
                " decided_at = now()"
            ),
            "one person",
        ),
        ("UPDATE payments_match SET set_id = NULL", "is frozen"),
    ):
        with pytest.raises(psycopg.DatabaseError, match=rule):
            commit(as_application, statement)
    for statement in (
        "UPDATE payments_match_set SET kind = 'exact'",
        "DELETE FROM payments_match_set",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            commit(as_application, statement)


def test_a_bill_paid_meanwhile_is_told_as_a_change(world, maker):
    bill, other = issue(500), issue(300)
    movement = stray(world, "x", 800)
    post(telling(world.bank, bill.reference, 500))
    with pytest.raises(matching.BillTakesNoMoney):
        split(movement, [(bill.id, 500), (other.id, 300)], maker)
