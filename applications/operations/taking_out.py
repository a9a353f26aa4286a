"""
A person takes out all that is kept about her: asked for on a page, packed by an errand.

It lies in the store as every file does, for a day behind her sign-in, and is erased after it.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from accounts import queries as accounts
from accounts.limits import Limit
from accounts.operations import budgets
from applications import queries
from applications.models import Application, CheckState, DataExport, Look
from applications.queries import attachments
from documents import queries as papers
from kernel import audit, files
from kernel.models import StoredFile
from payments import queries as bills

log = structlog.get_logger()

ZIP = "application/zip"
EXPORT_KEPT = timedelta(hours=24)
BY_PERSON = Limit("export.person", 3, timedelta(days=1))
# Beside the words about her: what her papers and documents may take, or nobody could load it.
BYTES_MAX = 40 * 1024 * 1024
# Each takes a slow store its time: with these an errand ends long before Celery's minute.
FILES_MAX = 300
LOOKS_MAX = 5000
# A packing that breaks so often is given up: she is told, and may ask anew.
ATTEMPTS_MAX = 3
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NoSuchExport(Exception):
    """This person has no such export, or its day is over."""


def ask_export(*, person_id: int, by_id: int, language: str, at: datetime) -> int:
    """
    Ask for all that is kept about a person; while one is being made, that one is hers.

    :raises accounts.operations.BudgetSpent: after three within a day
    """
    open_ = DataExport.objects.filter(person_id=person_id, ready_at=None, failed_at=None)
    if (found := open_.first()) is not None:
        return found.pk
    budgets.spend(BY_PERSON, str(person_id), at=at)
    try:
        with transaction.atomic():
            made = DataExport.objects.create(
                person_id=person_id, asked_by_id=by_id, language=language, asked_at=at
            )
            audit.record(
                act="export.asked", actor_id=by_id, subject="person", subject_id=person_id, at=at
            )
    except IntegrityError:
        return open_.get().pk  # Two clicks at once are one export.
    return made.pk


def claim_exports(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """
    Return exports to make; nobody else gets them before `until`.

    One that was begun `ATTEMPTS_MAX` times and never ended is given up.
    """
    with transaction.atomic():
        waiting = DataExport.objects.select_for_update(skip_locked=True).filter(
            ready_at=None, failed_at=None
        )
        free = waiting.exclude(lease_until__gt=now).order_by("asked_at", "pk")
        for each in free.filter(attempts__gte=ATTEMPTS_MAX)[:limit]:
            DataExport.objects.filter(pk=each.pk).update(failed_at=now, lease_until=None)
            log.warning("export.given_up", export_id=each.pk, attempts=each.attempts)
        due = [each.pk for each in free.filter(attempts__lt=ATTEMPTS_MAX)[:limit]]
        DataExport.objects.filter(pk__in=due).update(lease_until=until, attempts=F("attempts") + 1)
    return due


def make_export(export_id: int, *, at: datetime) -> None:
    """
    Pack and keep it. One that somebody else has made meanwhile stays as it is.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now; its lease runs out
    """
    asked = DataExport.objects.get(pk=export_id)
    kept = files.store(pack_person(asked.person_id, asked.language, at=at), ZIP, at=at)
    updated = DataExport.objects.filter(pk=export_id, ready_at=None, failed_at=None).update(
        file_id=kept.sha256, ready_at=at, until=at + EXPORT_KEPT, lease_until=None
    )
    if not updated:
        files.erase(kept.sha256, at=at)  # Nobody could load it, and no night would find it soon.
        return
    log.info("export.made", export_id=export_id, size_bytes=kept.size)


def export_of(*, person_id: int, at: datetime) -> DataExport | None:
    """Return her newest export that is being made, still hers to load, or was given up."""
    newest = DataExport.objects.filter(person_id=person_id).order_by("-pk").first()
    return None if newest is None or (newest.until and newest.until <= at) else newest


def load_export(*, person_id: int, by_id: int, at: datetime) -> bytes:
    """
    Return the ZIP; that it was loaded stands in the trace.

    :raises NoSuchExport: if none is ready, or its day is over
    :raises kernel.files.StorageUnavailable: if the store cannot be had now
    """
    found = export_of(person_id=person_id, at=at)
    if found is None or found.file_id is None:
        raise NoSuchExport(person_id)
    data = files.read(found.file_id)
    audit.record(act="export.loaded", actor_id=by_id, subject="person", subject_id=person_id, at=at)
    return data


def old_exports(before: datetime) -> int:
    return _old(before).count()


def forget_exports(before: datetime, limit: int, *, at: datetime) -> int:
    """
    Erase at most so many exports whose day ended before a moment; return how many.

    With them what a maker left who died before he wrote down which file it is.
    """
    old = _old(before).order_by("pk")[:limit]
    for each in (gone := list(old)):
        if each.file_id is not None:
            files.erase(each.file_id, at=at)
        each.delete()
    left = list(_unnamed(at - EXPORT_KEPT)[: limit - len(gone)])
    for each_left in left:
        files.erase(each_left, at=at)
    return len(gone) + len(left)


def _old(before: datetime) -> QuerySet[DataExport]:
    return DataExport.objects.filter(Q(until__lte=before) | Q(failed_at__lte=before - EXPORT_KEPT))


def _unnamed(before: datetime) -> QuerySet[StoredFile, str]:
    """Return the packed files, kept before a moment, that no export names."""
    named = DataExport.objects.filter(file=OuterRef("pk"))
    packed = StoredFile.objects.filter(media_type=ZIP, erased_at=None, stored_at__lt=before)
    return packed.filter(~Exists(named)).values_list("pk", flat=True)


def pack_person(person_id: int, language: str, *, at: datetime) -> bytes:
    """Return a ZIP: data.json for machines, index.html to read, her papers and her documents."""
    cases = list(Application.objects.filter(holder_id=person_id).order_by("pk"))
    told = _told(person_id, cases, at)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        names: list[str] = []
        left = BYTES_MAX
        for name, sha256, paper_id, size_bytes in _files(cases):
            if size_bytes > left or left == 0 or len(names) == FILES_MAX:
                told["left_out"].append(name)
                continue  # Unread: whatever follows the bound would be read for nothing.
            try:
                data = papers.final_file(paper_id) if paper_id else files.read(sha256)
            except (papers.NotIssued, files.FileMissing, files.FileChanged):
                continue  # Not made yet, or erased; the list of cases says which there were.
            if len(data) > left:
                told["left_out"].append(name)
                left = 0
                continue
            left -= len(data)
            names.append(name)
            folder.writestr(name, data)
        folder.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2, default=str))
        with translation.override(language):
            page = render_to_string(
                "applications/export.html", {"told": told, "files": names, "at": at}
            )
        folder.writestr("index.html", page)
    return packed.getvalue()


def _told(person_id: int, cases: list[Application], at: datetime) -> dict[str, Any]:
    person = accounts.person(person_id)
    return {
        "made_at": at,
        "person": {
            "family_name": person.family_name,
            "given_names": person.given_names,
            "born_on": person.born_on,
            "sex": person.sex,
            "national_id": person.national_id,
            "assurance": person.assurance,
            "contacts": accounts.contacts_of(person_id),
        },
        "cases": [_case(case, at) for case in cases],
        "looks": [
            {"case": look.application.number, "at": look.at, "seen": look.seen, "why": look.why}
            for look in Look.objects.filter(application__holder_id=person_id)
            .select_related("application")
            .order_by("-pk")[:LOOKS_MAX]
        ],
        "left_out": [],
    }


def _case(case: Application, at: datetime) -> dict[str, Any]:
    bill = bills.bill(case.bill_id) if case.bill_id else None
    return {
        "number": case.number,
        "service": case.service_code,
        "status": case.status,
        "begun_at": case.created_at,
        "submitted_at": case.submitted_at,
        "decided_at": case.decided_at,
        "answers": case.given,
        "history": [
            {"from": move.source, "to": move.target, "at": move.changed_at}
            for move in queries.history(case.pk)
        ],
        "documents": [
            {"code": one.code, "given_at": one.attached_at} for one in attachments.of(case.pk)
        ],
        "payment": {"reference": bill.reference, "state": bill.state} if bill else None,
        "paper_read_by": [
            {"agency": one.agency, "purpose": one.purpose, "until": one.until}
            for one in (papers.consents(case.paper_id, at=at) if case.paper_id else [])
        ],
    }


def _files(cases: list[Application]) -> Iterator[tuple[str, str, int | None, int]]:
    """Yield name, hash and size in bytes; of a paper its id, and no size: it is not known here."""
    for case in cases:
        if case.paper_id is not None:
            yield f"papers/{case.number}.pdf", "", case.paper_id, 0
        for one in attachments.of(case.pk):
            if one.state != CheckState.CLEAN:
                continue  # Nobody is handed what may do harm.
            ending = _ENDINGS.get(one.media_type, "bin")
            name = f"documents/{case.number}-{one.id}.{ending}"
            yield name, one.sha256, None, one.size_bytes
