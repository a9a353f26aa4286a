"""What a helper did for somebody, who waits for a supervisor, and what an area's agents did."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection

from accounts import queries as accounts
from applications import policies
from applications.models import HelpHold, HelpStep
from applications.queries.assisting import LISTED_MAX, masked, offices_reached
from applications.states import HelpStepKind

_REPORT = (Path(__file__).parent.parent / "sql" / "agents_report.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Step:
    """One thing that a helper did; `value` is plain, as the answers are kept, of what was typed."""

    kind: str
    code: str
    value: object = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class Hold:
    """A helper who waits: who, at which office, through which phone, of which two digits show."""

    id: int
    helper: str = field(repr=False)
    office_id: int
    masked: str
    persons: int
    noticed_at: datetime


@dataclass(frozen=True)
class Done:
    """What an agent did under one licence in a time."""

    licence_id: int
    persons: int = 0
    sent_in: int = 0
    ended_by_person: int = 0
    slips_doubted: int = 0
    held: int = 0


def steps(application_id: int) -> list[Step]:
    """Return what the helper of a case typed, gave and opened, in order."""
    rows = HelpStep.objects.filter(assistance__application_id=application_id).order_by("pk")
    return [
        Step(
            kind=row.kind,
            code=row.code,
            value=json.loads(row.value) if row.kind == HelpStepKind.TYPED else None,
            at=row.at,
        )
        for row in rows
    ]


def open_holds(*, account_id: int, at: datetime) -> list[Hold]:
    """Return the helpers of a supervisor's offices who wait for her, the oldest first."""
    office_ids = offices_reached(account_id, [policies.SUPERVISE.code], at=at)
    found = HelpHold.objects.select_related("helper").filter(released_at=None).order_by("pk")
    if office_ids is not None:
        found = found.filter(office_id__in=office_ids)
    return [
        Hold(
            id=row.pk,
            helper=row.helper.display_name or row.helper.login,
            office_id=row.office_id,
            masked=masked(row.contact_id),
            persons=row.persons,
            noticed_at=row.noticed_at,
        )
        for row in found[:LISTED_MAX]
        if not accounts.same_hands(row.helper_id, account_id)
    ]


def done_under(
    licence_ids: Collection[int], *, since: datetime, until: datetime
) -> dict[int, Done]:
    """Return by licence what was done under it from `since` to before `until`."""
    wanted = sorted(licence_ids)
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, {"licences": list(wanted), "since": since, "until": until})
        found = {row[0]: Done(*row) for row in cursor.fetchall()}
    return {one: found.get(one, Done(one)) for one in wanted}
