"""Asking for a paper."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from documents import composing, numbering
from documents import facts as register_facts
from documents.events import PaperRequested
from documents.models import Kind, Paper, PaperChange
from documents.rendering import newest
from documents.states import State
from kernel import outbox
from registers import queries as registers

log = structlog.get_logger()


class OfficerMissing(Exception):
    """A paper is signed by an officer, or sealed by the office alone: one of the two."""


def request_paper(
    *,
    paper_type: str,
    language: str,
    cited_entry_id: int,
    office_id: int,
    officer_id: int | None,
    at: datetime,
    facts: Mapping[str, str] | None = None,
    sealed_only: bool = False,
    kind: str = Kind.CERTIFICATE,
    purpose_key: str | None = None,
) -> int:
    """
    Ask for a paper on a cited register entry and return its id; it is drawn by an errand.

    What it says is read from the entry. `purpose_key` ("applications.case:17") makes it once:
    the same key again returns the same paper.

    :raises UnknownPaperType: if no template has the type
    :raises FactsMissing: if the entry lacks a fact that the paper must show
    :raises FactsRefuse: if the entry contradicts the paper, or is of another register
    :raises FactsDiffer: if `facts` says something else than the entry
    :raises OfficerMissing: unless there is an officer, or `sealed_only` and none
    """
    if sealed_only == (officer_id is not None):
        raise OfficerMissing
    template = newest(paper_type)
    entry = registers.cited_entry(cited_entry_id)
    register_facts.check_agree(facts or {}, entry.facts)
    first = composing.first_language(template, language)
    shown = register_facts.from_entry(template, kind, entry, first)
    wanted = Paper(
        verification_id=numbering.new_verification_id(),
        purpose_key=purpose_key,
        paper_type=paper_type,
        kind=kind,
        template_version=template.version,
        language=language,
        facts=shown,
        facts_sha256=register_facts.sha256(shown),
        cited_entry_id=cited_entry_id,
        office_id=office_id,
        officer_id=officer_id,
        sealed_only=sealed_only,
        requested_at=at,
    )
    with transaction.atomic():
        paper, is_new = _insert_once(wanted)
        if is_new:
            PaperChange.objects.create(
                paper=paper, source="", target=State.REQUESTED, changed_at=at
            )
            outbox.publish(PaperRequested(subject_id=paper.pk, occurred_at=at))
    event = "paper.requested" if is_new else "paper.requested_already"
    log.info(event, paper_id=paper.pk, paper_type=paper_type)
    return paper.pk


def _insert_once(wanted: Paper) -> tuple[Paper, bool]:
    """Return the paper of this purpose, and whether it is the one that was wanted now."""
    if wanted.purpose_key is None:
        wanted.save(force_insert=True)
        return wanted, True
    # The unique key decides between two who ask at once: one inserts, both read.
    Paper.objects.bulk_create([wanted], ignore_conflicts=True)
    paper = Paper.objects.get(purpose_key=wanted.purpose_key)
    return paper, paper.verification_id == wanted.verification_id
