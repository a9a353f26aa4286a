"""Whoever answers for an office's keys is told that one ends, and that papers wait for one."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Account, ContactPoint, PersonContact
from documents.models import Credential
from documents.operations import credentials
from kernel.crypto import blind_index
from kernel.models import EventRow
from notifications.models import Message
from tests.accounts.people import officer
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.world import World
from tests.world import NOON
from workers import errands, messages
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db


def head(area_code: str | None, phone: str, **more: object) -> int:
    """A head of offices, whose phone is known."""
    made = officer("credential.issue", area_code=area_code, **more)
    at = ContactPoint.objects.create(
        kind="phone", value=phone, value_index=blind_index("phone", phone), language="fr"
    )
    person = Account.objects.get(pk=made).person
    PersonContact.objects.create(person=person, contact=at, from_at=NOON - timedelta(days=9))
    return made


def deliver() -> None:
    """Every handler of news about keys, as the relay calls them."""
    for event, handlers in ROUTES.items():
        if event.name in ("documents.credential.ending", "documents.credential.ended"):
            for row in EventRow.objects.filter(name=event.name):
                for handle in handlers:
                    handle(event(occurred_at=NOON, **_ids(row.payload)), NOON)


def _ids(payload: dict[str, object]) -> dict[str, object]:
    return {"subject_id": payload["subject_id"]}


def texts(phone: str) -> list[str]:
    found = Message.objects.filter(contact__value_index=blind_index("phone", phone))
    return list(found.order_by("pk").values_list("template", flat=True))


def test_the_head_is_told_once_that_a_key_ends_and_once_that_it_has(world: World) -> None:
    head("12", "+250788000101")
    head(None, "+250788000102")
    for days in (680, 681, 731, 732):
        credentials.tell_ends(at=NOON + timedelta(days=days))
        deliver()

    # Two officers and the office in her area; the state's own two are the country's.
    assert texts("+250788000101") == ["key_ending"] * 3 + ["key_ended"] * 3
    assert sorted(texts("+250788000102")) == ["key_ended"] * 5 + ["key_ending"] * 5
    said = Message.objects.values_list("body", flat=True)
    assert not [each for each in said if "Uwase" in each or "Kimironko" in each]
    ends = Credential.objects.filter(account_id=world.officer_id).get().not_after
    assert [each for each in said if f"{ends:%d/%m/%Y}" in each]


def test_another_areas_head_and_one_without_a_phone_get_no_message(world: World) -> None:
    officer("credential.issue", area_code="12")
    Account.objects.filter(pk=head("12", "+250788000103")).update(is_active=False)
    credentials.tell_ends(at=NOON + timedelta(days=680))
    deliver()
    assert not Message.objects.exists()


def test_papers_that_wait_for_a_key_are_told_once_a_day_until_it_is_there(world: World) -> None:
    head("12", "+250788000101")
    paper_id = worlds.request(world)
    worlds.draw(paper_id)
    assert messages.tell_papers_wait(at=NOON) == 0

    Credential.objects.filter(account_id=world.officer_id).update(state="revoked", ended_at=NOON)
    errands.look_after_keys(now=NOON)
    errands.look_after_keys(now=NOON + timedelta(hours=1))
    assert texts("+250788000101") == ["papers_without_key"]
    assert "1" in Message.objects.get().body
    errands.look_after_keys(now=NOON + timedelta(days=1))
    assert texts("+250788000101") == ["papers_without_key"] * 2


def test_the_desk_says_it_to_whoever_answers_for_keys_and_to_nobody_else(world: World) -> None:
    worlds.draw(worlds.request(world))
    with time_machine.travel(NOON, tick=False):
        head_of_office = officer_at(officer("credential.issue", area_code="12"))
        assert "waits for a key" not in desk(head_of_office)
        Credential.objects.filter(account_id=world.officer_id).update(
            state="revoked", ended_at=NOON
        )
        page = desk(head_of_office)
        assert "1 paper waits for a key" in page
        assert "/desk/credentials/?list=without" in page
        assert "waits for a key" not in desk(officer_at(world.officer_id))


def desk(client: Client) -> str:
    answered = client.get("/desk/")
    assert answered.status_code == 200
    return answered.content.decode()
