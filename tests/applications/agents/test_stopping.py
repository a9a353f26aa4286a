"""A text from the phone on the case ends its help; whatever else is written is answered."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.events import TextReceived
from accounts.models import IncomingText
from applications import operations
from applications.events import ConsentGiven, ConsentRevoked, HelpTextUnclear
from applications.operations.stopping import case_to_stop
from kernel.models import AuditEntry, EventRow
from notifications.models import Message
from tests.accounts import people
from tests.applications import world
from tests.applications.assisted.world import agreed, assistance, client, fill_in
from tests.world import NOON
from workers import messages, processes

pytestmark = pytest.mark.django_db
ADDRESS = "/callbacks/sms/texts"


def send(settings, sender: str, text: str, *, key: str = "", token: str | None = None):
    """Tell Guichet of a text as the gateway does."""
    token = settings.GATEWAYS["sms"]["receipt_token"] if token is None else token
    body = {"id": key or str(uuid4()), "from": sender, "text": text}
    return Client().post(
        ADDRESS,
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def heed(at=NOON) -> None:
    """Deliver the news of every text, and what comes of it."""
    for row in EventRow.objects.filter(name=TextReceived.name):
        processes.stop_help(TextReceived.from_payload(row.payload), at)
    for kind, tell in (
        (ConsentRevoked, messages.tell_help_ended),
        (HelpTextUnclear, messages.tell_how_to_stop),
    ):
        for row in EventRow.objects.filter(name=kind.name):
            tell(kind.from_payload(row.payload), at)


def templates() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


# --- pure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["STOP", "stop", "Hagarika", "ARRET", "Arrêt", "stop:"])
def test_the_word_in_any_language_and_the_number_name_a_case(house, odette, rose, word):
    number = agreed(odette, rose).number
    assert case_to_stop(f" {word} {number.lower()} ") == number
    assert case_to_stop(f"{word} {number.replace('-', '')}") in {number, None}


@pytest.mark.parametrize("text", ["", "STOP", "STOP 1", "hello", "STOPPER BC-26-12345678", "=1+1"])
def test_anything_else_names_none(text):
    assert case_to_stop(text) is None


# --- from the phone ---------------------------------------------------------------------------


def test_stop_from_her_phone_ends_the_help_at_once_and_she_is_told(settings, odette, rose):
    case = agreed(odette, rose)
    assert send(settings, rose.phone, f"STOP {case.number}").status_code == 204
    heed()
    assert assistance(case).revoked_at == NOON
    with pytest.raises(operations.NotHelping):
        fill_in(case, odette)
    assert templates() == ["help_ended"]
    assert case.number in Message.objects.get().body
    assert AuditEntry.objects.filter(act="case.help_stopped", subject_id=case.pk).count() == 1


def test_told_twice_it_is_one_text_and_heeded_twice_one_end(settings, odette, rose):
    case = agreed(odette, rose)
    for _ in range(2):
        send(settings, rose.phone, f"HAGARIKA {case.number}", key="sm-1")
    assert IncomingText.objects.count() == 1
    heed()
    heed()
    assert templates() == ["help_ended"]


def test_another_phone_ends_nothing_and_learns_nothing(settings, odette, rose):
    case, stranger = agreed(odette, rose), people.citizen()
    send(settings, stranger.phone, f"STOP {case.number}")
    send(settings, stranger.phone, "STOP BC-26-00000000")
    heed()
    assert assistance(case).revoked_at is None
    # Of a case that is another's and of one that is nobody's the same is said, once that day.
    assert templates() == ["how_to_stop"]


def test_a_case_without_help_and_words_without_sense_are_answered_once_a_day(settings, house):
    citizen = people.citizen()
    for text in (f"STOP {world.draft(citizen).number}", "Muraho", "???"):
        send(settings, citizen.phone, text)
    heed()
    assert templates() == ["how_to_stop"]
    assert "STOP" in Message.objects.get().body


def test_a_number_that_nobody_here_has_is_not_answered(settings, db):
    assert send(settings, "+250799999999", "STOP BC-26-00000000").status_code == 204
    assert not EventRow.objects.filter(name=TextReceived.name).exists()
    assert IncomingText.objects.get().text == ""


# --- from the gateway -------------------------------------------------------------------------


def test_only_the_gateway_is_heard(settings, odette, rose):
    case = agreed(odette, rose)
    assert send(settings, rose.phone, f"STOP {case.number}", token="forged").status_code == 401
    assert not IncomingText.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}",
        '{"id": "x", "from": 1, "text": "a"}',
        '{"id": "", "from": "+2", "text": ""}',
        '{"id": "x", "from": "+2", "text": "\\ud800"}',  # Half of a character.
        '{"id": "x", "from": "\\udfff", "text": "a"}',
        "[" * 4000,
    ],
)  # fmt: skip
def test_what_says_nothing_is_told_so(settings, db, body):
    answer = Client().post(
        ADDRESS,
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {settings.GATEWAYS['sms']['receipt_token']}"},
    )
    assert answer.status_code == 400
    assert reverse("notifications:texts") == ADDRESS
    assert not IncomingText.objects.exists()


def test_the_message_that_helps_says_how_to_stop(settings, odette, rose):
    case = agreed(odette, rose)

    messages.tell_helped(ConsentGiven(subject_id=case.pk, occurred_at=NOON), NOON)
    body = Message.objects.get().body
    assert f"STOP {case.number}" in body
    assert "Lake Kiosk" in body
    assert client().phone not in body
