"""Papers as lists and stories: for the office's desk, and for who holds one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from documents import numbering
from documents.models import Paper, PaperAct, PaperChange, PaperFile, ReissueProposal
from documents.states import IN_FORCE, OUT, Standing, State, standing

PAGE_SIZE = 25
COPIES_MAX = 50
WAITING, PROPOSED, ALL = "waiting", "proposed", "all"


@dataclass(frozen=True)
class Line:
    """A paper in a list. No person: who holds it is read on its own page."""

    id: int
    number: str
    paper_type: str
    office_id: int
    copy: str
    copy_no: int
    state: str
    standing: Standing | None
    issued_at: datetime | None
    valid_until: date | None
    ended_on: date | None
    end_reason: str
    waits: bool
    proposed: bool


def lines(
    office_ids: Collection[int] | None,
    *,
    today: date,
    shown: str = ALL,
    state: str = "",
    number: str = "",
    before_id: int | None = None,
) -> list[Line]:
    """
    Return up to `PAGE_SIZE` + 1 papers of these offices (None: of all), the newest first.

    `shown`: what waits for a decision, what a correction proposes to reissue, or all. `state`: a
    standing, as "revoked"; `number` as typed, in any spacing.
    """
    papers = at_offices(office_ids)
    if shown == WAITING:
        papers = papers.filter(waits=True)
    elif shown == PROPOSED:
        papers = papers.filter(proposed=True)
    if number:
        papers = papers.filter(number=numbering.normalise_number(number) or "")
    if state:
        papers = papers.filter(_standing_is(state, today))
    if before_id is not None:
        papers = papers.filter(pk__lt=before_id)
    return [line(one, today) for one in papers.order_by("-pk")[: PAGE_SIZE + 1]]


def at_offices(office_ids: Collection[int] | None) -> QuerySet[Any]:
    """Return the numbered papers of these offices, each with `waits` and `proposed`."""
    papers = Paper.objects.filter(number__isnull=False)
    if office_ids is not None:
        papers = papers.filter(office_id__in=office_ids)
    open_acts = PaperAct.objects.filter(paper=OuterRef("pk"), decided_at=None, withdrawn_at=None)
    # Taken up as soon as somebody has asked for the reissue, whatever was decided.
    taken_up = PaperAct.objects.filter(
        paper=OuterRef("paper"), kind="reissue", asked_at__gte=OuterRef("proposed_at")
    )
    proposals = ReissueProposal.objects.filter(
        ~Exists(taken_up), paper=OuterRef("pk"), paper__state__in=IN_FORCE
    )
    return papers.annotate(waits=Exists(open_acts), proposed=Exists(proposals))


def line(one: Any, today: date) -> Line:
    return Line(
        id=one.pk,
        number=one.number or "",
        paper_type=one.paper_type,
        office_id=one.office_id,
        copy=one.copy,
        copy_no=one.copy_no,
        state=one.state,
        standing=standing(one.state, one.valid_until, today),
        issued_at=one.issued_at,
        valid_until=one.valid_until,
        ended_on=one.ended_on,
        end_reason=one.end_reason,
        waits=getattr(one, "waits", False),
        proposed=getattr(one, "proposed", False),
    )


def family(paper_id: int, *, today: date) -> list[Line]:
    """
    Return what came of one paper and is out: it, its reissues and their copies, the oldest first.

    What its holder is shown: the last original of them is the one to use.
    """
    originals = _and_after(paper_id)
    rows = Paper.objects.filter(Q(pk__in=originals) | Q(copy_of__in=originals), state__in=OUT)
    return [line(one, today) for one in rows.order_by("pk")[:COPIES_MAX]]


def newest_of(paper_id: int) -> int:
    """Return the paper that stands in its place now: itself, or its last reissue that is out."""
    out = Paper.objects.filter(pk__in=_and_after(paper_id), state__in=OUT)
    return out.order_by("-pk").values_list("pk", flat=True).first() or paper_id


def family_ids(paper_id: int) -> list[int]:
    """Return what its holder has instead of one paper: it, its reissues and all their copies."""
    originals = _and_after(paper_id)
    copies = Paper.objects.filter(copy_of__in=originals).values_list("pk", flat=True)
    return [*originals, *copies]


def replacements(paper_id: int) -> QuerySet[Paper]:
    """Return the reissue of a paper that is being made or is out; abandoned ones do not count."""
    return Paper.objects.filter(replaces=paper_id).exclude(state=State.ABANDONED)


def changes(paper_id: int) -> QuerySet[PaperChange]:
    """Return what became of the paper, in order, with the acts and their people."""
    return (
        PaperChange.objects.filter(paper_id=paper_id)
        .select_related("act__maker", "act__checker")
        .order_by("pk")
    )


def acts(paper_id: int) -> QuerySet[PaperAct]:
    """Return what was asked of the paper, the newest first."""
    return (
        PaperAct.objects.filter(paper_id=paper_id)
        .select_related("maker", "checker")
        .order_by("-pk")
    )


def files(paper_id: int) -> QuerySet[PaperFile]:
    return PaperFile.objects.filter(paper_id=paper_id).order_by("revision")


def relatives(paper: Paper, *, today: date) -> list[tuple[str, Line]]:
    """Return the papers beside this one, each with what it is to it."""
    found: list[tuple[str, Line]] = []
    if paper.copy_of is not None:
        found.append(("original", line(paper.copy_of, today)))
    if paper.replaces is not None:
        found.append(("replaces", line(paper.replaces, today)))
    found += [("replaced_by", line(one, today)) for one in Paper.objects.filter(replaces=paper)]
    copies = Paper.objects.filter(copy_of=paper).order_by("pk")[:COPIES_MAX]
    return found + [("copy", line(one, today)) for one in copies]


def _and_after(paper_id: int) -> list[int]:
    """Return the paper and its reissues, one after the other."""
    chain = [paper_id]
    while after := replacements(chain[-1]).values_list("pk", flat=True).first():
        chain.append(after)
    return chain


def _standing_is(state: str, today: date) -> Q:
    expired = Q(state="ISSUED", valid_until__lt=today)
    if state == Standing.EXPIRED:
        return expired
    if state == Standing.CURRENT:
        return Q(state="ISSUED") & (Q(valid_until=None) | Q(valid_until__gte=today))
    return Q(state=state.upper())
