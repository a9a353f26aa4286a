"""To which office a case goes, and to whom in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from applications.events import CaseReassigned, CaseUnassigned
from applications.models import Application, RoutingNote
from applications.operations import asking, choosing
from applications.operations.moving import NoSuchCase, lock_all, move_all
from applications.operations.promising import tell_anew
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel import outbox, rows
from kernel.country import country
from places import queries as places
from places import reforms

log = structlog.get_logger()

NATIONAL = "national"
BY_AREA = "by_area"
NATION_DECIDES = "nation_decides"
LEVEL_UP = "next_level_up"
AREA_REFORMED = "area_reformed"
AREA_SPLIT = "area_split"
STAYED = "same_office"

# What laying a case before a desk sets on it.
_LAID = ("deciding_office", "handing_office", "officer", "held_until", "escalate_at")


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
    return find_desks([(definition, given)], at=at)[0]


def find_desks(
    asked: Sequence[tuple[Definition, Mapping[str, Any]]], *, at: datetime
) -> list[Desk]:
    """
    Return for each of these answers what `find_desk` does; two queries a level and agency.

    :raises places.queries.NoOffice: if for one of them no level has an office
    """
    codes = [str(given.get(definition.area_field) or "") for definition, given in asked]
    rules = [(definition.office_level, definition.agency) for definition, _ in asked]
    together: dict[tuple[str, str], set[str]] = {}
    for rule, code in zip(rules, codes, strict=True):
        together.setdefault(rule, set()).add(code)
    on = at.astimezone(country().zone).date()
    served = {}
    for (level, agency), area_codes in together.items():
        levels = levels_from(level, country().area_levels)
        found = reforms.serving_each(area_codes, levels, agency_code=agency, on=on)
        if missing := area_codes - found.keys():
            raise places.NoOffice(f"{level} and above for {min(missing) or 'no area'}")
        served[level, agency] = found
    return [
        _desk(served[rule][code], level=rule[0]) for rule, code in zip(rules, codes, strict=True)
    ]


def _desk(served: reforms.Served, *, level: str) -> Desk:
    office = served.office
    steps = [AREA_SPLIT if served.split else AREA_REFORMED] if served.followed else []
    if level == NATIONAL:
        steps.append(NATION_DECIDES)
    else:
        steps.append(BY_AREA if office.level == level else LEVEL_UP)
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
    Lay a paid case before its office: `route_all` for one.

    :raises applications.operations.NoSuchCase: if there is none
    :raises places.queries.NoOffice: if no office serves its area any more
    """
    route_all(application_ids=[application_id], at=at)


def route_all(*, application_ids: Collection[int], at: datetime) -> None:
    """
    Lay paid cases before their offices, and name for each the officer with the lightest load.

    Where the service's register may answer by itself, it is asked first (`asking`). Nobody at the
    office who may decide: the case waits in the office's queue, and its supervisor is told. Safe to
    repeat: a case that is past routing stays where it is. The number of queries does not grow with
    the cases, but for those that a register is asked about.

    :raises applications.operations.NoSuchCase: if there is none of one of them
    :raises places.queries.NoOffice: if no office serves the area of one of them any more; then
        none is routed
    """
    # The relay's own transaction is enough: a failure undoes the whole delivery.
    with transaction.atomic(savepoint=False):
        found = lock_all(application_ids)
        if missing := set(application_ids) - {one.pk for one in found}:
            raise NoSuchCase(min(missing))
        paid = [(one, definition) for one in found if (definition := _officers_turn(one, at=at))]
        desks = find_desks([(definition, one.given) for one, definition in paid], at=at)
        lay_all(
            [(one, desk) for (one, _), desk in zip(paid, desks, strict=True)], by_id=None, at=at
        )


def _officers_turn(application: Application, *, at: datetime) -> Definition | None:
    """Return by what a locked case is routed; None if it was, or a register is to answer first."""
    if application.status != Status.PAID:
        log.info("case.past_routing", case_id=application.pk, status=application.status)
        return None
    definition = catalogue.version(application.service_version_id).definition
    if asking.ask(application, definition, at=at):
        log.info("case.register_asked", case_id=application.pk)
        return None
    return definition


def lay_before(
    application: Application,
    desk: Desk,
    *,
    by_id: int | None,
    at: datetime,
    note_code: str = "",
    but_not: int | None = None,
) -> None:
    """Put a locked case into the queue of a desk: `lay_all` for one."""
    lay_all([(application, desk)], by_id=by_id, at=at, note_code=note_code, but_not=but_not)


def lay_all(
    cases: Sequence[tuple[Application, Desk]],
    *,
    by_id: int | None,
    at: datetime,
    note_code: str = "",
    but_not: int | None = None,
) -> None:
    """
    Put locked cases into the queues of their desks, each with the officer who has least to do.

    Where another office now decides, it hands over too, unless a third one was to. The receiving
    office stays: where a case came in is a fact. A case that is in a queue already makes no move:
    only its note says that it went on.
    """
    if not cases:
        return
    choices = choosing.choose_each(asked_for(cases, but_not=but_not), at=at)
    told: dict[int, str] = {}
    for (application, desk), choice in zip(cases, choices, strict=True):
        _lie_at(application, desk, choice.officer_id)
        told[application.pk] = note_code or choice.reasons[-1]
    waiting = [one for one, _ in cases if one.status == Status.IN_QUEUE]
    others = [one for one, _ in cases if one.status != Status.IN_QUEUE]
    move_all(others, Status.IN_QUEUE, by_id=by_id, at=at, note_codes=told, changed=_LAID)
    _go_on(waiting, at=at)
    RoutingNote.objects.bulk_create(
        RoutingNote(
            application=application,
            version=application.version,
            office_id=desk.office_id,
            officer_id=choice.officer_id,
            reasons=[*([note_code] if note_code else []), *desk.steps, *choice.reasons],
            candidates=choice.eligible,
            at=at,
        )
        for (application, desk), choice in zip(cases, choices, strict=True)
    )
    outbox.publish_many(
        CaseUnassigned(subject_id=application.pk, occurred_at=at)
        for application, _ in cases
        if application.officer_id is None
    )


def asked_for(
    cases: Sequence[tuple[Application, Desk]], *, but_not: int | None = None
) -> list[choosing.Asked]:
    """Return what the choice of an officer depends on, of each of these cases."""
    # Also of a case that comes from its payment: a helper may have brought it in.
    makers = choosing.makers_each([application.pk for application, _ in cases])
    return [
        choosing.Asked(
            service_code=application.service_code,
            office_id=desk.office_id,
            area_code=desk.area_code,
            turn=application.pk,
            holder_id=application.holder_id,
            applicant_id=application.account_id,
            makers=makers[application.pk],
            but_not=but_not,
        )
        for application, desk in cases
    ]


def _lie_at(application: Application, desk: Desk, officer_id: int | None) -> None:
    if application.handing_office_id == application.deciding_office_id:
        application.handing_office_id = desk.office_id
    tell_anew(application, desk.office_id)
    application.deciding_office_id = desk.office_id
    application.officer_id = officer_id
    application.held_until = None


def _go_on(waiting: Sequence[Application], *, at: datetime) -> None:
    for application in waiting:
        application.version += 1
    rows.update(waiting, ["version", *_LAID])
    outbox.publish_many(CaseReassigned(subject_id=one.pk, occurred_at=at) for one in waiting)
