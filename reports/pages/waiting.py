"""How far a report in the background is, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports import words
from reports.asking import Asked, Format
from reports.models import Export
from reports.periods import Period
from reports.states import ExportState

STATES = {
    ExportState.QUEUED: (_("waits"), ""),
    ExportState.RUNNING: (_("is being made"), "warn"),
    ExportState.DONE: (_("ready"), "good"),
    ExportState.FAILED: (_("failed"), "bad"),
}

PROBLEMS = {
    "not_granted": _("Your rights did not cover it any more when it was to be made."),
    "broke": _("It could not be made. Try a shorter period, or tell the operators."),
}


@dataclass(frozen=True)
class Waiting:
    key: UUID
    title: str
    form: Promise
    is_page: bool
    period: Period
    state: str
    told: Promise
    tone: str
    problem: Promise | str
    rows_done: int
    rows_total: int | None
    per_mille: int
    size_bytes: int
    asked_at: datetime
    expires_at: datetime

    @property
    def is_over(self) -> bool:
        return self.state in {ExportState.DONE, ExportState.FAILED}

    @property
    def version(self) -> str:
        return f"{self.state}:{self.rows_done}"


def told_of(export: Export) -> Waiting:
    asked = Asked.from_dict(export.parameters)
    told, tone = STATES[ExportState(export.state)]
    total = export.rows_total or 0
    return Waiting(
        key=export.key,
        title=words.title(asked.kind, asked.by),
        form=words.FORMATS[Format(export.format)],
        is_page=export.format == Format.PAGE,
        period=asked.period,
        state=export.state,
        told=told,
        tone=tone,
        problem=PROBLEMS.get(export.problem, ""),
        rows_done=export.rows_done,
        rows_total=export.rows_total,
        per_mille=min(1000, export.rows_done * 1000 // total) if total else 0,
        size_bytes=export.file_bytes or 0,
        asked_at=export.asked_at,
        expires_at=export.expires_at,
    )
