"""Taking an approval back, as long as no order to sign its paper stands."""

from datetime import datetime

import structlog
from django.db import transaction

from applications import policies
from applications.models import Application, StatusChange, UndoneApproval
from applications.operations.moving import lock, move, require_status, require_version
from applications.operations.review import HOLD, require_officer
from applications.states import Status
from documents import operations as documents
from documents import queries as papers
from documents.states import State

log = structlog.get_logger()


class SigningOrdered(Exception):
    """The officer has signed, or her order to sign may still be carried out."""


def undo_approval(*, application_id: int, by_id: int, version: int, at: datetime) -> None:
    """
    Give an approved case back to its officer; its paper is given up and keeps its number.

    A paper that is being drawn this moment is given up as soon as it is there (`give_up_drawn`).

    It may be undone by the officers who approved it, and by a supervisor. Approved again, it gets
    another paper.

    :raises StalePage: if the case has changed since she read it
    :raises NotNow: if it is not approved, or issued already
    :raises accounts.policies.NotGranted: if she neither approved it nor supervises its office
    :raises policies.OwnCase: if she has an interest
    :raises SigningOrdered: while an order to sign it stands, or if it is signed, or the office
        alone seals it
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_status(application, Status.APPROVED, Status.AWAITING_SIGNATURE)
        hers = by_id in _approvers(application)
        require_officer(
            application, by_id, at=at, act=policies.DECIDE if hers else policies.SUPERVISE
        )
        _give_up(application, by_id, at=at)
        application.paper = None
        application.cited_entry = None
        application.decided_at = None
        application.signing_until = None
        application.held_until = at + HOLD
        move(
            application,
            Status.UNDER_REVIEW,
            by_id=by_id,
            at=at,
            changed=["paper", "cited_entry", "decided_at", "signing_until", "held_until"],
        )
    log.info("case.approval_undone", case_id=application.pk)


def give_up_drawn(*, paper_id: int, at: datetime) -> None:
    """
    Give up a paper that was drawn after its approval had been undone.

    Safe to repeat, and for papers of which no approval was undone: they stay.
    """
    undone = UndoneApproval.objects.filter(paper_id=paper_id).first()
    if undone is not None and papers.paper(paper_id).state == State.RENDERED:
        documents.give_up(paper_id=paper_id, by_id=undone.by_id, at=at)


def _approvers(application: Application) -> set[int]:
    """Return who approved it: the officer who signs, and the second one where there were two."""
    last = (
        StatusChange.objects.filter(application=application, target=Status.APPROVED)
        .exclude(source=Status.PAYMENT_HELD)
        .order_by("-version")
        .values_list("changed_by_id", flat=True)
        .first()
    )
    return {each for each in (application.officer_id, last) if each is not None}


def _give_up(application: Application, by_id: int, *, at: datetime) -> None:
    paper_id = application.paper_id or 0
    UndoneApproval.objects.create(
        application=application,
        version=application.version + 1,
        paper_id=paper_id,
        by_id=by_id,
        at=at,
    )
    try:
        documents.give_up(paper_id=paper_id, by_id=by_id, at=at)
    except documents.OrderedAlready as refusal:
        raise SigningOrdered(application.pk) from refusal
    except documents.NotNow as refusal:
        raise SigningOrdered(application.pk) from refusal
