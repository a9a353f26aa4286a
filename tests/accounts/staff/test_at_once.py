"""Two administrators invite the same person in the same instant; these tests really commit."""

import pytest

from accounts import operations
from accounts.models import Account, Invitation
from tests.accounts.people import officer
from tests.accounts.staff.people import invite
from tests.accounts.test_at_once import at_once
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_person_invited_twice_at_once_has_one_account_and_the_other_is_told(office):
    inviters = [officer("staff.invite", area_code="12") for _ in range(4)]
    answers = at_once(
        *[
            lambda by_id=by_id: invite(by_id, office.pk, email=f"her{by_id}@gasabo.example")
            for by_id in inviters
        ]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, operations.PersonHasAccount) for answer in answers) == 3
    assert Invitation.objects.count() == 1


def test_a_closed_account_invited_again_while_another_is_made(office, country_tree):
    one, two = (officer("staff.invite", area_code="12") for _ in range(2))
    closed = invite(one, office.pk, email="old@gasabo.example")
    assert operations.revoke_invitation(account_id=closed, by_id=one, at=NOON)
    answers = at_once(
        lambda: operations.invite_again(account_id=closed, by_id=one, at=NOON) or closed,
        lambda: invite(two, office.pk, email="new@gasabo.example"),
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, operations.PersonHasAccount) for answer in answers) == 1
    assert (
        Account.objects.filter(is_active=True, person=Account.objects.get(pk=closed).person).count()
        == 0
    )
