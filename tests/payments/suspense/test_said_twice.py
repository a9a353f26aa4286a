"""PostgreSQL says of holds and splits what the operations say, to the application's own login."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from payments.models import (
    Hold,
    Match,
    MatchSet,
    Movement,
    OpenItem,
    Refund,
    Release,
    SuspenseRule,
)
from payments.operations import holding_items, refunding
from payments.operations.holding_items import HOLD_MAX
from payments.operations.splitting import PARTS_MAX
from tests.accounts.people import officer
from tests.payments.refusing import refused
from tests.payments.suspense.stray import stray
from tests.payments.world import issue, make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def found() -> Movement:
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=500)
    return stray(make_world(), "nobody's", 1000)


@pytest.fixture
def maker() -> int:
    return officer("match.ask")


@pytest.fixture
def checker() -> int:
    return officer("match.decide")


def held(movement: Movement, by_id: int) -> None:
    holding_items.hold(
        movement_id=movement.pk, until=NOON + HOUR, note="asking the bank", by_id=by_id, at=NOON
    )


def match(movement: Movement, maker_id: int, **more) -> Match:
    said = {"amount_minor": 100, "reason": "hers", "maker_id": maker_id, "asked_at": NOON, **more}
    return Match.objects.create(movement=movement, bill_id=issue(100).id, **said)


def release(movement: Movement, maker_id: int) -> Release:
    return Release.objects.create(
        movement=movement,
        kind="write_off",
        currency="RWF",
        amount_minor=100,
        reason="small change",
        maker_id=maker_id,
        asked_at=NOON,
    )


def split(movement: Movement, maker_id: int, parts: int) -> MatchSet:
    whole = MatchSet.objects.create(
        key=uuid4(), kind="split", movement=movement, maker_id=maker_id, asked_at=NOON
    )
    for _ in range(parts):
        match(movement, maker_id, set=whole, amount_minor=10)
    return whole


def test_nobody_holds_an_item_for_longer_than_may_be(found, maker):
    said = {"movement": found, "by_id": maker, "note": "asking", "at": NOON}
    with refused("hold_ends_within_thirty_days"):
        Hold.objects.create(until_at=NOON + HOLD_MAX + MOMENT, **said)
    Hold.objects.create(until_at=NOON + HOLD_MAX, **said)
    assert OpenItem.objects.get().held_until == NOON + HOLD_MAX


@pytest.mark.parametrize("ask", [match, release])
def test_nobody_asks_for_what_another_holds(found, maker, ask):
    held(found, officer("match.ask"))
    with refused("held_by_nobody_else"):
        ask(found, maker)


@pytest.mark.parametrize("ask", [match, release])
def test_nobody_approves_what_another_holds_and_who_declines_may(found, maker, checker, ask):
    asked = ask(found, maker)
    held(found, maker)
    with refused("held_by_nobody_else"):
        asked.decide(approved=True, by_id=checker, at=NOON)
    with refused("approved and posted are one"):  # Her time is over: it is the next rule's turn.
        asked.decide(approved=True, by_id=checker, at=NOON + HOUR)
    asked.refresh_from_db()
    asked.decide(approved=False, by_id=checker, at=NOON)


def test_nobody_approves_a_refund_of_what_another_holds(found, checker):
    maker = officer("match.ask", "refund.ask")
    refund_id = refunding.ask(
        movement_id=found.pk, amount_minor=100, reason="by_mistake", by_id=maker, at=NOON
    )
    held(found, maker)
    for state in ("APPROVED", "AWAITING_FUNDS"):
        with refused("held_by_nobody_else"):
            Refund.objects.filter(pk=refund_id).update(
                state=state, checker_id=checker, decided_at=NOON
            )


def test_a_split_has_no_more_than_its_parts(found, maker):
    with refused("split_has_its_parts"):
        split(found, maker, PARTS_MAX + 1)


def test_a_bill_stands_once_in_a_split_and_no_part_comes_later(found, maker):
    with transaction.atomic():
        whole = split(found, maker, PARTS_MAX)
    with refused("split_has_its_parts"):
        match(found, maker, set=whole, amount_minor=10)
