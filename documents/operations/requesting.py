"""Asking for a paper."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import structlog
from django.db import transaction

from documents import composing, numbering
from documents import facts as register_facts
from documents.composing import Around
from documents.events import PaperRequested
from documents.models import Kind, Paper, PaperChange
from documents.rendering import draw, newest
from documents.states import State
from kernel import outbox
from kernel.country import country
from registers import queries as registers

log = structlog.get_logger()


class OfficerMissing(Exception):
    """A paper is signed by an officer, or sealed by the office alone: one of the two."""


class TwoValidities(Exception):
    """A paper is good until a day, or for a number of days: one of the two."""


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
    valid_until: date | None = None,
    valid_days: int | None = None,
) -> int:
    """
    Ask for a paper on a cited register entry and return its id; it is drawn by an errand.

    What it says is read from the entry. `purpose_key` ("applications.case:17") makes it once:
    the same key again returns the same paper. It may be relied on through `valid_until`, or for
    `valid_days` days from the request (one: on that day only); with neither, until something
    ends it.

    :raises UnknownPaperType: if no template has the type
    :raises FactsMissing: if the entry lacks a fact that the paper must show
    :raises FactsRefuse: if the entry contradicts the paper, or is of another register
    :raises FactsDiffer: if `facts` says something else than the entry
    :raises CannotBeDrawn: if it could not be drawn: a letter that the fonts lack, too much to say
    :raises OfficerMissing: unless there is an officer, or `sealed_only` and none
    :raises TwoValidities: for a last day and a number of days, or less than one day
    """
    wanted = new_paper(
        paper_type=paper_type,
        language=language,
        cited_entry_id=cited_entry_id,
        office_id=office_id,
        officer_id=officer_id,
        facts=facts,
        sealed_only=sealed_only,
        kind=kind,
        purpose_key=purpose_key,
        valid_until=_last_day(valid_until, valid_days, at),
        at=at,
    )
    paper, is_new = insert(wanted, at=at)
    event = "paper.requested" if is_new else "paper.requested_already"
    log.info(event, paper_id=paper.pk, paper_type=paper_type)
    return paper.pk


def new_paper(
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
    valid_until: date | None = None,
) -> Paper:
    """
    Return the paper as `request_paper` would ask for it, not yet written.

    :raises CannotBeDrawn: as that
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
        valid_until=valid_until,
        requested_at=at,
    )
    officers = [officer_id] if officer_id is not None else []
    require_drawable(wanted, Around.about({entry.id: entry}, [office_id], officers))
    return wanted


def require_drawable(wanted: Paper, around: Around | None = None) -> None:
    """
    Try whether a paper that is to be asked for can be drawn: afterwards nobody could mend it.

    :raises CannotBeDrawn: if it cannot
    """
    draw(composing.trial_of(wanted, around))


def insert(wanted: Paper, *, at: datetime) -> tuple[Paper, bool]:
    """Write the paper and tell of it; return it, and whether its purpose had none before."""
    with transaction.atomic():
        paper, is_new = _insert_once(wanted)
        if is_new:
            PaperChange.objects.create(
                paper=paper, source="", target=State.REQUESTED, changed_at=at
            )
            outbox.publish(PaperRequested(subject_id=paper.pk, occurred_at=at))
    return paper, is_new


def _last_day(until: date | None, days: int | None, at: datetime) -> date | None:
    if days is None:
        return until
    if until is not None or days < 1:
        raise TwoValidities
    return at.astimezone(country().zone).date() + timedelta(days=days - 1)


def _insert_once(wanted: Paper) -> tuple[Paper, bool]:
    """Return the paper of this purpose, and whether it is the one that was wanted now."""
    if wanted.purpose_key is None:
        wanted.save(force_insert=True)
        return wanted, True
    # The unique key decides between two who ask at once: one inserts, both read.
    Paper.objects.bulk_create([wanted], ignore_conflicts=True)
    paper = Paper.objects.get(purpose_key=wanted.purpose_key)
    return paper, paper.verification_id == wanted.verification_id
