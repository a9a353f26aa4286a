"""The one function that walks a paper along its lifecycle."""

from datetime import datetime

from documents.models import Paper, PaperChange
from documents.states import LIFECYCLE, State
from kernel import outbox


def lock(paper_id: int) -> Paper:
    """:raises Paper.DoesNotExist: for an unknown id"""
    return Paper.objects.select_for_update().get(pk=paper_id)


def move(paper: Paper, target: State, *, at: datetime) -> None:
    """
    Walk one edge: state, history, event. The paper is locked by the caller.

    :raises kernel.lifecycle.IllegalTransition: if there is no such edge
    """
    source = State(paper.state)
    event = LIFECYCLE.event_for(source, target)
    paper.state = target
    if target != State.SIGNED:
        # Whoever signed goes on to seal at once; the sweep takes over only if he dies.
        paper.lease_until = None
    if target == State.RENDERED:
        paper.rendered_at = at
    if target == State.ISSUED:
        paper.issued_at = at
    paper.save(update_fields=["state", "lease_until", "rendered_at", "issued_at"])
    PaperChange.objects.create(paper=paper, source=source, target=target, changed_at=at)
    outbox.publish(event(subject_id=paper.pk, occurred_at=at))
