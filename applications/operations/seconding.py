"""The second of two officers: she approves what the first one did, or says why not."""

from datetime import datetime

from django.db import transaction

from accounts import queries as accounts
from accounts.policies import NotGranted
from applications import policies
from applications.models import Application, SecondApproval, StatusChange
from applications.operations.approving import approve_on, check_entry, require_not_named
from applications.operations.hearing import MadeAStep, require_new
from applications.operations.moving import lock, move, require_status, require_version
from applications.operations.noting import bounded
from applications.operations.review import HOLD, require_officer
from applications.states import MADE_STEPS, Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from registers import operations as registers
from registers import queries as entries
from registers.entries import Entry

DECLINE_CHARACTERS_MAX = 500
_PAPER = "paper"  # A cited entry's source.


class EntryChanged(Exception):
    """The register says something else than what the first officer approved: decline."""


def approve_second(
    *, application_id: int, by_id: int, version: int, entry: Entry | None, at: datetime
) -> None:
    """
    Confirm an approval, and ask for the paper, which the first officer signs.

    :param entry: what the register says now, read outside any transaction; None where the first
        officer cited the paper register, whose scan the second one has looked at
    :raises StalePage: if the case has changed since she read it
    :raises NotNow: if it does not wait for a second approval
    :raises MadeAStep: if she approved it first, asked for a completion or refused it before
    :raises policies.OwnCase, accounts.policies.NotGranted: as for the first
    :raises NoEntry, EntryOfAnother, AnswersDiffer, RegisterDenies: as `approve`
    :raises EntryChanged: if the entry is not the one that the first officer approved
    """
    with transaction.atomic():
        application = _lock(application_id, by_id, version, at=at)
        require_not_named(entry, by_id)
        definition = catalogue.version(application.service_version_id).definition
        cited_entry_id = application.cited_entry_id or 0
        _check_same(application, definition, entry, cited_entry_id, at=at)
        _speak(application, by_id, approved=True, text="", at=at)
        approve_on(application, definition, cited_entry_id, by_id=by_id, at=at)


def decline_second(
    *, application_id: int, by_id: int, version: int, text: str, at: datetime
) -> None:
    """
    Give a case back to the officer who approved it, and say why; the entry is cited no more.

    :param text: 1 to 500 characters, for her colleague
    :raises TextRefused: if it is empty or longer
    :raises StalePage, NotNow, MadeAStep, policies.OwnCase, accounts.policies.NotGranted: as
        `approve_second`
    """
    words = bounded(text, DECLINE_CHARACTERS_MAX)
    with transaction.atomic():
        application = _lock(application_id, by_id, version, at=at)
        _speak(application, by_id, approved=False, text=words, at=at)
        application.cited_entry = None
        application.held_until = at + HOLD
        move(
            application,
            Status.UNDER_REVIEW,
            by_id=by_id,
            at=at,
            changed=["cited_entry", "held_until"],
        )


def may_second(application: Application, by_id: int, *, at: datetime) -> bool:
    """Say whether she may second this case; asked again under the lock when she does."""
    try:
        require_second(application, by_id, at=at)
    except (MadeAStep, policies.OwnCase, NotGranted):
        return False
    return application.status == Status.AWAITING_SECOND


def require_second(application: Application, by_id: int, *, at: datetime) -> None:
    """
    Do nothing if she may second this case. Taking it and laying it back decided nothing, and so
    did declining before: neither is a step that she has made. An appeal is another matter: whoever
    spoke before it hears it no more.

    :raises MadeAStep, policies.OwnCase, accounts.policies.NotGranted: as `approve_second`
    """
    require_officer(application, by_id, at=at)
    require_new(application, by_id)
    makers = StatusChange.objects.filter(
        application=application, source=Status.UNDER_REVIEW, target__in=MADE_STEPS
    ).values_list("changed_by_id", flat=True)
    if any(accounts.same_hands(maker_id, by_id) for maker_id in set(makers)):
        raise MadeAStep(application.pk)


def _lock(application_id: int, by_id: int, version: int, *, at: datetime) -> Application:
    application = lock(application_id)
    require_version(application, version)
    require_status(application, Status.AWAITING_SECOND)
    require_second(application, by_id, at=at)
    return application


def _check_same(
    application: Application,
    definition: Definition,
    entry: Entry | None,
    cited_entry_id: int,
    *,
    at: datetime,
) -> None:
    first = entries.cited_entry(cited_entry_id)
    if first.source == _PAPER:
        return  # It was compared when it was typed, and neither it nor the answers can change.
    checked = check_entry(application, definition, entry)
    now = registers.as_cited(kind=first.kind, entry=checked, at=at)
    place = (now.office_code, now.year, now.volume, now.act_number, now.facts_sha256)
    if place != (
        first.office_code, first.year, first.volume, first.act_number, first.facts_sha256
    ):  # fmt: skip
        raise EntryChanged(application.pk)


def _speak(
    application: Application, by_id: int, *, approved: bool, text: str, at: datetime
) -> None:
    """Write it down before the move: PostgreSQL asks for it."""
    SecondApproval.objects.create(
        application=application,
        version=application.version + 1,
        first_id=application.officer_id or 0,
        second_id=by_id,
        approved=approved,
        text=text,
        at=at,
    )
