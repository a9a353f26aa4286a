"""
A round of papers: drawn, sealed where no officer signs, and recorded together.

Each step is a row all the same. What a worker's death takes is drawn again, to the same bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from documents import composing
from documents.composing import Around
from documents.custody import SignerUnavailable
from documents.models import Credential, Paper, PaperFile, Purpose, Step
from documents.operations.credentials.standing import all_in_force
from documents.operations.drawing import PDF, read, record_rendering, sign_all_claims
from documents.operations.moving import move_new
from documents.operations.revising import by_a_live_key, revision
from documents.operations.signing import SignedFile, seal
from documents.rendering import CannotBeDrawn, draw
from documents.states import State
from kernel import files

log = structlog.get_logger()

# A seal may wait for its key and its stamp: what is not begun by then is sealed on its own, so
# that a round is recorded within its lease.
SEALING_MAX = timedelta(seconds=1)
# What cannot be drawn is tried again so seldom, and rings each time, until somebody has looked.
CANNOT_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class _Made:
    paper: Paper
    drawn: bytes
    sealed: SignedFile | None


def make(paper_ids: Sequence[int], *, clock: Callable[[], datetime]) -> bool:
    """
    Draw claimed papers and seal those that no officer signs; tell whether one waits for its seal.

    A paper that cannot be drawn waits until somebody has looked. Whatever else is wrong with one
    is raised, and nothing of any is recorded: the caller tries them one by one. No transaction may
    be open.

    :raises SignerUnavailable: if the key for codes cannot be had now
    :raises StorageUnavailable: if the files cannot be kept now; no row is written
    """
    at = clock()
    papers = [paper for paper in read(paper_ids) if paper.state == State.REQUESTED]
    around = Around.of(papers)
    sign_all_claims(papers, around, at=at)
    offices = {paper.office_id for paper in papers if _goes_on(paper)}
    sealers = all_in_force(Purpose.SEAL, office_ids=offices, at=at) if offices else {}
    made: list[_Made] = []
    cannot: list[int] = []
    for paper in papers:
        try:
            drawn = draw(composing.content_of(paper, around))
        except CannotBeDrawn as trouble:
            # Fonts or wordings have changed since it was asked for, or it is a letter: it waits for
            # a person, the others go on.
            why = type(trouble).__name__
            log.error("paper.cannot_be_drawn", paper_id=paper.pk, why=why)  # noqa: TRY400
            cannot.append(paper.pk)
            continue
        in_time = _goes_on(paper) and clock() - at < SEALING_MAX
        sealer = sealers.get(paper.office_id) if in_time else None
        made.append(_Made(paper, drawn, _sealed(paper, drawn, sealer, at) if sealer else None))
    if cannot:
        waiting = Paper.objects.filter(pk__in=cannot, state=State.REQUESTED)
        waiting.update(lease_until=at + CANNOT_WAIT)
    return _record(made, at=clock()) if made else False


def _goes_on(paper: Paper) -> bool:
    """Tell whether it is sealed as soon as it is drawn; what takes another's place goes alone."""
    takes_a_place = paper.copy_of_id is not None or paper.replaces_id is not None
    return paper.sealed_only and paper.withheld_at is None and not takes_a_place


def _sealed(paper: Paper, drawn: bytes, sealer: Credential, at: datetime) -> SignedFile | None:
    try:
        return seal(paper, drawn, sealer, at=at)
    except SignerUnavailable:
        log.warning("paper.not_sealed_at_once", paper_id=paper.pk)
        return None


def _record(made: Sequence[_Made], *, at: datetime) -> bool:
    """Keep the files and tell of them; return whether a paper waits for its seal."""
    by_id = {each.paper.pk: each for each in made}
    sealed = {each.paper.pk: each.sealed for each in made if each.sealed}
    kept = files.store_all(
        [*(each.drawn for each in made), *(each.data for each in sealed.values())], PDF, at=at
    )
    kept_drawn = dict(zip(by_id, kept[: len(made)], strict=True))
    kept_sealed = dict(zip(sealed, kept[len(made) :], strict=True))
    with by_a_live_key(), transaction.atomic():
        # What somebody else holds now is not waited for: he may wait for another of these.
        # A reissue is drawn by itself, below: what it replaces is held before it.
        papers = list(
            Paper.objects.select_for_update(skip_locked=True)
            .filter(pk__in=by_id, state=State.REQUESTED, replaces=None)
            .order_by("pk")
        )
        first = {
            paper.pk: revision(paper, Step.RENDERED, kept_drawn[paper.pk], before=None, at=at)
            for paper in papers
        }
        PaperFile.objects.bulk_create(first.values())
        move_new(papers, State.RENDERED, at=at)
        issued = [each for each in papers if each.pk in sealed and each.withheld_at is None]
        PaperFile.objects.bulk_create(
            revision(
                paper, Step.SEALED, kept_sealed[paper.pk], before=first[paper.pk], at=at,
                level=sealed[paper.pk].level, stamp=sealed[paper.pk].stamp,
                credential_id=sealed[paper.pk].credential_id,
            )
            for paper in issued
        )  # fmt: skip
        move_new(issued, State.ISSUED, at=at)
    log.info("paper.round_recorded", papers=[p.pk for p in papers], issued=len(issued))
    for paper_id in by_id.keys() - first.keys():
        record_rendering(paper_id, by_id[paper_id].drawn, at=at)
    done = {paper.pk for paper in issued}
    return any(each.paper.sealed_only and each.paper.pk not in done for each in made)
