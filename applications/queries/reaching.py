"""How far an officer's rights reach, as one condition that every list of the desk keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts import policies as rights
from accounts.acts import Act
from applications import policies
from places import queries as places


@dataclass(frozen=True)
class Reach:
    """
    Which cases an officer may see at the desk.

    `office_ids` are the offices in which she holds any right over cases; None is the country.
    `within` says of which services and offices they are, and fits a `Tally` too; `received` is the
    same by the office where they came in; `covered` is `within` without `interest`, the cases that
    she may not touch.
    """

    account_id: int
    office_ids: frozenset[int] | None
    within: Q
    received: Q
    interest: Q

    @property
    def covered(self) -> Q:
        return self.within & ~self.interest

    @property
    def is_empty(self) -> bool:
        return self.office_ids is not None and not self.office_ids

    def is_wider_than(self, office_id: int | None) -> bool:
        """Say whether she sees cases of other offices than this one."""
        return self.office_ids is None or bool(self.office_ids - {office_id})


def reach(
    *,
    account_id: int,
    person_id: int | None,
    at: datetime,
    acts: Collection[Act] = policies.AT_DESK,
) -> Reach:
    """
    Return how far the officer's grants to decide, sign or supervise reach now.

    Cases in which she has an interest are left out, as on their own page.

    :param person_id: the person that she is; None, if nobody knows, reaches nothing
    :param acts: only the grants for these
    """
    scopes = rights.scopes(account_id=account_id, act_codes=[act.code for act in acts], at=at)
    offices = places.offices_within({scope.area_code for scope in scopes if scope.area_code})
    within = received = Q(pk__in=[])  # Nothing, until a grant adds to it.
    for scope in scopes:
        within |= covered_by(scope, offices, "deciding_office")
        received |= covered_by(scope, offices, "receiving_office")
    anywhere = any(scope.area_code is None for scope in scopes)
    return Reach(
        account_id=account_id,
        office_ids=None if anywhere else frozenset().union(*offices.values()),
        within=within,
        received=received,
        interest=interest_of(account_id, person_id),
    )


def covered_by(scope: rights.Scope, offices: Mapping[str, Collection[int]], office: str) -> Q:
    of_service = Q() if scope.service_code == rights.ANY else Q(service_code=scope.service_code)
    if scope.area_code is None:
        return of_service & Q(**{f"{office}__isnull": False})
    return of_service & Q(**{f"{office}_id__in": sorted(offices[scope.area_code])})


def interest_of(account_id: int, person_id: int | None) -> Q:
    """As `policies.has_interest`, for many cases at once."""
    if person_id is None:
        return Q(pk__isnull=False)
    # Said so that NOT of it keeps the many cases that have no guardian.
    hers = Q(guardian_id__isnull=False, guardian_id=person_id)
    return Q(account_id=account_id) | Q(holder_id=person_id) | hers
