"""The answers of a case as people read them, with what registers said to them."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import get_language, gettext

from applications.models import Application
from applications.pages import looking_up
from catalogue import conditions, forms
from catalogue.definition import Definition, Group
from catalogue.words import FALLBACK, tell

Rows = list[tuple[str, ...]]

CHANGE = "change"
"""In the query of a question that was reached from the review, and leads back there."""


def sections(definition: Definition, application: Application) -> list[dict[str, object]]:
    """Return each group with its answers as rows for a summary list, with links to change them."""
    here, said = get_language() or FALLBACK, looking_up.said(application, definition)
    return told_once(
        (asked, asked.title(here).text, _rows(definition, asked, application, said, change=True))
        for asked in conditions.groups(definition, application.given)
    )


def told_once(pages: Iterable[tuple[Group, str, Rows]]) -> list[dict[str, object]]:
    """
    Return pages as sections of a review, in which no heading says what its only key says.

    A page whose title asks its first question ("In which district were you born?") has the title
    as the key of that row; such pages that follow each other are one list without a heading.

    :param pages: each group with its title and its rows
    """
    found: list[tuple[str, Rows]] = []
    for asked, title, rows in pages:
        if rows and _asks_first(asked, title):
            rows = [(title, *rows[0][1:]), *rows[1:]]
            if found and not found[-1][0]:
                rows = [*found.pop()[1], *rows]
            title = ""
        found.append((title, rows))
    return [{"title": title, "rows": rows} for title, rows in found]


def _asks_first(asked: Group, title: str) -> bool:
    """Say whether the title is the question itself: asked alone, or the only place on its page."""
    first, *others = asked.asked
    alone = not others or (first.type == "area" and all(one.type != "area" for one in others))
    return alone and first.when is None and title.endswith("?")


def answer_rows(definition: Definition, application: Application) -> list[tuple[str, ...]]:
    """Return every answer to what was asked as a row for one summary list."""
    said = looking_up.said(application, definition)
    return [
        row
        for asked in conditions.groups(definition, application.given)
        for row in _rows(definition, asked, application, said, change=False)
    ]


def question_address(number: str, group: str, *, change: bool = True) -> str:
    """Return where a page of questions is; with `change` it leads back to the review."""
    address = reverse("applications:group", args=[number, group])
    return f"{address}?{CHANGE}=1" if change else address


def _rows(
    definition: Definition,
    asked: Group,
    application: Application,
    said: Mapping[str, str],
    *,
    change: bool,
) -> list[tuple[str, ...]]:
    """Return the answers to a page; `said` is what registers said to them, by field code."""
    here, given = get_language() or FALLBACK, application.given
    wanted = conditions.asked(definition, given)
    rows: list[tuple[str, ...]] = []
    for field in (one for one in asked.asked if one in wanted):
        answer = forms.shown(field, given.get(field.code), here) or gettext("Not given")
        heard = said.get(field.code)
        row = (
            tell(field.labels, here).text,
            f"{answer} ({heard})" if heard else answer,
        )
        link = f"{question_address(application.number, asked.code)}#id_{field.code}"
        rows.append((*row, link, gettext("Change")) if change else row)
    return rows
