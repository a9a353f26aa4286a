"""Which of the papers that wait for a key went an uncommon road: whoever signs looks at those."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from applications.models import Application, StatusChange
from applications.states import Status
from registers import queries as registers
from registers.entries import ActEntry

S = Status


class Mark(StrEnum):
    """What makes a paper an exception in its batch."""

    LATE = "late"
    ON_PAPER = "on_paper"
    SECOND = "second"
    DECLINED = "declined"
    CORRECTED = "corrected"
    UNDONE = "undone"
    APPEALED = "appealed"
    HELD = "held"
    GIVEN_ON = "given_on"


_BY_TARGET = {
    S.AWAITING_COMPLETION: Mark.CORRECTED,
    S.AWAITING_SECOND: Mark.SECOND,
    S.UNDER_APPEAL: Mark.APPEALED,
    S.PAYMENT_HELD: Mark.HELD,
}
_BY_EDGE = {
    (S.AWAITING_SECOND, S.UNDER_REVIEW): Mark.DECLINED,
    (S.APPROVED, S.UNDER_REVIEW): Mark.UNDONE,
    (S.AWAITING_SIGNATURE, S.UNDER_REVIEW): Mark.UNDONE,
}
_GIVEN_ON = ("transferred_often", "reassigned")


def marks(cases: Collection[Application], *, at: datetime) -> dict[int, tuple[Mark, ...]]:
    """Return what is uncommon about each case, by its id; of the common ones nothing. 2 queries."""
    ids = [case.pk for case in cases]
    found: dict[int, set[Mark]] = {}
    for case in cases:
        if case.promised_at is not None and case.promised_at < at:
            found.setdefault(case.pk, set()).add(Mark.LATE)
    moves = StatusChange.objects.filter(application_id__in=ids)
    for pk, source, target, note_code in moves.values_list(
        "application_id", "source", "target", "note_code"
    ):
        mark = mark_of(source, target, note_code)
        if mark is not None:
            found.setdefault(pk, set()).add(mark)
    on_paper = Application.objects.filter(pk__in=ids, cited_entry__source="paper")
    for pk in on_paper.values_list("pk", flat=True):
        found.setdefault(pk, set()).add(Mark.ON_PAPER)
    return {pk: tuple(mark for mark in Mark if mark in kept) for pk, kept in found.items()}


def mark_of(source: str, target: str, note_code: str) -> Mark | None:
    """Return what a move makes of its paper; None where it is as common as any."""
    if note_code in _GIVEN_ON:
        return Mark.GIVEN_ON
    edge = (Status(source), Status(target)) if source else None
    return _BY_TARGET.get(Status(target)) or (_BY_EDGE.get(edge) if edge else None)


def as_entry(application: Application) -> ActEntry:
    """Return the entry that an approved case cites, to be read beside what was given."""
    if application.cited_entry_id is None:
        raise ValueError("an approved case cites an entry")
    cited = registers.cited_entry(application.cited_entry_id)
    return ActEntry(
        kind=cast("Any", cited.kind),  # Whatever its register: its facts are all that is read.
        office_code=cited.office_code,
        year=cited.year or 0,
        volume=cited.volume,
        act_number=cited.act_number,
        registered_on=cited.registered_on or date.min,
        facts=cited.facts,
        national_ids=cited.national_ids,
    )
