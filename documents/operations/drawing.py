"""Drawing papers: claim in one transaction, draw in none, record in another."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from documents import claims, composing, cose, custody, numbering
from documents.composing import Around
from documents.custody import Holder, SignerUnavailable
from documents.models import Paper, PaperClaims, PaperFile, Purpose, Step
from documents.operations.credentials import in_force
from documents.operations.moving import lock_with_original, move
from documents.operations.revising import add_revision, by_a_live_key
from documents.pki.judging import is_p256
from documents.rendering import draw, template
from documents.states import State
from kernel import files
from kernel.country import country
from places import queries as places

log = structlog.get_logger()

PDF = "application/pdf"


def claim_for_rendering(
    *, limit: int, now: datetime, until: datetime, paper_id: int | None = None
) -> list[int]:
    """
    Lease up to `limit` papers that wait to be drawn, each with its number, until `until`.

    A paper that was claimed before, by somebody who died, keeps the number that it was given.
    """
    with transaction.atomic():
        waiting = Paper.objects.select_for_update(skip_locked=True).filter(
            Q(lease_until=None) | Q(lease_until__lt=now), state=State.REQUESTED
        )
        if paper_id is not None:
            waiting = waiting.filter(pk=paper_id)
        # Papers nobody has tried yet go first: those that cannot be drawn hold up no other.
        papers = list(waiting.order_by(F("lease_until").asc(nulls_first=True), "pk")[:limit])
        numbered = [paper.pk for paper in papers if paper.number is not None]
        if numbered:
            Paper.objects.filter(pk__in=numbered).update(lease_until=until)
        _give_numbers([paper for paper in papers if paper.number is None], now, until)
    return [paper.pk for paper in papers]


def sign_claims(paper_id: int, *, at: datetime) -> None:
    """
    Sign the facts of the paper's code, once, and keep them; it has its number by then.

    :raises SignerUnavailable: if the key for codes cannot be had now; the paper waits
    """
    papers = read([paper_id])
    sign_all_claims(papers, Around.of(papers), at=at)


def sign_all_claims(papers: Sequence[Paper], around: Around, *, at: datetime) -> None:
    """
    Sign the facts of the codes that are not signed yet, and give each paper its own.

    :raises SignerUnavailable: if the key for codes cannot be had now
    """
    unsigned = [paper for paper in papers if not hasattr(paper, "claims")]
    if not unsigned:
        return
    credential = in_force(Purpose.QR, at=at)
    if credential is None or not is_p256(credential.certificate):
        raise SignerUnavailable("no credential for codes is in force, or none of P-256")
    key_id = cose.key_id(credential.certificate)
    by = partial(custody.sign_raw, credential.custody, Holder.of(credential))
    # Two workers may sign at once: the row that came first is the one that is drawn.
    made = [
        PaperClaims(
            paper=paper,
            cose=claims.sign(composing.claims_of(paper, around, at=at), key_id=key_id, by=by),
            credential=credential,
            created_at=at,
        )
        for paper in unsigned
    ]
    with by_a_live_key(), transaction.atomic():
        PaperClaims.objects.bulk_create(made, ignore_conflicts=True)
    kept = {row.paper_id: row for row in PaperClaims.objects.filter(paper__in=unsigned)}
    for paper in unsigned:
        paper.claims = kept[paper.pk]


def read(paper_ids: Sequence[int]) -> list[Paper]:
    """Return the papers with all that is drawn of them, by one query."""
    found = Paper.objects.filter(pk__in=paper_ids)
    return list(found.select_related("claims", "copy_of", "replaces").order_by("pk"))


def render(paper_id: int) -> bytes:
    """
    Return the paper as it is drawn. The same paper gives the same bytes; nothing is stored.

    :raises CannotBeDrawn: for a letter that the fonts cannot write, a coded fact without words,
        or more than one sheet; the paper waits until somebody has looked
    """
    (paper,) = read([paper_id])
    return draw(composing.content_of(paper))


def bring_back(paper_id: int, *, at: datetime) -> bool:
    """
    Draw a paper whose drawn file the store has lost; tell whether it is that file to the byte.

    Else somebody or something that it names is called otherwise since, and only a backup helps.
    """
    data = render(paper_id)
    drawn = PaperFile.objects.filter(paper_id=paper_id, step=Step.RENDERED)
    is_same = drawn.filter(sha256=hashlib.sha256(data).hexdigest()).exists()
    if is_same:
        files.store(data, PDF, at=at)
        log.info("paper.file_is_back", paper_id=paper_id)
    return is_same


def record_rendering(paper_id: int, data: bytes, *, at: datetime) -> None:
    """Keep the drawn file and tell of it. A paper that is drawn already stays as it is."""
    kept = files.store(data, PDF, at=at)
    with transaction.atomic():
        paper = lock_with_original(paper_id)
        if paper.state != State.REQUESTED:
            # Somebody else drew it while we did; the bytes are equal, and the first row counts.
            log.info("paper.drawn_already", paper_id=paper_id)
            return
        add_revision(paper, Step.RENDERED, kept, at=at)
        move(paper, State.RENDERED, at=at)
    log.info("paper.drawn", paper_id=paper_id, size_bytes=kept.size)


def _give_numbers(papers: Sequence[Paper], now: datetime, until: datetime) -> None:
    year = now.astimezone(country().zone).year
    codes = {office.pk: office.code for office in places.offices({p.office_id for p in papers})}
    # Series rows last and in one order: held briefly, and never in a ring.
    for paper in sorted(papers, key=lambda each: (each.office_id, each.paper_type, each.pk)):
        paper.lease_until = until
        _give_number(paper, codes[paper.office_id], year)


def _give_number(paper: Paper, office_code: str, year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO documents_numberseries (office_id, paper_type, year, last)
            VALUES (%s, %s, %s, 1)
            ON CONFLICT (office_id, paper_type, year)
            DO UPDATE SET last = documents_numberseries.last + 1
            RETURNING last
            """,
            [paper.office_id, paper.paper_type, year],
        )
        paper.series_no = cursor.fetchone()[0]
    paper.series_year = year
    paper.number = numbering.paper_number(
        prefix=template(paper.paper_type, paper.template_version).prefix,
        office_code=office_code,
        year=year,
        series_no=paper.series_no,
    )
    paper.save(update_fields=["number", "series_year", "series_no", "lease_until"])
