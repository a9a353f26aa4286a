"""Giving up a paper that is drawn and that nobody will sign, so that another may be asked for."""

from datetime import datetime

import structlog
from django.db import transaction

from documents.models import ActKind, Copy, MandateItem, Paper
from documents.operations.living import NotNow, require
from documents.operations.moving import lock, move
from documents.states import State
from kernel import audit

log = structlog.get_logger()

_UNSIGNED = (State.REQUESTED, State.RENDERED)


class OrderedAlready(Exception):
    """An officer's order to sign it stands: it is not to be given up while the key may be used."""


def give_up(*, paper_id: int, by_id: int, at: datetime) -> None:
    """
    Give up a drawn original whose approval is undone: it keeps its number, and its key signs it
    no more. Whoever undoes has asked for the right, and written down that it is undone.

    One that is not drawn yet stays until it is, and is to be given up then: only what is drawn has
    a number for good.

    :raises OrderedAlready: if it was ordered signed, unless that order was taken back or ran out
    :raises NotNow: if it is signed, or is no original with an officer
    """
    with transaction.atomic():
        paper = lock(paper_id)
        # An order that ran out binds nobody: whoever gave it may have left.
        orders = MandateItem.objects.filter(paper=paper, mandate__withdrawal=None)
        if orders.filter(mandate__until__gte=at).exists():
            raise OrderedAlready(paper_id)
        plain = paper.copy == Copy.ORIGINAL and paper.replaces_id is None
        if paper.state not in _UNSIGNED or not plain or paper.sealed_only:
            raise NotNow(paper_id)
        if paper.state == State.REQUESTED:
            return  # Its drawing will be told of.
        move(paper, State.ABANDONED, at=at)
        audit.record(
            act="paper.given_up",
            actor_id=by_id,
            subject="documents.paper",
            subject_id=paper_id,
            at=at,
        )
    log.info("paper.given_up", paper_id=paper_id)


def abandon(*, paper_id: int, by_id: int, at: datetime) -> None:
    """
    Give up a drawn reissue: it keeps its number, and its original stays as it is.

    One person's word is enough: nothing that is out changes, and another reissue takes two again.

    :raises accounts.policies.NotGranted: if she may not reissue papers of its office
    :raises OwnPaper: if the paper is about her
    :raises NotNow: if it is no reissue, is not drawn yet, or is signed
    """
    with transaction.atomic():
        paper = lock(paper_id)
        require(paper, ActKind.REISSUE, by_id, at=at)
        if not may_be_abandoned(paper):
            raise NotNow(paper_id)
        move(paper, State.ABANDONED, at=at)
        audit.record(
            act="paper.reissue.abandoned",
            actor_id=by_id,
            subject="documents.paper",
            subject_id=paper_id,
            at=at,
        )
    log.info("paper.abandoned", paper_id=paper_id)


def may_be_abandoned(paper: Paper) -> bool:
    """Say whether it is a reissue that waits for its signature."""
    return paper.state == State.RENDERED and paper.replaces_id is not None
