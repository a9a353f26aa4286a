"""What lies on one officer's desk on a Monday: twenty cases, each with its own trouble."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from applications import operations
from applications.models import Application
from documents import operations as documents
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.attachments.giving import give
from tests.applications.registers_server import Registers
from tests.world import NOON

BORN_ON = date(1990, 4, 4)
"""Typed alike, whether a browser asks for the day first or for the month."""


@dataclass
class Office:
    """Aline decides, Bosco is her colleague; `cases` are hers by what they are about."""

    registers: Registers
    aline: int
    bosco: int
    cases: dict[str, Application] = field(default_factory=dict)
    holders: dict[str, Citizen] = field(default_factory=dict)

    def lay(self, name: str, service: str = world.BIRTH, **given: object) -> Application:
        """Lay a paid case before Aline, of which the register holds what was given."""
        citizen = people.citizen(family_name="Uwase", given_names="Claudine", born_on=BORN_ON)
        self.holders[name] = citizen
        self._hold(citizen, service)
        made = world.draft(citizen, service, **given)
        if service == world.IDENTITY:
            give(citizen, made)
        sent = world.submit(citizen, made)
        if sent.bill_id is not None:
            world.pay(sent.bill_id)
            operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
        operations.route(application_id=made.pk, at=NOON)
        for question in operations.claim_questions(limit=4, now=NOON, until=NOON + world.MINUTE):
            operations.take_answer(question_id=question, entries=[], read_at=NOON, at=NOON)
        Application.objects.filter(pk=made.pk).update(officer_id=self.aline)
        self.cases[name] = world.fresh(made)
        return self.cases[name]

    def forget_entry(self, name: str) -> None:
        """Let the register's gateway hold nothing of this person."""
        entry = world.birth_act(self.holders[name])
        self.registers.acts.pop(("birth", entry.national_ids[0]))

    def is_late(self, name: str) -> None:
        long_ago = timezone.now() - timedelta(days=4)
        case = Application.objects.filter(pk=self.cases[name].pk)
        case.update(promised_at=long_ago, queue_at=long_ago)

    def take(self, name: str, by_id: int) -> None:
        operations.take(application_id=self.cases[name].pk, by_id=by_id, at=timezone.now())

    def approve(self, name: str, by_id: int) -> None:
        """Let an officer approve a case of births at her own desk."""
        self.take(name, by_id)
        operations.approve(
            application_id=self.cases[name].pk,
            by_id=by_id,
            version=self.now(name).version,
            entry=world.birth_act(self.holders[name]),
            at=timezone.now(),
        )

    def now(self, name: str) -> Application:
        return world.fresh(self.cases[name])

    def draw_all(self) -> int:
        """Do as the errand does with every paper that was asked for; return how many."""
        now = timezone.now()
        documents.issue_development_credentials(at=now - world.MINUTE)
        claimed = documents.claim_for_rendering(limit=50, now=now, until=now + world.MINUTE)
        documents.make(claimed, clock=timezone.now)
        for paper_id in claimed:
            operations.give_up_drawn(paper_id=paper_id, at=timezone.now())
        for case in Application.objects.filter(paper_id__in=claimed):
            operations.mark_rendered(application_id=case.pk, at=timezone.now())
        return len(claimed)

    def _hold(self, citizen: Citizen, service: str) -> None:
        entry = world.entry_for(citizen, service)
        if service in {world.SINGLE, world.IDENTITY, world.LIFE}:
            number = str(entry.national_id)
            self.registers.people[number] = world.as_json(entry)
        else:
            number = entry.national_ids[1 if service == world.MARRIAGE else 0]
            self.registers.acts[entry.kind, number] = [world.act_as_json(entry)]
