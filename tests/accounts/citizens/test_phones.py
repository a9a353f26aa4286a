"""A person moves to another phone: slowly by herself, at once with both, at a counter by two."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import operations, queries
from accounts.models import PersonContact, PhoneChange
from accounts.policies import NotGranted
from kernel.models import AuditEntry, EventRow
from tests.accounts import people
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.world import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def reached(person_id):
    return queries.contact(queries.own_contact_id(person_id)).value


def test_the_old_number_is_told_and_ends_after_three_days():
    uwase = people.citizen()
    change_id = world.asked(uwase, NOON)
    assert EventRow.objects.filter(name="accounts.phone.change_asked").count() == 1
    assert operations.finish_phone_changes(now=NOON + 71 * HOUR, limit=9) == 0
    assert reached(uwase.person_id) == uwase.phone
    assert operations.finish_phone_changes(now=NOON + 72 * HOUR, limit=9) == 1
    assert reached(uwase.person_id) == world.NEW
    old = PersonContact.objects.get(person=uwase.person_id, contact=uwase.contact_id)
    assert old.until_at == NOON + 72 * HOUR
    assert EventRow.objects.filter(name="accounts.phone.changed").count() == 1
    assert operations.finish_phone_changes(now=NOON + 99 * HOUR, limit=9) == 0
    assert PhoneChange.objects.get(pk=change_id).confirmed_at is None


def test_until_then_the_new_number_opens_nothing_of_hers():
    uwase = people.citizen()
    world.asked(uwase, NOON)
    new_id = queries.phone_contact_id(world.NEW)
    account_id = operations.account_at(contact_id=new_id, language="en")
    with pytest.raises(operations.BoundToAnotherPhone):
        operations.bind_person(account_id=account_id, person_id=uwase.person_id, at=NOON + HOUR)


def test_a_number_that_showed_no_code_is_never_changed_to():
    uwase = people.citizen()
    operations.ask_phone_change(
        person_id=uwase.person_id, account_id=uwase.account_id, phone=world.NEW, at=NOON
    )
    assert operations.finish_phone_changes(now=NOON + 99 * HOUR, limit=9) == 0
    assert reached(uwase.person_id) == uwase.phone


def test_a_code_on_the_old_phone_changes_at_once_and_signs_it_out():
    uwase = people.citizen()
    change_id = world.asked(uwase, NOON)
    visit_id = operations.begin_visit(
        account_id=uwase.account_id, session_key="k", strength=["code"], device="", network="",
        at=NOON,
    )  # fmt: skip
    code_id, digits = world.code_to(change_id, NOON, to_new=False)
    told = {"change_id": change_id, "code_id": code_id, "binding": world.BROWSER, "at": NOON}
    wrong = "000000" if digits != "000000" else "111111"
    with pytest.raises(operations.CodeWrong):
        operations.confirm_by_old_phone(typed=wrong, **told)
    operations.confirm_by_old_phone(typed=digits, **told)
    assert reached(uwase.person_id) == world.NEW
    assert not operations.see_visit(visit_id=visit_id, session_key="k", at=NOON)


def test_a_code_of_the_new_number_confirms_nothing_for_the_old():
    uwase = people.citizen()
    change_id = world.asked(uwase, NOON)
    code_id, digits = world.code_to(change_id, NOON, to_new=True)
    with pytest.raises(operations.NoSuchChange):
        operations.confirm_by_old_phone(
            change_id=change_id, code_id=code_id, typed=digits, binding=world.BROWSER, at=NOON
        )
    assert reached(uwase.person_id) == uwase.phone


def test_whoever_holds_the_old_phone_stops_it_and_nobody_else():
    uwase, thief = people.citizen(), people.citizen()
    change_id = world.asked(uwase, NOON)
    with pytest.raises(operations.NoSuchChange):
        operations.stop_phone_change(change_id=change_id, account_id=thief.account_id, at=NOON)
    operations.stop_phone_change(change_id=change_id, account_id=uwase.account_id, at=NOON)
    assert operations.finish_phone_changes(now=NOON + 99 * HOUR, limit=9) == 0
    assert reached(uwase.person_id) == uwase.phone


def test_nobody_is_moved_from_a_phone_that_is_not_hers():
    uwase, other = people.citizen(), people.citizen()
    told = {"phone": world.NEW, "at": NOON}
    with pytest.raises(operations.NotReachedHere):
        operations.ask_phone_change(person_id=uwase.person_id, account_id=other.account_id, **told)
    with pytest.raises(operations.SamePhone):
        operations.ask_phone_change(
            person_id=uwase.person_id, account_id=uwase.account_id, phone=uwase.phone, at=NOON
        )
    world.asked(uwase, NOON)
    with pytest.raises(operations.ChangeWaits):
        operations.ask_phone_change(
            person_id=uwase.person_id, account_id=uwase.account_id, phone="+250788111222", at=NOON
        )


def test_who_shares_the_old_phone_stays_there():
    uwase = people.citizen()
    son = people.citizen(phone=uwase.phone)
    world.asked(uwase, NOON)
    operations.finish_phone_changes(now=NOON + 72 * HOUR, limit=9)
    assert reached(son.person_id) == uwase.phone


def test_a_lost_phone_is_mended_by_two_officers(country_tree):
    uwase = people.citizen(national_id="1199078000000104")
    first, second = (world.officer("person.mend") for _ in range(2))
    change_id = world.mended(entry(), first, NOON)
    with pytest.raises(operations.NoSuchChange):
        world.confirmed(change_id, second, NOON)  # No code yet.
    world.prove(change_id, NOON)
    with pytest.raises(operations.SamePerson):
        world.confirmed(change_id, first, NOON)
    with pytest.raises(NotGranted):
        world.confirmed(change_id, world.officer(), NOON)
    assert operations.finish_phone_changes(now=NOON + 99 * HOUR, limit=9) == 0
    assert reached(uwase.person_id) == uwase.phone
    world.confirmed(change_id, second, NOON)
    assert reached(uwase.person_id) == world.NEW
    acts = AuditEntry.objects.filter(subject_id=uwase.person_id).values_list("act", flat=True)
    assert {"phone.change_asked", "phone.change_proven", "phone.changed"} <= set(acts)


def test_an_officer_mends_neither_her_own_phone_nor_without_the_right(country_tree):
    uwase = people.citizen(national_id="1199078000000104")
    herself = world.officer("person.mend", person_id=uwase.person_id)
    with pytest.raises(operations.SamePerson):
        world.mended(entry(), herself, NOON)
    with pytest.raises(NotGranted):
        world.mended(entry(), world.officer("person.meet"), NOON)


def test_postgresql_refuses_to_hurry_to_forget_and_to_mend_alone(refused_by):
    uwase = people.citizen()
    change = PhoneChange.objects.get(pk=world.asked(uwase, NOON))
    rows = PhoneChange.objects.filter(pk=change.pk)
    wrongs = {
        "phone_change_waits_or_is_confirmed": {"done_at": NOON + HOUR},
        "phone_change_unchanged": {"effective_at": NOON + HOUR},
        "phone_change_confirmed_by_somebody": {"confirmed_at": NOON},
    }
    for name, wrong in wrongs.items():
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            rows.update(**wrong)
        assert refused_by(refused.value) == name
    nobody_known, first = people.staff(person=None), people.staff()
    under_another_login = people.staff(person_id=first.person_id)
    for one, second, name in (
        (nobody_known, nobody_known, "phone_change_two_people"),
        (first, under_another_login, "phone_change_different_people"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            PhoneChange.objects.create(
                person_id=people.person().pk,
                old_contact_id=change.old_contact_id,
                new_contact_id=change.new_contact_id,
                at_counter=True,
                document="passport",
                asked_by=one,
                asked_at=NOON,
                proven_at=NOON,
                effective_at=NOON + 72 * HOUR,
                confirmed_by=second,
                confirmed_at=NOON,
            )
        assert refused_by(refused.value) == name
