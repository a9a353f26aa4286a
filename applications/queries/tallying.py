"""How many cases wait where, read from what is kept of them and never by counting a backlog."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, IntegerField, Q, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from applications.models import Application, Tally
from applications.queries.handing import count_away
from applications.queries.reaching import Reach
from applications.states import ON_DESK, Status
from catalogue import queries as catalogue

_DEFAULT_LOAD = 1


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
        "mine": Q(status__in=ON_DESK, officer_id=reach.account_id),
        "office": Q(status__in=ON_DESK),
        "unassigned": Q(status__in=ON_DESK, officer_id=None),
        "citizen": Q(status=Status.AWAITING_COMPLETION),
    }
    kept = Tally.objects.filter(reach.within).aggregate(
        **{name: _sum(condition) for name, condition in conditions.items()},
        services=ArrayAgg("service_code", distinct=True, default=Value([])),
        officers=ArrayAgg(
            "officer_id", distinct=True, filter=Q(officer_id__isnull=False), default=Value([])
        ),
    )
    own = Application.objects.filter(reach.within, reach.interest).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    away = count_away(reach)  # In nobody's hands, and in no queue, until they arrive.
    on_the_way = {"office": away, "unassigned": away}
    return Waiting(
        **{name: kept[name] - own[name] - on_the_way.get(name, 0) for name in conditions},
        service_codes=tuple(kept["services"]),
        officer_ids=tuple(kept["officers"]),
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
        found[officer] = found.get(officer, 0) + n * weighing.get(service, _DEFAULT_LOAD)
    return found


def weights(service_codes: Collection[str]) -> dict[str, int]:
    """Return what a case of each service weighs; 1 where it says nothing and is left out."""
    return catalogue.service_loads(service_codes) if service_codes else {}


def _sum(condition: Q) -> Combinable:
    return Coalesce(Sum("n", filter=condition), 0, output_field=IntegerField())
