"""A thief with the old phone, against the counter; and what being met is worth on which phone."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts import moving, operations, queries
from accounts.models import ContactPoint, Meeting, Person, PersonContact, PhoneChange
from accounts.policies import Scope
from accounts.states import Assurance
from places.models import Office
from tests.accounts import people
from tests.accounts.browsing import text
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.applications.browser import officer_at
from tests.world import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THIEFS, OTHER = "+250788111222", "+250788333444"


@pytest.fixture
def uwase(country_tree):
    return people.citizen(national_id=entry().national_id)


def reached(person_id):
    return queries.contact(queries.own_contact_id(person_id)).value


def met(phone):
    return world.met(entry(), world.officer("person.meet"), phone=phone)


def assurance(person_id):
    return Person.objects.get(pk=person_id).assurance


def at_phone(phone):
    """Return the account of whoever showed a code on a phone, and is nobody yet."""
    there = people.citizen(phone=phone)
    PersonContact.objects.filter(person=there.person_id).update(until_at=NOON)
    return there.account_id


@pytest.mark.parametrize("proven", [True, False])
def test_the_counter_stops_what_the_thief_asked_for_from_the_old_phone(uwase, proven):
    told = {"person_id": uwase.person_id, "account_id": uwase.account_id, "at": NOON}
    thiefs = operations.ask_phone_change(phone=THIEFS, **told)
    if proven:
        world.prove(thiefs, NOON)
    first, second = (world.officer("person.mend") for _ in range(2))
    change_id = world.mended(entry(), first, NOON)
    assert PhoneChange.objects.get(pk=thiefs).stopped_by_id == first
    # Neither can she ask for the next, nor stop the counter's, before or after its code.
    with pytest.raises(operations.ChangeWaits):
        operations.ask_phone_change(phone=THIEFS, **told)
    world.prove(change_id, NOON)
    with pytest.raises(operations.ChangeWaits):
        operations.ask_phone_change(phone=THIEFS, **told)
    world.confirmed(change_id, second, NOON)
    assert reached(uwase.person_id) == world.NEW


def test_a_second_counter_does_not_stop_the_first(uwase):
    world.mended(entry(), world.officer("person.mend"), NOON)
    with pytest.raises(operations.ChangeWaits):
        world.mended(entry(), world.officer("person.mend"), NOON)


def test_who_was_met_before_she_had_a_phone_is_not_met_on_whichever_comes(country_tree):
    person_id = met("")
    assert assurance(person_id) == Assurance.MET
    operations.prove_person(account_id=at_phone(THIEFS), entry=entry(), at=NOON)
    assert assurance(person_id) == Assurance.MATCHED


def test_a_person_bound_by_her_helpers_consent_is_not_met_by_it(country_tree):
    person_id = met("")
    operations.bind_person(account_id=at_phone(THIEFS), person_id=person_id, at=NOON)
    assert assurance(person_id) == Assurance.MATCHED


def test_no_stranger_rises_because_the_officer_met_her(country_tree):
    squatter = people.citizen(national_id=entry().national_id, phone=THIEFS)
    for hers in (OTHER, ""):
        with pytest.raises(operations.OtherPhone):
            met(hers)
    assert assurance(squatter.person_id) == Assurance.MATCHED
    assert met(THIEFS) == squatter.person_id
    assert assurance(squatter.person_id) == Assurance.MET


def test_a_phone_that_never_signed_in_is_not_taken_for_hers(country_tree):
    with pytest.raises(operations.OtherPhone):
        met(OTHER)


def test_met_goes_along_to_the_phone_that_two_officers_give_and_to_no_other(uwase):
    met(uwase.phone)
    operations.prove_person(account_id=uwase.account_id, entry=entry(), at=NOON)
    assert assurance(uwase.person_id) == Assurance.MET
    first, second = (world.officer("person.mend") for _ in range(2))
    change_id = world.mended(entry(), first, NOON)
    world.prove(change_id, NOON)
    world.confirmed(change_id, second, NOON)
    assert assurance(uwase.person_id) == Assurance.MET
    contact = ContactPoint.objects.get(pk=queries.own_contact_id(uwase.person_id))
    account_id = operations.account_at(contact_id=contact.pk, language="en")
    own = operations.ask_phone_change(
        person_id=uwase.person_id, account_id=account_id, phone=OTHER, at=NOON
    )
    world.prove(own, NOON)
    operations.finish_phone_changes(now=NOON + 72 * HOUR, limit=9)
    assert reached(uwase.person_id) == OTHER
    assert assurance(uwase.person_id) == Assurance.MATCHED


def test_postgresql_too_lets_nobody_carry_met_to_another_phone(uwase, refused_by):
    met(uwase.phone)
    other = people.citizen()
    PersonContact.objects.filter(person=uwase.person_id).update(until_at=NOON)
    PersonContact.objects.create(
        person_id=uwase.person_id, contact_id=other.contact_id, from_at=NOON
    )
    assert assurance(uwase.person_id) == Assurance.MATCHED
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Person.objects.filter(pk=uwase.person_id).update(assurance=Assurance.MET)
    assert refused_by(refused.value) == "met_person_was_met"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Meeting.objects.create(
            person_id=uwase.person_id, contact_id=uwase.contact_id, document="passport",
            by_id=world.officer(), at=NOON,
        )  # fmt: skip
    assert refused_by(refused.value) == "meeting_of_the_bound_phone"


def test_postgresql_too_knows_one_phone_a_day_of_grace_and_whose_yes_counts(uwase, refused_by):
    other = people.citizen()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PersonContact.objects.create(
            person_id=uwase.person_id, contact_id=other.contact_id, from_at=NOON
        )
    assert refused_by(refused.value) == "person_reached_at_one_phone"
    change_id = operations.ask_phone_change(
        person_id=uwase.person_id, account_id=uwase.account_id, phone=THIEFS, at=NOON
    )
    rows = PhoneChange.objects.filter(pk=change_id)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rows.update(proven_at=NOON, effective_at=NOON + 23 * HOUR)
    assert refused_by(refused.value) == "phone_change_proven_then_waits"
    world.prove(change_id, NOON)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rows.update(confirmed_by=other.account_id, confirmed_at=NOON, done_at=NOON)
    assert refused_by(refused.value) == "phone_change_by_the_old_phone"


@time_machine.travel(NOON)
def test_what_strangers_tried_with_her_number_closes_no_counter(uwase, register):
    register.people[entry().national_id] = entry()
    for stranger in range(10):
        operations.allow_proof(account_id=stranger, national_id=entry().national_id, at=NOON)
    typed = {"national_id": entry().national_id, "born_on": "02/05/1990"}
    typed |= {"document": "identity_card", "phone": "0788 777 666", "note": "stolen"}
    browser = officer_at(world.officer("person.mend"))
    assert browser.post("/staff/citizens/phone/", typed).status_code == 302
    # Nor does the counter's try give one back to them.
    with pytest.raises(operations.BudgetSpent):
        operations.allow_proof(account_id=99, national_id=entry().national_id, at=NOON)


def test_another_areas_hundred_hide_none_of_this_one(country_tree, monkeypatch):
    monkeypatch.setattr(moving, "LISTED_MAX", 2)
    far, near = (
        Office.objects.create(
            code=f"of-{code}", names={"en": code}, area=country_tree[code], level="sector"
        )
        for code in ("1301", "1209")
    )
    for number in range(3):
        citizen = people.citizen(national_id=f"119907800000{number}555")
        abandoned(citizen, world.officer(office_id=far.pk), NOON)
    hers = abandoned(people.citizen(), world.officer(office_id=near.pk), NOON + HOUR)
    found = moving.to_mend([Scope("*", "12")], at=NOON + HOUR)
    assert [one.id for one in found] == [hers]
    assert moving.area_of(moving.one(hers)) == "1209"
    assert moving.to_mend([Scope("*", None)], at=NOON + 25 * HOUR) == []


def test_what_nobody_confirms_is_over_after_a_day(uwase):
    first, second = (world.officer("person.mend") for _ in range(2))
    change_id = world.mended(entry(), first, NOON)
    world.prove(change_id, NOON)
    day = NOON + 24 * HOUR
    with pytest.raises(operations.NoSuchChange):
        world.confirmed(change_id, second, day)
    assert operations.lapse_mends(now=day - HOUR, limit=9) == 0
    assert operations.lapse_mends(now=day, limit=9) == 1
    assert PhoneChange.objects.get(pk=change_id).stopped_at == day
    assert reached(uwase.person_id) == uwase.phone


def test_a_counter_need_not_wait_until_upkeep_has_looked(uwase):
    world.mended(entry(), world.officer("person.mend"), NOON)
    again = world.mended(entry(), world.officer("person.mend"), NOON + 24 * HOUR)
    assert moving.one(again) is not None


@time_machine.travel(NOON)
def test_whoever_asked_withdraws_what_she_mistyped(uwase):
    first = world.officer("person.mend")
    change_id = world.mended(entry(), first, NOON)
    world.prove(change_id, NOON)
    browser, address = officer_at(first), f"/staff/citizens/phone/{change_id}/"
    assert "Withdraw" in text(browser.get(address))
    browser.post(address, {"do": "decline"})
    assert PhoneChange.objects.get(pk=change_id).stopped_by_id == first


def abandoned(citizen, by_id, at):
    new = people.citizen().contact_id
    return PhoneChange.objects.create(
        person_id=citizen.person_id, old_contact_id=citizen.contact_id, new_contact_id=new,
        at_counter=True, document="passport", asked_by_id=by_id, asked_at=at,
    ).pk  # fmt: skip
