"""What the register has answered for a paid case: its paper by itself, or an officer after all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from applications.models import Answer, Application, RegisterQuestion
from applications.operations.approving import (
    AnswersDiffer,
    EntryOfAnother,
    RegisterDenies,
    approve_by_register,
)
from applications.operations.moving import lock
from applications.operations.paying import is_paid
from applications.operations.routing import find_desk, lay_before
from applications.states import Status
from catalogue import queries as catalogue
from places import queries as places
from registers.entries import Entry

log = structlog.get_logger()

ASKED_FOR_MAX = timedelta(minutes=10)
"""A register that is silent for so long does not keep a case: an officer gets it."""

_GIVEN_UP_AT_ONCE_MAX = 500
_REFUSALS: dict[type[Exception], Answer] = {
    EntryOfAnother: Answer.OTHER_PERSON,
    AnswersDiffer: Answer.DIFFERS,
    RegisterDenies: Answer.DENIES,
}


def take_answer(
    *, question_id: int, entries: Sequence[Entry], read_at: datetime, at: datetime
) -> None:
    """
    Approve the case in the name of its office, or lay it before an officer who sees why not.

    Safe to repeat: what has moved on since the register was asked stays where it is. One entry
    that is hers and agrees with her answers is wanted; of several an officer chooses.

    :param entries: what the register held of her when it was asked, at `read_at`
    :raises places.queries.NoOffice: if no office serves the case's area any more
    """
    with transaction.atomic():
        found = _lock(question_id)
        if found is None:
            return
        question, application = found
        answer = _decide(question, application, entries, read_at=read_at, at=at)
        if answer is not Answer.ISSUED:
            _give_to_officer(question, application, answer, at=at)
    log.info("case.register_answered", case_id=application.pk, answer=answer)


def stop_asking(*, now: datetime) -> int:
    """
    Give the cases whose register has been silent for too long to officers; return how many.

    Whatever broke while they were answered: no case waits for a machine longer than this.
    """
    waiting = RegisterQuestion.objects.filter(
        answer="", asked_at__lte=now - ASKED_FOR_MAX, application__status=Status.PAID
    ).order_by("pk")
    given = 0
    for question_id in list(waiting.values_list("pk", flat=True)[:_GIVEN_UP_AT_ONCE_MAX]):
        try:
            given += _give_up(question_id, at=now)
        except places.NoOffice:
            log.error("case.no_office", question_id=question_id)  # noqa: TRY400
    return given


def _give_up(question_id: int, *, at: datetime) -> int:
    with transaction.atomic():
        found = _lock(question_id)
        if found is None:
            return 0
        _give_to_officer(*found, Answer.SILENT, at=at)
    return 1


def _lock(question_id: int) -> tuple[RegisterQuestion, Application] | None:
    """Lock the case and then its question; None where nothing is to be answered any more."""
    rows = RegisterQuestion.objects
    application = lock(rows.values_list("application_id", flat=True).get(pk=question_id))
    question = rows.select_for_update().get(pk=question_id)
    if question.answer or application.status != Status.PAID or not is_paid(application):
        log.info("case.past_asking", case_id=application.pk, status=application.status)
        return None
    return question, application


def _decide(
    question: RegisterQuestion,
    application: Application,
    entries: Sequence[Entry],
    *,
    read_at: datetime,
    at: datetime,
) -> Answer:
    if not entries:
        return Answer.NO_ENTRY
    if len(entries) > 1:
        return Answer.SEVERAL
    try:
        with transaction.atomic():
            _answered(question, Answer.ISSUED, at=at)
            approve_by_register(application, entries[0], read_at=read_at, at=at)
    except tuple(_REFUSALS) as refusal:
        return _REFUSALS[type(refusal)]
    return Answer.ISSUED


def _give_to_officer(
    question: RegisterQuestion, application: Application, answer: Answer, *, at: datetime
) -> None:
    _answered(question, answer, at=at)
    definition = catalogue.version(application.service_version_id).definition
    desk = find_desk(definition, application.given, at=at)
    lay_before(application, desk, by_id=None, at=at, note_code=f"register_{answer}")


def _answered(question: RegisterQuestion, answer: Answer, *, at: datetime) -> None:
    question.answer, question.answered_at = answer, at
    question.save(update_fields=["answer", "answered_at"])
