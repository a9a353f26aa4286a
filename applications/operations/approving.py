"""Approval: an entry is cited and a paper asked for, or nothing happens at all."""

from datetime import datetime

from django.db import transaction

from accounts import queries as accounts
from applications import comparing, queries
from applications.comparing import Entry
from applications.models import Application
from applications.operations.moving import lock, move, require_version
from applications.operations.review import require_held, require_officer
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from documents import operations as documents
from registers import operations as registers


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
        definition = catalogue.version(application.service_version_id).definition
        checked = _check_entry(application, definition, entry)
        cited = registers.cite(kind=_register(definition), entry=checked, at=at)
        application.cited_entry_id = cited.pk
        application.paper_id = _request_paper(application, definition, by_id=by_id, at=at)
        application.decided_at = at
        application.held_until = None
        move(
            application,
            Status.APPROVED,
            by_id=by_id,
            at=at,
            changed=["cited_entry", "paper", "decided_at", "held_until"],
        )


def _request_paper(
    application: Application, definition: Definition, *, by_id: int, at: datetime
) -> int:
    try:
        # No facts of ours: the paper says what the cited entry says, and nothing else.
        return documents.request_paper(
            paper_type=_paper(definition),
            language=application.language,
            cited_entry_id=application.cited_entry_id or 0,
            office_id=application.deciding_office_id or 0,
            officer_id=by_id,
            purpose_key=f"applications.case:{application.pk}",
            at=at,
        )
    except (documents.FactsRefuse, documents.FactsMissing) as refusal:
        raise RegisterDenies(application.pk) from refusal


def _check_entry(application: Application, definition: Definition, entry: Entry | None) -> Entry:
    if entry is None:
        raise NoEntry(application.pk)
    holder = queries.holder(accounts.person(application.holder_id))
    if not comparing.is_about(entry, holder):
        raise EntryOfAnother(application.pk)
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


def _paper(definition: Definition) -> str:
    if definition.output is None or definition.output.paper is None:
        raise NothingToIssue(definition.code)
    return definition.output.paper


def _register(definition: Definition) -> str:
    if definition.output is None or not definition.output.register:
        raise NothingToIssue(definition.code)
    return definition.output.register
