"""What can be asked about how right the pages are kept: who confirmed what, and what is open."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from accounts import queries as accounts
from catalogue import laws
from catalogue.models import Confirmation, Remark, Service, ServiceVersion
from catalogue.words import FALLBACK, Told, fold, tell
from kernel.country import country
from places import queries as places

DUE_AFTER = timedelta(days=30)
"""Focal points meet every month."""

SOON_AFTER = timedelta(days=37)
"""From then on three days are left, or less."""

STALE_AFTER = timedelta(days=40)
"""From then on the public page says that nobody has confirmed it."""

REMARKS_SHOWN = 50
_SAID = 12


@dataclass(frozen=True)
class KeptLine:
    """A service as whoever keeps it right sees it; `wrong` counts the remarks that are open."""

    code: str
    name: Told
    agency: str
    confirmed_at: datetime | None
    is_due: bool
    is_stale: bool
    wrong: int
    is_law_over: bool  # Of one of its fees.


@dataclass(frozen=True)
class Said:
    """Who confirmed which version of a page, and when."""

    by_name: str
    at: datetime
    number: int


@dataclass(frozen=True)
class AgencyLine:
    agency: str
    services: int
    stale: int
    wrong: int


def confirmed_at(service_code: str) -> datetime | None:
    """
    Return when somebody in charge last said that the service's page is right; None: never.

    What two people wrote and published here they have read as well.
    """
    return confirmed(Service.objects.filter(code=service_code)).get(service_code)


def lines(codes: Collection[str] | None, language: str, *, at: datetime) -> list[KeptLine]:
    """Return the active services of these codes, or all: the longest unconfirmed first."""
    found = Service.objects.select_related("current").filter(active=True, current__isnull=False)
    if codes is not None:
        found = found.filter(code__in=codes)
    services = list(found)
    said, agencies = confirmed(found), places.agency_names(language)
    wrong = _wrong()
    today = at.astimezone(country().zone).date()
    told = []
    for service in services:
        says = service.current.definition if service.current else {}
        last = said.get(service.code)
        told.append(
            KeptLine(
                code=service.code,
                name=tell(says.get("names", {}), language),
                agency=agencies.get(says.get("agency", ""), ""),
                confirmed_at=last,
                is_due=last is None or at - last >= DUE_AFTER,
                is_stale=last is None or at - last > STALE_AFTER,
                wrong=wrong.get(service.code, 0),
                is_law_over=bool(laws.ended(says, on=today)),
            )
        )
    return sorted(told, key=_oldest_first)


def by_agency(kept: Iterable[KeptLine]) -> list[AgencyLine]:
    """Return how each agency keeps its pages, the most neglected first."""
    held: dict[str, list[KeptLine]] = {}
    for line in kept:
        held.setdefault(line.agency, []).append(line)
    told = [
        AgencyLine(
            agency,
            len(found),
            sum(one.is_stale for one in found),
            sum(one.wrong for one in found),
        )
        for agency, found in held.items()
    ]
    return sorted(told, key=lambda one: (-one.stale, -one.wrong, fold(one.agency)))


def open_remarks(service_code: str) -> list[Remark]:
    """Return what readers found wrong and nobody has answered, the oldest first."""
    found = Remark.objects.select_related("version").filter(
        service__code=service_code, verdict=Remark.Verdict.WRONG, answer__isnull=True
    )
    return list(found.order_by("at", "pk")[:REMARKS_SHOWN])


def history(service_code: str) -> list[Said]:
    """Return the last confirmations, the newest first."""
    found = Confirmation.objects.filter(version__service__code=service_code)
    rows = list(found.order_by("-at", "-pk").values_list("by_id", "at", "version__number")[:_SAID])
    names = {one.id: one.display_name for one in accounts.accounts(sorted({r[0] for r in rows}))}
    return [Said(names.get(by_id, ""), at, number) for by_id, at, number in rows]


def confirmed(services: QuerySet[Service]) -> Mapping[str, datetime]:
    """Return as `confirmed_at` does for many, by code; whatever was never confirmed is left out."""
    rows = (
        Service.objects.filter(pk__in=services.values("pk"))
        .annotate(
            said=Max("versions__confirmations__at"),
            published=Max(
                "versions__published_at", filter=Q(versions__source=ServiceVersion.Source.EDIT)
            ),
        )
        .values_list("code", "said", "published")
    )
    return {
        code: max(one for one in (said, published) if one)
        for code, said, published in rows
        if said or published
    }


def _wrong() -> dict[str, int]:
    rows = (
        Remark.objects.filter(verdict=Remark.Verdict.WRONG, answer__isnull=True)
        .values_list("service__code")
        .annotate(n=Count("pk"))
    )
    return dict(rows)


def _oldest_first(line: KeptLine) -> tuple[int, float, str]:
    moment = line.confirmed_at.timestamp() if line.confirmed_at else 0.0
    return (-line.wrong, moment, fold(line.name.text or FALLBACK))
