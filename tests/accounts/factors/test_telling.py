"""Whoever did not change her factors herself learns of it, and production wants one of staff."""

import pytest

from accounts.checks import staff_show_a_second_factor
from accounts.events import FactorChanged
from accounts.models import PersonContact
from notifications.models import Message
from tests.accounts.factors.world import add_passkey
from tests.accounts.people import citizen, staff
from tests.world import NOON
from workers import messages
from workers.routes import ROUTES


def tell(account_id: int) -> None:
    messages.tell_factor_changed(FactorChanged(subject_id=account_id, occurred_at=NOON), NOON)


@pytest.mark.django_db
def test_the_holder_of_a_phone_is_told_once():
    her = citizen()
    add_passkey(her.account_id, staff=False)
    for _ in range(2):
        tell(her.account_id)
    told = Message.objects.get()
    assert (told.contact_id, told.template) == (her.contact_id, "factor_changed")


@pytest.mark.django_db
def test_staff_are_told_at_the_phone_of_their_person_if_there_is_one():
    her = citizen()
    officer = staff(person_id=her.person_id)
    tell(officer.pk)
    assert Message.objects.get().contact_id == her.contact_id


@pytest.mark.django_db
def test_staff_without_a_phone_are_told_at_the_address_with_which_they_sign_in():
    officer = staff()
    for _ in range(2):
        tell(officer.pk)
    told = Message.objects.select_related("contact").get()
    assert (told.channel, told.template) == ("email", "factor_changed")
    assert (told.contact.kind, told.contact.value) == ("email", officer.email)
    # Nobody can sign in, or be found, by an address that is only written to.
    assert not PersonContact.objects.filter(contact=told.contact).exists()


def test_the_news_is_routed():
    assert ROUTES[FactorChanged] == (messages.tell_factor_changed,)


@pytest.mark.parametrize(("setting", "found"), [("required", []), ("offered", ["accounts.E002"])])
def test_a_deployment_without_second_factors_is_refused(settings, setting, found):
    settings.STAFF_SECOND_FACTOR = setting
    assert [one.id for one in staff_show_a_second_factor(None)] == found
