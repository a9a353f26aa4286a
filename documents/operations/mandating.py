"""The officer's order to sign: a list of hashes, behind one step-up, until a moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import operations as accounts
from documents.events import PaperMandated
from documents.models import (
    Mandate,
    MandateItem,
    MandateWithdrawal,
    Paper,
    PaperFile,
    Step,
)
from documents.states import State
from kernel import audit, outbox

log = structlog.get_logger()

STEP_UP_PURPOSE = "case.sign"
PAPERS_MAX = 200
# A sitting's orders are carried out in seconds; this covers a signer that is away.
LIFE_MAX = timedelta(hours=12)


class MandateRefused(Exception):
    """The list is not what it was when she read it; the message names papers by id."""


def mandate(
    *,
    paper_hashes: Mapping[int, str],
    officer_id: int,
    step_up_id: int,
    until: datetime,
    at: datetime,
    session_key: str | None = None,
) -> int:
    """
    Write that the officer orders exactly these drawn files signed, and return the mandate's id.

    `paper_hashes` maps papers to the SHA-256 (hex) of the files that she was shown; at most 200.

    :raises MandateRefused: if a paper is another officer's, is not waiting for a signature, or
        was drawn with another hash; or the list or the time is too long
    :raises accounts.operations.StepUpRefused: if the step-up is not hers, not fresh, or used
    """
    if not 0 < len(paper_hashes) <= PAPERS_MAX or not timedelta(0) < until - at <= LIFE_MAX:
        raise MandateRefused("the list or its time is out of bounds")
    with transaction.atomic():
        papers = list(Paper.objects.select_for_update().filter(pk__in=paper_hashes).order_by("pk"))
        _check(papers, paper_hashes, officer_id)
        accounts.consume_step_up(
            step_up_id=step_up_id,
            account_id=officer_id,
            purpose=STEP_UP_PURPOSE,
            session_key=session_key,
            at=at,
        )
        given = Mandate.objects.create(
            officer_id=officer_id, step_up_id=step_up_id, until=until, created_at=at
        )
        MandateItem.objects.bulk_create(
            MandateItem(mandate=given, paper=paper, sha256=paper_hashes[paper.pk])
            for paper in papers
        )
        # A paper whose signer was away may still be leased: the order need not wait for that.
        Paper.objects.filter(pk__in=paper_hashes).update(lease_until=None)
        audit.record(
            act="paper.mandated",
            actor_id=officer_id,
            subject="documents.mandate",
            subject_id=given.pk,
            detail={"papers": len(papers)},
            at=at,
        )
        outbox.publish_many(PaperMandated(subject_id=paper.pk, occurred_at=at) for paper in papers)
    log.info("paper.mandated", mandate_id=given.pk, papers=len(papers))
    return given.pk


class NothingToWithdraw(Exception):
    """There is no such order of hers, or no paper of it is left unsigned."""


def withdraw_mandate(*, mandate_id: int, by_id: int, at: datetime) -> list[int]:
    """
    Take an order back, and return the papers that no key has signed: they stay as they are.

    A signature that is being recorded this moment is waited for, or finds no order any more.

    :raises NothingToWithdraw: if it is not hers, was taken back, or is carried out
    """
    with transaction.atomic():
        given = Mandate.objects.filter(pk=mandate_id, officer_id=by_id, withdrawal=None).first()
        if given is None:
            raise NothingToWithdraw(mandate_id)
        unsigned = Paper.objects.select_for_update().filter(
            pk__in=given.items.values("paper_id"), state=State.RENDERED
        )
        left = list(unsigned.order_by("pk").values_list("pk", flat=True))
        if not left or MandateWithdrawal.objects.filter(mandate=given).exists():
            raise NothingToWithdraw(mandate_id)
        MandateWithdrawal.objects.create(mandate=given, by_id=by_id, at=at)
        audit.record(
            act="paper.mandate_withdrawn",
            actor_id=by_id,
            subject="documents.mandate",
            subject_id=mandate_id,
            detail={"papers": len(left)},
            at=at,
        )
    log.info("paper.mandate_withdrawn", mandate_id=mandate_id, papers=len(left))
    return left


def _check(papers: list[Paper], paper_hashes: Mapping[int, str], officer_id: int) -> None:
    drawn = dict(
        PaperFile.objects.filter(paper__in=papers, step=Step.RENDERED).values_list(
            "paper_id", "sha256"
        )
    )
    waiting = {
        paper.pk
        for paper in papers
        if paper.state == State.RENDERED
        and paper.officer_id == officer_id
        and drawn.get(paper.pk) == paper_hashes[paper.pk]
    }
    refused = sorted(set(paper_hashes) - waiting)
    if refused:
        raise MandateRefused(f"papers {refused}")
