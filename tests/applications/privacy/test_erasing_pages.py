"""The pages of an erasure: hers, and those of the two who help her."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Erasure
from accounts.states import ErasureState
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import packing, world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.privacy import forgetting
from tests.applications.privacy.forgetting import LATER

pytestmark = pytest.mark.django_db

OWN = "/account/erasure/"
LIST = "/staff/erasures/"


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def uwase(house):
    return people.citizen(family_name="Uwase")


def page_of(erasure: Erasure) -> str:
    return reverse("accounts:erasure", args=[erasure.pk])


def test_she_asks_reads_what_stays_and_takes_it_back(uwase):
    browser = citizen_at(uwase)
    told = text_of(browser.get(OWN))
    assert "Ask for my data to be erased" in told
    assert "What stays, and why" in told

    refused = browser.post(OWN, {"do": "ask"})
    assert refused.status_code == 422
    assert "Without that nothing is erased" in text_of(refused)
    browser.post(OWN, {"do": "ask", "understood": "on", "reason": "I move away"})
    assert Erasure.objects.get().reason == "I move away"
    assert "Take it back: erase nothing" in text_of(browser.get(OWN))

    browser.post(OWN, {"do": "take_back"})
    assert Erasure.objects.get().state == ErasureState.WITHDRAWN
    assert "Ask for my data to be erased" in text_of(browser.get(OWN))


def test_what_keeps_her_data_stands_there_in_words(uwase):
    world.submit(uwase, world.draft(uwase))
    browser = citizen_at(uwase)
    told = text_of(browser.get(OWN))
    assert "A bill is not paid." in told
    assert "Ask for my data to be erased" not in told
    assert browser.post(OWN, {"do": "ask", "understood": "on"}).status_code == 422
    assert not Erasure.objects.exists()


def test_one_officer_takes_it_down_and_another_decides(uwase, registers):
    registers.people[world.person_entry(uwase).national_id] = world.as_json(
        world.person_entry(uwase)
    )
    entry = world.person_entry(uwase)
    asker, decider = officer_at(forgetting.asker()), officer_at(forgetting.decider())
    asker.post(
        f"{LIST}ask/",
        {
            "national_id": entry.national_id,
            "born_on": entry.born_on.isoformat(),
            "document": "passport",
            "reason": "Moves to Kenya",
        },
    )
    erasure = Erasure.objects.get()
    assert "Yes, erase" not in text_of(asker.get(page_of(erasure)))
    asker.post(page_of(erasure), {"do": "approve"})
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.ASKED

    told = text_of(decider.get(page_of(erasure)))
    assert "Moves to Kenya" in told
    silent = decider.post(page_of(erasure), {"do": "decline", "password": people.PASSWORD})
    assert silent.status_code == 422
    for wrong in ({}, {"password": "not hers"}):
        told = decider.post(page_of(erasure), {"do": "approve", **wrong})
        assert told.status_code == 422
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.ASKED
    decider.post(page_of(erasure), {"do": "approve", "password": people.PASSWORD})
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.WAITING
    assert f"E-{erasure.pk}" in text_of(decider.get(LIST))
    assert "Uwase" not in text_of(decider.get(LIST))
    seen = AuditEntry.objects.filter(act="person.looked", subject_id=uwase.person_id)
    assert set(seen.values_list("detail__seen", flat=True)) == {"erasure"}


def test_who_declines_says_why_and_she_reads_it(uwase):
    forgetting.asked(uwase)
    officer_at(forgetting.decider()).post(
        page_of(Erasure.objects.get()),
        {
            "do": "decline",
            "because": "The court asks for the file.",
            "password": people.PASSWORD,
        },
    )
    assert "The court asks for the file." in text_of(citizen_at(uwase).get(OWN))


def test_an_officer_elsewhere_sees_nothing_of_it(uwase):
    forgetting.asked(uwase)
    elsewhere = officer_at(people.officer("privacy.ask", area_code=packing.FAR))
    assert elsewhere.get(page_of(Erasure.objects.get())).status_code == 404
    assert f"E-{Erasure.objects.get().pk}" not in text_of(elsewhere.get(LIST))
    assert officer_at(people.officer()).get(LIST).status_code == 403
