"""Two approvals meet over one collection, one withdrawal, one batch: one goes through."""

import psycopg
import pytest
from django.db import DatabaseError

from payments import posting
from payments.models import Explanation, Movement, Release
from payments.states import Leg
from tests.payments.books import broken
from tests.payments.settling import asked, explain, release, wanted, withdrawal
from tests.payments.test_races import race
from tests.payments.world import debit, post, telling

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 15
# Who comes second finds less, or is the victim of a deadlock and begins again.
LATE = (posting.NothingLeft,)


def collections(world):
    post(*(telling(world.mtn, "nobody's", 500, external_id=f"C{i}") for i in range(ROUNDS)))
    return list(Movement.objects.order_by("pk"))


def test_a_release_meets_an_explained_reversal(world):
    came = collections(world)
    gone = [withdrawal(world.mtn, 300, external_id=f"W{i}") for i in range(ROUNDS)]
    asks = [asked(gone[i], "reversal", original=came[i]) for i in range(ROUNDS)]
    wants = [wanted(one, "write_off", 300) for one in came]

    raised = race(lambda i: explain(asks[i]), lambda i: release(wants[i]), rounds=ROUNDS)

    assert {type(one) for one in raised} <= set(LATE)
    assert len(raised) == ROUNDS
    done = Explanation.objects.filter(approved=True).count()
    assert done + Release.objects.filter(approved=True).count() == ROUNDS
    assert broken() == {}


def test_a_release_meets_the_providers_own_reversal(world):
    came = collections(world)
    wants = [wanted(one, "unclaimed", 300) for one in came]

    raised = race(
        lambda i: post(debit(world.mtn, Leg.REVERSAL, 300, original=came[i].external_id)),
        lambda i: release(wants[i]),
        rounds=ROUNDS,
    )

    assert {type(one) for one in raised} <= set(LATE)
    reversed_ = Movement.objects.filter(leg=Leg.REVERSAL).count()
    assert reversed_ + Release.objects.filter(approved=True).count() == ROUNDS
    assert Movement.objects.filter(leg=Leg.WITHDRAWAL).count() == ROUNDS - reversed_
    assert broken() == {}


def test_two_checkers_of_one_explanation_post_it_once(world):
    collections(world)
    asks = [asked(withdrawal(world.mtn, 30, external_id=f"W{i}"), "loss") for i in range(ROUNDS)]

    raised = race(lambda i: explain(asks[i]), lambda i: explain(asks[i]), rounds=ROUNDS)

    # The second finds it decided: frozen.
    assert all(isinstance(one, DatabaseError | psycopg.Error) for one in raised)
    assert len(raised) == ROUNDS
    assert broken() == {}
