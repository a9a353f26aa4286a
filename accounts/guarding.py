"""Who may act for whom, asked of the day: what has ended by date needs no job to end it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from accounts import queries
from accounts.models import Guardianship, Person
from kernel.country import country
from places import queries as places

LISTED_MAX = 100


@dataclass(frozen=True)
class Ward:
    """
    Somebody for whom one may act, or has asked to; or who may act for one.

    `state`: waiting, in_force or refused. `area_code`: where the ward lived when it was asked.
    """

    id: int
    person_id: int
    name: str = field(repr=False)
    kind: str
    kind_words: str
    until_on: date
    state: str
    note: str
    area_code: str
    asked_at: datetime

    @property
    def is_in_force(self) -> bool:
        return self.state == "in_force"

    @property
    def kind_for(self) -> str:
        """What this person is to whoever acts for her."""
        return gettext("your child") if self.kind == "parent" else gettext("you are the guardian")


@dataclass(frozen=True)
class Asked:
    """A request as the officer reads it: who would act for whom, and by which proof."""

    id: int
    person_ids: tuple[int, int]
    guardian: str = field(repr=False)
    ward: str = field(repr=False)
    guardian_met: bool
    kind_words: str
    born_on: date | None = field(repr=False)
    until_on: date
    proof_sha256: str
    area_code: str
    asked_at: datetime


def majority(born_on: date) -> date:
    """Return the day on which somebody comes of age, by the country pack."""
    year = born_on.year + country().majority_years
    try:
        return born_on.replace(year=year)
    except ValueError:  # Born on 29 February: of age the day after the 28th.
        return date(year, 3, 1)


def today(at: datetime) -> date:
    return at.astimezone(country().zone).date()


def in_force(at: datetime) -> Q:
    """The guardianships that hold now."""
    return Q(approved=True, decided_at__lte=at, until_on__gt=today(at)) & (
        Q(ended_at=None) | Q(ended_at__gt=at)
    )


def is_proof(sha256: str) -> bool:
    """Say whether a file was given as the proof of a guardianship, however that was decided."""
    return Guardianship.objects.filter(proof_sha256=sha256).exists()


def ward_ids(guardian_id: int, *, at: datetime) -> QuerySet[Guardianship, int]:
    """Return for whom somebody may act now, as a part of a query."""
    rows = Guardianship.objects.filter(in_force(at), guardian_id=guardian_id)
    return rows.values_list("ward_id", flat=True)


def guards(*, guardian_id: int, ward_id: int, at: datetime) -> bool:
    """Say whether one person may act for the other now."""
    return ward_ids(guardian_id, at=at).filter(ward_id=ward_id).exists()


def wards(guardian_id: int, *, at: datetime) -> list[Ward]:
    """Return those for whom she may act or has asked to, and the newest refusals."""
    standing = Q(approved=None, ended_at=None) | in_force(at) | Q(approved=False)
    rows = Guardianship.objects.filter(standing, guardian_id=guardian_id).select_related("ward")
    return [_ward(row) for row in rows.order_by("-pk")[:LISTED_MAX]]


def guardians(ward_id: int, *, at: datetime) -> list[Ward]:
    """Return who may act for a person now, each by the guardian's id and name."""
    rows = Guardianship.objects.filter(in_force(at), ward_id=ward_id).select_related("guardian")
    return [_line(row, row.guardian) for row in rows.order_by("-pk")[:LISTED_MAX]]


def told_wards(guardian_id: int, *, at: datetime) -> list[Ward]:
    """
    Return those of `wards` of whom a page may tell her: nobody who waits for an officer's yes.

    Otherwise the list would say of a stranger that number and birthday were right.
    """
    return [one for one in wards(guardian_id, at=at) if one.state != "waiting"]


def sharing(
    contact_id: int | None,
    person_id: int | None,
    wards: list[Ward],
    *,
    but_not: Collection[int] = (),
) -> int:
    """
    Return how many others are reached at her phone, but for those for whom she may act; who they
    are is told to nobody. 0 for whoever has not said who she is.
    """
    if contact_id is None or person_id is None:
        return 0
    known = {person_id, *but_not, *(ward.person_id for ward in wards if ward.is_in_force)}
    return queries.sharing(contact_id, but_not=known)


def waiting(area_codes: list[str | None]) -> list[Asked]:
    """
    Return what waits for an officer of these areas, the oldest first.

    :param area_codes: of her grants; None is the country
    """
    rows = Guardianship.objects.filter(approved=None, ended_at=None)
    if None not in area_codes:
        within = places.codes_within({code for code in area_codes if code})
        rows = rows.filter(area_code__in=within)
    found = rows.select_related("guardian", "ward").order_by("asked_at")[:LISTED_MAX]
    return [_asked(row) for row in found]


def asked(guardianship_id: int) -> Asked | None:
    """Return a request that waits, or None."""
    rows = Guardianship.objects.filter(pk=guardianship_id, approved=None, ended_at=None)
    row = rows.select_related("guardian", "ward").first()
    return _asked(row) if row else None


def _ward(row: Guardianship) -> Ward:
    return _line(row, row.ward)


def _line(row: Guardianship, person: Person) -> Ward:
    state = {None: "waiting", True: "in_force", False: "refused"}[row.approved]
    return Ward(
        id=row.pk,
        person_id=person.pk,
        name=f"{person.given_names} {person.family_name}".strip(),
        kind=row.kind,
        kind_words=row.get_kind_display(),
        until_on=row.until_on,
        state=state,
        note=row.note,
        area_code=row.area_code,
        asked_at=row.asked_at,
    )


def _asked(row: Guardianship) -> Asked:
    guardian, ward = row.guardian, row.ward
    return Asked(
        id=row.pk,
        person_ids=(row.guardian_id, row.ward_id),
        guardian=f"{guardian.given_names} {guardian.family_name}".strip(),
        ward=f"{ward.given_names} {ward.family_name}".strip(),
        guardian_met=guardian.assurance == "met",
        kind_words=row.get_kind_display(),
        born_on=ward.born_on,
        until_on=row.until_on,
        proof_sha256=row.proof_sha256,
        area_code=row.area_code,
        asked_at=row.asked_at,
    )
