"""Places in a definition as an editor knows them, what differs there, and what is missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalogue import comparing, tree
from catalogue.comparing import Difference, Piece
from catalogue.missing import Lack
from catalogue.pages import editing_sections as sections
from catalogue.pages.editing_choices import language_name
from catalogue.pages.editing_parts import Section, Words
from catalogue.plain import Taken
from kernel.country import country
from kernel.money import to_decimal_text

_TOLD_MAX = 10
_SHOWN_MAX = 120
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
# What the reader of definitions says most often, for people. It says the rest in English.
WHY: Mapping[str, Words] = {
    "missing": _("missing"),
    "at least one": _("one at least is wanted"),
    "at least one language": _("one language at least is wanted"),
    "a service that can be applied for has one": _("people cannot apply without it"),
    "two to four capital letters": _("two to four capital letters are wanted"),
    "a choice has options, and nothing else does": _("a choice has choices, nothing else does"),
    "an area has a level, and nothing else does": _("an area has a level, nothing else does"),
    "no web address": _("no web address"),
    "a paper is read from a register": _("a paper is read from a register"),
    "there is no paper to approve": _("there is no paper to approve"),
    "nothing to check without a law": _("there is no law to have read"),
    "nothing to check without a legal_source": _("there is no law to have read"),
    "no day, such as 2026-07-01": _("no day, such as 2026-07-01"),
    "the law of this fee has ended": _("the law of this fee has ended: name the one of today"),
    "what is required is given under a code": _("what is required needs a code"),
}


@dataclass(frozen=True)
class Told:
    """One difference in words: where, and both values as one run of marked words."""

    place: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Chapter:
    """The differences of one section."""

    title: Words
    told: list[Told]


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or wrong, with the page where it is mended."""

    place: str
    why: Words
    url: str
    is_english: bool


def chapters(
    before: Mapping[str, Any], after: Mapping[str, Any], differences: Sequence[Difference] = ()
) -> list[Chapter]:
    """Return what differs, section by section; `differences` where they are known already."""
    found: dict[str, list[Difference]] = {}
    for one in differences or comparing.compare(before, after):
        section = sections.section_of(one.path[0])
        found.setdefault(section.code if section else "", []).append(one)
    told = [(one, found.pop(one.code, [])) for one in sections.SECTIONS]
    last = [Chapter(_("Other things"), _tell_all(each)) for each in found.values()]
    return [Chapter(one.title, _tell_all(each)) for one, each in told if each] + last


def gaps(lacks: Sequence[Lack], definition: Mapping[str, Any], draft_id: int) -> list[Gap]:
    return [
        Gap(
            place=place(path),
            why=WHY.get(one.why, one.why),
            url=_url(draft_id, path),
            is_english=one.why not in WHY,
        )
        for one in lacks
        for path in [_path(one.place, definition)]
    ]


def place(path: Sequence[str]) -> str:
    """Return a path in words: "Fees, fee, Amount"."""
    words: list[str] = []
    scope, rest = "", list(path)
    labels = _labels()
    while len(rest) > 1 and rest[0] in labels and sections.is_list(rest[0]):
        words += [str(labels[rest[0]]), _item(rest[1])]
        scope, rest = rest[0], rest[2:]
    for n in range(len(rest), 0, -1):
        key = ".".join(rest[:n])
        label = labels.get(f"{scope}.{key}" if scope else key)
        if label is not None:
            words.append(str(label))
            rest = rest[n:]
            break
    words += [language_name(one) if one in country().languages else one for one in rest]
    return ", ".join(word for word in words if word)


def sections_with(gaps_found: Sequence[Lack]) -> list[tuple[Section, int]]:
    """Return every section with how much is missing in it."""
    counted: dict[str, int] = {}
    for one in gaps_found:
        section = sections.section_of(one.key)
        if section:
            counted[section.code] = counted.get(section.code, 0) + 1
    return [(one, counted.get(one.code, 0)) for one in sections.SECTIONS]


def section_title(section: str) -> Words:
    """Return what a revision was about, in words: by its section's code, or its item's path."""
    try:
        return sections.section(section).title
    except sections.NoPart:
        found = sections.section_of(section.partition("/")[0])
        return found.title if found else ""


@cache
def _labels() -> dict[str, Words]:
    return dict(sections.every_input())


def _item(name: str) -> str:
    return str(int(name[1:]) + 1) if re.fullmatch(r"~\d+", name) else name


def _tell_all(differences: Sequence[Difference]) -> list[Told]:
    return [
        Told(
            place(one.path),
            comparing.words(_shown(one.path, one.before), _shown(one.path, one.after)),
        )
        for one in differences
    ]


def _shown(path: Sequence[str], value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if path[-1] == "amount_minor":
        currency = country().currency
        return f"{to_decimal_text(value, currency)} {currency}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value)


def _path(told: str, definition: Mapping[str, Any]) -> tuple[str, ...]:
    """Read a place such as "form[0].fields[2].type" as a path."""
    path: list[str] = []
    node: Any = definition
    for name, number in _STEP.findall(told):
        if name:
            # After the code of an item, as "fees.stamp.legal_source" has it.
            if isinstance(node, list):
                found = [i for i, one in enumerate(node) if tree.name_of(one, i) == name]
                node = node[found[0]] if found else None
            else:
                node = node.get(name) if isinstance(node, Mapping) else None
            path.append(name)
        else:
            items = node if isinstance(node, list) else []
            node = items[int(number)] if int(number) < len(items) else None
            path.append(tree.name_of(node, int(number)))
    return tuple(path)


def _url(draft_id: int, path: Sequence[str]) -> str:
    """Return the page where a place is written."""
    where: list[str] = []
    rest = list(path)
    while len(rest) > 1 and sections.is_list(rest[0]):
        where += rest[:2]
        rest = rest[2:]
    if where:
        return reverse("catalogue:editor_part", args=[draft_id, "/".join(where)])
    section = sections.section_of(path[0]) if path else None
    if section is None:
        return reverse("catalogue:editor_draft", args=[draft_id])
    return reverse("catalogue:editor_section", args=[draft_id, section.code])


def tell_taken(request: HttpRequest, taken: Sequence[Taken]) -> None:
    """Say of a file which texts held tags; the draft has them without, and nobody else yet."""
    for one in taken[:_TOLD_MAX]:
        messages.warning(
            request,
            gettext("Tags were taken out of %(place)s: “%(before)s” is now “%(after)s”.")
            % {
                "place": one.place,
                "before": Truncator(one.before).chars(_SHOWN_MAX),
                "after": Truncator(one.after).chars(_SHOWN_MAX),
            },
        )
    if len(taken) > _TOLD_MAX:
        more = len(taken) - _TOLD_MAX
        messages.warning(
            request,
            ngettext(
                "Tags were taken out of %(n)d more text.",
                "Tags were taken out of %(n)d more texts.",
                more,
            )
            % {"n": more},
        )
