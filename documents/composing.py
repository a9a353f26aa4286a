"""Gathers what the renderer must be told: names of places and people, words and dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.conf import settings

from accounts import queries as accounts
from documents import claims, facts, statuslist
from documents.claims import Claims, Person
from documents.models import Kind, Paper, PaperClaims
from documents.rendering import Content, Entry, Template, newest, template
from kernel.country import country
from places import queries as places
from registers import queries as registers
from registers.queries import CitedEntryView


@dataclass(frozen=True)
class Around:
    """
    What papers stand on outside themselves, read at once for a round of them.

    Kept for that round only: a place that is renamed is on the next paper.
    """

    entries: Mapping[int, CitedEntryView]
    offices: Mapping[int, places.Office]
    areas: Mapping[str, places.AreaLine]
    officers: Mapping[int, str]

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "Around":
        """Read it with five queries at most, however many papers there are."""
        cited = [paper.cited_entry_id for paper in papers if paper.cited_entry_id]
        return cls.about(
            registers.cited_entries(cited) if cited else {},
            [paper.office_id for paper in papers],
            [paper.officer_id for paper in papers if paper.officer_id],
        )

    @classmethod
    def about(
        cls,
        entries: Mapping[int, CitedEntryView],
        office_ids: Iterable[int],
        officer_ids: Sequence[int],
    ) -> "Around":
        officers = accounts.accounts(list(officer_ids)) if officer_ids else []
        offices = {office.pk: office for office in places.offices(set(office_ids))}
        codes = {entry.office_code for entry in entries.values() if entry.office_code}
        codes |= {office.area.code for office in offices.values() if office.area}
        return cls(
            entries,
            offices,
            places.area_lines(codes) if codes else {},
            {officer.id: officer.display_name for officer in officers},
        )

    def entry(self, paper: Paper) -> CitedEntryView | None:
        """Return the register entry; a letter of the office rests on none."""
        return self.entries[paper.cited_entry_id] if paper.cited_entry_id else None


def content_of(paper: Paper, around: Around | None = None) -> Content:
    """Return all that the paper shows. It has its number and its signed facts by then."""
    signed: PaperClaims | None = getattr(paper, "claims", None)
    if paper.number is None or signed is None:
        raise ValueError(f"paper {paper.pk} is not ready to be drawn")
    return replace(
        trial_of(paper, around),
        number=paper.number,
        verification_id=paper.verification_id,
        claims=claims.base32(bytes(signed.cose)),
    )


def trial_of(paper: Paper, around: Around | None = None) -> Content:
    """Return what a paper that is only asked for would show, as a specimen."""
    around = around or Around.of([paper])
    shown = _content(
        template(paper.paper_type, paper.template_version),
        kind=paper.kind,
        language=paper.language,
        facts_shown=paper.facts,
        entry=around.entry(paper),
        around=around,
        office_id=paper.office_id,
        officer_id=paper.officer_id,
        at=paper.requested_at,
    )
    return replace(
        shown,
        copy=paper.copy,
        copy_no=paper.copy_no,
        original_number=(paper.copy_of.number or "") if paper.copy_of else "",
        supersedes=(paper.replaces.number or "") if paper.replaces else "",
        valid_until=paper.valid_until,
    )


def claims_of(paper: Paper, around: Around | None = None, *, at: datetime) -> Claims:
    """Return the facts that the paper's code carries, to be signed at `at`."""
    if paper.number is None:
        raise ValueError(f"paper {paper.pk} has no number yet")
    around = around or Around.of([paper])
    chosen = template(paper.paper_type, paper.template_version)
    language = first_language(chosen, paper.language)
    return Claims(
        issuer=settings.SITE_URL,
        verification_id=paper.verification_id,
        signed_at=at.replace(microsecond=0),
        expires_at=_after(paper.valid_until) if paper.valid_until else None,
        status_list=statuslist.address(statuslist.list_no(paper.pk)),
        place=statuslist.place(paper.pk),
        paper_type=paper.paper_type,
        number=paper.number,
        entry=_entry_number(around.entry(paper)),
        people=tuple(Person(*facts.holder(each, paper.facts)) for each in chosen.holders),
        office=around.offices[paper.office_id].told(language),
        kind=paper.kind,
        copy=paper.copy,
        copy_no=paper.copy_no,
        more={fact: paper.facts[fact] for fact in chosen.core if fact in paper.facts},
    )


def specimen(
    *,
    paper_type: str,
    language: str,
    entry: CitedEntryView,
    office_id: int,
    officer_id: int | None,
    valid_until: date | None,
    at: datetime,
    kind: str = Kind.CERTIFICATE,
) -> Content:
    """Return what a paper would show, without number or code: SPECIMEN is drawn across it."""
    chosen = newest(paper_type)
    drawn = _content(
        chosen,
        kind=kind,
        language=language,
        facts_shown=facts.from_entry(chosen, kind, entry, first_language(chosen, language)),
        entry=entry,
        around=Around.about(
            {entry.id: entry}, [office_id], [officer_id] if officer_id is not None else []
        ),
        office_id=office_id,
        officer_id=officer_id,
        at=at,
    )
    return replace(drawn, valid_until=valid_until)


def first_language(chosen: Template, wanted: str) -> str:
    """Return the language of a paper's body: the one asked for, where its template has it."""
    return chosen.pair(wanted, country().languages)[0]


def _entry_number(entry: CitedEntryView | None) -> str:
    """Return "1990/II/0413"; "" where there is no act."""
    parts = (str(entry.year or ""), entry.volume, entry.act_number) if entry else ()
    return "/".join(part for part in parts if part)


def _after(last_day: date) -> datetime:
    """Return the first moment after a day in the country's time."""
    return datetime.combine(last_day + timedelta(days=1), time(), country().zone)


def _content(
    chosen: Template,
    *,
    kind: str,
    language: str,
    facts_shown: dict[str, str],
    entry: CitedEntryView | None,
    around: Around,
    office_id: int,
    officer_id: int | None,
    at: datetime,
) -> Content:
    """Return a specimen: what is drawn for good gets its number and its code besides."""
    here = country()
    languages = chosen.pair(language, here.languages)
    office = around.offices[office_id]
    return Content(
        template=chosen,
        kind=kind,
        languages=languages,
        country={each: here.name(each) for each in languages},
        country_code=here.code,
        country_languages=here.languages,
        flag_colours=here.flag_colours,
        office={each: office.told(each) for each in languages},
        place={
            # Sectors of one name lie in several districts: the paper says which.
            each: around.areas[office.area.code].told(each).partition(", ")[2]
            if office.area
            else ""
            for each in languages
        },
        officer=around.officers[officer_id] if officer_id is not None else None,
        facts=facts_shown,
        entry=_entry(entry, around, languages[0]) if entry else None,
        number="",
        verification_id="",
        site_url=settings.SITE_URL,
        done_on=at.astimezone(here.zone).date(),
        made_at=at,
    )


def _entry(entry: CitedEntryView, around: Around, language: str) -> Entry:
    return Entry(
        office=facts.lies_at(entry.office_code, language, around.areas),
        year=entry.year,
        volume=entry.volume,
        act_number=entry.act_number,
        registered_on=entry.registered_on,
        read_on=entry.cited_at.astimezone(country().zone).date(),
    )
