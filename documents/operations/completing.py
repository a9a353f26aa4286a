"""
A round of papers that their officers ordered signed: certified, sealed, and recorded together.

It takes what goes smoothly. Whatever else there is to say of a paper is said when it is signed on
its own (`documents.operations.signing`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from documents import custody, signing, tsa
from documents.custody import Holder, SignerUnavailable
from documents.models import Credential, Paper, PaperFile, Purpose, Step
from documents.operations.credentials.standing import all_in_force
from documents.operations.drawing import PDF
from documents.operations.making import SEALING_MAX
from documents.operations.moving import move_new
from documents.operations.revising import by_a_live_key, revision
from documents.operations.signing import (
    CERTIFIED,
    SEALED,
    SignedFile,
    certified_file,
    ordered,
    sealed_file,
)
from documents.signing import Field
from documents.states import State
from documents.tsa import Stamp
from kernel import files
from kernel.files import StoredFile

log = structlog.get_logger()


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
    drawn = {
        each.paper_id: each
        for each in PaperFile.objects.filter(paper__in=wanted, step=Step.RENDERED)
    }
    fit = [paper for paper in papers if paper.pk in drawn and paper.officer_id is not None]
    officers = all_in_force(
        Purpose.OFFICER, account_ids={p.officer_id for p in fit if p.officer_id}, at=at
    )
    offices = all_in_force(Purpose.SEAL, office_ids={paper.office_id for paper in fit}, at=at)

    def in_time() -> bool:
        # Whatever is not begun by then goes alone: it has a lease of its own when its turn comes.
        return clock() - at < SEALING_MAX

    signed: dict[int, SignedFile] = {}
    for officer_id, hers in _by(fit, lambda paper: paper.officer_id or 0).items():
        if officer_id in officers and in_time():
            signed |= certify_all(hers, _files(drawn, hers), officers[officer_id], at=at)
    sealed: dict[int, SignedFile] = {}
    certified = [paper for paper in fit if paper.pk in signed]
    for office_id, its in _by(certified, lambda paper: paper.office_id).items():
        if office_id in offices and in_time():
            sealed |= seal_all(its, signed, offices[office_id], at=at)
    return {
        paper_id: _Made(drawn[paper_id], file, sealed.get(paper_id))
        for paper_id, file in signed.items()
    }


def certify_all(
    papers: Sequence[Paper], drawn: Mapping[int, bytes], credential: Credential, *, at: datetime
) -> dict[int, SignedFile]:
    """Return those that their officer's key has signed, asked once; none if it cannot be had."""
    found = _sign_all(drawn, credential, Field.OFFICER, CERTIFIED, at=at)
    return {
        paper.pk: certified_file(paper, drawn[paper.pk], credential, *found[paper.pk])
        for paper in papers
        if paper.pk in found
    }


def seal_all(
    papers: Sequence[Paper],
    signed: Mapping[int, SignedFile],
    credential: Credential,
    *,
    at: datetime,
) -> dict[int, SignedFile]:
    """Return those that their office's key has sealed, asked once; none if it cannot be had."""
    before = {paper.pk: signed[paper.pk] for paper in papers}
    data = {paper_id: file.data for paper_id, file in before.items()}
    found = _sign_all(data, credential, Field.SEAL, SEALED, at=at)
    return {
        paper.pk: sealed_file(
            paper, data[paper.pk], credential, *found[paper.pk], level=file.level,
            until=file.stamp.until if file.stamp else None,
        )
        for paper in papers
        if (file := before[paper.pk]) and paper.pk in found
    }  # fmt: skip


def _sign_all(
    data: Mapping[int, bytes], credential: Credential, field: Field, reason: str, *, at: datetime
) -> dict[int, tuple[bytes, Stamp | None]]:
    try:
        return signing.sign_all(
            data, custody.signer(credential.custody, Holder.of(credential)), field,
            reason=reason, certifies=field == Field.OFFICER, at=at,
            stamper=tsa.stamper(at=at, hurried=True),
        )  # fmt: skip
    except SignerUnavailable:
        return {}


def _files(drawn: Mapping[int, PaperFile], papers: Sequence[Paper]) -> dict[int, bytes]:
    names = {paper.pk: drawn[paper.pk].sha256 for paper in papers}
    found = files.read_each(set(names.values()))
    return {pk: found[name] for pk, name in names.items() if name in found}


def _by(papers: Sequence[Paper], whose: Callable[[Paper], int]) -> dict[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for paper in papers:
        found.setdefault(whose(paper), []).append(paper)
    return found


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
