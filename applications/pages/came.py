"""Why a case came to its office and its officer, and when: the desk's page says it in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from applications import queries, routing_words
from applications.models import Application, Reassignment, RoutingNote, Transfer
from applications.pages.apply import language


@dataclass(frozen=True)
class Came:
    """
    A time that the case was laid before a desk; `officer` is "" where nobody was free.

    `why` is in the order of the thinking: first what led to the office, then to the officer.
    `by` is who gave it, "" where the rules did; `among` is how many could have had it, 0 where
    nobody was looked for.
    """

    office: str
    officer: str
    at: datetime
    why: tuple[str, ...]
    among: int = 0
    by: str = ""


@dataclass(frozen=True)
class Way:
    """How the case came here: the last time, and those before it, the latest first."""

    last: Came
    before: tuple[Came, ...]
    taken_by: str
    """Who has taken it up since, though it was laid before somebody else; "" if nobody has."""


def way(
    application: Application,
    *,
    transfers: Sequence[Transfer],
    reassigned: Sequence[Reassignment],
) -> Way | None:
    """Return how the case came to lie where it lies; None before it lay anywhere."""
    notes = queries.routings(application.pk)
    told = {one.version: _by_rule(one) for one in notes}
    # Given to an officer by name: nobody was looked for, so that no note was made.
    told |= {one.version: _given_on(one) for one in transfers if one.version not in told}
    told |= {one.version: _reassigned(one) for one in reassigned}
    if not told:
        return None
    last, *before = [told[version] for version in sorted(told, reverse=True)]
    officer = application.officer.display_name if application.officer else ""
    return Way(last, tuple(before), officer if officer != last.officer else "")


def _by_rule(note: RoutingNote) -> Came:
    said = tuple(words for code in note.reasons if (words := routing_words.why(code)))
    return Came(
        office=note.office.told(language()),
        officer=note.officer.display_name if note.officer else "",
        at=note.at,
        why=said,
        among=note.candidates,
    )


def _given_on(one: Transfer) -> Came:
    return Came(
        office=one.to_office.told(language()),
        officer=one.to_officer.display_name if one.to_officer else "",
        at=one.at,
        why=(one.get_reason_code_display(),),
        by=one.by.display_name,
    )


def _reassigned(one: Reassignment) -> Came:
    return Came(
        office="",
        officer=one.to_officer.display_name,
        at=one.at,
        why=(one.get_reason_code_display(),),
        by=one.by.display_name,
    )
