"""What reports ask of cases: for which service they are, and which office decides them."""

from collections.abc import Collection
from typing import NamedTuple

from applications.models import Application

# As `operations.submitting.charge_prefix` begins a charge's key.
_OWNER = "applications.case:"


class CaseFacts(NamedTuple):
    service_code: str
    office_id: int | None


def facts(owners: Collection[str]) -> dict[str, CaseFacts]:
    """Return service and deciding office by the owner of a charge; what is no case is left out."""
    ids = [int(owner.removeprefix(_OWNER)) for owner in owners if owner.startswith(_OWNER)]
    found = Application.objects.filter(pk__in=ids).values_list(
        "pk", "service_code", "deciding_office_id"
    )
    return {f"{_OWNER}{pk}": CaseFacts(service, office) for pk, service, office in found}
