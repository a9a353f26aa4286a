"""How far somebody's rights over reports reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts import policies as rights
from payments.policies import VIEW_REVENUE
from places import queries as places
from reports.asking import OF_THE_COUNTRY, Kind
from reports.policies import VIEW_REPORTS


@dataclass(frozen=True)
class Reach:
    """
    What she may see: the whole country, or what one of these covers.

    `scopes` are pairs of service ("*": every one) and area ("": the country) of grants to view
    reports; `beneficiary_codes` those whose revenue grants of an agency's finance name.
    """

    country: bool = False
    scopes: tuple[tuple[str, str], ...] = ()
    beneficiary_codes: tuple[str, ...] = ()
    office_ids: dict[str, set[int]] = field(default_factory=dict, compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.country or self.scopes or self.beneficiary_codes)

    @property
    def of_beneficiaries_alone(self) -> bool:
        return bool(self.beneficiary_codes) and not (self.country or self.scopes)

    def permits(self, kind: Kind) -> bool:
        if kind in OF_THE_COUNTRY:
            return self.country
        return not self.is_empty

    def covers(self, *, service_code: str, office_id: int | None, beneficiary_code: str) -> bool:
        """Say whether she may see revenue of this case, or of none (service "", no office)."""
        if self.country or beneficiary_code in self.beneficiary_codes:
            return True
        return any(
            service in {rights.ANY, service_code}
            and (not area or office_id in self.office_ids[area])
            for service, area in self.scopes
        )

    def holds(self, other: "Reach") -> bool:
        """Say whether she still sees all that somebody of the other reach saw."""
        return self.country or (
            not other.country
            and set(other.scopes) <= set(self.scopes)
            and set(other.beneficiary_codes) <= set(self.beneficiary_codes)
        )

    def as_dict(self) -> dict[str, object]:
        return {
            "country": self.country,
            "scopes": [list(scope) for scope in self.scopes],
            "beneficiary_codes": list(self.beneficiary_codes),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Reach":
        """Read what was kept; for `holds` alone, because offices come and go."""
        return cls(
            country=told["country"],
            scopes=tuple((service, area) for service, area in told["scopes"]),
            beneficiary_codes=tuple(told["beneficiary_codes"]),
        )


def reach(*, account_id: int, at: datetime) -> Reach:
    """Return how far her grants reach now; it may be empty."""
    scopes = rights.scopes(account_id=account_id, act_codes=[VIEW_REPORTS.code], at=at)
    pairs = sorted((scope.service_code, scope.area_code or "") for scope in scopes)
    if (rights.ANY, "") in pairs:
        return Reach(country=True)
    codes = rights.beneficiaries(account_id=account_id, act=VIEW_REVENUE.code, at=at)
    if rights.ANY in codes:
        # The revenue of every agency; what belongs to none needs a grant over reports.
        codes = sorted(places.beneficiaries())
    return Reach(
        scopes=tuple(pairs),
        beneficiary_codes=tuple(codes),
        office_ids=places.offices_within({area for _, area in pairs if area}),
    )
