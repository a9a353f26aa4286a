"""
Forged, stale, replayed and altered callbacks: none is accepted, and none posts anything.

The suite sends 2,000 through the site; `FORGED_CALLBACKS=100000` sends that many (`make forge`), in
shares: each is a transaction of its own, as in one alone what the house counts of refusals is
written over and over and never cleared away, and each is made while its timestamps are fresh.
"""

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from payments import callbacks, posting
from payments.gateways.base import Heard
from payments.models import InboundMessage, Movement, PaymentAttempt
from tests.payments.world import issue, make_world, state_of
from tests.security import forging
from tests.security.forging import CONTRACTS, Said

COUNT = int(os.environ.get("FORGED_CALLBACKS", "2000"))
SHARE = 2_000
# Where `make forge` adds up what each share was answered.
TALLY = os.environ.get("FORGED_TALLY", "")
FEE = 500
pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": CONTRACTS}
    make_world()
    return issue(FEE)


def say(client, said: Said) -> int:
    answer = client.post(
        said.path, said.body, content_type="application/json", headers=said.headers
    )
    return answer.status_code


def post_all() -> None:
    while posting.post_inbox(now=timezone.now() + timedelta(seconds=1)):
        pass


def now() -> int:
    return int(timezone.now().timestamp())


SIGNED = ("bank-rw", "kcb-ke", "jenga-ke")


@pytest.mark.parametrize("rail", sorted(forging.FORGERIES))
def test_what_the_forgers_start_from_is_accepted(bill, client, rail):
    assert say(client, forging.genuine(rail, bill.reference, 1, now=now())) in {200, 202}
    # Where the provider signs its news they are evidence; where not, a question at most.
    if rail in SIGNED:
        assert InboundMessage.objects.get().auth == "valid"
    else:
        assert not InboundMessage.objects.filter(auth="valid").exists()


@pytest.mark.parametrize("first", range(0, COUNT, SHARE))
def test_no_forged_callback_is_accepted(bill, client, first):
    told: Counter[str] = Counter()
    accepted = []
    count = min(SHARE, COUNT - first)
    made_up = forging.forged(count, bill.reference, now=now(), seed=20261122 + first, first=first)
    for rail, how, said, made in made_up:
        assert made != said
        status = say(client, made)
        told[f"{rail} {how} {status}"] += 1
        if status not in {400, 401, 404}:
            accepted.append((rail, how, status, made))
    if TALLY:
        Path(TALLY, f"{first}.json").write_text(json.dumps(told))
    assert accepted == []
    assert not InboundMessage.objects.exists()
    post_all()
    assert not Movement.objects.exists()
    assert state_of(bill) == ("OPEN", 0)


def test_both_roads_judge_a_forgery_by_the_same_core(bill):
    """What the process of `config/callbacks.py` asks before it keeps anything."""
    for rail, _, _, made in forging.forged(300, bill.reference, now=now(), seed=7):
        _, _, door, *path = made.path.split("/")
        heard = Heard(
            method="POST",
            path=tuple(path),
            headers={name.lower(): value for name, value in made.headers.items()},
            body=made.body,
            at=timezone.now(),
        )
        with pytest.raises(callbacks.Refused):
            callbacks.judge(heard, rail_code=door)
        assert rail in CONTRACTS


def test_only_an_exact_repeat_is_answered_200_and_it_posts_nothing_twice(bill, client):
    said = forging.genuine("bank-rw", bill.reference, 1, now=now())
    for _ in range(50):
        assert say(client, said) == 200
    post_all()
    assert Movement.objects.count() == 1
    assert state_of(bill) == ("PAID", FEE)
    # The same payment signed anew, as a provider repeats it, is still the same payment.
    assert say(client, forging.genuine("bank-rw", bill.reference, 1, now=now() - 60)) == 200
    post_all()
    assert Movement.objects.count() == 1


def test_a_repeat_after_five_minutes_is_stale(bill, client):
    said = forging.genuine("bank-rw", bill.reference, 1, now=now() - forging.WINDOW - 2)
    assert say(client, said) == 401
    assert not InboundMessage.objects.exists()


def test_who_signs_nothing_and_knows_no_attempt_leaves_no_evidence(bill, client):
    """MTN's door: its callbacks are unsigned, and only make us ask about attempts of ours."""
    for number in range(50):
        said = forging.genuine("mtn-rw", bill.reference, number, now=now())
        assert say(client, said) == 200
    assert not InboundMessage.objects.exists()
    post_all()
    assert not Movement.objects.exists()
    assert not PaymentAttempt.objects.filter(key__in=[UUID(int=n) for n in range(50)]).exists()
