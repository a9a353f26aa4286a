"""A browser of a citizen or an officer, as far as Django's client is one."""

from django.test import Client

from accounts.models import Account
from tests.accounts.people import Citizen


def citizen_at(citizen: Citizen) -> Client:
    """Return a client that has signed in and proved who she is."""
    client = Client()
    client.force_login(Account.objects.get(pk=citizen.account_id))
    session = client.session
    session["accounts.person"] = citizen.person_id
    session["accounts.proven"] = [citizen.person_id]
    session.save()
    return client


def officer_at(account_id: int) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account_id))
    return client


def text_of(response: object) -> str:
    return response.content.decode()
