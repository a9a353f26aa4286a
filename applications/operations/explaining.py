"""Where would this go, and why? The same rules as routing, and nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from applications import queries
from applications.models import Application
from applications.operations import choosing
from applications.operations.choosing import Choice
from applications.operations.routing import Desk, asked_for, find_desk, levels_from
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel.country import country
from places import reforms

TRIAL_MAX = 200
SHOWN_MAX = 20


@dataclass(frozen=True)
class Explanation:
    """The desk with the steps that led to it, and everybody who was looked at there."""

    desk: Desk
    choice: Choice
    register_first: bool


@dataclass(frozen=True)
class Moved:
    """A case that would go elsewhere by other rules; None is no office at all."""

    number: str
    from_office_id: int | None
    to_office_id: int | None


@dataclass(frozen=True)
class Trial:
    """What other rules would do to the last cases of a service."""

    cases: int
    moved: int
    shown: tuple[Moved, ...]


def explain(
    *,
    service_code: str,
    given: Mapping[str, Any],
    at: datetime,
    holder_id: int | None = None,
) -> Explanation:
    """
    Say where an application with these answers would go at that moment.

    :param holder_id: whose case it would be; None leaves interests aside
    :raises catalogue.queries.NoService: if no active service has this code
    :raises places.queries.NoOffice: if no office serves its area
    """
    definition = catalogue.current(service_code).definition
    desk = find_desk(definition, given, at=at)
    asked = choosing.Asked(
        service_code=service_code,
        office_id=desk.office_id,
        area_code=desk.area_code,
        turn=0,
        holder_id=holder_id,
    )
    return _explained(definition, desk, asked, at=at)


def explain_case(application: Application, *, at: datetime) -> Explanation:
    """
    Say where a case would go if it were routed anew, as its answers are.

    :raises places.queries.NoOffice: if no office serves its area
    """
    definition = catalogue.version(application.service_version_id).definition
    desk = find_desk(definition, application.given, at=at)
    (asked,) = asked_for([(application, desk)])
    return _explained(definition, desk, asked, at=at)


def try_rules(
    *, service_code: str, office_level: str, area_field: str, reach: queries.Reach, at: datetime
) -> Trial:
    """
    Say how many of the service's last cases would go elsewhere, if it named another level or field.

    Both rules are asked of today's offices, so that only the change of rule is seen.

    :raises catalogue.queries.NoService: if no active service has this code
    """
    now = catalogue.current(service_code).definition
    then = replace(now, office_level=office_level, area_field=area_field)
    cases = queries.last_of_service(reach, service_code, limit=TRIAL_MAX)
    before, after = _offices(now, cases, at=at), _offices(then, cases, at=at)
    moved = [
        Moved(case.number, before[case.pk], after[case.pk])
        for case in cases
        if before[case.pk] != after[case.pk]
    ]
    return Trial(len(cases), len(moved), tuple(moved[:SHOWN_MAX]))


def _explained(
    definition: Definition, desk: Desk, asked: choosing.Asked, *, at: datetime
) -> Explanation:
    by_register = definition.output is not None and definition.output.by_register
    return Explanation(desk, choosing.choose(asked, at=at), by_register)


def _offices(
    definition: Definition, cases: Sequence[Application], *, at: datetime
) -> dict[int, int | None]:
    areas = {case.pk: str(case.given.get(definition.area_field) or "") for case in cases}
    served = reforms.serving_each(
        set(areas.values()),
        levels_from(definition.office_level, country().area_levels),
        agency_code=definition.agency,
        on=at.astimezone(country().zone).date(),
    )
    return {
        case_id: served[code].office.pk if code in served else None
        for case_id, code in areas.items()
    }
