"""Two people at one right at the same moment, and a right whose giver is going."""

import threading

import pytest
from django.db import connections

from accounts import operations
from accounts.models import Grant
from tests.accounts import people
from tests.world import NOON


@pytest.mark.django_db(transaction=True)
def test_a_right_is_confirmed_or_ended_first_and_never_half_of_both():
    giver = people.officer("rights.give", at=NOON)
    confirmer = people.officer("rights.confirm", at=NOON)
    holder = people.staff().pk
    right = operations.grant(
        account_id=holder, act="case.decide", given_by_id=giver, from_at=NOON, at=NOON
    )
    both_sit = threading.Barrier(2, timeout=20)
    said: list[str] = []

    def do(what: str) -> None:
        try:
            both_sit.wait()
            if what == "confirm":
                operations.confirm_grant(grant_id=right, confirmed_by_id=confirmer, at=NOON)
            else:
                operations.end_grant(grant_id=right, ended_by_id=giver, at=NOON)
            said.append(what)
        except operations.GrantNotOpen:
            said.append("too late")
        finally:
            connections.close_all()

    hands = [threading.Thread(target=do, args=(what,)) for what in ("confirm", "end")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=30)
    row = Grant.objects.get(pk=right)
    assert row.ended_at is not None
    assert (row.confirmed_at is None) == ("too late" in said)
    assert "end" in said
