"""The key of an officer who leaves signs no more, at once; two people end it for good."""

import pytest

from accounts.events import AccountClosed
from documents.models import Credential
from documents.operations import credentials
from tests.accounts import people
from tests.accounts.people import officer
from tests.documents.world import World
from tests.world import NOON
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db


def test_the_key_of_whoever_leaves_is_suspended_and_nobody_elses(world: World) -> None:
    people.close_account(account_id=world.officer_id, by_id=officer("staff.manage"), at=NOON)
    news = AccountClosed(subject_id=world.officer_id, occurred_at=NOON)
    for _again in range(2):
        for handler in ROUTES[AccountClosed]:
            handler(news, NOON)
    states = dict(
        Credential.objects.filter(account__isnull=False).values_list("account_id", "state")
    )
    assert states == {world.officer_id: "suspended", world.other_officer_id: "active"}
    assert credentials.suspend_of(account_id=world.officer_id, at=NOON) == 0
