"""At the officer's desk: take, lay back, ask for completion, decide."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from accounts.acts import Act
from applications import answers, policies
from applications.models import Application, CompletionRequest, Refusal
from applications.operations.hearing import require_new
from applications.operations.moving import NotNow, lock, move, require_status, require_version
from applications.operations.routing import Desk, lay_before
from applications.queries import attachments, handing, interests
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Reason
from places import queries as places

log = structlog.get_logger()

HOLD = timedelta(minutes=30)
_RELEASED_AT_ONCE_MAX = 500


class HeldByAnother(Exception):
    """Another officer has the case open, until `until`."""

    def __init__(self, application_id: int, officer_id: int, until: datetime) -> None:
        super().__init__(f"case {application_id} is with account {officer_id}")
        self.officer_id = officer_id
        self.until = until


class NotHeld(Exception):
    """The officer has to take the case before she can do this."""


class NothingAsked(Exception):
    """A completion names at least one field."""


class UnknownReason(Exception):
    """The service's list has no such reason."""


def take(*, application_id: int, by_id: int, at: datetime) -> None:
    """
    Take a case in hand for half an hour; taking one's own again makes the hold longer.

    :raises HeldByAnother: while a colleague has it
    :raises accounts.policies.NotGranted: if she may not decide this service in this area
    :raises policies.OwnCase: if she has an interest
    :raises MadeAStep: if it is an appeal against what she helped to decide
    :raises NotNow: if it is not on a desk
    """
    with transaction.atomic():
        application = lock(application_id)
        require_status(application, Status.IN_QUEUE, Status.UNDER_REVIEW)
        require_officer(application, by_id, at=at)
        require_new(application, by_id)
        if handing.is_on_its_way(application.pk):
            raise NotNow(application.pk, application.status)
        if application.status == Status.UNDER_REVIEW:
            if application.officer_id == by_id:
                application.held_until = at + HOLD
                application.save(update_fields=["held_until"])
                return
            _end_hold(application, at=at)
        application.officer_id = by_id
        application.held_until = at + HOLD
        move(
            application,
            Status.UNDER_REVIEW,
            by_id=by_id,
            at=at,
            changed=["officer", "held_until"],
        )


def release(*, application_id: int, by_id: int, version: int, at: datetime) -> None:
    """
    Lay a case back: a colleague gets it, or it waits in the office's queue for anybody.

    :raises StalePage: if it has changed since she read it
    :raises NotHeld: if it is not in her hands
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_held(application, by_id)
        lay_before(
            application,
            desk_of(application),
            by_id=by_id,
            at=at,
            note_code="laid_back",
            but_not=by_id,
        )


def release_holds(*, now: datetime) -> int:
    """
    Lay back the cases whose hold ended by itself; each stays named to its officer.

    :return: how many
    """
    with transaction.atomic():
        outlived = list(
            Application.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(status=Status.UNDER_REVIEW, held_until__lte=now)
            .order_by("pk")[:_RELEASED_AT_ONCE_MAX]
        )
        for application in outlived:
            _lay_down(application, at=now)
    return len(outlived)


def ask_completion(
    *,
    application_id: int,
    by_id: int,
    version: int,
    fields: Mapping[str, str],
    note: str = "",
    at: datetime,
) -> None:
    """
    Ask the applicant to mend some answers; until she has, it is her turn.

    :param fields: one reason of the service's completion list for each field's code
    :raises NothingAsked: if no field is named
    :raises answers.UnknownField: if the form has no such field
    :raises UnknownReason: if the service's list has no such reason
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_held(application, by_id)
        require_officer(application, by_id, at=at)
        _check_asked(application, fields)
        CompletionRequest.objects.create(
            application=application, asked=dict(fields), note=note, asked_by_id=by_id, asked_at=at
        )
        application.held_until = None
        move(
            application,
            Status.AWAITING_COMPLETION,
            by_id=by_id,
            at=at,
            changed=["held_until"],
        )


def refuse(
    *,
    application_id: int,
    by_id: int,
    version: int,
    reason_code: str,
    note: str = "",
    at: datetime,
) -> None:
    """
    Refuse the case with a reason of the service's list, which names where to appeal.

    :raises UnknownReason: if the list has no such reason
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_held(application, by_id)
        require_officer(application, by_id, at=at)
        definition = catalogue.version(application.service_version_id).definition
        _require_reason(reason_code, definition.refusal_reasons)
        Refusal.objects.create(
            application=application, reason_code=reason_code, note=note, by_id=by_id, at=at
        )
        application.decided_at = at
        application.held_until = None
        move(
            application,
            Status.REFUSED,
            by_id=by_id,
            at=at,
            note_code=reason_code,
            changed=["decided_at", "held_until"],
        )


def require_officer(
    application: Application, by_id: int, *, at: datetime, act: Act = policies.DECIDE
) -> None:
    """
    Do nothing if she may decide this case, or do another act at its desk; asked again under the
    lock, whatever the page knew.

    :raises policies.OwnCase: if it is hers, she helped with it, or has said so
    :raises accounts.policies.NotGranted: if no grant covers the service here and now
    """
    officer = accounts.account(by_id)
    if policies.has_interest(
        account_id=by_id,
        person_id=officer.person_id,
        holder_id=application.holder_id,
        applicant_id=application.account_id,
        guardian_id=application.guardian_id,
    ) or interests.is_kept_out(application.pk, by_id):
        raise policies.OwnCase(application.pk)
    rights.require(
        account_id=by_id,
        act=act.code,
        service_code=application.service_code,
        area_code=desk_of(application).area_code,
        at=at,
    )


def require_held(application: Application, by_id: int) -> None:
    """:raises NotHeld: if the case is not in her hands"""
    require_status(application, Status.UNDER_REVIEW)
    if application.officer_id != by_id:
        raise NotHeld(application.pk)


def _check_asked(application: Application, fields: Mapping[str, str]) -> None:
    if not fields:
        raise NothingAsked(application.pk)
    definition = catalogue.version(application.service_version_id).definition
    slots = {f"{attachments.ASKED}{code}" for code in definition.slots}
    unknown = fields.keys() - definition.fields.keys() - slots
    if unknown:
        raise answers.UnknownField(", ".join(sorted(unknown)))
    for reason_code in fields.values():
        _require_reason(reason_code, definition.completion_reasons)


def _require_reason(code: str, reasons: tuple[Reason, ...]) -> None:
    if code not in {reason.code for reason in reasons}:
        raise UnknownReason(code)


def _end_hold(application: Application, *, at: datetime) -> None:
    """Lay down a colleague's case whose hold has ended, before somebody else takes it."""
    until = application.held_until
    if until is not None and until > at:
        raise HeldByAnother(application.pk, application.officer_id or 0, until)
    _lay_down(application, at=at)


def _lay_down(application: Application, *, at: datetime) -> None:
    application.held_until = None
    move(
        application,
        Status.IN_QUEUE,
        by_id=None,
        at=at,
        note_code="hold_ended",
        changed=["held_until"],
    )


def desk_of(application: Application) -> Desk:
    """Return the desk before which a case lies."""
    office = places.office(application.deciding_office_id or 0)
    return Desk(office.pk, office.area.code if office.area else None)
