"""Two people are two persons: one who has two accounts is still one pair of hands."""

import pytest

from accounts import queries
from tests.accounts.people import person, staff

pytestmark = pytest.mark.django_db


def test_two_accounts_of_one_person_are_one_pair_of_hands():
    somebody = person(family_name="Mugisha", given_names="Ange")
    first, second = staff(person=somebody), staff(person=somebody)
    other, nobody, stranger = staff(), staff(person=None), staff(person=None)

    assert queries.same_hands(first.pk, first.pk)
    assert queries.same_hands(first.pk, second.pk)
    assert not queries.same_hands(first.pk, other.pk)
    # Of whom nobody knows who they are, nothing can be said.
    assert not queries.same_hands(nobody.pk, stranger.pk)
    assert not queries.same_hands(first.pk, nobody.pk)
    assert not queries.same_hands(None, first.pk)
