"""Where the offices are, and what each does. Each page costs a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue import measuring, standards
from catalogue.words import FALLBACK
from kernel import asking
from kernel.country import country
from places import directory, mapping, opening
from places import queries as places
from places.queries import Area, Office

FEASTS_SHOWN = 4
AFTER_MAX = 200
"""Characters of an area's name and code, by which a page of areas begins."""


@dataclass(frozen=True)
class Line:
    """An area of a list, with what stands in it; `number` is its mark on the map, "" without."""

    code: str
    name: str
    number: str
    offices: list[Office]
    deeper: int
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Result:
    """An office that was found; `meant` is the name of the area that led there."""

    office: Office
    line: str
    meant: str


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    text = asking.text(request, "q", most=directory.TYPED_MAX)
    context: dict[str, object] = {"text": text, "typed_max": directory.TYPED_MAX}
    if text:
        number = asking.number(request, "page", most=directory.PAGES_MAX - 1)
        context |= _found(text, number)
        if not number:
            context["rooms"] = [
                (one.code, one.told(_language())) for one in directory.rooms_called(text)
            ]
    else:
        after = asking.text(request, "after", most=AFTER_MAX)
        context |= _room(asking.code(request, "area"), after)
    return render(request, "catalogue/offices/offices.html", context)


@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    found = directory.open_office(code)
    if found is None:
        raise Http404
    language, now = _language(), timezone.now()
    cards = standards.of_office(found, language)
    today = timezone.localdate(now, country().zone)
    context = {
        "office": found,
        "area": places.area_line(found.area.code, language) if found.area else "",
        "inside": _inside(found.area, language),
        "hours": opening.hours(found.code),
        "assumed": opening.hours_are_assumed(found.code),
        "week": opening.week(),
        "now": opening.opening(found.code, at=now, language=language),
        "feasts": opening.feasts_after(today, count=FEASTS_SHOWN, language=language),
        "cards": cards,
        "measured": measuring.told([card.code for card in cards]),
    }
    return render(request, "catalogue/offices/office.html", context)


def _found(text: str, number: int) -> dict[str, object]:
    """Return one page of what was found, and the ways to those beside it; the first is 0."""
    found, has_more = directory.find(text, page=number)
    return {
        "results": _results(found),
        "number": number,
        "newer_url": _page_url(text, number - 1) if number else "",
        "older_url": _page_url(text, number + 1) if has_more else "",
    }


def _page_url(text: str, number: int) -> str:
    told = {"q": text} | ({"page": str(number)} if number else {})
    return f"{reverse('catalogue:offices')}?{urlencode(told)}"


def _results(found: Sequence[directory.Found]) -> list[Result]:
    language = _language()
    lines = places.area_lines([one.office.area.code for one in found if one.office.area])
    return [
        Result(
            one.office,
            lines[one.office.area.code].told(language) if one.office.area else "",
            one.meant.told(language) if one.meant and one.meant != one.office.area else "",
        )
        for one in found
    ]


def _room(code: str, after: str) -> dict[str, object]:
    try:
        room = directory.room(code, after=after)
    except places.NoArea:
        raise Http404 from None
    language = _language()
    sheet = _sheet(room.parts)
    marks = {mark.code: mark for mark in sheet.marks} if sheet else {}
    lines = [
        Line(
            part.area.code,
            part.area.told(language),
            part.area.code.lstrip("0") if part.area.code in marks else "",
            list(part.offices),
            part.deeper,
            *((marks[part.area.code].x, marks[part.area.code].y) if marks else ()),
        )
        for part in room.parts
    ]
    shown = [*room.serving, *(one for part in room.parts for one in part.offices)]
    return {
        "area": room.area.told(language) if room.area else "",
        "above": [(one.code, one.told(language)) for one in room.above],
        "level": _level(room.parts, language),
        "serving": room.serving,
        "lines": lines,
        "sheet": sheet,
        "radius": mapping.RADIUS,
        "width": mapping.WIDTH,
        "one_stop": [] if code else directory.one_stop_shops(),
        "by_rule": any(one.by_rule for one in shown) or not code,
        "older_url": _older(code, room.older),
    }


def _sheet(parts: Iterable[directory.Part]) -> mapping.Sheet | None:
    """Return the map of these areas, where the pack says of each of them where it lies."""
    points = {}
    for part in parts:
        if part.area.latitude is None or part.area.longitude is None:
            return None
        points[part.area.code] = (float(part.area.latitude), float(part.area.longitude))
    return mapping.draw(points)


def _level(parts: Iterable[directory.Part], language: str) -> str:
    first = next(iter(parts), None)
    return country().level_name(first.area.level_name, language) if first else ""


def _inside(area: Area | None, language: str) -> list[tuple[str, int]]:
    counted = directory.areas_inside(area) if area else {}
    return [(country().level_name(level, language), n) for level, n in counted.items()]


def _older(code: str, older: str) -> str:
    if not older:
        return ""
    return f"{reverse('catalogue:offices')}?{urlencode({'area': code, 'after': older})}"


def _language() -> str:
    return get_language() or FALLBACK
