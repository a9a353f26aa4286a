"""What can be asked about papers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from documents import composing
from documents.models import AS_ISSUED, Consent, Kind, Look, LookKind, Paper, PaperFile, Step
from documents.numbering import normalise_number
from documents.rendering import draw, newest
from documents.states import Standing, State, standing
from kernel import files
from registers import queries as registers
from registers.queries import CitedEntryView


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


@dataclass(frozen=True)
class LookView:
    """`agency` is "" for anybody's look."""

    kind: LookKind
    at: datetime
    agency: str


@dataclass(frozen=True)
class Looks:
    """How often a paper was checked in the last 13 months, when last, and the last few."""

    count: int
    last_at: datetime | None
    recent: tuple[LookView, ...]


@dataclass(frozen=True)
class ConsentView:
    id: int
    paper_id: int
    agency: str
    purpose: str
    given_at: datetime
    until: datetime
    taken_back_at: datetime | None
    in_force: bool


_RECENT_LOOKS = 20
_CONSENTS_MAX = 50


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


def is_good(number: str, *, national_id: str, today: date) -> bool:
    """
    Say whether the paper of this number is out, good on the day, and about this person.

    Whatever it is that is not so is not told.
    """
    found = Paper.objects.filter(number=normalise_number(number), cited_entry__isnull=False).first()
    if found is None or found.cited_entry_id is None:
        return False
    return standing(found.state, found.valid_until, today) is Standing.CURRENT and (
        registers.is_about(cited_entry_id=found.cited_entry_id, national_id=national_id)
    )


def issued_ids(paper_ids: Iterable[int]) -> set[int]:
    """Return those of the papers that have been issued, whatever became of them since."""
    rows = Paper.objects.filter(pk__in=list(paper_ids), issued_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def is_copy(paper_id: int) -> bool:
    """Say whether the paper is a duplicate or a certified copy."""
    return Paper.objects.filter(pk=paper_id, copy_of__isnull=False).exists()


def first_of(paper_id: int) -> int:
    """Return the paper that this one goes back to: by copies to its original, by reissues."""
    row = Paper.objects.only("copy_of_id", "replaces_id").get(pk=paper_id)
    before = row.copy_of_id or row.replaces_id
    return first_of(before) if before is not None else row.pk


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


def is_file(sha256: str) -> bool:
    """Say whether a file is one of a paper's, at whatever step."""
    return PaperFile.objects.filter(sha256=sha256).exists()


def final_file(paper_id: int) -> bytes:
    """
    Return the issued file's bytes: the newest revision's that the store still has.

    :raises NotIssued: before the paper is issued
    :raises FileMissing, FileChanged: if the store has lost all of them
    :raises StorageUnavailable: if it cannot be had now
    """
    rows = PaperFile.objects.filter(paper_id=paper_id, step__in=AS_ISSUED).order_by("-revision")
    lost: Exception = NotIssued(paper_id)
    for sha256 in rows.values_list("sha256", flat=True):
        try:
            return files.read(sha256)
        except (files.FileMissing, files.FileChanged) as trouble:
            lost = trouble  # It has been rung for; an earlier revision is the paper too.
    raise lost


def preview(
    *,
    paper_type: str,
    language: str,
    entry: CitedEntryView,
    office_id: int,
    officer_id: int | None,
    at: datetime,
    kind: str = Kind.CERTIFICATE,
    valid_until: date | None = None,
) -> bytes:
    """
    Return a SPECIMEN of the paper as it would be: no number, no code, nothing stored.

    :raises FactsRefuse, FactsMissing, FactsMalformed: as the request for the paper itself
    :raises CannotBeDrawn: where its facts do not fit on it
    """
    return draw(
        composing.specimen(
            paper_type=paper_type,
            kind=kind,
            language=language,
            entry=entry,
            office_id=office_id,
            officer_id=officer_id,
            valid_until=valid_until,
            at=at,
        )
    )


def looks(*paper_ids: int) -> Looks:
    """Return who looked at papers: kinds and times, and agencies by the names the holder gave."""
    rows = Look.objects.filter(paper_id__in=paper_ids)
    recent = rows.select_related("consent").order_by("-at", "-pk")[:_RECENT_LOOKS]
    told = tuple(
        LookView(LookKind(row.kind), row.at, row.consent.agency if row.consent else "")
        for row in recent
    )
    return Looks(rows.count(), told[0].at if told else None, told)


def consents(*paper_ids: int, at: datetime) -> list[ConsentView]:
    """Return whom the holder let read the papers, the newest first."""
    rows = Consent.objects.filter(paper_id__in=paper_ids).order_by("-pk")[:_CONSENTS_MAX]
    return [
        ConsentView(
            id=row.pk,
            paper_id=row.paper_id,
            agency=row.agency,
            purpose=row.purpose,
            given_at=row.given_at,
            until=row.until,
            taken_back_at=row.taken_back_at,
            in_force=row.taken_back_at is None and at <= row.until,
        )
        for row in rows
    ]


def _file(paper_id: int, step: Step, absent: type[Exception]) -> PaperFile:
    row = PaperFile.objects.filter(paper_id=paper_id, step=step).first()
    if row is None:
        raise absent(paper_id)
    return row
