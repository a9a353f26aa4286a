"""Parents and guardians: the register says so at once, or an officer decides; the day ends it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import guarding, operations
from accounts.models import Guardianship, Meeting, Person
from accounts.policies import NotGranted
from accounts.states import Assurance
from kernel.country import country
from tests.accounts import people
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.world import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def accepted(mother, born_on=date(2014, 6, 3)):
    return operations.accept_parent(
        account_id=mother.account_id,
        guardian_id=mother.person_id,
        child=world.child_entry(born_on),
        at=NOON,
    )


def asked(guardian, *, kind="guardian", until_on=None, ward=None):
    return operations.ask_guardianship(
        account_id=guardian.account_id,
        guardian_id=guardian.person_id,
        ward=ward or world.child_entry(),
        kind=kind,
        until_on=until_on,
        proof_sha256=world.PROOF,
        at=NOON,
    )


def ward_of(guardianship_id):
    return Guardianship.objects.get(pk=guardianship_id).ward_id


def may_act(guardian, guardianship_id, at=NOON):
    return guarding.guards(guardian_id=guardian.person_id, ward_id=ward_of(guardianship_id), at=at)


def decide(guardianship_id, by_id, *, approved=True):
    operations.decide_guardianship(
        guardianship_id=guardianship_id,
        approved=approved,
        note="",
        by_id=by_id,
        step_up_id=people.stepped_up(by_id, "person.guard"),
        at=NOON,
    )


def test_whom_the_register_names_as_parent_may_act_at_once():
    mother, neighbour = people.citizen(national_id="1199078000000104"), people.citizen()
    births = [world.birth_of_child("1199078000000104")]
    assert operations.is_parent(guardian_id=mother.person_id, births=births)
    assert not operations.is_parent(guardian_id=neighbour.person_id, births=births)
    assert not operations.is_parent(guardian_id=mother.person_id, births=[world.birth_of_child()])
    made = accepted(mother)
    assert may_act(mother, made)
    assert not may_act(neighbour, made)
    with pytest.raises(operations.GuardsAlready):
        accepted(mother)


def test_the_eighteenth_birthday_ends_it_by_itself():
    mother = people.citizen()
    tomorrow_18 = guarding.today(NOON).replace(year=NOON.year - 18) + DAY
    made = accepted(mother, born_on=tomorrow_18)
    midnight = datetime.combine(guarding.today(NOON) + DAY, datetime.min.time(), country().zone)
    assert may_act(mother, made, at=midnight - timedelta(seconds=1))
    assert not may_act(mother, made, at=midnight)
    with pytest.raises(operations.OfAge):
        accepted(people.citizen(), born_on=tomorrow_18 - DAY)


@pytest.mark.parametrize(
    ("born_on", "of_age"),
    [
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 2, 28), date(2028, 2, 28)),
        (date(2010, 12, 31), date(2028, 12, 31)),
    ],
)
def test_when_somebody_is_of_age(born_on, of_age):
    assert guarding.majority(born_on) == of_age


def test_a_guardian_waits_for_an_officer_of_where_the_ward_lives(country_tree):
    aunt = people.citizen()
    here = world.officer("person.guard", area_code="12")
    elsewhere = world.officer("person.guard", area_code="13")
    made = asked(aunt, until_on=date(2030, 1, 1))
    assert not may_act(aunt, made)
    assert [one.id for one in guarding.waiting(["12"])] == [made]
    assert guarding.waiting(["13"]) == []
    with pytest.raises(NotGranted):
        decide(made, elsewhere)
    decide(made, here)
    assert may_act(aunt, made)
    assert not may_act(aunt, made, at=datetime(2030, 1, 1, 12, tzinfo=NOON.tzinfo))
    with pytest.raises(operations.NoSuchRequest):
        decide(made, here, approved=False)


def test_a_refusal_opens_nothing_and_she_may_ask_again(country_tree):
    aunt, officer = people.citizen(), world.officer("person.guard")
    refused = asked(aunt)
    decide(refused, officer, approved=False)
    assert not may_act(aunt, refused)
    assert asked(aunt) != refused


def test_nobody_decides_her_own_guardianship_nor_of_herself(country_tree):
    aunt = people.citizen()
    herself = world.officer("person.guard", person_id=aunt.person_id)
    made = asked(aunt)
    with pytest.raises(operations.SamePerson):
        decide(made, herself)
    the_ward = world.officer("person.guard", person_id=ward_of(made))
    with pytest.raises(operations.SamePerson):
        decide(made, the_ward)


def test_an_order_for_somebody_of_age_needs_its_end():
    aunt = people.citizen()
    grown = world.child_entry(date(1980, 1, 1))
    with pytest.raises(operations.OfAge):
        asked(aunt, ward=grown)
    with pytest.raises(operations.OfAge):
        asked(aunt, ward=grown, kind="parent", until_on=date(2030, 1, 1))
    asked(aunt, ward=grown, until_on=date(2030, 1, 1))


def test_whoever_acts_no_longer_sees_nothing_from_then_on():
    mother, other = people.citizen(), people.citizen()
    made = accepted(mother)
    with pytest.raises(operations.NoSuchRequest):
        operations.end_guardianship(
            guardianship_id=made,
            guardian_id=other.person_id,
            account_id=other.account_id,
            at=NOON,
        )
    operations.end_guardianship(
        guardianship_id=made, guardian_id=mother.person_id, account_id=mother.account_id, at=NOON
    )
    assert not may_act(mother, made)


def test_postgresql_keeps_what_was_decided_and_by_whom(refused_by):
    aunt = people.citizen()
    made = asked(aunt)
    rows = Guardianship.objects.filter(pk=made)
    herself = people.staff(person_id=aunt.person_id)
    wrongs = {
        "guardian_register_knows_parents_only": {"approved": True, "decided_at": NOON},
        "guardian_decided_by_another": {
            "approved": True,
            "decided_at": NOON,
            "decided_by": herself,
        },
        "guardian_two_people": {
            "approved": True,
            "decided_at": NOON,
            "decided_by": aunt.account_id,
        },
        "guardian_unchanged": {"until_on": date(2099, 1, 1)},
    }
    for name, wrong in wrongs.items():
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            rows.update(**wrong)
        assert refused_by(refused.value) == name


def test_an_officer_meets_a_citizen_and_nothing_is_surer(country_tree):
    officer = world.officer("person.meet")
    person_id = world.met(entry(), officer)
    assert Person.objects.get(pk=person_id).assurance == Assurance.MET
    # A match from her phone afterwards takes nothing away.
    operations.know_person(entry=entry(), at=NOON)
    assert Person.objects.get(pk=person_id).assurance == Assurance.MET


def test_nobody_is_met_by_herself_or_without_the_right(country_tree, refused_by):
    person_id = operations.know_person(entry=entry(), at=NOON)
    herself = world.officer("person.meet", person_id=person_id)
    for by_id, refusal in ((herself, operations.SamePerson), (world.officer(), NotGranted)):
        with pytest.raises(refusal):
            world.met(entry(), by_id)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Person.objects.filter(pk=person_id).update(assurance=Assurance.MET)
    assert refused_by(refused.value) == "met_person_was_met"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Meeting.objects.create(person_id=person_id, document="passport", by_id=herself, at=NOON)
    assert refused_by(refused.value) == "meeting_with_another"
