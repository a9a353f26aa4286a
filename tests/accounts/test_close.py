"""Nobody decides about whom she shares a phone with: husband and wife are one, here too."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import operations, queries
from accounts.models import (
    Account,
    Erasure,
    Guardianship,
    Meeting,
    Person,
    PersonContact,
    PhoneChange,
)
from accounts.operations import SamePerson
from tests.accounts import people
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.accounts.conftest import refused_by as refused_by
from tests.accounts.people import Citizen
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]


def shares(officer_id: int, citizen: Citizen) -> None:
    """The officer is reached at the citizen's phone, too."""
    person_id = Account.objects.get(pk=officer_id).person_id
    PersonContact.objects.create(person_id=person_id, contact_id=citizen.contact_id, from_at=NOON)


def in_postgresql(account_id: int, *person_ids: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT accounts_is_close_to(%s, VARIADIC %s::bigint[])", [account_id, [*person_ids]]
        )
        return bool(cursor.fetchone()[0])


def refused_as(refused_by, rule: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    assert refused_by(refused.value) == rule


def test_code_and_postgresql_agree_who_is_close_to_whom():
    wife, stranger = people.citizen(), people.citizen()
    herself = people.staff(person_id=wife.person_id).pk
    husband, colleague, nobody = people.staff().pk, people.staff().pk, people.staff(person=None).pk
    shares(husband, wife)
    for account_id, person_ids, expected in (
        (herself, [wife.person_id], True),
        (husband, [wife.person_id], True),
        (husband, [stranger.person_id, wife.person_id], True),
        (husband, [stranger.person_id], False),
        (wife.account_id, [wife.person_id], True),  # The login that the phone itself is.
        (wife.account_id, [stranger.person_id], False),
        (colleague, [wife.person_id], False),
        (nobody, [wife.person_id], False),
    ):
        assert queries.is_close_to(account_id, *person_ids) is expected
        assert in_postgresql(account_id, *person_ids) is expected
    PersonContact.objects.filter(contact_id=wife.contact_id).update(until_at=NOON)
    assert not queries.is_close_to(husband, wife.person_id)
    assert not in_postgresql(husband, wife.person_id)


def test_a_husband_neither_asks_for_nor_decides_the_erasure_of_his_wife(refused_by):
    wife = people.citizen(national_id=entry().national_id)
    asks, husband = (people.officer("privacy.ask") for _ in range(2))
    decides = people.officer("privacy.erase")
    for one in (husband, decides):
        shares(one, wife)
    told = {"entry": entry(), "document": "passport", "reason": "moves away", "at": NOON}
    with pytest.raises(SamePerson):
        operations.ask_erasure_at_counter(**told, by_id=husband)
    refused_as(
        refused_by,
        "erasure_different_people",
        lambda: Erasure.objects.create(
            person_id=wife.person_id, state="ASKED", document="passport", asked_by_id=husband,
            asked_at=NOON,
        ),
    )  # fmt: skip
    made = operations.ask_erasure_at_counter(**told, by_id=asks)
    with pytest.raises(SamePerson):
        decided(made, decides)
    refused_as(
        refused_by,
        "erasure_different_people",
        lambda: Erasure.objects.filter(pk=made).update(decided_by=decides, decided_at=NOON),
    )
    decided(made, people.officer("privacy.erase"))


def test_what_was_decided_goes_on_though_they_share_a_phone_afterwards():
    citizen, decides = people.citizen(), people.officer("privacy.erase")
    made = asked(citizen)
    decided(made, decides)
    shares(decides, citizen)
    operations.take_back_erasure(
        erasure_id=made, person_id=citizen.person_id, account_id=citizen.account_id, at=NOON
    )


def test_a_husband_neither_meets_his_wife_nor_mends_her_phone(refused_by):
    wife = people.citizen(national_id=entry().national_id)
    husband = world.officer("person.meet", "person.mend")
    asks, brother = world.officer("person.mend"), world.officer("person.mend")
    for one in (husband, brother):
        shares(one, wife)
    with pytest.raises(SamePerson):
        world.met(entry(), husband, phone=wife.phone)
    meeting = {"person_id": wife.person_id, "contact_id": wife.contact_id, "at": NOON}
    refused_as(
        refused_by,
        "meeting_with_another",
        lambda: Meeting.objects.create(**meeting, document="passport", by_id=husband),
    )
    with pytest.raises(SamePerson):
        world.mended(entry(), husband, NOON)
    change = world.mended(entry(), asks, NOON)
    world.prove(change, NOON)
    with pytest.raises(SamePerson):
        world.confirmed(change, brother, NOON)
    refused_as(
        refused_by,
        "phone_change_different_people",
        lambda: PhoneChange.objects.filter(pk=change).update(
            confirmed_by=brother, confirmed_at=NOON
        ),
    )


def test_a_husband_does_not_decide_that_his_wife_is_a_guardian(refused_by):
    aunt, husband = people.citizen(), world.officer("person.guard")
    shares(husband, aunt)
    made = operations.ask_guardianship(
        account_id=aunt.account_id, guardian_id=aunt.person_id, ward=world.child_entry(),
        kind="guardian", until_on=None, proof_sha256=world.PROOF, at=NOON,
    )  # fmt: skip
    step_up_id = people.stepped_up(husband, "person.guard")
    with pytest.raises(SamePerson):
        operations.decide_guardianship(
            guardianship_id=made, approved=True, note="", by_id=husband, step_up_id=step_up_id,
            at=NOON,
        )  # fmt: skip
    refused_as(
        refused_by,
        "guardian_decided_by_another",
        lambda: Guardianship.objects.filter(pk=made).update(
            approved=True, decided_by=husband, decided_at=NOON
        ),
    )


# --- she herself, and a fresh proof -----------------------------------------------------------


def asked(citizen: Citizen) -> int:
    return operations.ask_erasure(
        person_id=citizen.person_id, account_id=citizen.account_id, reason="", at=NOON
    )


def decided(erasure_id: int, by_id: int) -> None:
    operations.decide_erasure(
        erasure_id=erasure_id, approved=True, because="", by_id=by_id,
        step_up_id=people.stepped_up(by_id, "privacy.erase"), at=NOON,
    )  # fmt: skip


def test_who_is_known_by_a_phone_alone_asks_for_nothing(refused_by):
    unsure, other = people.citizen(), people.citizen()
    matched = people.citizen()
    Person.objects.filter(pk=unsure.person_id).update(assurance="phone")
    for citizen_id, account_id in (
        (unsure.person_id, unsure.account_id),
        (matched.person_id, other.account_id),  # From somebody else's phone.
    ):
        with pytest.raises(operations.NotSureEnough):
            operations.ask_erasure(person_id=citizen_id, account_id=account_id, reason="", at=NOON)
        refused_as(
            refused_by,
            "erasure_asked_by_herself",
            lambda person=citizen_id, by=account_id: Erasure.objects.create(
                person_id=person, state="ASKED", asked_by_id=by, asked_at=NOON
            ),
        )
    asked(matched)


def test_postgresql_too_asks_for_a_fresh_proof_of_whoever_decides(refused_by):
    citizen, officer = people.citizen(), people.officer("privacy.erase")
    made = asked(citizen)
    told = {"erasure_id": made, "approved": False, "because": "no", "by_id": officer, "at": NOON}
    for step in (None, people.stepped_up(officer, "person.guard")):
        with pytest.raises(operations.StepUpRefused):
            operations.decide_erasure(**told, step_up_id=step)
    people.stepped_up(officer, "privacy.erase")  # Shown, and not used up.
    refused_as(
        refused_by,
        "erasure_decided_by_step_up",
        lambda: Erasure.objects.filter(pk=made).update(decided_by=officer, decided_at=NOON),
    )
    operations.decide_erasure(**told, step_up_id=people.stepped_up(officer, "privacy.erase"))
