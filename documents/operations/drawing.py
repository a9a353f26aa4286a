"""Drawing papers: claim in one transaction, draw in none, record in another."""

from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from documents import composing, numbering
from documents.models import Paper, PaperFile, Step
from documents.operations.moving import lock, move
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
        Paper.objects.filter(pk__in=[paper.pk for paper in papers]).update(lease_until=until)
        year = now.astimezone(country().zone).year
        # Series rows last and in one order: held briefly, and never in a ring.
        for paper in sorted(papers, key=lambda each: (each.office_id, each.paper_type, each.pk)):
            if paper.number is None:
                _give_number(paper, year)
    return [paper.pk for paper in papers]


def render(paper_id: int) -> bytes:
    """
    Return the paper as it is drawn. The same paper gives the same bytes; nothing is stored.

    :raises CannotBeDrawn: for a letter that the fonts cannot write, a coded fact without words,
        or more than one sheet; the paper waits until somebody has looked
    """
    return draw(composing.content_of(Paper.objects.get(pk=paper_id)))


def record_rendering(paper_id: int, data: bytes, *, at: datetime) -> None:
    """Keep the drawn file and tell of it. A paper that is drawn already stays as it is."""
    kept = files.store(data, PDF, at=at)
    with transaction.atomic():
        paper = lock(paper_id)
        if paper.state != State.REQUESTED:
            # Somebody else drew it while we did; the bytes are equal, and the first row counts.
            log.info("paper.drawn_already", paper_id=paper_id)
            return
        PaperFile.objects.create(
            paper=paper, step=Step.RENDERED, sha256=kept.sha256, size=kept.size, created_at=at
        )
        move(paper, State.RENDERED, at=at)
    log.info("paper.drawn", paper_id=paper_id, size_bytes=kept.size)


def _give_number(paper: Paper, year: int) -> None:
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
        office_code=places.office(paper.office_id).code,
        year=year,
        series_no=paper.series_no,
    )
    paper.save(update_fields=["number", "series_year", "series_no"])
