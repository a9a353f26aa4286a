"""To which office a case goes, and to whom in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies, queries
from applications.events import CaseUnassigned
from applications.models import Application
from applications.operations import asking
from applications.operations.moving import lock, move
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel import outbox
from kernel.country import country
from places import queries as places

log = structlog.get_logger()

NATIONAL = "national"


@dataclass(frozen=True)
class Desk:
    """An office that decides, and the area in which it does; None is the whole country."""

    office_id: int
    area_code: str | None


def find_desk(definition: Definition, given: Mapping[str, Any]) -> Desk:
    """
    Return where a case with these answers is decided.

    The service names the level and the field that holds the area; where that level has no office
    above the area, the next level up decides.

    :raises places.queries.NoOffice: if no level has one
    """
    area_code = str(given.get(definition.area_field) or "")
    for level in levels_from(definition.office_level, country().area_levels):
        agency = definition.agency if level == NATIONAL else None
        try:
            office = places.office_for(area_code, level, agency_code=agency)
        except places.NoOffice:
            continue
        return Desk(office.pk, office.area.code if office.area else None)
    raise places.NoOffice(f"{definition.office_level} and above for {area_code or 'no area'}")


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
    with transaction.atomic():
        application = lock(application_id)
        if application.status != Status.PAID:
            log.info("case.past_routing", case_id=application.pk, status=application.status)
            return
        definition = catalogue.version(application.service_version_id).definition
        if asking.ask(application, definition, at=at):
            log.info("case.register_asked", case_id=application.pk)
            return
        desk = find_desk(definition, application.given)
        lay_before(application, desk, by_id=None, at=at)


def lightest_officer(
    application: Application, desk: Desk, *, at: datetime, but_not: int | None = None
) -> int | None:
    """Return the account at the desk that may decide the case and has least to do, or None."""
    granted = rights.holders(
        act=policies.DECIDE.code,
        service_code=application.service_code,
        area_code=desk.area_code,
        at=at,
    )
    free = [
        officer
        for officer in accounts.accounts(granted)
        if officer.id != but_not
        and not policies.has_interest(
            account_id=officer.id,
            person_id=officer.person_id,
            holder_id=application.holder_id,
            applicant_id=application.account_id,
        )
    ]
    # A grant over a district covers its sectors; the office's own officers come first.
    here = [officer.id for officer in free if officer.office_id == desk.office_id]
    candidates = here or [officer.id for officer in free]
    return policies.lightest(candidates, queries.loads(candidates), turn=application.pk)


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
    office stays: where a case came in is a fact.
    """
    officer_id = lightest_officer(application, desk, at=at, but_not=but_not)
    if application.handing_office_id == application.deciding_office_id:
        application.handing_office_id = desk.office_id
    application.deciding_office_id = desk.office_id
    application.officer_id = officer_id
    application.held_until = None
    move(
        application,
        Status.IN_QUEUE,
        by_id=by_id,
        at=at,
        note_code=note_code or ("lightest_load" if officer_id else "nobody_free"),
        changed=["deciding_office", "handing_office", "officer", "held_until"],
    )
    if officer_id is None:
        outbox.publish(CaseUnassigned(subject_id=application.pk, occurred_at=at))
