"""What reports ask of cases: for which service they are, and which office decides them."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Sum

from applications.models import Application, WaivedCharge
from kernel.country import country

# As `operations.submitting.charge_prefix` begins a charge's key.
_OWNER = "applications.case:"


class CaseFacts(NamedTuple):
    service_code: str
    office_id: int | None


class Waived(NamedTuple):
    """What a law took off altogether, of cases that were sent in: such a fee is on no bill."""

    service_code: str
    office_id: int | None
    beneficiary_code: str
    currency: str
    law: str
    waived_minor: int


def waived(first: date, last: date) -> Iterator[Waived]:
    """Yield what was waived altogether on these days of the country, summed; in no order."""
    zone = country().zone
    found = WaivedCharge.objects.filter(
        at__gte=datetime.combine(first, time.min, zone),
        at__lt=datetime.combine(last + timedelta(days=1), time.min, zone),
    )
    rows = found.values_list(
        "application__service_code",
        "application__deciding_office_id",
        "beneficiary__code",
        "currency",
        "law",
    ).annotate(Sum("waived_minor"))
    return map(Waived._make, rows.order_by())


def facts(owners: Collection[str]) -> dict[str, CaseFacts]:
    """Return service and deciding office by the owner of a charge; what is no case is left out."""
    ids = [int(owner.removeprefix(_OWNER)) for owner in owners if owner.startswith(_OWNER)]
    found = Application.objects.filter(pk__in=ids).values_list(
        "pk", "service_code", "deciding_office_id"
    )
    return {f"{_OWNER}{pk}": CaseFacts(service, office) for pk, service, office in found}
