"""How many cases wait where, read from what is kept of them and never by counting a backlog."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from applications.models import Application, Tally
from applications.queries.handing import count_away
from applications.queries.reaching import Reach
from applications.states import IN_HAND, ON_DESK, Status
from catalogue import queries as catalogue

DEFAULT_LOAD = 1
"""What a case weighs of a service that says nothing about it."""


@dataclass(frozen=True)
class Waiting:
    """
    What waits within a reach, exactly.

    `service_codes` and `officer_ids` are those that have anything there, for whoever narrows it.
    """

    mine: int
    office: int
    unassigned: int
    citizen: int
    service_codes: tuple[str, ...]
    officer_ids: tuple[int, ...]


def waiting(reach: Reach) -> Waiting:
    """Return the sums over the reach, without the cases in which the reader has an interest."""
    conditions = {
        "mine": Q(status__in=IN_HAND, officer_id=reach.account_id),
        "office": Q(status__in=ON_DESK),
        "unassigned": Q(status__in=ON_DESK, officer_id=None),
        "citizen": Q(status=Status.AWAITING_COMPLETION),
    }
    here = Tally.objects.filter(reach.within)
    # Two hashes: one statement for both would sort the whole country's sums by their text.
    sums = {name: _sum(condition) for name, condition in conditions.items()}
    by_service: list[dict[str, Any]] = [
        dict(row) for row in here.values("service_code").annotate(**sums)
    ]
    officers = here.filter(officer_id__isnull=False).values_list("officer_id", flat=True)
    kept = {name: sum(row[name] for row in by_service) for name in conditions}
    own = Application.objects.filter(reach.within, reach.interest).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    away = count_away(reach)  # In nobody's hands, and in no queue, until they arrive.
    on_the_way = {"office": away, "unassigned": away}
    return Waiting(
        **{name: kept[name] - own[name] - on_the_way.get(name, 0) for name in conditions},
        service_codes=tuple(sorted(row["service_code"] for row in by_service)),
        officer_ids=tuple(sorted(pk for pk in officers.distinct() if pk is not None)),
    )


def loads(account_ids: Iterable[int]) -> dict[int, int]:
    """
    Return how much is on each officer's desk; those with nothing are left out.

    A case weighs what its service says (`load` of the definition in force), 1 where it says
    nothing.
    """
    sums = (
        Tally.objects.filter(officer_id__in=list(account_ids), status__in=ON_DESK)
        .values_list("officer_id", "service_code")
        .annotate(Sum("n"))
    )
    counted = [(officer, service, n) for officer, service, n in sums if officer is not None and n]
    weighing = weights({service for _, service, _ in counted})
    found: dict[int, int] = {}
    for officer, service, n in counted:
        found[officer] = found.get(officer, 0) + n * weighing.get(service, DEFAULT_LOAD)
    return found


def weights(service_codes: Collection[str]) -> dict[str, int]:
    """Return what a case of each service weighs; 1 where it says nothing and is left out."""
    return catalogue.service_loads(service_codes) if service_codes else {}


def _sum(condition: Q) -> Combinable:
    return Coalesce(Sum("n", filter=condition), 0, output_field=IntegerField())
