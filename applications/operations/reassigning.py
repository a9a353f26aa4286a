"""The head of an office gives cases to another officer."""

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from django.db import transaction

from accounts import operations as accounts_at_work
from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.events import CaseReassigned
from applications.models import Application, Reassignment
from applications.operations import choosing
from applications.operations.moving import NoSuchCase, lock_all, move
from applications.operations.review import UnknownReason, desk_of
from applications.queries import handing, interests
from applications.states import ReassignReason, Status
from kernel import outbox

log = structlog.get_logger()

CASES_MAX = 50
"""So many cases go to another officer at a time: a page of the list."""

REASSIGNABLE = (Status.IN_QUEUE, Status.UNDER_REVIEW, Status.AWAITING_COMPLETION)
"""An officer has it, or will have it again; who has approved a case sees it through."""

NOT_NOW = "not_now"
HERS_ALREADY = "hers_already"
NOT_GRANTED = "not_granted"
AWAY = "away"


class CannotReassign(Exception):
    """
    The officer cannot get some of the cases, so that none was given.

    `why` holds a code for each of them by the case's id: of this file, or of `choosing`.
    """

    def __init__(self, why: dict[int, str]) -> None:
        super().__init__(f"cases {sorted(why)}")
        self.why = why


def reassign(
    *,
    application_ids: Collection[int],
    to_officer_id: int,
    by_id: int,
    reason_code: str,
    at: datetime,
) -> int:
    """
    Give cases to an officer who may decide them: all of them, or none.

    What is in somebody's hands goes back to the queue, in the other's name; what waits for its
    applicant comes back to the other. The office stays as it is, and so do the clocks.

    :param application_ids: at most `CASES_MAX`
    :param reason_code: of `ReassignReason`
    :return: how many
    :raises UnknownReason: if there is no such reason
    :raises NoSuchCase: if one of them is before no office, is hers, or she is kept out of it
    :raises accounts.policies.NotGranted: if she does not supervise one of their offices
    :raises CannotReassign: if the officer cannot get one of them
    """
    if reason_code not in ReassignReason.values:
        raise UnknownReason(reason_code)
    wanted = sorted(set(application_ids))[:CASES_MAX]
    with transaction.atomic():
        applications = lock_all(wanted)
        _require_supervisor(applications, wanted, by_id, at=at)
        why = _refused(applications, to_officer_id, at=at)
        if why:
            raise CannotReassign(why)
        for application in applications:
            _give(application, to_officer_id, by_id=by_id, reason_code=reason_code, at=at)
        outbox.publish_many(
            CaseReassigned(subject_id=each.pk, occurred_at=at) for each in applications
        )
    log.info("case.reassigned", cases=len(applications), reason=reason_code)
    return len(applications)


def _require_supervisor(
    applications: Sequence[Application], wanted: Sequence[int], by_id: int, *, at: datetime
) -> None:
    found = {one.pk for one in applications if one.deciding_office_id is not None}
    person_id = accounts.account(by_id).person_id
    hers = {
        one.pk
        for one in applications
        if policies.has_interest(
            account_id=by_id,
            person_id=person_id,
            holder_id=one.holder_id,
            applicant_id=one.account_id,
        )
    }
    hers |= {
        pk
        for pk, account_ids in interests.kept_out(wanted).items()
        if any(accounts.same_hands(one, by_id) for one in account_ids)
    }
    for missing in set(wanted) - found | hers:
        raise NoSuchCase(missing)
    for application in _desks(applications):
        rights.require(
            account_id=by_id,
            act=policies.SUPERVISE.code,
            service_code=application.service_code,
            area_code=desk_of(application).area_code,
            at=at,
        )


def _desks(applications: Sequence[Application]) -> list[Application]:
    """Return one case of each service and office: of each, rights are asked once."""
    return list({(one.service_code, one.deciding_office_id): one for one in applications}.values())


def _refused(
    applications: Sequence[Application], to_officer_id: int, *, at: datetime
) -> dict[int, str]:
    """Return why the officer cannot get a case, by the case's id, of those that she cannot."""
    officer = next(iter(accounts.accounts([to_officer_id])), None)
    if officer is None:
        return {one.pk: NOT_GRANTED for one in applications}
    if not accounts_at_work.present([to_officer_id], at)[to_officer_id].is_here:
        return {one.pk: AWAY for one in applications}
    granted = {
        (one.service_code, one.deciding_office_id): rights.may(
            account_id=to_officer_id,
            act=policies.DECIDE.code,
            service_code=one.service_code,
            area_code=desk_of(one).area_code,
            at=at,
        )
        for one in _desks(applications)
    }
    why = {}
    away = handing.among_on_their_way([one.pk for one in applications])
    for one in applications:
        if one.status not in REASSIGNABLE or one.pk in away:
            why[one.pk] = NOT_NOW
        elif one.officer_id == to_officer_id:
            why[one.pk] = HERS_ALREADY
        elif not granted[one.service_code, one.deciding_office_id]:
            why[one.pk] = NOT_GRANTED
        elif policies.has_interest(
            account_id=to_officer_id,
            person_id=officer.person_id,
            holder_id=one.holder_id,
            applicant_id=one.account_id,
        ):
            why[one.pk] = choosing.INTEREST
        elif officer.person_id in choosing.makers(one.pk):
            why[one.pk] = choosing.MADE_A_STEP
    return why


def _give(
    application: Application, to_officer_id: int, *, by_id: int, reason_code: str, at: datetime
) -> None:
    from_officer_id = application.officer_id
    application.officer_id = to_officer_id
    application.held_until = None
    changed = ["officer", "held_until"]
    if application.status == Status.UNDER_REVIEW:
        move(
            application,
            Status.IN_QUEUE,
            by_id=by_id,
            at=at,
            note_code="reassigned",
            changed=changed,
        )
    else:
        # No edge of the lifecycle: whoever has its page open must look again all the same.
        application.version += 1
        application.save(update_fields=["version", *changed])
    Reassignment.objects.create(
        application=application,
        version=application.version,
        office_id=application.deciding_office_id or 0,
        from_officer_id=from_officer_id,
        to_officer_id=to_officer_id,
        by_id=by_id,
        reason_code=reason_code,
        at=at,
    )
