"""A grant may name whose money it is about; it covers that one, and nobody gives a wider one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import operations, policies
from accounts.models import Grant
from tests.accounts import people
from tests.world import NOON

pytestmark = pytest.mark.django_db
ACT, MINE, OTHER = "revenue.view", "district-12", "district-11"


def given(*acts: str, code: str = MINE) -> int:
    """A staff account with these acts for one beneficiary."""
    at = NOON - timedelta(days=1)
    holder, (giver, confirmer) = people.staff(), people.givers(at)
    for act in acts:
        Grant.objects.create(
            account=holder, act=act, beneficiary_code=code, from_at=at, given_by=giver,
            given_at=at, confirmed_by=confirmer, confirmed_at=at,
        )  # fmt: skip
    return holder.pk


def may(account_id: int, code: str) -> bool:
    return policies.may(
        account_id=account_id, act=ACT, area_code=None, beneficiary_code=code, at=NOON
    )


@pytest.mark.parametrize(
    ("granted", "asked", "allowed"),
    [(MINE, MINE, True), (MINE, OTHER, False), (MINE, "*", False), ("*", MINE, True)],
)
def test_a_grant_covers_its_own_beneficiary_alone(granted, asked, allowed) -> None:
    holder = given(ACT, code=granted)
    assert may(holder, asked) is allowed
    assert policies.beneficiaries(account_id=holder, act=ACT, at=NOON) == [granted]


def test_nobody_gives_wider_than_she_has() -> None:
    giver, holder = given("rights.give"), people.staff().pk
    asked = {"account_id": holder, "act": ACT, "given_by_id": giver, "at": NOON, "from_at": NOON}
    operations.grant(**asked, beneficiary_code=MINE)
    for wider in (OTHER, policies.ANY):
        with pytest.raises(policies.NotGranted):
            operations.grant(**asked, beneficiary_code=wider)


@pytest.mark.parametrize(
    ("code", "rule"), [("*", "grant_unchanged"), ("a'; --", "grant_unchanged")]
)
def test_whose_money_a_grant_is_about_never_changes(code, rule) -> None:
    given(ACT)
    change = "UPDATE accounts_grant SET beneficiary_code = %s"
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(change, [code])
    assert refused.value.__cause__.diag.constraint_name == rule


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        given(ACT, code="a b")
    assert refused.value.__cause__.diag.constraint_name == "grant_names_a_beneficiary"
