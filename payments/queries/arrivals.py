"""Money in suspense that may be a sweep of ours: which one, why it is proposed, what is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from payments import sql
from payments.models import Movement, MovementAlias, Rail, Release
from payments.states import ReleaseKind

SHOWN_MAX = 20
# A bank books by days, so that money may carry the beginning of the day on which it left. Both are
# said again by PostgreSQL (arrival_is_its_whole_sweep).
BEFORE_DAYS_MAX = 1
AFTER_DAYS_MAX = 30
# Within which an equal amount alone is reason enough to look.
NEAR_DAYS_MAX = 5
# Numbers of sweeps have dots at some networks.
_WORDS = (re.compile(r"[0-9A-Z.-]{4,}"), re.compile(r"[0-9A-Z-]{4,}"))
_WORDS_MAX = 80


@dataclass(frozen=True, slots=True)
class Sweep:
    """What left another rail for an account of ours and has not arrived; in minor units."""

    movement_id: int
    rail: Rail
    external_id: str
    currency: str
    amount_minor: int
    left_at: datetime
    names_it: bool  # The text of the money, or one of its ids, is the sweep's.
    is_whole: bool  # Of exactly that amount: nothing else is its arrival.
    is_near: bool  # It left at most NEAR_DAYS_MAX before.

    @property
    def is_proposed(self) -> bool:
        """Whether somebody has to look before this money is given to anybody."""
        return self.names_it or (self.is_whole and self.is_near)


def sweeps_for(credit: Movement) -> list[Sweep]:
    """Return what a credit may be the arrival of: what it names first, then the newest."""
    words = _words(credit)
    rows = sql.run(
        "sweeps_for_credit",
        movement_id=credit.pk,
        rail_id=credit.rail_id,
        currency=credit.currency,
        amount_minor=credit.amount_minor,
        first=credit.occurred_at - timedelta(days=AFTER_DAYS_MAX),
        last=credit.occurred_at + timedelta(days=BEFORE_DAYS_MAX),
        word=words,
        most=SHOWN_MAX,
    )
    rails = Rail.objects.in_bulk({rail_id for _, rail_id, *_ in rows}) if rows else {}
    found = [
        Sweep(
            movement_id=movement_id,
            rail=rails[rail_id],
            external_id=external_id,
            currency=credit.currency,
            amount_minor=amount_minor,
            left_at=left_at,
            names_it=external_id.upper() in words,
            is_whole=amount_minor == credit.amount_minor,
            is_near=credit.occurred_at - left_at <= timedelta(days=NEAR_DAYS_MAX),
        )
        for movement_id, rail_id, external_id, amount_minor, left_at in rows
    ]
    return sorted(found, key=lambda one: (not one.names_it, not one.is_whole))


def proposed_for(credit: Movement) -> list[Sweep]:
    """Return what somebody has to look at before she gives a credit to anybody."""
    return [one for one in sweeps_for(credit) if one.is_proposed]


def waiting(movement_id: int) -> Release | None:
    """Return what is asked about a credit as an arrival, and not decided."""
    return _of(movement_id).filter(decided_at=None).first()


def decided(movement_id: int) -> Release | None:
    """Return what two people said it is the arrival of."""
    return _of(movement_id).filter(approved=True).first()


def _of(movement_id: int) -> QuerySet[Release]:
    rows = Release.objects.filter(kind=ReleaseKind.ARRIVED, movement=movement_id)
    return rows.select_related("movement__rail", "sweep__rail")


def _words(credit: Movement) -> Sequence[str]:
    ids = MovementAlias.objects.filter(movement=credit).values_list("external_id", flat=True)
    said = [one.upper() for one in (credit.external_id, *ids, credit.reference)]
    parts = [word for text in said for pattern in _WORDS for word in pattern.findall(text)]
    return list(dict.fromkeys((*said, *parts)))[:_WORDS_MAX]
