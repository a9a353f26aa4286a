"""What can be asked about papers."""

from dataclasses import dataclass
from datetime import datetime

from documents import composing
from documents.models import Kind, Paper, PaperFile, Step
from documents.rendering import draw, newest
from documents.states import State
from kernel import files


class NotDrawn(Exception):
    """The paper has no drawn file yet."""


class NotIssued(Exception):
    """The paper has not been issued."""


@dataclass(frozen=True)
class PaperView:
    id: int
    number: str | None
    verification_id: str
    paper_type: str
    kind: str
    language: str
    state: State
    office_id: int
    officer_id: int | None
    sealed_only: bool
    requested_at: datetime
    rendered_at: datetime | None
    issued_at: datetime | None


def paper(paper_id: int) -> PaperView:
    """:raises Paper.DoesNotExist: for an unknown id"""
    row = Paper.objects.get(pk=paper_id)
    return PaperView(
        id=row.pk,
        number=row.number,
        verification_id=row.verification_id,
        paper_type=row.paper_type,
        kind=row.kind,
        language=row.language,
        state=State(row.state),
        office_id=row.office_id,
        officer_id=row.officer_id,
        sealed_only=row.sealed_only,
        requested_at=row.requested_at,
        rendered_at=row.rendered_at,
        issued_at=row.issued_at,
    )


def title(paper_type: str, language: str) -> str:
    """
    Return what papers of this type are called, in the language where its template has it.

    :raises documents.rendering.UnknownPaperType: if there is no such type
    """
    chosen = newest(paper_type)
    return chosen.titles.get(language) or chosen.titles[composing.first_language(chosen, language)]


def unsigned_sha256s(paper_ids: list[int]) -> dict[int, str]:
    """Return the hashes of many drawn files; papers that are not drawn yet are left out."""
    rows = PaperFile.objects.filter(paper_id__in=paper_ids, step=Step.RENDERED)
    return dict(rows.values_list("paper_id", "sha256"))


def unsigned_file(paper_id: int) -> bytes:
    """
    Return the file as drawn, which the officer reads before she signs.

    :raises NotDrawn: while the paper is still to be drawn
    """
    return files.read(_file(paper_id, Step.RENDERED, NotDrawn).sha256)


def final_file(paper_id: int) -> bytes:
    """
    Return the sealed file.

    :raises NotIssued: before the paper is issued
    """
    return files.read(_file(paper_id, Step.SEALED, NotIssued).sha256)


def preview(
    *,
    paper_type: str,
    language: str,
    cited_entry_id: int,
    office_id: int,
    officer_id: int | None,
    at: datetime,
    kind: str = Kind.CERTIFICATE,
) -> bytes:
    """Return a SPECIMEN of the paper as it would be: no number, no code, nothing stored."""
    return draw(
        composing.specimen(
            paper_type=paper_type,
            kind=kind,
            language=language,
            cited_entry_id=cited_entry_id,
            office_id=office_id,
            officer_id=officer_id,
            at=at,
        )
    )


def _file(paper_id: int, step: Step, absent: type[Exception]) -> PaperFile:
    row = PaperFile.objects.filter(paper_id=paper_id, step=step).first()
    if row is None:
        raise absent(paper_id)
    return row
