"""Two officers at one guardianship, and one proof for two decisions; these tests really commit."""

import pytest

from accounts import guarding, operations
from accounts.models import Guardianship, Meeting, Person
from accounts.operations import StepUpRefused
from accounts.states import Assurance
from tests.accounts import people
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.accounts.test_at_once import at_once
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country_tree")]


def asked(ward=None) -> int:
    aunt = people.citizen()
    return operations.ask_guardianship(
        account_id=aunt.account_id, guardian_id=aunt.person_id, ward=ward or world.child_entry(),
        kind="guardian", until_on=None, proof_sha256=world.PROOF, at=NOON,
    )  # fmt: skip


def decide(made: int, by_id: int, step_up_id: int, *, approved: bool = True):
    return lambda: operations.decide_guardianship(
        guardianship_id=made, approved=approved, note="", by_id=by_id, step_up_id=step_up_id,
        at=NOON,
    )  # fmt: skip


def kinds(answers: list[object]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_a_guardianship_is_accepted_or_refused_and_never_both():
    made = asked()
    officers = [world.officer("person.guard") for _ in range(4)]
    steps = [people.stepped_up(officer, "person.guard") for officer in officers]
    answers = at_once(
        *[
            decide(made, officer, step, approved=index % 2 == 0)
            for index, (officer, step) in enumerate(zip(officers, steps, strict=True))
        ]
    )
    assert kinds(answers) == ["NoSuchRequest"] * 3 + ["NoneType"]
    row = Guardianship.objects.get(pk=made)
    assert guarding.guards(guardian_id=row.guardian_id, ward_id=row.ward_id, at=NOON) is (
        row.approved is True
    )
    assert row.decided_by_id == officers[[type(one) for one in answers].index(type(None))]


def test_one_proof_is_good_for_one_decision_however_fast_the_second_comes():
    officer = world.officer("person.guard")
    step = people.stepped_up(officer, "person.guard")
    answers = at_once(*[decide(made, officer, step) for made in [asked() for _ in range(3)]])
    assert kinds(answers) == ["NoneType"] + [StepUpRefused.__name__] * 2
    assert Guardianship.objects.filter(approved=True).count() == 1


def test_a_person_met_at_two_counters_at_once_is_one_person():
    officers = [world.officer("person.meet") for _ in range(3)]
    steps = [people.stepped_up(officer, "person.meet") for officer in officers]

    def meet(officer: int, step: int):
        return lambda: operations.meet_person(
            entry=entry(), document="passport", phone="", by_id=officer, step_up_id=step, at=NOON
        )

    answers = at_once(*map(meet, officers, steps))
    assert len(set(answers)) == 1
    (person_id,) = set(answers)
    assert Meeting.objects.filter(person_id=person_id).count() == 3
    assert Person.objects.get(pk=person_id).assurance == Assurance.MET
