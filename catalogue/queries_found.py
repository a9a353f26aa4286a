"""What people look for: the search, the directory of other sites, terms, answers, missed words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Count, Sum

from catalogue import queries
from catalogue.models import Directory, MissedSearch, Question, Reference, Term
from catalogue.models.finding import MISSED_WORD_MAX
from catalogue.queries import ServiceCard
from catalogue.words import Told, asked, fold, tell

QUERY_MAX = 120
WORDS_MAX = 8
RESULTS_MAX = 12
# Below this share of the best score a find is noise.
SCORE_SHARE = 0.3
# A word that so many people looked for is a person's name no more.
MISSED_LEAST = 3
MISSED_WORD_MIN = 3

_SEARCH = (Path(__file__).parent / "sql" / "search.sql").read_text(encoding="utf-8")


class NoReference(Exception):
    """No reference or agency of the directory has this code."""


@dataclass(frozen=True)
class ReferenceCard:
    """A service of another site, in one line of a list."""

    code: str
    name: Told
    agency: str
    agency_code: str
    ministry: str
    site: str
    url: str

    @property
    def host(self) -> str:
        """Where the link leads, as a reader may compare it; "" where no address is known."""
        return urlsplit(self.url).hostname or ""

    @property
    def safe(self) -> bool:
        """Whether the way there is encrypted."""
        return self.url.startswith("https://")


@dataclass(frozen=True)
class Found:
    """One line of what a search found: a service here, or a reference to one elsewhere."""

    service: ServiceCard | None = None
    reference: ReferenceCard | None = None

    @property
    def code(self) -> str:
        return self.service.code if self.service else self.reference.code if self.reference else ""


@dataclass(frozen=True)
class AgencyCard:
    code: str
    name: str
    services: int


@dataclass(frozen=True)
class TermCard:
    """A word of the offices with its meaning, and what it is called in other languages."""

    code: str
    name: Told
    meaning: Told
    names: dict[str, str]  # By language.

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """What it is called in the other languages, by their codes."""
        return [(code, text) for code, text in self.names.items() if code != self.name.language]


@dataclass(frozen=True)
class AnswerCard:
    code: str
    asked: Told
    answer: Told
    ours: bool
    source: str = ""


def search(text: str, language: str) -> list[Found]:
    """
    Return what a person means, best first, whatever language she wrote in. Three queries.

    Slips, missing accents, plurals and beginnings of words are forgiven. The text is cut to its
    first QUERY_MAX characters and WORDS_MAX words.
    """
    cut = text[:QUERY_MAX]
    words = asked(cut, most=WORDS_MAX)
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, {"words": words, "whole": fold(cut), "limit": RESULTS_MAX})
        rows = cursor.fetchall()
    least = max((score for *_, score in rows), default=0) * SCORE_SHARE
    near = [(service, reference) for service, reference, score in rows if score >= least]
    cards = queries.cards_by_id([service for service, _ in near if service], language)
    others = _references([reference for _, reference in near if reference], language)
    return [
        Found(service=cards.get(service), reference=others.get(reference))
        for service, reference in near
        if service in cards or reference in others
    ]


def unknown_words(text: str) -> list[str]:
    """
    Return the words of a search that found nothing, as they may be kept: words only.

    Numbers and addresses are whose they are. Nothing is kept of a text that holds one, nor of one
    that is longer than a name of a paper.
    """
    words = asked(text[:QUERY_MAX], most=WORDS_MAX)
    if "@" in text or any(not word.isalpha() for word in words) or len(words) >= WORDS_MAX:
        return []
    return [word for word in words if MISSED_WORD_MIN <= len(word) <= MISSED_WORD_MAX]


def missed(*, since: date) -> list[tuple[str, str, int]]:
    """Return what was looked for in vain since a day: word, language, how often; most first."""
    rows = (
        MissedSearch.objects.filter(day__gte=since)
        .values("word", "language")
        .annotate(asked=Sum("times"))
        .filter(asked__gte=MISSED_LEAST)
        .order_by("-asked", "word")[:200]
    )
    return [(row["word"], row["language"], row["asked"]) for row in rows]


def reference(code: str, language: str) -> tuple[ReferenceCard, Directory]:
    """
    Return one reference and whose list it stands in.

    :raises NoReference: if none has this code
    """
    found = Reference.objects.select_related("directory").filter(code=code).first()
    if found is None:
        raise NoReference(code)
    return _card(found, language), found.directory


def directories() -> list[Directory]:
    return list(Directory.objects.order_by("code"))


def ministries() -> list[tuple[str, list[AgencyCard]]]:
    """Return who gives the services of the directory: ministries with their agencies, by name."""
    rows = (
        Reference.objects.values_list("ministry", "agency", "agency_code")
        .annotate(n=Count("pk"))
        .order_by("ministry", "agency")
    )
    held: dict[str, list[AgencyCard]] = {}
    for ministry, agency, code, n in rows:
        held.setdefault(ministry, []).append(AgencyCard(code, agency, n))
    return list(held.items())


def references_of(agency_code: str, language: str) -> list[ReferenceCard]:
    """
    Return what one agency gives on the other site, by name.

    :raises NoReference: if no agency has this code
    """
    found = Reference.objects.select_related("directory").filter(agency_code=agency_code)
    cards = [_card(each, language) for each in found.order_by("name", "code")]
    if not cards:
        raise NoReference(agency_code)
    return cards


def terms(language: str, *, in_place: bool = False) -> list[TermCard]:
    """Return the words of offices with their meanings, by name; or only those told in place."""
    every = Term.objects.filter(in_place=True) if in_place else Term.objects.all()
    cards = [_term(each, language) for each in every]
    return sorted(cards, key=lambda card: fold(card.name.text))


def answers(language: str) -> list[AnswerCard]:
    """Return the questions that people ask of the whole site, in the pack's order."""
    return [
        AnswerCard(
            code=each.code,
            asked=(told := tell(each.asked, language)),
            answer=tell(each.answers, language),
            ours=told.language in each.unofficial,
            source=each.source,
        )
        for each in Question.objects.order_by("position")
    ]


def _references(ids: Collection[int], language: str) -> dict[int, ReferenceCard]:
    found = Reference.objects.select_related("directory").filter(pk__in=ids)
    return {each.pk: _card(each, language) for each in found}


def _card(each: Reference, language: str) -> ReferenceCard:
    written = each.directory.language
    return ReferenceCard(
        code=each.code,
        name=Told(each.name, written, fallback=written != language),
        agency=each.agency,
        agency_code=each.agency_code,
        ministry=each.ministry,
        site=each.directory.site,
        url=each.url,
    )


def _term(each: Term, language: str) -> TermCard:
    return TermCard(
        each.code, tell(each.names, language), tell(each.meanings, language), each.names
    )
