"""Who looks at reports."""

from datetime import timedelta

from django.test import Client

from accounts.models import Account, Grant
from tests.accounts import people
from tests.world import NOON


def browser(account_id: int) -> Client:
    made = Client()
    made.force_login(Account.objects.get(pk=account_id))
    return made


def watcher(**where: str) -> int:
    """Return somebody who may view reports, of an area or the country."""
    return people.officer("report.view", **where)


def agency(code: str) -> int:
    """Return somebody of an agency's finance."""
    holder, (giver, confirmer) = people.staff(), people.givers(NOON - timedelta(days=30))
    Grant.objects.create(
        account=holder,
        act="revenue.view",
        beneficiary_code=code,
        from_at=NOON - timedelta(days=30),
        given_by=giver,
        given_at=NOON - timedelta(days=30),
        confirmed_by=confirmer,
        confirmed_at=NOON - timedelta(days=30),
    )
    return holder.pk


def end_rights(account_id: int) -> None:
    for grant in Grant.objects.filter(account_id=account_id):
        Grant.objects.filter(pk=grant.pk).update(ended_by=grant.given_by, ended_at=NOON)
