"""Offices as people look for them: by area, from the country down, and by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Value
from django.db.models.functions import Concat

from places.models import Agency, Area, Office
from places.queries import NoArea

TYPED_MAX = 80
FOUND_MAX = 30
ROOMS_FOUND_MAX = 6
AREAS_PER_PAGE = 60

_FOUND = (Path(__file__).parent / "sql" / "offices_found.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Part:
    """An area next below, the offices that stand at it, and how many stand deeper inside."""

    area: Area
    offices: Sequence[Office]
    deeper: int


@dataclass(frozen=True)
class Room:
    """
    What stands in an area, or in the country (`area` None).

    `above` is what holds the area, from the top; `serving` are the offices of the area and of all
    above, the nearest first; for the country those that belong to no area. `older` is the name of
    the last part where more follow, "" at the end.
    """

    area: Area | None
    above: Sequence[Area]
    serving: Sequence[Office]
    parts: Sequence[Part]
    older: str


@dataclass(frozen=True)
class Found:
    """An office, and the area by whose name it was found; None where its own name was meant."""

    office: Office
    meant: Area | None


def room(area_code: str, *, after: str = "") -> Room:
    """
    Return an area with its offices; "" is the country. Four queries, whatever lies in it.

    :param after: the name and code of the last part of the page before, as `older` told it
    :raises NoArea: if no active area has this code
    """
    area = Area.objects.filter(code=area_code, active=True).first() if area_code else None
    if area_code and area is None:
        raise NoArea(area_code)
    path = area.path.split("/") if area else []
    around = list(Area.objects.filter(code__in=path).order_by("level"))
    standing = Office.objects.select_related("area", "agency").filter(active=True)
    serving = standing.filter(area__code__in=path) if area else standing.filter(area=None)
    parts, older = _parts(area, after)
    return Room(
        area=area,
        above=around[:-1],
        serving=sorted(serving, key=lambda one: (-(one.area.level if one.area else 0), one.code)),
        parts=parts,
        older=older,
    )


def _parts(area: Area | None, after: str) -> tuple[list[Part], str]:
    """Return the areas next below that have an office, a page of them, in the order of names."""
    inside = Office.objects.select_related("area", "agency").filter(active=True)
    inside = inside.filter(area__path__startswith=f"{area.path}/" if area else "")
    level = (area.level if area else 0) + 1
    at: dict[str, list[Office]] = {}
    deeper: Counter[str] = Counter()
    for office in inside.filter(area__isnull=False).order_by("code"):
        if office.area is None:
            continue
        codes = office.area.path.split("/")
        code = codes[level - 1]
        at.setdefault(code, [])
        if len(codes) == level:
            at[code].append(office)
        else:
            deeper[code] += 1
    below = sorted(
        Area.objects.filter(parent=area, code__in=at, active=True), key=lambda a: (a.name, a.code)
    )
    left = [one for one in below if _key(one) > after] if after else below
    page = left[:AREAS_PER_PAGE]
    parts = [Part(one, at[one.code], deeper[one.code]) for one in page]
    return parts, _key(page[-1]) if len(left) > len(page) else ""


def _key(area: Area) -> str:
    return f"{area.name}/{area.code}"


def one_stop_shops() -> list[Office]:
    """Return the offices that take what several agencies decide."""
    found = Office.objects.select_related("area", "agency").filter(active=True, one_stop=True)
    return list(found.order_by("code"))


def find(typed: str) -> list[Found]:
    """
    Return the offices that serve an area of this name, or have it, best first; slips are forgiven.

    At most FOUND_MAX; the text is cut to TYPED_MAX characters. Three queries.
    """
    text = typed.replace("\x00", "").strip()[:TYPED_MAX]
    if not text:
        return []
    plain = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    given: dict[str, str | int] = {
        "typed": text,
        "pattern": f"{plain}%",
        "contained": f"%{plain}%",
        "most": FOUND_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, given)
        rows: list[tuple[int, str]] = cursor.fetchall()
    offices = Office.objects.select_related("area", "agency").in_bulk([pk for pk, _ in rows])
    areas = {a.code: a for a in Area.objects.filter(code__in={code for _, code in rows})}
    return [Found(offices[pk], areas.get(code)) for pk, code in rows]


def rooms_called(typed: str) -> list[Area]:
    """Return the largest areas with this in their name that have offices inside. One query."""
    text = typed.replace("\x00", "").strip()[:TYPED_MAX]
    if not text:
        return []
    inside = Office.objects.filter(
        active=True, area__path__startswith=Concat(OuterRef("path"), Value("/"))
    )
    found = Area.objects.filter(Exists(inside), active=True, name__icontains=text)
    return list(found.order_by("level", "name", "code")[:ROOMS_FOUND_MAX])


def open_office(code: str) -> Office | None:
    """Return the office with its area and agency, or None: there is none of this code any more."""
    found = Office.objects.select_related("area", "agency").filter(code=code, active=True)
    return found.first()


def areas_inside(area: Area) -> dict[str, int]:
    """Return how many active areas of each level lie inside, the highest level first."""
    found = Area.objects.filter(path__startswith=f"{area.path}/", active=True)
    counted = found.values_list("level_name").annotate(Count("pk")).order_by("level")
    return dict(counted.values_list("level_name", "pk__count"))


def offices_of(agency: Agency) -> list[Office]:
    """Return the agency's own offices."""
    found = Office.objects.select_related("area", "agency").filter(active=True, agency=agency)
    return list(found.order_by("code"))


def offices_by_level(levels: Sequence[str]) -> Counter[str]:
    """Return how many open offices without an agency of their own each of these levels has."""
    found = Office.objects.filter(active=True, agency=None, level__in=levels)
    return Counter(found.values_list("level", flat=True))
