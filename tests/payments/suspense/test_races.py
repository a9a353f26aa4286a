"""Two people at the same moment: one of them decides, and no money moves twice."""

from datetime import timedelta
from uuid import uuid4

import pytest

from payments.models import Allocation, Match, MatchSet, OpenItem, Release, SuspenseRule
from payments.operations import exact_matching, matching, releasing, splitting
from tests.accounts.people import officer
from tests.payments.books import broken
from tests.payments.suspense.stray import lost_first, stray
from tests.payments.test_races import race
from tests.payments.world import issue, state_of
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12
SOON = NOON + timedelta(minutes=1)


def kinds(raised) -> set[type]:
    return {type(error) for error in raised}


def test_two_checkers_approve_the_same_match_and_one_of_them_does(world):
    maker, *checkers = officer("match.ask"), officer("match.decide"), officer("match.decide")
    bills = [issue(500) for _ in range(ROUNDS)]
    asked = [
        matching.ask(
            movement_id=stray(world, "x", 500, external_id=f"M{n}").pk,
            bill_id=bill.id,
            amount_minor=500,
            reason="hers",
            by_id=maker,
            at=NOON,
        )
        for n, bill in enumerate(bills)
    ]

    def approves(by_id):
        return lambda n: matching.approve(match_id=asked[n], by_id=by_id, at=SOON)

    raised = race(*(approves(by_id) for by_id in checkers), rounds=ROUNDS)

    assert kinds(raised) == {matching.MatchDecided}
    assert len(raised) == ROUNDS
    assert [state_of(bill)[0] for bill in bills] == ["PAID"] * ROUNDS
    assert Allocation.objects.count() == ROUNDS
    assert broken() == {}


def test_a_split_a_match_and_a_write_off_of_the_same_money_never_spend_it_twice(world):
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=1000, legal_term_days=None)
    acts = ("match.ask", "release.ask", "match.decide", "release.decide")
    maker, *checkers = (officer(*acts) for _ in range(4))
    wanted = []
    for n in range(ROUNDS):
        movement = stray(world, "x", 500, external_id=f"S{n}")
        reasoned = {"movement_id": movement.pk, "reason": "why", "by_id": maker, "at": NOON}
        parts = [(issue(300).id, 300), (issue(200).id, 200)]
        wanted.append(
            (
                splitting.ask_split(key=uuid4(), parts=parts, **reasoned),
                matching.ask(bill_id=issue(500).id, amount_minor=500, **reasoned),
                releasing.ask_write_off(amount_minor=500, **reasoned),
            )
        )

    def by(act, place, name, checker):
        return lambda n: act(**{name: wanted[n][place], "by_id": checker, "at": SOON})

    raised = race(
        by(splitting.approve, 0, "set_id", checkers[0]),
        by(matching.approve, 1, "match_id", checkers[1]),
        by(releasing.approve, 2, "release_id", checkers[2]),
        rounds=ROUNDS,
    )

    assert kinds(raised) <= {matching.NothingToMatch, releasing.NothingToRelease}
    assert len(raised) == 2 * ROUNDS
    assert not OpenItem.objects.exists()
    done = Match.objects.filter(approved=True).values("movement").distinct().count()
    assert done + Release.objects.filter(approved=True).count() == ROUNDS
    assert broken() == {}


def test_one_page_sent_by_two_tabs_asks_once(world):
    maker = officer("match.ask")
    rounds = [
        [
            stray(world, lost_first(issue(500).reference), 500, external_id=f"T{n}{m}").pk
            for m in range(3)
        ]
        for n in range(ROUNDS)
    ]
    keys = [uuid4() for _ in rounds]

    def asks(n):
        exact_matching.ask(key=keys[n], movement_ids=rounds[n], by_id=maker, at=NOON)

    assert race(asks, asks, rounds=ROUNDS) == []
    assert MatchSet.objects.count() == ROUNDS
    assert Match.objects.count() == 3 * ROUNDS
