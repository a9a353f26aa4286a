"""Writing anew the phrases by which services and references are found."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.models import F

from catalogue.definition import Definition
from catalogue.models import Category, NeedService, Reference, SearchEntry, ServiceVersion
from catalogue.words import fold

# How much a phrase of each kind weighs in a search; a need, more for the service that helps first.
NAME, SYNONYM, NEED_FIRST, NEED, CATEGORY = 10, 8, 6, 5, 3
REFERENCE, AGENCY = 6, 2  # What another site offers says less than what is offered here.

_WORDS = (Path(__file__).parents[1] / "sql" / "search_words.sql").read_text(encoding="utf-8")


def index() -> None:
    """Write all phrases anew. Inside a transaction."""
    _lock()
    SearchEntry.objects.all().delete()
    _write_services()
    _write_references()
    _write_words()


def index_services() -> None:
    """Write the phrases of services anew, as after one was published. Inside a transaction."""
    _lock()
    SearchEntry.objects.filter(service__isnull=False).delete()
    _write_services()
    _write_words()


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue.indexing', 0))")


def _write_services() -> None:
    categories = {c.code: c.names for c in Category.objects.all()}
    by_need: dict[int, list[tuple[int, dict[str, str]]]] = {}
    for link in NeedService.objects.select_related("need"):
        weight = NEED if link.position else NEED_FIRST
        said = [(weight, link.need.names), (weight, link.need.hints)]
        by_need.setdefault(link.service_id, []).extend(said)
    entries: dict[tuple[int, str, str], int] = {}
    in_force = ServiceVersion.objects.filter(service__active=True, service__current=F("id"))
    for version in in_force.select_related("service"):
        service, says = version.service, Definition.from_dict(version.definition)
        needs, category = by_need.get(service.pk, []), categories[says.category]
        for weight, language, text in _phrases(says, needs, category):
            key = (service.pk, language, fold(text))
            entries[key] = max(weight, entries.get(key, 0))
    SearchEntry.objects.bulk_create(
        SearchEntry(service_id=pk, language=language, folded=folded, weight=weight)
        for (pk, language, folded), weight in entries.items()
    )


def _phrases(
    says: Definition, needs: list[tuple[int, dict[str, str]]], category: dict[str, str]
) -> Iterator[tuple[int, str, str]]:
    for weight, texts in ((NAME, says.names), *needs, (CATEGORY, category)):
        for language, text in texts.items():
            yield weight, language, text
    for language, several in says.synonyms.items():
        for text in several:
            yield SYNONYM, language, text


def _write_references() -> None:
    """By COPY: some thousands of phrases in a moment."""
    # Read before: the connection says nothing else while it copies.
    found = list(Reference.objects.values_list("pk", "directory__language", "name", "agency"))
    columns = "(reference_id, language, weight, folded)"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY catalogue_searchentry {columns} FROM STDIN") as copy,
    ):
        for pk, language, name, agency in found:
            copy.write_row((pk, language, REFERENCE, fold(name)))
            copy.write_row((pk, language, AGENCY, fold(agency)))


def _write_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS)
