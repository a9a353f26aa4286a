"""What readers tell: that a page is right or wrong, and what they looked for in vain."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from catalogue import queries
from catalogue.models import MissedSearch, Remark, Service
from catalogue.models.finding import REMARK_MAX
from catalogue.queries_found import unknown_words

# For focal points who meet every month; then it is forgotten.
MISSED_KEPT = timedelta(days=90)
MISSED_A_DAY_MAX = 2_000
REMARKS_KEPT = timedelta(days=366)

_MISSED = (Path(__file__).parents[1] / "sql" / "missed.sql").read_text(encoding="utf-8")


def remark(*, service_code: str, verdict: str, words: str, language: str, at: datetime) -> int:
    """
    Keep what somebody says of a service's page, with the version in force; of her, nothing.

    :return: the remark's id
    :raises queries.NoService: if no active service has this code
    :raises ValueError: if the verdict is unknown
    """
    version = queries.current(service_code)
    kept = Remark.objects.create(
        service=Service.objects.get(code=service_code),
        version_id=version.id,
        verdict=Remark.Verdict(verdict),
        words=words.strip()[:REMARK_MAX],
        language=language,
        at=at,
    )
    return kept.pk


def missed(*, text: str, language: str, day: date) -> None:
    """Count the words of a search that found nothing; numbers and addresses are left out."""
    words = unknown_words(text)
    if not words:
        return
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "day": day,
            "words": words,
            "language": language,
            "most": MISSED_A_DAY_MAX,
        }
        cursor.execute(_MISSED, given)


def missed_before(day: date) -> int:
    return MissedSearch.objects.filter(day__lte=day).count()


def forget_missed(before: datetime, most: int, _at: datetime) -> int:
    """Forget at most so many words that were looked for before a moment; return how many."""
    old = MissedSearch.objects.filter(day__lte=before.date()).order_by("pk")[:most]
    gone, _ = MissedSearch.objects.filter(pk__in=old.values("pk")).delete()
    return gone


def forget_remarks(before: datetime, most: int, _at: datetime) -> int:
    """Forget the words of at most so many remarks; the verdict stays, as a figure."""
    old = Remark.objects.filter(at__lte=before).exclude(words="").order_by("pk")[:most]
    return Remark.objects.filter(pk__in=old.values("pk")).update(words="")
