"""Gathers what the renderer must be told: names of places and people, words and dates."""

from datetime import datetime

from django.conf import settings

from accounts import queries as accounts
from documents import facts
from documents.models import Kind, Paper
from documents.rendering import Content, Entry, Template, newest, template
from kernel.country import country
from places import queries as places
from registers import queries as registers
from registers.queries import CitedEntryView


def content_of(paper: Paper) -> Content:
    """Return all that the paper shows. It must have its number and cite its entry."""
    if paper.cited_entry_id is None or paper.number is None:
        raise ValueError(f"paper {paper.pk} is not ready to be drawn")
    return _content(
        template(paper.paper_type, paper.template_version),
        kind=paper.kind,
        language=paper.language,
        facts_shown=paper.facts,
        entry=registers.cited_entry(paper.cited_entry_id),
        office_id=paper.office_id,
        officer_id=paper.officer_id,
        number=paper.number,
        verification_id=paper.verification_id,
        at=paper.requested_at,
    )


def specimen(
    *,
    paper_type: str,
    language: str,
    cited_entry_id: int,
    office_id: int,
    officer_id: int | None,
    at: datetime,
    kind: str = Kind.CERTIFICATE,
) -> Content:
    """Return what a paper would show, without number or code: SPECIMEN is drawn across it."""
    chosen = newest(paper_type)
    entry = registers.cited_entry(cited_entry_id)
    return _content(
        chosen,
        kind=kind,
        language=language,
        facts_shown=facts.from_entry(chosen, kind, entry, first_language(chosen, language)),
        entry=entry,
        office_id=office_id,
        officer_id=officer_id,
        number="",
        verification_id="",
        at=at,
    )


def first_language(chosen: Template, wanted: str) -> str:
    """Return the language of a paper's body: the one asked for, where its template has it."""
    return chosen.pair(wanted, country().languages)[0]


def _content(
    chosen: Template,
    *,
    kind: str,
    language: str,
    facts_shown: dict[str, str],
    entry: CitedEntryView,
    office_id: int,
    officer_id: int | None,
    number: str,
    verification_id: str,
    at: datetime,
) -> Content:
    here = country()
    languages = chosen.pair(language, here.languages)
    office = places.office(office_id)
    officer = accounts.account(officer_id).display_name if officer_id is not None else None
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
            each: places.area_line(office.area.code, each).partition(", ")[2] if office.area else ""
            for each in languages
        },
        officer=officer,
        facts=facts_shown,
        entry=Entry(
            office=_office_of(entry, languages[0]),
            year=entry.year,
            volume=entry.volume,
            act_number=entry.act_number,
            registered_on=entry.registered_on,
            read_on=entry.cited_at.astimezone(here.zone).date(),
        ),
        number=number,
        verification_id=verification_id,
        site_url=settings.SITE_URL,
        done_on=at.astimezone(here.zone).date(),
        made_at=at,
    )


def _office_of(entry: CitedEntryView, language: str) -> str:
    """Return where the act lies: "Kimironko, Gasabo"; the code alone where no area has it."""
    if not entry.office_code:
        return ""
    try:
        return ", ".join(places.area_line(entry.office_code, language).split(", ")[:2])
    except places.NoArea:
        return entry.office_code
