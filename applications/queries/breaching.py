"""How far a look into people's records reached, for the report on a breach: counts alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from applications.models import Look


@dataclass(frozen=True)
class Reached:
    """How many looks there were, at how many cases of how many people, by how many of the staff."""

    looks: int
    cases: int
    persons: int
    staff: int


def reached_between(begin: datetime, end: datetime, *, account_id: int | None = None) -> Reached:
    """Count the looks from `begin` until before `end`, of one member of staff or of all."""
    looks = Look.objects.filter(at__gte=begin, at__lt=end)
    if account_id is not None:
        looks = looks.filter(account_id=account_id)
    counted = looks.aggregate(
        looks=Count("pk"),
        cases=Count("application_id", distinct=True),
        persons=Count("application__holder_id", distinct=True),
        staff=Count("account_id", distinct=True),
    )
    return Reached(**counted)
