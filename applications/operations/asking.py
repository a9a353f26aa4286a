"""What a paid case asks of its register, before it asks an officer: a row that is its own queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import queries as accounts
from applications.models import Application, RegisterQuestion
from applications.operations.looking_up import agree
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition

log = structlog.get_logger()

FIRST_WAIT = timedelta(seconds=10)
WAIT_MAX = timedelta(minutes=2)


@dataclass(frozen=True)
class Asked:
    """What is to be read: a register, and about whom. She is in no log."""

    register: str
    national_id: str = field(repr=False)


def ask(application: Application, definition: Definition, *, at: datetime) -> bool:
    """
    Say whether the register is to answer for this locked, paid case before any officer does.

    The first time its question is written down. A case that was held meanwhile is asked about
    again at once.
    """
    if definition.output is None or not definition.output.by_register:
        return False
    if not agree(application, definition):
        return False  # What she was told that an officer looks at, an officer looks at.
    # Whoever holds the case's lock is alone with its question.
    question = RegisterQuestion.objects.filter(application=application).first()
    if question is None:
        RegisterQuestion.objects.create(application=application, asked_at=at, due_at=at)
        return True
    if question.answer:
        return False
    if question.due_at > at:
        question.due_at = at
        question.save(update_fields=["due_at"])
    return True


def claim_questions(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """
    Take up to `limit` questions that are due, and put each off, longer each time.

    Putting off is the lease: who dies, and a register that is silent, need to record nothing.
    """
    with transaction.atomic():
        due = list(
            RegisterQuestion.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(answer="", due_at__lte=now, application__status=Status.PAID)
            .order_by("due_at", "pk")[:limit]
        )
        for question in due:
            question.due_at = max(until, now + _wait(question.attempts))
            question.attempts += 1
        RegisterQuestion.objects.bulk_update(due, ["due_at", "attempts"])
    return [question.pk for question in due]


def questions(question_ids: Sequence[int]) -> dict[int, Asked]:
    """Return what is to be asked, by the questions' ids; an unknown id has nothing."""
    rows = RegisterQuestion.objects.filter(pk__in=question_ids).order_by("pk")
    cases = {
        pk: (version_id, holder_id)
        for pk, version_id, holder_id in rows.values_list(
            "pk", "application__service_version_id", "application__holder_id"
        )
    }
    people = {
        person.id: person.national_id or ""
        for person in accounts.persons([holder_id for _, holder_id in cases.values()])
    }
    return {
        pk: Asked(_register(version_id), people[holder_id])
        for pk, (version_id, holder_id) in cases.items()
    }


def _register(service_version_id: int) -> str:
    output = catalogue.version(service_version_id).definition.output
    return output.register if output else ""


def _wait(attempts: int) -> timedelta:
    doublings: int = 2 ** min(attempts, 10)
    return min(FIRST_WAIT * doublings, WAIT_MAX)
