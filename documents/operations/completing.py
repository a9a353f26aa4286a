"""
A round of papers that their officers ordered signed: certified, sealed, and recorded together.

It takes what goes smoothly. Whatever else there is to say of a paper is said when it is signed on
its own (`documents.operations.signing`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from documents.custody import SignerUnavailable
from documents.models import Credential, Paper, PaperFile, Purpose, Step
from documents.operations.credentials.standing import all_in_force
from documents.operations.drawing import PDF
from documents.operations.making import SEALING_MAX
from documents.operations.moving import move_new
from documents.operations.revising import by_a_live_key, revision
from documents.operations.signing import SignedFile, certify, ordered, seal
from documents.states import State
from kernel import files
from kernel.files import FileChanged, FileMissing, StoredFile

log = structlog.get_logger()


@dataclass(frozen=True)
class _Keys:
    officers: dict[int, Credential]
    offices: dict[int, Credential]


@dataclass(frozen=True)
class _Made:
    drawn: PaperFile
    signed: SignedFile
    sealed: SignedFile | None


def complete(paper_ids: Sequence[int], *, clock: Callable[[], datetime]) -> list[int]:
    """
    Sign and seal claimed papers, and return those that are left to be signed on their own.

    No transaction may be open.

    :raises StorageUnavailable: if the files cannot be had now; no row is written
    """
    at = clock()
    # What takes another's place moves that too, and is signed on its own.
    fit = Paper.objects.filter(
        pk__in=paper_ids, state=State.RENDERED, sealed_only=False, withheld_at=None,
        copy_of=None, replaces=None,
    )  # fmt: skip
    papers = list(fit.order_by("pk"))
    made = _signed(papers, at, clock) if papers else {}
    done = _record(made, at=clock()) if made else set()
    return [paper_id for paper_id in paper_ids if paper_id not in done]


def _signed(
    papers: Sequence[Paper], at: datetime, clock: Callable[[], datetime]
) -> dict[int, _Made]:
    wanted = ordered(papers, at=at)
    keys = _Keys(
        all_in_force(
            Purpose.OFFICER, account_ids={p.officer_id for p in papers if p.officer_id}, at=at
        ),
        all_in_force(Purpose.SEAL, office_ids={paper.office_id for paper in papers}, at=at),
    )
    drawn = PaperFile.objects.filter(paper__in=wanted, step=Step.RENDERED)
    before = {each.paper_id: each for each in drawn}
    made = {}
    for paper in papers:
        if clock() - at >= SEALING_MAX:
            break  # Each of the others has a lease of its own when its turn comes.
        officer = keys.officers.get(paper.officer_id or 0)
        if officer is None or paper.pk not in before:
            continue
        try:
            made[paper.pk] = _made(paper, before[paper.pk], officer, keys, at)
        except SignerUnavailable:
            break  # Asked again for each, it would keep all of them waiting.
        except (FileMissing, FileChanged):
            continue
    return made


def _made(paper: Paper, before: PaperFile, officer: Credential, keys: _Keys, at: datetime) -> _Made:
    signed = certify(paper, files.read(before.sha256), officer, at=at)
    sealer = keys.offices.get(paper.office_id)
    if sealer is None:
        return _Made(before, signed, None)
    until = signed.stamp.until if signed.stamp else None
    try:
        sealed = seal(paper, signed.data, sealer, at=at, level=signed.level, until=until)
    except SignerUnavailable:
        return _Made(before, signed, None)
    return _Made(before, signed, sealed)


def _record(made: dict[int, _Made], *, at: datetime) -> set[int]:
    """Keep the files and tell of them; return the papers that are issued."""
    signed = {paper_id: each.signed for paper_id, each in made.items()}
    sealed = {paper_id: each.sealed for paper_id, each in made.items() if each.sealed}
    kept = files.store_all([each.data for each in (*signed.values(), *sealed.values())], PDF, at=at)
    kept_signed = dict(zip(signed, kept[: len(signed)], strict=True))
    kept_sealed = dict(zip(sealed, kept[len(signed) :], strict=True))
    with by_a_live_key(), transaction.atomic():
        # What somebody else holds now is not waited for: he may wait for another of these.
        ready = Paper.objects.select_for_update(skip_locked=True).filter(
            pk__in=made, state=State.RENDERED, withheld_at=None
        )
        locked = list(ready.order_by("pk"))
        wanted = ordered(locked, at=at)
        papers = [paper for paper in locked if paper.pk in wanted]
        first = {
            paper.pk: _revision(
                paper, made[paper.pk].drawn, signed[paper.pk], kept_signed[paper.pk], at
            )
            for paper in papers
        }
        PaperFile.objects.bulk_create(first.values())
        move_new(papers, State.SIGNED, at=at)
        issued = [paper for paper in papers if paper.pk in sealed]
        PaperFile.objects.bulk_create(
            _revision(paper, first[paper.pk], sealed[paper.pk], kept_sealed[paper.pk], at)
            for paper in issued
        )
        move_new(issued, State.ISSUED, at=at)
    log.info("paper.round_signed", papers=sorted(first), issued=len(issued))
    return {paper.pk for paper in issued}


def _revision(
    paper: Paper, before: PaperFile, made: SignedFile, kept: StoredFile, at: datetime
) -> PaperFile:
    return revision(
        paper, made.step, kept, before=before, at=at,
        level=made.level, stamp=made.stamp, credential_id=made.credential_id,
    )  # fmt: skip
