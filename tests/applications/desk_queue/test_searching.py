"""A case is found by what somebody says at the counter, and only within the officer's reach."""

import pytest
import time_machine
from django.urls import reverse

from accounts import queries as accounts
from accounts.models import Person
from applications.queries import searching
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
SEARCH = "applications:desk_search"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def found(account_id, typed):
    return [case.number for case in searching.search(world.reach(account_id), typed).cases]


def rename(citizen, family, given):
    Person.objects.filter(pk=citizen.person_id).update(family_name=family, given_names=given)


def test_a_case_is_found_by_its_number_whole_or_its_digits(uwase, staffed):
    case, _other = world.queued(uwase), world.queued(people.citizen())
    _prefix, year, digits = case.number.split("-")
    for typed in (
        case.number,
        case.number.lower(),
        f" {case.number} ",
        digits,
        f"{digits[:4]} {digits[4:]}",
        year + digits,
    ):
        assert found(staffed.aline, typed) == [case.number]
    for typed in (digits[:7], f"{digits}1", "00" + digits):
        assert found(staffed.aline, typed) == []


@pytest.mark.parametrize("spelt", ["{phone}", "0{local}", "{phone} "])
def test_a_case_is_found_by_the_phone_of_the_application(uwase, staffed, spelt):
    case = world.queued(uwase)
    world.queued(people.citizen())
    typed = spelt.format(phone=uwase.phone, local=uwase.phone.removeprefix("+250"))
    assert found(staffed.aline, typed) == [case.number]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Nyirahabimana", True),
        ("nyirahab", True),
        ("éric nyi", True),
        ("NYIRA Eric", True),
        ("Jean-Bosco", True),
        ("bosco", True),
        ("habimana", False),  # The middle of a word.
        ("ny", False),
        ("Nyirahabimana Paul", False),
        ("%%%", False),
        ("___", False),
        ("' OR 1=1", False),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words(uwase, staffed, typed, is_found):
    rename(uwase, "Nyirahabimana", "Eric Jean-Bosco")
    case = world.queued(uwase)
    assert found(staffed.aline, typed) == ([case.number] if is_found else [])


def test_accents_of_the_person_need_not_be_typed(uwase, staffed):
    rename(uwase, "Ndayishimiyé", "Béatrice")
    case = world.queued(uwase)
    assert found(staffed.aline, "beatrice ndayishimiye") == [case.number]


def test_what_lies_outside_her_reach_is_not_found(uwase, staffed):
    case = world.queued(uwase)
    for typed in (case.number, case.number[-8:], uwase.phone, "Umutesi"):
        assert found(staffed.far, typed) == []
        assert found(staffed.aline, typed) == [case.number]


def test_her_own_case_is_not_found_by_her(uwase, house):
    officer = world.officer(person_id=uwase.person_id)
    case = world.queued(uwase)
    assert found(officer, case.number) == []


def test_what_is_not_paid_is_not_found(uwase, staffed):
    draft = world.draft(uwase)
    assert found(staffed.aline, draft.number) == []


def test_a_name_that_very_many_have_asks_for_a_second_one(uwase, staffed, monkeypatch):
    monkeypatch.setattr(searching, "NAMED_MAX", 1)
    world.queued(uwase)
    people.citizen()
    answer = officer_at(staffed.aline).post(reverse(SEARCH), {"q": "Umutesi"})
    assert "Very many people are called so: add a second name." in text_of(answer)


def test_a_search_is_posted_kept_out_of_every_address_and_written_down(uwase, staffed, caplog):
    case = world.queued(uwase)
    browser = officer_at(staffed.aline)
    answer = browser.post(reverse(SEARCH), {"q": "Umutesi"})
    assert case.number in text_of(answer)
    assert "?q=" not in text_of(answer)
    entry = AuditEntry.objects.get(act="case.search")
    assert (entry.actor_id, entry.subject_id) == (staffed.aline, staffed.aline)
    assert "Umutesi" not in caplog.text
    read = browser.get(reverse(SEARCH), {"q": "Umutesi"})
    assert case.number not in text_of(read)


def test_an_empty_search_says_what_is_missing(staffed):
    answer = officer_at(staffed.aline).post(reverse(SEARCH), {"q": " "})
    assert 'class="error-summary"' in text_of(answer)


def test_a_citizen_searches_nothing(uwase):
    assert citizen_at(uwase).post(reverse(SEARCH), {"q": "Umutesi"}).status_code == 302


def test_names_are_bounded(uwase):
    assert len(accounts.called("Umutesi", limit=1)) == 1
    assert accounts.called("", limit=1) == []
