"""
A case says nothing of its holder any more: its words are emptied, and its files are erased.

`workers.errands.erasing` calls this while her erasure runs, again and again: each case is emptied
in a transaction of its own and written down, so that whoever goes on after a crash begins with the
next. PostgreSQL lets the words go, and nothing else, and only of whom two people have decided.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import BooleanField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet

from accounts import operations as accounts
from applications.models import (
    Appeal,
    Application,
    Assistance,
    Attachment,
    CaseNote,
    CompletionRequest,
    DataExport,
    ErasedCase,
    GivenPaper,
    HandOver,
    HelpConsent,
    HelpStep,
    LookQuestion,
    Opening,
    Refusal,
    SavedDraft,
    SecondApproval,
    StatusChange,
    Transfer,
)
from applications.operations.moving import move
from applications.queries.keeping import AT_REST
from applications.states import Status
from kernel import files
from kernel.erasing import TOMBSTONE
from kernel.models import StoredFile

SEALED: tuple[tuple[models.Manager[Any], str, str], ...] = (
    (CaseNote.objects, "application", "text"),
    (Transfer.objects, "application", "text"),
    (SecondApproval.objects, "application", "text"),
    (Appeal.objects, "application", "text"),
    (GivenPaper.objects, "application", "authority"),
    (HandOver.objects, "application", "arrived_note"),
    (Opening.objects, "application", "text"),
    (Opening.objects, "application", "review_text"),
    (LookQuestion.objects, "look__application", "text"),
    (LookQuestion.objects, "look__application", "answer"),
)
"""Which sealed words stand with a case: the table, the way to the case, the column."""

CLEAR: tuple[tuple[models.Manager[Any], str], ...] = (
    (Refusal.objects, "note"),
    (CompletionRequest.objects, "note"),
)
NO_PROOF = "XXX"
"""In place of the last three characters of a proof that was shown."""
NOTHING_TYPED = '""'
_ASKED_AT_ONCE = 100
_SAYS_NOTHING = 2
"""So many bytes of plain text say nothing: {} and the like."""


def erase_next_case(*, person_id: int, contact_id: int, at: datetime) -> bool:
    """
    Empty the next case of a person who is being erased; return False when there is none left.

    :param contact_id: the contact point without a number, to which her cases lead from now on
    """
    with transaction.atomic():
        left = Application.objects.filter(holder_id=person_id, erased=None).order_by("pk")
        case = left.select_for_update(of=("self",)).first()
        if case is None:
            return False
        _empty(case, contact_id)
        if case.status == Status.DRAFT:
            move(case, Status.WITHDRAWN, by_id=None, at=at, note_code="draft_forgotten")
        ErasedCase.objects.create(application=case, erased_at=at)
    return True


def erase_rest(*, person_id: int, contact_ids: Collection[int], at: datetime) -> None:
    """
    Empty what stands with no case: what a helper typed, and answers of nobody from her own phones.

    Safe to repeat.
    """
    typed = HelpStep.objects.filter(assistance__holder_id=person_id, value__isnull=False)
    _saying(typed, "value").update(value=NOTHING_TYPED)
    SavedDraft.objects.filter(contact_id__in=contact_ids, ended_at=None).update(
        answers=None, contact=None, code_hash=None, ended_at=at
    )


def lead_help_away(*, person_id: int, contact_id: int) -> None:
    """
    Let what was begun with her help lead to no phone of hers any more. Safe to repeat.

    :param contact_id: as for `erase_next_case`
    """
    helps = Assistance.objects.filter(holder_id=person_id)
    helps.exclude(contact_id=contact_id).update(contact_id=contact_id)


def erase_exports(*, person_id: int, at: datetime) -> None:
    """
    Erase the copies of her data that she asked for.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now
    """
    for each in DataExport.objects.filter(person_id=person_id):
        if each.file_id is not None:
            files.erase(each.file_id, at=at)
        each.delete()


def erase_files(*, person_id: int, limit: int, at: datetime) -> int:
    """
    Erase at most so many of the files that stood with her cases alone; return how many it found.

    A file that somebody else gave as well stays for the other.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now
    """
    names = list(_files(person_id).values_list("pk", flat=True)[:limit])
    for sha256 in names:
        with suppress(files.FileNeeded):  # Given for something else a moment ago.
            files.erase(sha256, at=at)
    return len(names)


def past_term(before: datetime) -> QuerySet[Application, int]:
    """Return the persons all of whose cases ended before a moment, and are not erased."""
    mine = Application.objects.filter(holder_id=OuterRef("holder_id"))
    younger = StatusChange.objects.filter(
        application__holder_id=OuterRef("holder_id"), changed_at__gte=before
    )
    ended = Application.objects.filter(erased=None, created_at__lt=before)
    ended = ended.filter(~Exists(mine.exclude(status__in=AT_REST)), ~Exists(younger))
    return ended.order_by("holder_id").values_list("holder_id", flat=True).distinct()


def begin_past_terms(before: datetime, limit: int, *, at: datetime) -> int:
    """
    Let the term ask for the erasure of so many of them; return for how many.

    There are fewer than `limit` only where nobody is left: whose data something keeps is passed
    over, and hides nobody after her. The last hundred may make it a few more.
    """
    begun, last = 0, 0
    while begun < limit:
        few = list(past_term(before).filter(holder_id__gt=last)[:_ASKED_AT_ONCE])
        if not few:
            break
        begun, last = begun + accounts.begin_by_term(few, at=at), few[-1]
    return begun


def _empty(case: Application, contact_id: int) -> None:
    this = Application.objects.filter(pk=case.pk)
    # One after the other: PostgreSQL lets answers go only where nothing else changes.
    this.update(contact_id=contact_id)
    this.update(answers={}, private_answers="{}")
    for words, way, column in SEALED:
        _saying(words.filter(**{way: case.pk}), column).update(**{column: TOMBSTONE})
    for words, column in CLEAR:
        words.filter(application=case.pk).exclude(**{column: ""}).update(**{column: ""})
    GivenPaper.objects.filter(application=case.pk).update(proof_ends=NO_PROOF)


def _saying(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Return the rows whose sealed text says more than nothing, told by its length."""
    bytes_ = Func(F(column), function="applications_plain_bytes", output_field=IntegerField())
    saying: QuerySet[Any] = rows.alias(plain_bytes=bytes_).filter(plain_bytes__gt=_SAYS_NOTHING)
    return saying


def _files(person_id: int) -> QuerySet[StoredFile]:
    given = Attachment.objects.filter(application__holder_id=person_id)
    signed = HelpConsent.objects.filter(assistance__holder_id=person_id, scan__isnull=False)
    needed = Func(F("pk"), function="applications_file_is_needed", output_field=BooleanField())
    named = Q(pk__in=given.values("file_id")) | Q(pk__in=signed.values("scan_id"))
    return (
        StoredFile.objects.filter(named, erased_at=None)
        .alias(needed=needed)
        .filter(needed=False)
        .order_by("pk")
    )
