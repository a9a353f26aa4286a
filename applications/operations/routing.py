"""To which office a case goes, and to whom in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from applications.events import CaseReassigned, CaseUnassigned
from applications.models import Application, RoutingNote
from applications.operations import asking, choosing
from applications.operations.moving import lock, move
from applications.operations.promising import tell_anew
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel import outbox
from kernel.country import country
from places import reforms

log = structlog.get_logger()

NATIONAL = "national"
BY_AREA = "by_area"
NATION_DECIDES = "nation_decides"
LEVEL_UP = "next_level_up"
AREA_REFORMED = "area_reformed"
AREA_SPLIT = "area_split"
STAYED = "same_office"


@dataclass(frozen=True)
class Desk:
    """
    An office that decides, and the area in which it does; None is the whole country.

    `steps` are codes of what led to it.
    """

    office_id: int
    area_code: str | None
    steps: tuple[str, ...] = (STAYED,)


def find_desk(definition: Definition, given: Mapping[str, Any], *, at: datetime) -> Desk:
    """
    Return where a case with these answers is decided.

    The service names the level and the field that holds the area; where that level has no office
    above the area, the next level up decides. An area that a reform dissolved is followed to
    wherever it lies on the day of `at`; the answers keep the old code.

    :raises places.queries.NoOffice: if no level has one
    """
    area_code = str(given.get(definition.area_field) or "")
    served = reforms.serving(
        area_code,
        levels_from(definition.office_level, country().area_levels),
        agency_code=definition.agency,
        on=at.astimezone(country().zone).date(),
    )
    office = served.office
    steps = [AREA_SPLIT if served.split else AREA_REFORMED] if served.followed else []
    if definition.office_level == NATIONAL:
        steps.append(NATION_DECIDES)
    else:
        steps.append(BY_AREA if office.level == definition.office_level else LEVEL_UP)
    return Desk(office.pk, office.area.code if office.area else None, tuple(steps))


def levels_from(level: str, levels: Sequence[str]) -> list[str]:
    """
    Return the level and those above it, the nearest first, the national one last.

    :param levels: the country's levels from the top down
    """
    if level not in levels:
        return [level] if level == NATIONAL else [level, NATIONAL]
    return [*reversed(levels[: levels.index(level) + 1]), NATIONAL]


def route(*, application_id: int, at: datetime) -> None:
    """
    Lay a paid case before its office, and name the officer with the lightest load.

    Where the service's register may answer by itself, it is asked first (`asking`). Nobody at the
    office who may decide: the case waits in the office's queue, and its supervisor is
    told. Safe to repeat: a case that is past routing stays where it is.

    :raises places.queries.NoOffice: if no office serves its area any more
    """
    # The relay's own transaction is enough: a failure undoes the whole delivery.
    with transaction.atomic(savepoint=False):
        application = lock(application_id)
        if application.status != Status.PAID:
            log.info("case.past_routing", case_id=application.pk, status=application.status)
            return
        definition = catalogue.version(application.service_version_id).definition
        if asking.ask(application, definition, at=at):
            log.info("case.register_asked", case_id=application.pk)
            return
        desk = find_desk(definition, application.given, at=at)
        lay_before(application, desk, by_id=None, at=at)


def lightest_officer(
    application: Application, desk: Desk, *, at: datetime, but_not: int | None = None
) -> choosing.Choice:
    """Return who at the desk may decide the case and has least to do, and why."""
    asked = choosing.Asked(
        service_code=application.service_code,
        office_id=desk.office_id,
        area_code=desk.area_code,
        turn=application.pk,
        holder_id=application.holder_id,
        applicant_id=application.account_id,
        # Also of a case that comes from its payment: a helper may have brought it in.
        makers=choosing.makers(application.pk),
        but_not=but_not,
    )
    return choosing.choose(asked, at=at)


def lay_before(
    application: Application,
    desk: Desk,
    *,
    by_id: int | None,
    at: datetime,
    note_code: str = "",
    but_not: int | None = None,
) -> None:
    """
    Put a locked case into the queue of a desk, with the officer who has least to do.

    Where another office now decides, it hands over too, unless a third one was to. The receiving
    office stays: where a case came in is a fact. A case that is in a queue already makes no move:
    only its note says that it went on.
    """
    choice = lightest_officer(application, desk, at=at, but_not=but_not)
    if application.handing_office_id == application.deciding_office_id:
        application.handing_office_id = desk.office_id
    tell_anew(application, desk.office_id)
    application.deciding_office_id = desk.office_id
    application.officer_id = choice.officer_id
    application.held_until = None
    changed = ["deciding_office", "handing_office", "officer", "held_until", "escalate_at"]
    if application.status == Status.IN_QUEUE:
        application.version += 1
        application.save(update_fields=["version", *changed])
        outbox.publish(CaseReassigned(subject_id=application.pk, occurred_at=at))
    else:
        told = note_code or choice.reasons[-1]
        move(application, Status.IN_QUEUE, by_id=by_id, at=at, note_code=told, changed=changed)
    RoutingNote.objects.create(
        application=application,
        version=application.version,
        office_id=desk.office_id,
        officer_id=choice.officer_id,
        reasons=[*([note_code] if note_code else []), *desk.steps, *choice.reasons],
        candidates=choice.eligible,
        at=at,
    )
    if choice.officer_id is None:
        outbox.publish(CaseUnassigned(subject_id=application.pk, occurred_at=at))
