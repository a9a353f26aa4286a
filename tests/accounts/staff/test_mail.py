"""An invitation on its way, by SMTP to the sandbox."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts import operations
from accounts.events import FactorChanged
from accounts.models import Account, Invitation
from notifications.models import Message
from tests.accounts.people import staff
from tests.accounts.staff.people import NEW_PASSWORD, invite
from tests.sandbox_process import SandboxProcess, free_port
from tests.world import NOON
from workers import messages
from workers.errands.invitations import mail_invitations
from workers.errands.messages import send_messages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, int]]:
    port = free_port()
    told = {"SANDBOX_STATE": str(tmp_path_factory.mktemp("sandbox")), "SANDBOX_COUNTRY": "rw"}
    with SandboxProcess({**told, "SANDBOX_MAIL_PORT": str(port)}) as running:
        yield running, port


@pytest.fixture
def sandbox(server, settings) -> SandboxProcess:
    running, port = server
    door = {"host": "127.0.0.1", "port": port, "user": "", "password": "", "tls": "none"}
    settings.GATEWAYS = {**settings.GATEWAYS, "mail": {**door, "sender": "guichet@guichet.example"}}
    running.faults()
    return running


def test_the_mail_brings_a_link_that_opens_the_account(it_officer, office, sandbox):
    account_id = invite(it_officer, office.pk)
    assert mail_invitations(lambda: NOON) == 1
    assert mail_invitations(lambda: NOON) == 0
    assert Invitation.objects.get().mail == "sent"
    newest = sandbox.get("/mail.json").json()[0]
    assert newest["to"] == "beatrice@gasabo.example"
    token = re.search(r"/staff/invitation/([\w-]{43})/", newest["text"])[1]
    operations.accept_invitation(token=token, password=NEW_PASSWORD, at=NOON)
    assert Account.objects.get(pk=account_id).is_active
    assert "Open the link" in sandbox.get("/mail").text


@pytest.mark.parametrize(
    ("fault", "came"), [("busy", "waiting"), ("refuses", "failed"), ("silent", "unsure")]
)
def test_what_became_of_the_mail_is_told_apart(fault, came, it_officer, office, sandbox):
    invite(it_officer, office.pk)
    sandbox.faults(mail=fault)
    mail_invitations(lambda: NOON)
    assert Invitation.objects.get().mail == came
    sandbox.faults()
    again = mail_invitations(lambda: NOON + timedelta(minutes=5))
    assert (again, Invitation.objects.get().mail) == (
        (1, "sent") if came == "waiting" else (0, came)
    )


def test_a_server_that_is_not_there_is_asked_again_later(it_officer, office, sandbox, settings):
    settings.GATEWAYS["mail"]["port"] = free_port()
    invite(it_officer, office.pk)
    mail_invitations(lambda: NOON)
    assert Invitation.objects.get().mail == "waiting"


def test_without_a_mail_server_the_invitation_waits(it_officer, office, sandbox, settings):
    settings.GATEWAYS["mail"]["host"] = ""
    invite(it_officer, office.pk)
    assert mail_invitations(lambda: NOON) == 0
    assert Invitation.objects.get().token_hash is None


# --- what goes by SMS to others goes by mail to whoever has no phone here


def told_of_a_change(at=NOON) -> Message:
    event = FactorChanged(subject_id=staff().pk, occurred_at=at)
    messages.tell_factor_changed(event, at)
    return Message.objects.latest("pk")


def test_a_changed_factor_is_told_by_mail(db, sandbox):
    told = told_of_a_change()
    assert send_messages(lambda: NOON) == 1
    told.refresh_from_db()
    assert told.state == "SENT"
    newest = sandbox.get("/mail.json").json()[0]
    assert newest["to"] == told.contact.value
    assert newest["subject"] == "A message from Guichet"
    assert "how you sign in was changed" in newest["text"]


@pytest.mark.parametrize(
    ("fault", "state"), [("busy", "QUEUED"), ("refuses", "FAILED"), ("silent", "UNKNOWN")]
)
def test_what_became_of_such_a_mail_is_told_apart(db, fault, state, sandbox):
    told = told_of_a_change()
    sandbox.faults(mail=fault)
    send_messages(lambda: NOON)
    told.refresh_from_db()
    assert told.state == state
    sandbox.faults()
    # In doubt it is not sent again: only its reader knows.
    later = NOON + timedelta(hours=1)
    assert send_messages(lambda: later) == (1 if state == "QUEUED" else 0)


def test_without_a_mail_server_it_waits(db, sandbox, settings):
    settings.GATEWAYS["mail"]["host"] = ""
    told = told_of_a_change()
    assert send_messages(lambda: NOON) == 0
    told.refresh_from_db()
    assert told.state == "QUEUED"
