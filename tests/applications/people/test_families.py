"""An officer whom the register calls family of the applicant never gets the case."""

import pytest
from django.db import IntegrityError, transaction

from accounts import queries as accounts
from accounts.models import Person, PersonContact
from applications import operations, policies
from applications.models import Application
from applications.queries import interests
from notifications.models import Message
from registers import operations as registers
from registers.events import FamilyUnknown
from registers.models import Family
from tests.accounts import people
from tests.applications import packing, world
from tests.world import NOON
from workers import messages
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db


def is_family(officer: int, *person_ids: int) -> None:
    """The register has told that these are parents, children or spouses of the officer."""
    person_id = accounts.account(officer).person_id
    registers.look_after(person_ids=accounts.people_of_staff(), at=NOON)
    numbers = [Person.objects.get(pk=one).national_id for one in person_ids]
    family = Family.objects.get(person=person_id)
    registers.keep_family(family_id=family.pk, national_ids=numbers, at=NOON)


def test_the_case_of_her_husband_goes_to_a_colleague(uwase, staffed):
    is_family(staffed.aline, uwase.person_id)
    for _ in range(3):
        assert world.queued(uwase).officer_id == staffed.bosco


def test_she_takes_it_by_no_road(uwase, staffed, refused_by):
    case = world.queued(uwase)
    is_family(staffed.aline, uwase.person_id)
    assert interests.kept_out([case.pk]) == {case.pk: {staffed.aline}}
    with pytest.raises(policies.OwnCase):
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
    Application.objects.filter(pk=case.pk).update(officer=staffed.bosco)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer=staffed.aline)
    assert refused_by(refused.value) == "officer_is_another"
    operations.take(application_id=case.pk, by_id=staffed.bosco, at=NOON)


def test_what_lay_before_her_when_the_register_told_it_goes_on(uwase, staffed):
    case = world.queued(uwase)
    first = case.officer_id
    (other,) = {staffed.aline, staffed.bosco} - {first}
    assert operations.reroute_stranded(now=NOON) == 0
    is_family(first, uwase.person_id)
    assert operations.reroute_stranded(now=NOON) == 1
    assert world.fresh(case).officer_id == other
    assert operations.reroute_stranded(now=NOON) == 0


def test_a_case_for_a_child_is_kept_from_the_family_of_its_guardian_too(mother, keza, staffed):
    number = operations.start_draft(
        service_code=world.BIRTH, holder_id=keza, guardian_id=mother.person_id,
        account_id=mother.account_id, contact_id=mother.contact_id, language="en", at=NOON,
    )  # fmt: skip
    case = world.case(number)
    is_family(staffed.aline, mother.person_id)
    assert interests.is_kept_out(case.pk, staffed.aline)
    assert not interests.is_kept_out(case.pk, staffed.bosco)


def test_how_many_cases_are_asked_about_costs_no_more(
    uwase, staffed, django_assert_max_num_queries
):
    cases = [world.draft(uwase).pk for _ in range(4)]
    is_family(staffed.aline, uwase.person_id)
    with django_assert_max_num_queries(4):
        found = interests.kept_out(cases)
    assert found == {pk: {staffed.aline} for pk in cases}


def test_who_shares_a_phone_with_the_holder_gets_the_case_by_no_road(uwase, staffed, refused_by):
    case = world.queued(uwase)
    PersonContact.objects.create(
        person_id=accounts.account(staffed.aline).person_id,
        contact_id=uwase.contact_id,
        from_at=NOON,
    )
    assert interests.kept_out([case.pk]) == {case.pk: {staffed.aline}}
    with pytest.raises(policies.OwnCase):
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
    Application.objects.filter(pk=case.pk).update(officer=staffed.bosco)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(officer=staffed.aline)
    assert refused_by(refused.value) == "officer_is_another"
    # A phone that she has no more keeps her from nothing.
    PersonContact.objects.filter(contact_id=uwase.contact_id).update(until_at=NOON)
    assert interests.kept_out([case.pk]) == {case.pk: set()}
    assert Application.objects.filter(pk=case.pk).update(officer=staffed.aline) == 1


def test_a_silent_register_is_told_to_whoever_supervises(staffed):
    head = people.citizen()
    world.officer(packing.HOME, "case.supervise", person_id=head.person_id)
    event = FamilyUnknown(subject_id=accounts.account(staffed.aline).person_id, occurred_at=NOON)
    for _ in range(2):
        messages.tell_family_unknown(event, NOON)
    told = Message.objects.get()
    assert (told.contact_id, told.template) == (head.contact_id, "family_unknown")
    assert ROUTES[FamilyUnknown] == (messages.tell_family_unknown,)
