"""Offices as people look for them: by area, from the country down, and by name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count, Exists, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Collate, Concat

from places.models import Agency, Area, Office
from places.queries import NoArea

TYPED_MAX = 80
FOUND_MAX = 30
PAGES_MAX = 5
ROOMS_FOUND_MAX = 6
AREAS_PER_PAGE = 60

_TEXT = TextField()
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
    Return an area with its offices; "" is the country. Five queries, whatever lies in it.

    :param after: the name and code of the last part of the page before, as `older` told it
    :raises NoArea: if no active area has this code
    """
    area = Area.objects.filter(code=area_code, active=True).first() if area_code else None
    if area_code and area is None:
        raise NoArea(area_code)
    path = area.path.split("/") if area else []
    around = list(Area.objects.filter(code__in=path).order_by("level"))
    deeper = _deeper(area)
    below, older = _below(area, deeper, after)
    at: dict[int | None, list[Office]] = {one.pk: [] for one in below}
    serving: list[Office] = []
    here = Q(area__code__in=path) if area else Q(area=None)
    standing = Office.objects.select_related("area", "agency").filter(active=True)
    for office in standing.filter(here | Q(area__in=below)).order_by("code"):
        at.get(office.area_id, serving).append(office)
    return Room(
        area=area,
        above=around[:-1],
        serving=sorted(serving, key=lambda one: (-(one.area.level if one.area else 0), one.code)),
        parts=[Part(one, at[one.pk], deeper[one.code]) for one in below],
        older=older,
    )


def _below(area: Area | None, codes: Iterable[str], after: str) -> tuple[list[Area], str]:
    """Return those of the areas next below that have an office: a page, in the order of names."""
    # By the letters' numbers, as `after` is compared: a database has an order of its own.
    key = Collate(Concat("name", Value("/"), "code"), "C")
    below = Area.objects.filter(parent=area, code__in=codes, active=True).alias(key=key)
    page: list[Area] = [*below.filter(key__gt=after).order_by("key")[: AREAS_PER_PAGE + 1]]
    older = _key(page[AREAS_PER_PAGE - 1]) if len(page) > AREAS_PER_PAGE else ""
    return page[:AREAS_PER_PAGE], older


def _deeper(area: Area | None) -> dict[str, int]:
    """
    Return the codes of the areas next below that have an office, and how many stand deeper inside.

    PostgreSQL counts: a row for each area, however many offices there are.
    """
    level = (area.level if area else 0) + 1
    inside = Office.objects.filter(
        active=True,
        area__level__gte=level,
        area__path__startswith=f"{area.path}/" if area else "",
    )
    below = Func("area__path", Value("/"), Value(level), function="split_part", output_field=_TEXT)
    counted = inside.annotate(below=below).values_list("below").order_by()
    deeper = Count("pk", filter=Q(area__level__gt=level))
    return dict(counted.annotate(deeper=deeper).values_list("below", "deeper"))


def _key(area: Area) -> str:
    return f"{area.name}/{area.code}"


def one_stop_shops() -> list[Office]:
    """Return the offices that take what several agencies decide."""
    found = Office.objects.select_related("area", "agency").filter(active=True, one_stop=True)
    return list(found.order_by("code"))


def find(typed: str, *, page: int = 0) -> tuple[list[Found], bool]:
    """
    Return the offices that serve an area of this name, or have it, best first; slips are forgiven.

    FOUND_MAX a page, PAGES_MAX pages, the first is 0; and whether there is a page after this one.
    The text is cut to TYPED_MAX characters. Three queries.
    """
    text = typed.replace("\x00", "").strip()[:TYPED_MAX]
    if not text or not 0 <= page < PAGES_MAX:
        return [], False
    plain = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    given: dict[str, str | int] = {
        "typed": text,
        "pattern": f"{plain}%",
        "contained": f"%{plain}%",
        "named": FOUND_MAX * PAGES_MAX,
        "most": FOUND_MAX + 1,
        "before": FOUND_MAX * page,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, given)
        found: list[tuple[int, str]] = cursor.fetchall()
    rows, has_more = found[:FOUND_MAX], len(found) > FOUND_MAX and page + 1 < PAGES_MAX
    offices = Office.objects.select_related("area", "agency").in_bulk([pk for pk, _ in rows])
    areas = {a.code: a for a in Area.objects.filter(code__in={code for _, code in rows})}
    return [Found(offices[pk], areas.get(code)) for pk, code in rows], has_more


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
