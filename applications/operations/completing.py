"""The applicant mends what was asked, only that, and the case goes back where it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import policies as rights
from applications import policies
from applications.models import Application, CompletionRequest
from applications.operations.drafting import (
    DOCUMENTS,
    Incomplete,
    require_complete,
    require_holder,
    write_answers,
)
from applications.operations.moving import lock, move, require_status
from applications.operations.promising import stand_still
from applications.operations.review import HOLD
from applications.operations.routing import Desk, find_desk, lay_before
from applications.queries import attachments
from applications.states import Status
from catalogue import queries as catalogue


class NotAsked(Exception):
    """Only the fields that the officer named may be changed."""


def complete(
    *,
    application_id: int,
    holder_id: int,
    by_id: int,
    given: Mapping[str, Any],
    at: datetime,
) -> None:
    """
    Take the mended answers, and give the case back to the officer who asked.

    Where another office now decides, or she may no longer, it goes to the queue instead.

    :raises NotAsked: if an answer to another field is among them
    :raises Incomplete: if the form would not accept the answers, or a file that was asked for has
        not come
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.AWAITING_COMPLETION)
        request = CompletionRequest.objects.select_for_update().get(
            application=application, answered_at=None
        )
        if given.keys() - request.asked.keys():
            raise NotAsked(application.pk)
        write_answers(application, given)
        definition = catalogue.version(application.service_version_id).definition
        require_complete(application, definition)
        if attachments.not_given_anew(request):
            raise Incomplete(application.pk, DOCUMENTS)
        request.answered_at = at
        request.save(update_fields=["answered_at"])
        application.held_until = at + HOLD
        waited = stand_still(application, since=request.asked_at, until=at)
        move(
            application,
            Status.UNDER_REVIEW,
            by_id=by_id,
            at=at,
            changed=["answers", "private_answers", "held_until", *waited],
        )
        desk = find_desk(definition, application.given, at=at)
        if not _still_hers(application, desk, at=at):
            lay_before(application, desk, by_id=None, at=at)


def _still_hers(application: Application, desk: Desk, *, at: datetime) -> bool:
    return (
        desk.office_id == application.deciding_office_id
        and application.officer_id is not None
        and rights.may(
            account_id=application.officer_id,
            act=policies.DECIDE.code,
            service_code=application.service_code,
            area_code=desk.area_code,
            at=at,
        )
    )
