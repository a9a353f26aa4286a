"""The one function that walks a paper along its lifecycle, and what follows it there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from documents.models import Paper, PaperAct, PaperChange
from documents.states import IN_FORCE, LIFECYCLE, State
from kernel import outbox
from registers import queries as registers
from registers.queries import EventView


def lock(paper_id: int) -> Paper:
    """:raises Paper.DoesNotExist: for an unknown id"""
    return Paper.objects.select_for_update().get(pk=paper_id)


def lock_with_original(paper_id: int) -> Paper:
    """
    Lock the paper, and before it the original of a copy or what a reissue replaces, as whoever
    moves that one does.

    :raises Paper.DoesNotExist: for an unknown id
    """
    before = Paper.objects.values_list("copy_of_id", "replaces_id").get(pk=paper_id)
    for earlier_id in filter(None, before):  # One of them at most.
        lock(earlier_id)
    return lock(paper_id)


def move(
    paper: Paper,
    target: State,
    *,
    at: datetime,
    act: PaperAct | None = None,
    event: EventView | None = None,
) -> None:
    """
    Walk one edge: history, state, event; copies follow their original, what a reissue replaces
    is superseded, and the reissue of what was revoked is abandoned. The caller locks the paper,
    and what it comes from (`lock_with_original`).

    A paper that is out moves for a cause: two people's `act`, a register's `event`, or the issue
    of what replaces it.

    :raises kernel.lifecycle.IllegalTransition: if there is no such edge
    """
    source = State(paper.state)
    _walk([paper], target, at=at, act=act, event=event)
    if source not in IN_FORCE:
        if target == State.RENDERED and paper.replaces_id is not None:
            _give_up_what_replaces(lock(paper.replaces_id), at=at)
        if target == State.ISSUED:
            _take_its_place(paper, at=at)
    elif paper.copy_of_id is None:
        for copy in _followers(paper, target):
            _walk([copy], target, at=at, act=act, event=event)
        _give_up_what_replaces(paper, at=at)


def move_new(papers: Sequence[Paper], target: State, *, at: datetime) -> None:
    """
    Walk one edge with many papers, by as many statements as with one.

    They are locked, equally far and not out yet; none replaces another, and no copy is issued.
    """
    if any(paper.replaces_id or (paper.copy_of_id and target == State.ISSUED) for paper in papers):
        raise ValueError("what takes its place after another moves alone")
    if papers:
        _walk(papers, target, at=at, act=None, event=None)


def _walk(
    papers: Sequence[Paper],
    target: State,
    *,
    at: datetime,
    act: PaperAct | None,
    event: EventView | None,
) -> None:
    (source,) = {State(paper.state) for paper in papers}
    news = LIFECYCLE.event_for(source, target)
    # Before the state: PostgreSQL lets a paper become only what its history says.
    PaperChange.objects.bulk_create(
        PaperChange(
            paper=paper,
            source=source,
            target=target,
            act=act,
            event_id=event.id if event else None,
            changed_at=at,
        )
        for paper in papers
    )
    changed: dict[str, Any] = {"state": target}
    if target != State.SIGNED:
        # Whoever signed goes on to seal at once; the sweep takes over only if he dies.
        changed["lease_until"] = None
    if target == State.RENDERED:
        changed["rendered_at"] = at
    if target == State.ISSUED and source not in IN_FORCE:
        changed["issued_at"] = at
    if event is not None:
        changed |= {"ended_on": event.happened_on, "end_reason": event.kind}
    Paper.objects.filter(pk__in=[paper.pk for paper in papers]).update(**changed)
    for paper in papers:
        for field, value in changed.items():
            setattr(paper, field, value)
    outbox.publish_many(news(subject_id=paper.pk, occurred_at=at) for paper in papers)


def _take_its_place(paper: Paper, *, at: datetime) -> None:
    """What a paper that was issued just now does to the paper that it came from."""
    if paper.replaces_id is not None:
        before = lock(paper.replaces_id)
        if before.state in IN_FORCE:  # Else it ended; of a revoked one there is no reissue.
            move(before, State.SUPERSEDED, at=at)
    elif paper.copy_of_id is not None:
        _catch_up(paper, lock(paper.copy_of_id), at=at)


def _give_up_what_replaces(paper: Paper, *, at: datetime) -> None:
    """
    What two people revoked comes back by no reissue that was approved before.

    One that is not drawn yet is given up as soon as it is: its number stays given.
    """
    if paper.state != State.REVOKED:
        return
    made = Paper.objects.select_for_update().filter(
        replaces=paper, state__in=(State.RENDERED, State.SIGNED)
    )
    for one in made.order_by("pk"):
        _walk([one], State.ABANDONED, at=at, act=None, event=None)


def _catch_up(copy: Paper, original: Paper, *, at: datetime) -> None:
    """A copy that was being made while its original fell falls with it."""
    if original.state == State.ISSUED:
        return
    last = PaperChange.objects.filter(paper=original).order_by("-pk")[0]
    event = registers.event(last.event_id) if last.event_id is not None else None
    if last.act is not None and last.act.decided_at is not None:
        at = max(at, last.act.decided_at)  # Decided while we waited for the original.
    _walk([copy], State(original.state), at=at, act=last.act, event=event)


def _followers(original: Paper, target: State) -> list[Paper]:
    """Return the copies in force that move with their original, locked in id order."""
    copies = list(
        Paper.objects.select_for_update()
        .filter(copy_of=original, state__in=IN_FORCE)
        .exclude(state=target)
        .order_by("pk")
    )
    if target != State.ISSUED:
        return copies
    # Resumed: a copy that was suspended for a reason of its own stays so.
    return [copy for copy in copies if _suspended_with(original, copy)]


def _suspended_with(original: Paper, copy: Paper) -> bool:
    last = PaperChange.objects.filter(paper=copy).select_related("act").order_by("-pk")[0]
    return last.act is not None and last.act.paper_id == original.pk
