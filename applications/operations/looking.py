"""Who looks at a person's case is written down for her; she may ask, and somebody answers."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.models import Application, Look, LookQuestion, Seen, Why
from applications.models.looks import LOOK_SECONDS
from applications.operations.noting import bounded
from kernel import audit
from places import queries as places

QUESTION_CHARACTERS_MAX = 1000
ANSWER_CHARACTERS_MAX = 1000
LOOKS_MAX = 200
"""Cases of one search or list; no page shows more."""


class NoSuchLook(Exception):
    """No look at a case of this person has this id, or the question about it is not there."""


class AskedBefore(Exception):
    """About each look one question is asked."""


class LookedHerself(Exception):
    """Whoever looked does not answer for it."""


def look(
    *,
    cases: Collection[tuple[int, Why]],
    account_id: int,
    office_id: int | None,
    seen: Seen,
    at: datetime,
    once_in_seconds: int = LOOK_SECONDS,
) -> None:
    """
    Write down that somebody saw something of cases, once in ten minutes; with one insert.

    :param cases: each case's id with the right by which she saw it, at most `LOOKS_MAX`
    :param office_id: the looker's own office
    """
    slot = int(at.timestamp()) // once_in_seconds
    Look.objects.bulk_create(
        (
            Look(
                application_id=application_id,
                account_id=account_id,
                office_id=office_id,
                seen=seen,
                why=why,
                at=at,
                slot=slot,
            )
            for application_id, why in list(cases)[:LOOKS_MAX]
        ),
        ignore_conflicts=True,
    )


def ask_about_look(*, look_id: int, holder_id: int, text: str, at: datetime) -> None:
    """
    Let a person say that a look at her case seems wrong.

    :param text: what she finds wrong; may be empty, at most 1000 characters
    :raises NoSuchLook: if it was no look at a case of hers
    :raises AskedBefore: if she asked about it already
    :raises applications.operations.noting.TextRefused: if it is longer
    """
    words = bounded(text, QUESTION_CHARACTERS_MAX, least=0)
    with transaction.atomic():
        if not Look.objects.filter(pk=look_id, application__holder_id=holder_id).exists():
            raise NoSuchLook(look_id)
        question, is_new = LookQuestion.objects.get_or_create(
            look_id=look_id, defaults={"text": words, "asked_at": at}
        )
        if not is_new:
            raise AskedBefore(look_id)
        audit.record(
            act="look.asked_about",
            actor_id=None,
            subject="applications.look",
            subject_id=look_id,
            detail={"question": question.pk},
            at=at,
        )


def answer_for_look(*, question_id: int, by_id: int, text: str, at: datetime) -> None:
    """
    Answer a person who finds a look at her case wrong; she reads it beside the look.

    :param text: 1 to 1000 characters
    :raises NoSuchLook: if there is no such question, or it has its answer
    :raises LookedHerself: if it was she who looked, under any of her accounts
    :raises accounts.policies.NotGranted: if she may not answer for the case's office
    :raises applications.operations.noting.TextRefused: if it is empty or longer
    """
    words = bounded(text, ANSWER_CHARACTERS_MAX)
    with transaction.atomic():
        question = LookQuestion.objects.select_for_update().filter(pk=question_id).first()
        if question is None or question.answered_at is not None:
            raise NoSuchLook(question_id)
        looked = Look.objects.select_related("application").get(pk=question.look_id)
        require_over(looked.application, policies.ANSWER_FOR_LOOKS.code, by_id, at=at)
        if accounts.same_hands(looked.account_id, by_id):
            raise LookedHerself(question_id)
        question.answered_by_id, question.answered_at, question.answer = by_id, at, words
        question.save(update_fields=["answered_by", "answered_at", "answer"])
        audit.record(
            act="look.answered_for",
            actor_id=by_id,
            subject="applications.look",
            subject_id=looked.pk,
            detail={"question": question.pk},
            at=at,
        )


def require_over(application: Application, act: str, account_id: int, *, at: datetime) -> None:
    """
    Do nothing if she may do an act over the office that decides the case.

    :raises accounts.policies.NotGranted: otherwise
    """
    office = places.office(application.deciding_office_id or 0)
    rights.require(
        account_id=account_id,
        act=act,
        service_code=application.service_code,
        area_code=office.area.code if office.area else None,
        at=at,
    )
