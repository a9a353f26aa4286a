"""What a colleague looks into, nobody else asks for or approves; what is gone, nobody does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import operations as accounts
from payments.models import Match, Movement, Rail, Refund, Release, SuspenseRule
from payments.operations import arrivals, holding_items, matching, own_money, releasing, splitting
from payments.states import Leg
from tests.accounts import people
from tests.payments import deciding
from tests.payments.suspense.stray import stray
from tests.payments.world import debit, issue, make_world, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)
LATER = NOON + timedelta(days=400)


@pytest.fixture
def world():
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=500, legal_term_days=365)
    return make_world()


@pytest.fixture
def found(world) -> Movement:
    """A credit that may be anything: a payment of two bills, small change, or a sweep."""
    return stray(world, "nobody's", 200, rail=world.bank)


@pytest.fixture
def asks() -> int:
    return people.officer("match.ask", "refund.ask", "release.ask")


@pytest.fixture
def decides() -> int:
    return people.officer("match.decide", "refund.decide", "release.decide")


def hold(movement: Movement) -> None:
    """Somebody else looks into it."""
    holding_items.hold(
        movement_id=movement.pk,
        until=LATER + timedelta(days=2),
        note="asking the bank",
        by_id=people.officer("match.ask"),
        at=LATER,
    )


def sweep(rail: Rail) -> int:
    told = debit(rail, Leg.SWEEP, 200, external_id="SW-1", occurred_at=NOON)
    post(told, at=SOON)
    return Movement.objects.get(external_id="SW-1").pk


def ask_match(world, found: Movement, said: dict) -> int:
    return matching.ask(
        movement_id=found.pk, bill_id=issue(200, at=LATER).id, amount_minor=200, **said
    )


def ask_split(world, found: Movement, said: dict) -> int:
    parts = [(issue(100, at=LATER).id, 100), (issue(100, at=LATER).id, 100)]
    return splitting.ask_split(key=uuid4(), movement_id=found.pk, parts=parts, **said)


def ask_return(world, found: Movement, said: dict) -> int:
    return releasing.ask_refund(movement_id=found.pk, amount_minor=200, **said)


def ask_write_off(world, found: Movement, said: dict) -> int:
    return releasing.ask_write_off(movement_id=found.pk, amount_minor=200, **said)


def ask_unclaimed(world, found: Movement, said: dict) -> int:
    return releasing.ask_unclaimed(movement_id=found.pk, amount_minor=200, **said)


def ask_arrival(world, found: Movement, said: dict) -> int:
    return arrivals.ask(movement_id=found.pk, sweep_id=sweep(world.mtn), **said)


def approve_arrival(*, release_id: int, by_id: int, at) -> None:
    step = accounts.step_up(
        account_id=by_id,
        password=people.PASSWORD,
        purpose=arrivals.PURPOSE,
        session_key="s",
        at=at,
    )
    arrivals.decide(release_id=release_id, approved=True, by_id=by_id, step_up_id=step.pk, at=at)


ASKED = [ask_match, ask_split, ask_return, ask_write_off, ask_unclaimed, ask_arrival]
APPROVED = [
    (ask_match, matching.approve, "match_id"),
    (ask_split, splitting.approve, "set_id"),
    (ask_return, deciding.approve, "refund_id"),
    (ask_write_off, releasing.approve, "release_id"),
    (ask_unclaimed, releasing.approve, "release_id"),
    (ask_arrival, approve_arrival, "release_id"),
]


@pytest.mark.parametrize("ask", ASKED)
def test_nobody_asks_for_what_a_colleague_looks_into(world, found, asks, ask):
    hold(found)

    with pytest.raises(holding_items.HeldByAnother):
        ask(world, found, {"reason": "her slip", "by_id": asks, "at": LATER})

    for rows in (Match, Release, Refund):
        assert not rows.objects.exists()


@pytest.mark.parametrize(("ask", "approve", "name"), APPROVED)
def test_nobody_approves_what_a_colleague_looks_into(
    world, found, asks, decides, ask, approve, name
):
    asked_id = ask(world, found, {"reason": "her slip", "by_id": asks, "at": LATER})
    hold(found)

    with pytest.raises(holding_items.HeldByAnother):
        approve(**{name: asked_id}, by_id=decides, at=LATER)

    for rows in (Match, Release):
        assert not rows.objects.filter(approved=True).exists()
    assert not Refund.objects.exclude(state="REQUESTED").exists()


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (ask_match, matching.NothingToMatch),
        (ask_split, holding_items.NotOpen),
        (ask_return, holding_items.NotOpen),
        (ask_write_off, holding_items.NotOpen),
        (ask_unclaimed, holding_items.NotOpen),
        (ask_arrival, own_money.CannotBe),
    ],
)
def test_nobody_asks_for_what_has_left_suspense(world, found, asks, decides, ask, refusal):
    said = {"reason": "small change", "by_id": asks, "at": LATER}
    releasing.approve(release_id=ask_write_off(world, found, said), by_id=decides, at=LATER)

    with pytest.raises(refusal):
        ask(world, found, said)
