"""A citizen's email: proved by a code, told beside the phone, never a way in, and removed."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts import operations, queries
from accounts.events import CodeRequested
from accounts.models import Account, ContactPoint, OneTimeCode, PersonContact
from kernel.models import AuditEntry
from notifications import operations as notifications
from notifications.models import Message
from tests.accounts import people
from tests.accounts.browsing import text
from tests.accounts.people import Citizen
from tests.applications.browser import citizen_at
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db
PAGE, ADDRESS = "/account/email/", "claudine@mail.example"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def uwase() -> Citizen:
    return people.citizen()


def mailed() -> str:
    """Deliver the code that was asked for last, and return it as her mailbox shows it."""
    code = OneTimeCode.objects.latest("pk")
    messages.send_code(CodeRequested(subject_id=code.pk, occurred_at=NOON), NOON)
    message = Message.objects.latest("pk")
    assert (message.channel, message.contact.value) == ("email", ADDRESS)
    return next(word for word in message.body.split() if len(word) == 6 and word.isdigit())


def proved(browser: Client) -> None:
    browser.post(PAGE, {"do": "ask", "email": ADDRESS.title()})
    assert browser.post(PAGE, {"do": "code", "code": mailed()})["Location"] == "/account/"


def test_her_address_shows_a_code_and_stands_on_her_page_until_she_removes_it(uwase):
    browser = citizen_at(uwase)
    assert "none" in text(browser.get("/account/"))
    assert browser.post(PAGE, {"do": "ask", "email": "no address"}).status_code == 422
    browser.post(PAGE, {"do": "ask", "email": ADDRESS})
    assert queries.mail_of(uwase.person_id) is None
    assert browser.post(PAGE, {"do": "code", "code": "000000"}).status_code == 422
    assert browser.post(PAGE, {"do": "code", "code": mailed()}).status_code == 302
    assert ADDRESS in text(browser.get("/account/"))
    assert AuditEntry.objects.get(act="email.added").actor_id == uwase.account_id
    browser.post(PAGE, {"do": "remove"})
    assert ADDRESS not in text(browser.get("/account/"))
    assert queries.mail_of(uwase.person_id) is None
    assert PersonContact.objects.filter(person_id=uwase.person_id).count() == 2


def test_an_address_is_no_way_to_sign_in_and_takes_nobodys_phone(uwase):
    proved(citizen_at(uwase))
    assert not Account.objects.filter(contact__kind="email").exists()
    assert queries.own_contact_id(uwase.person_id) == uwase.contact_id
    code = OneTimeCode.objects.latest("pk")
    with pytest.raises(operations.CodeWrong):
        operations.check_code(code_id=code.pk, typed="0", binding="x", at=NOON)


def test_another_address_takes_the_place_of_the_first(uwase):
    browser = citizen_at(uwase)
    proved(browser)
    other = ContactPoint.objects.get(kind="email")
    browser.post(PAGE, {"do": "ask", "email": "other@mail.example"})
    code = OneTimeCode.objects.latest("pk")
    typed = operations.mint_code(code_id=code.pk, at=NOON)
    browser.post(PAGE, {"do": "code", "code": typed})
    assert queries.mail_of(uwase.person_id) not in (None, other.pk)
    live = PersonContact.objects.filter(person_id=uwase.person_id, until_at=None)
    assert sorted(live.values_list("contact__kind", flat=True)) == ["email", "phone"]


def test_a_code_is_of_one_person_one_browser_and_ten_minutes(uwase):
    told = {"person_id": uwase.person_id, "account_id": uwase.account_id, "binding": "a secret"}
    code_id = operations.ask_email(
        **told, email=ADDRESS, language="en", address="192.0.2.7", at=NOON
    )
    typed = operations.mint_code(code_id=code_id, at=NOON)
    neighbour = people.citizen(phone=uwase.phone)
    wrong = [
        told | {"person_id": neighbour.person_id},
        told | {"binding": "another's"},
    ]
    for each in wrong:
        with pytest.raises(operations.CodeWrong):
            operations.prove_email(**each, code_id=code_id, typed=typed, at=NOON)
    late = NOON + timedelta(minutes=10)
    with pytest.raises(operations.CodeExpired):
        operations.prove_email(**told, code_id=code_id, typed=typed, at=late)
    operations.prove_email(**told, code_id=code_id, typed=typed, at=NOON)
    assert queries.mail_of(uwase.person_id) is not None
    assert queries.mail_of(neighbour.person_id) is None


def test_a_person_who_is_not_bound_to_the_phone_adds_nothing(uwase):
    stranger = people.citizen()
    with pytest.raises(operations.NotReachedHere):
        operations.ask_email(
            person_id=uwase.person_id, account_id=stranger.account_id, email=ADDRESS,
            binding="x", language="en", address="192.0.2.7", at=NOON,
        )  # fmt: skip


def test_five_addresses_an_hour_are_written_to_no_more(uwase):
    browser = citizen_at(uwase)
    for _ in range(5):
        browser.post(PAGE, {"do": "ask", "email": ADDRESS})
        browser.post(PAGE, {"do": "other"})
    assert browser.post(PAGE, {"do": "ask", "email": ADDRESS}).status_code == 429


def test_a_mail_waits_for_a_server_and_one_in_doubt_is_asked_after_by_nobody(uwase):
    proved(citizen_at(uwase))
    told = {
        "contact_id": queries.mail_of(uwase.person_id),
        "template": "paid",
        "language": "fr",
        "context": {"number": "BC-26-1"},
        "dedupe_key": "a case, by email",
        "by_email": True,
        "at": NOON,
    }
    others = {"limit": 99, "now": NOON, "until": NOON + timedelta(days=1)}
    notifications.claim_messages(**others)
    message_id = notifications.send(**told)
    assert notifications.send(**told) == message_id
    until = NOON + timedelta(seconds=8)
    claim = {"limit": 4, "now": NOON, "until": until}
    assert notifications.claim_messages(**claim, by_email=False) == []
    (outgoing,) = notifications.claim_messages(**claim)
    assert (outgoing.channel, outgoing.to) == ("email", ADDRESS)
    notifications.record_unknown(message_id=message_id, at=NOON)
    later = NOON + timedelta(hours=1)
    assert notifications.claim_inquiries(limit=4, now=later, until=later) == []


# --- who is at home


def test_her_page_counts_who_shares_her_phone_and_names_no_stranger(uwase):
    people.citizen(phone=uwase.phone, given_names="Stranger", family_name="Unknown")
    browser = citizen_at(uwase)
    for page in (text(browser.get("/account/")), text(browser.get("/account/people/"))):
        assert "1 other person" in page
        assert "Stranger" not in page
    alone = citizen_at(people.citizen())
    assert "other person" not in text(alone.get("/account/"))
