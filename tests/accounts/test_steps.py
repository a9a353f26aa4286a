"""Guardianships, meetings and agents' licences follow a fresh proof, and PostgreSQL knows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts import operations
from accounts.models import Agent, Guardianship, Meeting, StepUp
from accounts.operations import StepUpRefused, agents
from accounts.states import SeenDocument
from tests.accounts import people
from tests.accounts.agents import world as licences
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]
SECTOR = "1209"
Done = Callable[[int], object]


def asked() -> int:
    aunt = people.citizen()
    return operations.ask_guardianship(
        account_id=aunt.account_id, guardian_id=aunt.person_id, ward=world.child_entry(),
        kind="guardian", until_on=None, proof_sha256=world.PROOF, at=NOON,
    )  # fmt: skip


def deciding(by_id: int) -> Done:
    made = asked()
    return lambda step: operations.decide_guardianship(
        guardianship_id=made, approved=True, note="", by_id=by_id, step_up_id=step, at=NOON
    )


def refusing(by_id: int) -> Done:
    made = asked()
    return lambda step: operations.decide_guardianship(
        guardianship_id=made, approved=False, note="", by_id=by_id, step_up_id=step, at=NOON
    )


def revoking(by_id: int) -> Done:
    mother = people.citizen()
    made = operations.accept_parent(
        account_id=mother.account_id, guardian_id=mother.person_id, child=world.child_entry(),
        at=NOON,
    )  # fmt: skip
    return lambda step: operations.revoke_guardianship(
        guardianship_id=made, because="withdrawn", by_id=by_id, step_up_id=step, at=NOON
    )


def meeting(by_id: int) -> Done:
    return lambda step: operations.meet_person(
        entry=entry(), document=SeenDocument.PASSPORT, phone="", by_id=by_id, step_up_id=step,
        at=NOON,
    )  # fmt: skip


def suspending(by_id: int) -> Done:
    agent_id = licences.licensed(people.staff().pk, area_code=SECTOR)
    return lambda step: agents.suspend_agent(
        agent_id=agent_id, by_id=by_id, because="Asked for more", step_up_id=step, at=NOON
    )


def ending(by_id: int) -> Done:
    agent_id = licences.licensed(people.staff().pk, area_code=SECTOR)
    return lambda step: agents.end_agent(
        agent_id=agent_id, by_id=by_id, because="Closed its shop", step_up_id=step, at=NOON
    )


EVERY = [
    (deciding, "person.guard", "person.guard"),
    (refusing, "person.guard", "person.guard"),
    (revoking, "person.guard", "person.guard"),
    (meeting, "person.meet", "person.meet"),
    (suspending, "agent.register", "agent.stop"),
    (ending, "agent.confirm", "agent.stop"),
]


@pytest.mark.parametrize(("begun", "act", "purpose"), EVERY, ids=[one[0].__name__ for one in EVERY])
def test_it_takes_a_fresh_proof_of_her_own_for_this(begun, act, purpose):
    officer, colleague = world.officer(act), world.officer(act)
    done = begun(officer)
    old = people.stepped_up(officer, purpose, NOON - timedelta(minutes=6))
    for_another = people.stepped_up(officer, "rights.confirm")
    anothers = people.stepped_up(colleague, purpose)
    for step in (None, old, for_another, anothers):
        with pytest.raises(StepUpRefused):
            done(step)
    shown = people.stepped_up(officer, purpose)
    done(shown)
    assert StepUp.objects.get(pk=shown).used_at == NOON
    with pytest.raises(StepUpRefused):
        done(shown)


def refused_as(refused_by, rule: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    assert refused_by(refused.value) == rule


def test_postgresql_too_asks_for_the_proof_of_a_guardianship(refused_by):
    officer, made = world.officer("person.guard"), asked()
    rows = Guardianship.objects.filter(pk=made)
    decided = {"approved": True, "decided_by": officer, "decided_at": NOON}
    people.stepped_up(officer, "person.guard")  # Shown, and not used up.
    refused_as(refused_by, "guardian_decided_by_step_up", lambda: rows.update(**decided))
    shown = people.stepped_up(officer, "person.guard")
    operations.decide_guardianship(
        guardianship_id=made, approved=True, note="", by_id=officer, step_up_id=shown, at=NOON
    )
    later = NOON + timedelta(minutes=1)
    ended = {"ended_by": officer, "ended_at": later}
    refused_as(refused_by, "guardian_ended_by_step_up", lambda: rows.update(**ended))
    # By whoever asked for it, a citizen, it ends without.
    assert rows.update(ended_by=F("asked_by"), ended_at=later) == 1


def test_postgresql_too_asks_for_the_proof_of_a_meeting_and_of_a_licence(refused_by):
    officer = world.officer("person.meet", "agent.confirm")
    person_id = operations.know_person(entry=entry(), at=NOON)
    told = {"person_id": person_id, "document": "passport", "at": NOON}
    refused_as(
        refused_by, "meeting_by_step_up", lambda: Meeting.objects.create(by_id=officer, **told)
    )
    agent_id = licences.registered(people.staff().pk, by_id=licences.overseer(), area_code=SECTOR)
    rows = Agent.objects.filter(pk=agent_id)
    for rule, raw in (
        ("agent_confirmed_by_step_up", {"confirmed_by": officer, "confirmed_at": NOON}),
        (
            "agent_stopped_by_step_up",
            {"suspended_by": officer, "suspended_at": NOON, "suspended_because": "why not"},
        ),
        (
            "agent_stopped_by_step_up",
            {"ended_by": officer, "ended_at": NOON, "ended_because": "why not"},
        ),
    ):
        refused_as(refused_by, rule, lambda raw=raw: rows.update(**raw))
