"""A case as the lists of the desk tell it."""

from dataclasses import dataclass, replace
from datetime import datetime

from applications.models import Application
from applications.pages.apply import language
from applications.pages.cases import office_name
from applications.pages.desk import Left, left_until
from applications.queries import handing
from applications.queries.queues import Shown
from applications.states import ON_DESK


@dataclass(frozen=True)
class Row:
    """
    A case in the queue; the family name and an initial are all that a list shows of a person.

    `is_closed` for a case that lies with another office: its page is not hers to open. `bound_for`
    is the office to which it is on its way, "" for one that lies somewhere.
    """

    number: str
    name: str
    who: str
    status: str
    officer: str
    office: str
    left: Left | None
    decided_at: datetime | None
    is_closed: bool
    bound_for: str = ""


def rows(
    cases: list[Application], names: dict[str, str], *, now: datetime, shown: Shown | None = None
) -> list[Row]:
    """Return the cases as a list tells them; `shown` is None where it is of no one state."""
    return [_row(case, names, now=now, shown=shown) for case in cases]


def leaving(cases: list[Application], names: dict[str, str], *, now: datetime) -> list[Row]:
    """Return what is on its way as rows: still the office's own, and in nobody's hands."""
    bound = handing.bound_for([case.pk for case in cases]) if cases else {}
    return [
        replace(
            _row(case, names, now=now, shown=None),
            bound_for=bound[case.pk].told(language()) if case.pk in bound else "",
        )
        for case in cases
    ]


def _row(case: Application, names: dict[str, str], *, now: datetime, shown: Shown | None) -> Row:
    is_closed = shown == Shown.ELSEWHERE
    given = case.holder.given_names
    who = f"{case.holder.family_name} {given[:1]}{'.' if given else ''}".strip()
    return Row(
        number=case.number,
        name=names.get(case.service_code, case.service_code),
        who="" if is_closed else who,
        status=case.get_status_display(),
        officer=case.officer.display_name if case.officer and not is_closed else "",
        office=office_name(case),
        left=left_until(case.promised_at, now=now) if case.status in ON_DESK else None,
        decided_at=case.decided_at,
        is_closed=is_closed,
    )
