"""The applicant mends what was asked, only that, and the case goes back where it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import policies as rights
from applications import policies, queries
from applications.models import Application, CompletionRequest
from applications.operations.drafting import (
    DOCUMENTS,
    Incomplete,
    require_holder,
    write_answers,
)
from applications.operations.moving import lock, move, require_status
from applications.operations.promising import stand_still
from applications.operations.review import HOLD, desk_of
from applications.operations.routing import Desk, find_desk, lay_before
from applications.queries import attachments
from applications.states import Status
from catalogue import conditions, forms
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel.country import country


class NotAsked(Exception):
    """Only the fields that the officer named may be changed, and those that depend on them."""


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

    Where another office now decides, or she may no longer, it goes to the queue instead. What
    nobody asked her to mend, and her answers did not break, is the office's to judge.

    :raises NotAsked: if an answer to another field is among them
    :raises Incomplete: if the form would not accept the answers, or a file that was asked for has
        not come
    :raises places.queries.NoOffice: if no office serves the area that she has mended
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.AWAITING_COMPLETION)
        request = CompletionRequest.objects.select_for_update().get(
            application=application, answered_at=None
        )
        definition = catalogue.version(application.service_version_id).definition
        # What a mended answer makes us ask is asked with it.
        if given.keys() - {one.code for one in conditions.mending(definition, request.asked)}:
            raise NotAsked(application.pk)
        area = application.given.get(definition.area_field)
        wrong_before = _mistaken(application, definition, at=at)
        write_answers(application, given)
        for group, field in sorted(_mistaken(application, definition, at=at)):
            if field in request.asked or (group, field) not in wrong_before:
                raise Incomplete(application.pk, group)
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
        desk = _desk(application, definition, area, at=at)
        if not _still_hers(application, desk, at=at):
            lay_before(application, desk, by_id=None, at=at)


def _mistaken(
    application: Application, definition: Definition, *, at: datetime
) -> set[tuple[str, str]]:
    """Return the group and the field of each answer that the form would not accept today."""
    today = at.astimezone(country().zone).date()
    found = forms.mistakes(definition, application.given, application.language, today=today)
    return {(one.group, one.field) for one in found}


def _desk(
    application: Application, definition: Definition, area_before: object, *, at: datetime
) -> Desk:
    """Return where it goes on: wherever it was given on or appealed, unless its area is another."""
    moved = application.given.get(definition.area_field) != area_before
    # Whoever was refused below is heard above, wherever she now says that it belongs.
    if moved and queries.appeal_of(application.pk) is None:
        return find_desk(definition, application.given, at=at)
    return desk_of(application)


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
