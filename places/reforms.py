"""Which office serves an area, on a day: as the country is divided then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from places.models import Area, AreaChange
from places.queries import NoOffice, Office

NATIONAL = "national"
# A reform of a reform is followed; a circle of reforms ends.
REFORMS_MAX = 5


@dataclass(frozen=True)
class Served:
    """The office; whether a reform led there, and whether it had split the area."""

    office: Office
    followed: bool = False
    split: bool = False


@dataclass(frozen=True)
class _Now:
    """The codes from the top down to the area; none where only the country holds it all."""

    path: tuple[str, ...]
    followed: bool = False
    split: bool = False


def serving(area_code: str, levels: Sequence[str], *, agency_code: str, on: date) -> Served:
    """
    Return the active office that serves the area, of the first of these levels that has one.

    An area that a reform dissolved by that day is served as its successor; one that was split, by
    the nearest office above that serves all of its successors. Level "national" is told apart by
    the agency. Two queries, and more only after a reform.

    :raises NoOffice: if nothing of these levels is above it
    """
    found = serving_each([area_code], levels, agency_code=agency_code, on=on)
    if area_code not in found:
        raise NoOffice(f"{levels[0]} and above for {area_code or 'no area'}")
    return found[area_code]


def serving_each(
    area_codes: Collection[str], levels: Sequence[str], *, agency_code: str, on: date
) -> dict[str, Served]:
    """Return the office of each area as `serving` does; an area without one is left out."""
    areas = _areas_now(area_codes, on)
    around = {code for now in areas.values() for code in now.path}
    above = Q(level__in=[one for one in levels if one != NATIONAL], area__code__in=around)
    if NATIONAL in levels:
        above |= Q(level=NATIONAL, agency__code=agency_code)
    by_area: dict[str, list[Office]] = {}
    for office in Office.objects.select_related("area", "agency").filter(above, active=True):
        by_area.setdefault(office.area.code if office.area else "", []).append(office)
    found = {}
    for code, now in areas.items():
        near = [office for part in (*now.path, "") for office in by_area.get(part, ())]
        if near:
            nearest = min(near, key=lambda one: _distance(one, levels))
            found[code] = Served(nearest, now.followed, now.split)
    return found


def _distance(office: Office, levels: Sequence[str]) -> tuple[int, int, str]:
    return levels.index(office.level), -(office.area.level if office.area else 0), office.code


def _areas_now(codes: Collection[str], on: date) -> dict[str, _Now]:
    changed = AreaChange.objects.filter(old_code=OuterRef("code"), since__lte=on)
    rows = Area.objects.filter(code__in=set(codes)).annotate(changed=Exists(changed))
    known = {
        code: (tuple(path.split("/")), active and not changed)
        for code, path, active, changed in rows.values_list("code", "path", "active", "changed")
    }
    return {
        code: _Now(known[code][0])
        if code in known and known[code][1]
        else _followed(code, known[code][0] if code in known else (), on)
        for code in codes
    }


def _followed(code: str, path: tuple[str, ...], on: date) -> _Now:
    # Of a dissolved area that no change names, whatever held it may have been changed.
    for held in reversed(path or (code,)):
        ends = _successors(held, on)
        if ends:
            return _Now(_common(ends), followed=True, split=len(ends) > 1)
    return _Now(path)


def _successors(code: str, on: date) -> list[tuple[str, ...]]:
    """Return the path of every area that now lies where one was; none, if nothing followed it."""
    open_codes: set[str] = {code}
    ends: dict[str, tuple[str, ...]] = {}
    for _ in range(REFORMS_MAX):
        rows = AreaChange.objects.filter(old_code__in=open_codes, since__lte=on)
        found = list(rows.values_list("old_code", "new__code", "new__path"))
        if not found:
            break
        for old in {row[0] for row in found}:
            ends.pop(old, None)
        ends |= {new: tuple(path.split("/")) for _, new, path in found}
        open_codes = {row[1] for row in found}
    return [ends[one] for one in sorted(ends)]


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what all the paths begin with."""
    shared = []
    for codes in zip(*paths, strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(codes[0])
    return tuple(shared)
