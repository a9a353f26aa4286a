"""What can be asked about places."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from places.models import Agency, Beneficiary, told
from places.models import Area as Area
from places.models import Office as Office


class NoArea(Exception):
    """No area has this code."""


class NoOffice(Exception):
    """No active office of this level serves the area."""


class NoBeneficiary(Exception):
    """No beneficiary has this code, or the rule finds none for this office."""


@dataclass(frozen=True)
class AreaLine:
    """An area and all that holds it, the smallest first."""

    areas: tuple[Area, ...]

    @classmethod
    def of(cls, area: Area, known: Mapping[str, Area]) -> "AreaLine":
        codes = reversed(area.path.split("/"))
        return cls(tuple(known[code] for code in codes if code in known))

    def told(self, language: str) -> str:
        """Return "Kimironko, Gasabo, City of Kigali"."""
        return ", ".join(area.told(language) for area in self.areas)


def area(code: str) -> Area:
    """
    Return the area, active or not: old cases cite areas that are gone.

    :raises NoArea: if the code is unknown
    """
    try:
        return Area.objects.get(code=code)
    except Area.DoesNotExist:
        raise NoArea(code) from None


def areas(*, level_name: str, parent_code: str | None = None) -> list[Area]:
    """
    Return the active areas of a level, by name, each with its parent loaded.

    `parent_code` is the code of any area above, not only of the next level.
    """
    found = Area.objects.filter(level_name=level_name, active=True).select_related("parent")
    if parent_code is not None:
        above = Area.objects.filter(code=parent_code).first()
        if above is None:
            return []
        found = found.filter(path__startswith=f"{above.path}/")
    return list(found.order_by("name", "code"))


def areas_called(typed: str, *, limit: int) -> list[str]:
    """Return the codes of the active areas of this code, else of this name; at most `limit`."""
    if Area.objects.filter(code=typed).exists():
        return [typed]
    found = Area.objects.filter(name__iexact=typed, active=True).order_by("level", "code")
    return list(found.values_list("code", flat=True)[:limit])


def area_line(code: str, language: str) -> str:
    """
    Return the area with all that holds it: "Kimironko, Gasabo, City of Kigali".

    :raises NoArea: if the code is unknown
    """
    try:
        return area_lines([code])[code].told(language)
    except KeyError:
        raise NoArea(code) from None


def area_lines(codes: Collection[str]) -> dict[str, AreaLine]:
    """Return these areas, each with all that holds it; an unknown code has none. One query."""
    with_those_above = RawSQL(
        "SELECT unnest(string_to_array(path, '/')) FROM places_area WHERE code = ANY(%s)",
        [sorted(set(codes))],
    )
    known = {one.code: one for one in Area.objects.filter(code__in=with_those_above)}
    return {code: AreaLine.of(known[code], known) for code in codes if code in known}


def agency(code: str) -> Agency | None:
    return Agency.objects.filter(code=code).first()


def agency_ids() -> dict[str, int]:
    """Return the id of every agency by its code."""
    return dict(Agency.objects.values_list("code", "id"))


def agency_names(language: str) -> dict[str, str]:
    """Return the name of every agency by its code, in this language where it has one."""
    found = Agency.objects.values_list("code", "names")
    return {code: told(names, language) for code, names in found}


def beneficiaries(codes: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """Return the names, by language, of every beneficiary or of these, by code."""
    found = Beneficiary.objects.all()
    if codes is not None:
        found = found.filter(code__in=codes)
    return dict(found.values_list("code", "names"))


def office(office_id: int) -> Office:
    """
    Return the office with its area and agency loaded.

    :raises NoOffice: if the id is unknown
    """
    found = Office.objects.select_related("area", "agency").filter(id=office_id).first()
    if found is None:
        raise NoOffice(office_id)
    return found


def offices(office_ids: Collection[int]) -> list[Office]:
    """Return those of the offices that there are, with one query."""
    found = Office.objects.select_related("area", "agency").filter(pk__in=list(office_ids))
    return list(found.order_by("pk"))


def office_by_code(code: str) -> Office:
    """
    Return the office with its area and agency loaded.

    :raises NoOffice: if the code is unknown
    """
    found = Office.objects.select_related("area", "agency").filter(code=code).first()
    if found is None:
        raise NoOffice(code)
    return found


def office_for(area_code: str, level: str, *, agency_code: str | None = None) -> Office:
    """
    Return the active office of the level that serves the area, walking up from it.

    Level "national" needs no area (give "") and is told apart by the agency.

    :raises NoOffice: if the area is unknown or nothing of that level is above it
    """
    serving = Office.objects.select_related("area", "agency").filter(level=level, active=True)
    if agency_code is not None:
        serving = serving.filter(agency__code=agency_code)
    if level != "national":
        path = Area.objects.filter(code=area_code).values_list("path", flat=True).first()
        if path is None:
            raise NoOffice(f"{level}: no area {area_code}")
        serving = serving.filter(area__code__in=path.split("/"))
    found = serving.order_by("-area__level", "code").first()
    if found is None:
        raise NoOffice(f"{level} for {area_code or agency_code}")
    return found


def offices_within(area_codes: Collection[str]) -> dict[str, set[int]]:
    """
    Return the ids of the offices in each of these areas, those of the areas within among them.

    Offices that are closed are there too: cases may still lie before them. An unknown code has
    none.
    """
    found: dict[str, set[int]] = {code: set() for code in area_codes}
    paths = Area.objects.filter(code__in=area_codes).values_list("path", flat=True)
    within = Q(pk__in=[])
    for path in paths:
        within |= Q(area__path=path) | Q(area__path__startswith=f"{path}/")
    for office_id, path in Office.objects.filter(within).values_list("id", "area__path"):
        for code in found.keys() & set(path.split("/")):
            found[code].add(office_id)
    return found


def around(code: str) -> RawSQL:
    """Return the codes of the area and of all that holds it, as a part of a caller's query."""
    return RawSQL(
        "SELECT unnest(string_to_array(path, '/')) FROM places_area WHERE code = %s", [code]
    )


def codes_within(codes: Collection[str]) -> QuerySet[Area, str]:
    """Return the codes of these areas and of all within them, as a part of a caller's query."""
    within = Q(code__in=codes)
    for path in Area.objects.filter(code__in=codes).values_list("path", flat=True):
        within |= Q(path__startswith=f"{path}/")
    return Area.objects.filter(within).values_list("code", flat=True)


def area_paths(codes: Collection[str]) -> dict[str, str]:
    """Return the path of each of these areas, active or not, by its code; unknown ones are not."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "path"))


def office_paths() -> dict[int, str]:
    """Return the path of every office's area by the office's id; "" for the whole country's."""
    return {pk: path or "" for pk, path in Office.objects.values_list("id", "area__path")}


def offices_above() -> tuple[dict[int, int], dict[str, int]]:
    """
    Return the open office above each office by id, and the national office of each agency by code.

    Above an office is that of the nearest area around its own; one that has none is left out.
    """
    rows = list(
        Office.objects.order_by("code").values_list(
            "id", "active", "area__code", "area__path", "agency__code", "level"
        )
    )
    at_area: dict[str, int] = {}
    national: dict[str, int] = {}
    for office_id, active, area_code, _path, agency_code, level in rows:
        if active and area_code:
            at_area.setdefault(area_code, office_id)
        elif active and level == "national" and agency_code:
            national.setdefault(agency_code, office_id)
    above = {}
    for office_id, _active, _code, path, _agency, _level in rows:
        around = (path or "").split("/")[-2::-1]
        nearest = next((at_area[code] for code in around if code in at_area), None)
        if nearest is not None:
            above[office_id] = nearest
    return above, national


def area_names(codes: Collection[str], language: str) -> dict[str, str]:
    """Return the names of these areas by code; an unknown code has none."""
    return {one.code: one.told(language) for one in Area.objects.filter(code__in=codes)}


def beneficiary(code: str) -> Beneficiary:
    """
    Return the beneficiary with its area and agency loaded.

    :raises NoBeneficiary: if the code is unknown
    """
    found = Beneficiary.objects.select_related("area", "agency").filter(code=code).first()
    if found is None:
        raise NoBeneficiary(code)
    return found


def beneficiary_for(rule: str, *, area_code: str | None) -> Beneficiary:
    """
    Return whose money a fee is: `rule` is a beneficiary's code, or "district".

    "district" is the beneficiary of the area that holds `area_code` (the deciding office's area).

    :raises NoBeneficiary: if there is none
    """
    if rule != Beneficiary.Kind.DISTRICT:
        return beneficiary(rule)
    path = Area.objects.filter(code=area_code).values_list("path", flat=True).first() or ""
    found = (
        Beneficiary.objects.select_related("area")
        .filter(kind=Beneficiary.Kind.DISTRICT, area__code__in=path.split("/"))
        .order_by("-area__level")
        .first()
    )
    if found is None:
        raise NoBeneficiary(f"{rule} of {area_code}")
    return found
