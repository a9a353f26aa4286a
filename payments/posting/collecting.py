"""Money that came in: bills take it, and the rest stands in suspense."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from payments import sql
from payments.posting import naming
from payments.posting.holding import Aim, digits
from payments.posting.naming import Named
from payments.posting.tellings import Telling
from payments.states import Leg


class Sighting(NamedTuple):
    """One telling and the movement that it is of; both references as 12 digits or ""."""

    telling: Telling
    leg: str
    external_id: str
    reference: str = ""
    known_reference: str = ""


class Collected(NamedTuple):
    movements: int = 0
    bills_paid: int = 0
    bills_part_paid: int = 0
    suspended: int = 0
    sightings: Sequence[Sighting] = ()


def collect(credited: list[Named], *, days: list[date], aims: list[Aim], at: datetime) -> Collected:
    """Post what is new; days and bills are held."""
    if not credited:
        return Collected()
    collections = [one.collection for one in credited]
    whole: dict[str, list[Any]] = {
        "position": list(range(len(credited))),
        "rail_id": [one.telling.rail_id for one in credited],
        "external_id": [one.external_id for one in credited],
        "reference": [collection.reference for collection in collections],
        "currency": [collection.currency for collection in collections],
        "amount_minor": [collection.amount_minor for collection in collections],
        "occurred_at": [collection.occurred_at for collection in collections],
        "business_day": days,
        "attempt_id": [aim.attempt_id for aim in aims],
        "bill_id": [aim.bill_id for aim in aims],
        "heir_id": [aim.heir_id for aim in aims],
    }
    counts = [_post_piece(whole, piece, at=at) for piece in _pieces(aims)]
    movements, paid, part_paid, suspended = map(sum, zip(*counts, strict=True))
    naming.keep(credited)
    told = [digits(collection.reference) for collection in collections]
    # What is all new is known by what it tells.
    known = told if movements == len(credited) else _known_references(whole)
    sightings = [
        Sighting(one.telling, Leg.CREDIT.value, one.external_id, reference, known_reference)
        for one, reference, known_reference in zip(credited, told, known, strict=True)
    ]
    return Collected(movements, paid, part_paid, suspended, sightings)


def _pieces(aims: list[Aim]) -> Iterator[slice]:
    """
    Cut the batch where a rule asks what earlier tellings of it have left of a bill.

    The due of a successor and the state of an expired bill decide on the whole of the money, and
    one statement sees them as they were before it. Other batches stay whole.
    """
    start, aimed_at = 0, set[int | None]()
    for position, aim in enumerate(aims):
        if (aim.heir_id != aim.bill_id or aim.is_expired) and aim.heir_id in aimed_at:
            yield slice(start, position)
            start, aimed_at = position, set()
        aimed_at.add(aim.heir_id)
    yield slice(start, len(aims))


def _post_piece(
    whole: dict[str, list[Any]], piece: slice, *, at: datetime
) -> tuple[int, int, int, int]:
    values = {column: rows[piece] for column, rows in whole.items()}
    [(movements, paid, part_paid, suspended)] = sql.run(
        "post_collections", rows=len(values["position"]), at=at, **values
    )
    return movements, paid, part_paid, suspended


def _known_references(whole: dict[str, list[Any]]) -> list[str]:
    rows = sql.run(
        "known_references",
        rows=len(whole["rail_id"]),
        position=whole["position"],
        rail_id=whole["rail_id"],
        external_id=whole["external_id"],
    )
    return [digits(reference) for _, reference in rows]
