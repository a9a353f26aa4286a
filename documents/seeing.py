"""
Looks of officers at papers in their own room, outside any case: told to whose papers they are.

They stand in the trace that nobody can edit, under the paper: one truth for her and for auditors.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from documents.models import Paper
from kernel import audit
from kernel.models import AuditEntry
from places import queries as places

ACT = "paper.read"
SUBJECT = "documents.paper"
SHOWN_MAX = 20
ONCE_IN = timedelta(minutes=10)
"""To her a page that is loaded anew is no new look; the trace has each."""
_REISSUES_MAX = 10


@dataclass(frozen=True)
class PaperLook:
    """By whom as an office, never by name."""

    at: datetime
    number: str
    office: str


def look(
    paper: Paper, *, account_id: int, office_id: int | None, reason: str, at: datetime
) -> None:
    """
    Write down that an officer saw what a paper says.

    :param office_id: her own
    :param reason: for the trace: "paper page", "paper file"
    """
    audit.record(
        act=ACT,
        actor_id=account_id,
        subject=SUBJECT,
        subject_id=paper.pk,
        reason=reason,
        detail={"office_id": office_id},
        at=at,
    )


def looks_at(paper_ids: Collection[int], *, language: str) -> list[PaperLook]:
    """Return the newest looks at these papers, their copies and reissues, at most `SHOWN_MAX`."""
    numbers = _with_their_kin(paper_ids)
    if not numbers:
        return []
    found = AuditEntry.objects.filter(act=ACT, subject=SUBJECT, subject_id__in=numbers)
    rows = []
    last: dict[tuple[int | None, int | None], datetime] = {}
    for row in found.order_by("-pk")[: SHOWN_MAX * 10]:
        same = (row.actor_id, row.subject_id)
        if same not in last or last[same] - row.at >= ONCE_IN:
            last[same] = row.at
            rows.append(row)
    rows = rows[:SHOWN_MAX]
    ids = {office_id for row in rows if (office_id := row.detail.get("office_id")) is not None}
    names = {one.pk: one.told(language) for one in places.offices(ids)} if ids else {}
    return [
        PaperLook(
            row.at, numbers.get(row.subject_id or 0, ""), names.get(row.detail.get("office_id"), "")
        )
        for row in rows
    ]


def _with_their_kin(paper_ids: Collection[int]) -> dict[int, str]:
    """Return the numbers of papers and of all that came of them, by id."""
    found: dict[int, str] = {}
    wanted = Q(pk__in=paper_ids)
    # A copy or a reissue of a reissue is one query more; nobody's paper is reissued so often.
    for _ in range(_REISSUES_MAX):
        new = dict(Paper.objects.filter(wanted).exclude(pk__in=found).values_list("pk", "number"))
        if not new:
            break
        found |= {pk: number or "" for pk, number in new.items()}
        wanted = Q(copy_of__in=new) | Q(replaces__in=new)
    return found
