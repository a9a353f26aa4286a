"""A small district: its IT officer, an office, and somebody who is to work there."""

from datetime import datetime, timedelta

import pytest

from accounts import operations
from accounts.models import Account
from places import queries as places
from tests.accounts.conftest import entry
from tests.accounts.people import officer
from tests.world import NOON

NEW_PASSWORD = "four herons over the marsh"
BEATRICE = entry()


@pytest.fixture
def office(country_tree) -> places.Office:
    return places.Office.objects.create(
        code="sector-1209",
        names={"en": "Kimironko Sector"},
        area=country_tree["1209"],
        level="sector",
    )


@pytest.fixture
def it_officer(office) -> int:
    """Manages accounts of the district Gasabo."""
    return officer("staff.invite", "staff.manage", area_code="12")


def invite(by_id: int, office_id: int | None, at: datetime = NOON, **more: object) -> int:
    wanted = {
        "email": "Beatrice@Gasabo.example",
        "name": "Béatrice Mukamana",
        "entry": BEATRICE,
        "language": "fr",
    }
    return operations.invite(by_id=by_id, office_id=office_id, at=at, **{**wanted, **more})


def mailed(at: datetime = NOON) -> operations.OutgoingInvitation:
    """Play the errand: the mail that waits is claimed, and sent."""
    (mail,) = operations.claim_invitations(limit=4, now=at, until=at + timedelta(seconds=8))
    operations.record_invitation_mail(
        invitation_id=mail.invitation_id, came=operations.MailState.SENT, at=at
    )
    return mail


def join(by_id: int, office_id: int | None, at: datetime = NOON) -> Account:
    """Return an account that was invited and has accepted."""
    account_id = invite(by_id, office_id, at=at)
    operations.accept_invitation(token=mailed(at).token, password=NEW_PASSWORD, at=at)
    return Account.objects.get(pk=account_id)
