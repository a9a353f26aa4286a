"""Papers whose facts end: what a register tells of a person reaches the papers that she holds."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from documents.models import Copy, Paper, PaperChange, ReissueProposal
from documents.operations.moving import lock, move
from documents.rendering import template
from documents.states import IN_FORCE, State
from registers import queries as registers

log = structlog.get_logger()

CORRECTION = "correction"
# More in an hour than a country's people marry, move and die: a register that lost its mind.
# Each may be made anew by two people; somebody has to stop the register.
ENDINGS_AN_HOUR_MAX = 500
_HOUR = timedelta(hours=1)


def end_for_event(*, event_id: int, at: datetime) -> list[int]:
    """
    End the papers in force that are no longer true since this event, and return their ids.

    A correction ends nothing: it proposes a reissue to the office, and so does what the entry may
    have known of or not. Safe to repeat, in any order; what is still being made is looked at when
    it is out (`end_if_over`).
    """
    entries = registers.entries_concerned(event_id)
    papers = Paper.objects.filter(
        cited_entry_id__in=entries, state__in=IN_FORCE, copy=Copy.ORIGINAL
    )
    with transaction.atomic():
        in_force = papers.order_by("pk").values_list("pk", flat=True)
        ended = [paper_id for paper_id in in_force if _look_after(paper_id, at=at)]
    if ended:
        log.info("paper.ended_by_event", event_id=event_id, papers=len(ended))
        _ring_at_many(at=at)
    return ended


def end_if_over(*, paper_id: int, at: datetime) -> bool:
    """
    Ask of a paper that was issued just now what registers told while it was being made.

    Return whether it has ended. Safe to repeat. A copy follows its original by itself.
    """
    # Without a lock: nearly always nothing was told, and what is told from now on finds it out.
    cited_entry_id = Paper.objects.values_list("cited_entry_id", flat=True).get(pk=paper_id)
    if cited_entry_id is None or not registers.is_told_of(cited_entry_id):
        return False
    with transaction.atomic():
        return _look_after(paper_id, at=at)


def _look_after(paper_id: int, *, at: datetime) -> bool:
    paper = lock(paper_id)
    if paper.state not in IN_FORCE or paper.cited_entry_id is None or paper.copy != Copy.ORIGINAL:
        return False
    chosen = template(paper.paper_type, paper.template_version)
    events = registers.events_not_known(paper.cited_entry_id)
    endings = [event for event in events if event.kind in chosen.ends_by]
    corrections = [
        event
        for event in events
        if event.kind == CORRECTION and event.entry_kind == chosen.register
    ]
    # Another register may have recorded it before ours was asked, which did not know: who of them
    # is right is for people to find out.
    for event in [*corrections, *(event for event in endings if not event.is_since)]:
        ReissueProposal.objects.get_or_create(
            paper=paper, event_id=event.id, defaults={"proposed_at": at}
        )
    # Whichever was read first: the paper is untrue since the earliest of them.
    endings = [event for event in endings if event.is_since]
    if not endings:
        return False
    first = min(endings, key=lambda each: (each.happened_on, each.id))
    move(paper, State.ENDED, at=at, event=first)
    return True


def _ring_at_many(*, at: datetime) -> None:
    changes = PaperChange.objects.filter(event__isnull=False, changed_at__gt=at - _HOUR)
    endings = changes.count()
    if endings > ENDINGS_AN_HOUR_MAX:
        log.error("paper.many_endings", an_hour=endings)
