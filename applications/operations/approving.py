"""Approval: an entry is cited and a paper asked for, or nothing happens at all."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from accounts import queries as accounts
from applications import comparing, policies, queries
from applications.models import Application, UndoneApproval
from applications.operations.moving import NotNow, lock, move, require_version
from applications.operations.paying import is_paid
from applications.operations.review import require_held, require_officer
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition, Output
from documents import operations as documents
from documents import queries as papers
from documents.operations import requesting
from kernel.country import country
from registers import operations as registers
from registers.entries import Entry

T = TypeVar("T")
_DENIED = (
    documents.FactsRefuse,
    documents.FactsMissing,
    documents.FactsMalformed,
    documents.CannotBeDrawn,
)


class NoEntry(Exception):
    """The register holds nothing to print: refuse, and point to late registration."""


class EntryOfAnother(Exception):
    """The entry is not about the person whose case it is."""


class AnswersDiffer(Exception):
    """What was given differs from the entry: it goes to rectification, never into approval."""


class RegisterDenies(Exception):
    """The register says the contrary of what the paper would state, or too little for it."""


class NothingToIssue(Exception):
    """The service names no paper that can be drawn."""


def approve(
    *, application_id: int, by_id: int, version: int, entry: Entry | None, at: datetime
) -> None:
    """
    Approve the case on the register's entry, and ask for its paper in the same transaction.

    Where the service wants two officers, the entry is cited and a second one asked instead: the
    paper waits for her (`approve_second`). An entry on paper is approved by `approve_on_paper`.
    The caller has read the entry through the gateway, outside any transaction.

    :raises StalePage: if the case has changed since she read it
    :raises NotHeld: if it is not in her hands
    :raises NoEntry: if the register has none
    :raises EntryOfAnother: if it is about somebody else
    :raises AnswersDiffer: if an answer differs from it
    :raises RegisterDenies: if the paper would say what the register does not
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_held(application, by_id)
        require_officer(application, by_id, at=at)
        require_not_named(entry, by_id)
        definition = catalogue.version(application.service_version_id).definition
        cited_entry_id = _cite(application, definition, entry, read_at=at)
        if definition.second_approval:
            ask_second(application, definition, cited_entry_id, by_id=by_id, at=at)
        else:
            approve_on(application, definition, cited_entry_id, by_id=by_id, at=at)


def require_not_named(entry: Entry | None, by_id: int) -> None:
    """:raises policies.OwnCase: if the act names the officer, too: as the other spouse, say"""
    if entry is None or len(entry.national_ids) < 2:
        return  # It names nobody but the holder.
    person_id = accounts.account(by_id).person_id
    if person_id is None or accounts.person(person_id).national_id in entry.national_ids:
        raise policies.OwnCase(by_id)


def specimen(
    application: Application, entry: Entry | None, *, officer_id: int, at: datetime
) -> bytes:
    """
    Return the paper as it would be if she approved now: SPECIMEN across it, and nothing kept.

    :raises NoEntry, EntryOfAnother, AnswersDiffer, RegisterDenies, NothingToIssue: as `approve`
    """
    definition = catalogue.version(application.service_version_id).definition
    output = output_of(definition)
    checked = check_entry(application, definition, entry)
    try:
        return papers.preview(
            paper_type=output.paper or "",
            kind=output.kind,
            language=application.language,
            entry=registers.as_cited(kind=output.register, entry=checked, at=at),
            office_id=application.deciding_office_id or 0,
            officer_id=officer_id,
            valid_until=output.last_day(at.astimezone(country().zone).date()),
            at=at,
        )
    except _DENIED as refusal:
        raise RegisterDenies(application.pk) from refusal


def approve_by_register(
    application: Application, entry: Entry, *, read_at: datetime, at: datetime
) -> None:
    """
    Approve a locked, paid case in nobody's name: its office alone seals the paper.

    PostgreSQL wants the register's answer written down before.

    :raises EntryOfAnother, AnswersDiffer, RegisterDenies: as `approve`, and the case may have
        changed in memory: whoever goes on with it rolls back and reads it again
    """
    definition = catalogue.version(application.service_version_id).definition
    cited_entry_id = _cite(application, definition, entry, read_at=read_at)
    approve_on(application, definition, cited_entry_id, by_id=None, at=at)


def ask_second(
    application: Application,
    definition: Definition,
    cited_entry_id: int,
    *,
    by_id: int,
    at: datetime,
    note_code: str = "",
) -> None:
    """
    Let a second officer look at a locked case that its officer has approved on a cited entry.

    :raises NotNow: if its money was taken back a moment ago
    :raises RegisterDenies: if there could be no paper; nobody is to second what cannot be drawn
    """
    _require_paid(application)
    output = output_of(definition)
    _paper(requesting.new_paper, application, output, cited_entry_id, officer_id=by_id, at=at)
    application.cited_entry_id = cited_entry_id
    application.held_until = None
    move(
        application,
        Status.AWAITING_SECOND,
        by_id=by_id,
        at=at,
        note_code=note_code,
        changed=["cited_entry", "held_until"],
    )


def approve_on(
    application: Application,
    definition: Definition,
    cited_entry_id: int,
    *,
    by_id: int | None,
    at: datetime,
) -> None:
    """
    Approve a locked case on a cited entry, and ask for its paper: its officer signs it.

    :param by_id: who approves now, the second officer where there are two; None: the register
    :raises NotNow: if its money was taken back a moment ago
    :raises RegisterDenies: if the paper would say what the entry does not
    """
    _require_paid(application)
    officer_id = application.officer_id if by_id is not None else None
    output = output_of(definition)
    application.paper_id = _paper(
        documents.request_paper, application, output, cited_entry_id, officer_id=officer_id, at=at
    )
    application.cited_entry_id = cited_entry_id
    application.decided_at = at
    application.held_until = None
    move(
        application,
        Status.APPROVED,
        by_id=by_id,
        at=at,
        changed=["cited_entry", "paper", "decided_at", "held_until"],
    )


def _require_paid(application: Application) -> None:
    if not is_paid(application):
        raise NotNow(application.pk, application.status)


def _cite(
    application: Application, definition: Definition, entry: Entry | None, *, read_at: datetime
) -> int:
    checked = check_entry(application, definition, entry)
    kind = output_of(definition).register
    return int(registers.cite(kind=kind, entry=checked, at=read_at).pk)


def _paper(
    make: Callable[..., T],
    application: Application,
    output: Output,
    cited_entry_id: int,
    *,
    officer_id: int | None,
    at: datetime,
) -> T:
    try:
        # No facts of ours: the paper says what the cited entry says, and nothing else.
        return make(
            paper_type=output.paper or "",
            kind=output.kind,
            language=application.language,
            cited_entry_id=cited_entry_id,
            office_id=application.deciding_office_id or 0,
            officer_id=officer_id,
            sealed_only=officer_id is None,
            purpose_key=_purpose(application),
            valid_until=output.last_day(at.astimezone(country().zone).date()),
            at=at,
        )
    except _DENIED as refusal:
        raise RegisterDenies(application.pk) from refusal


def _purpose(application: Application) -> str:
    """One original for each time that the case is approved: those before it are given up."""
    undone = UndoneApproval.objects.filter(application=application).count()
    return f"applications.case:{application.pk}" + (f":{undone}" if undone else "")


def check_entry(application: Application, definition: Definition, entry: Entry | None) -> Entry:
    """
    Return the entry, if the case may be approved on it.

    :raises NoEntry, EntryOfAnother, AnswersDiffer, RegisterDenies: if it may not
    """
    if entry is None:
        raise NoEntry(application.pk)
    holder = queries.holder(accounts.person(application.holder_id))
    if not comparing.is_about(entry, holder):
        raise EntryOfAnother(application.pk)
    if comparing.is_dead(entry):
        raise RegisterDenies(application.pk)
    rows = comparing.compare(
        definition,
        application.given,
        entry,
        holder,
        language=application.language,
        place=queries.place_reader(application.language),
    )
    if comparing.differs(rows):
        raise AnswersDiffer(application.pk)
    return entry


def output_of(definition: Definition) -> Output:
    """:raises NothingToIssue: if the service names no paper that can be drawn"""
    output = definition.output
    if output is None or output.paper is None or not output.register:
        raise NothingToIssue(definition.code)
    return output
