"""By which id the ledger knows a collection that is told by one of several."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from kernel.country import country
from payments import sql
from payments.gateways.base import Collection, Debit
from payments.posting import holding
from payments.posting.tellings import Telling
from payments.states import Leg, Source

# How far a statement's day may be from that of the message.
SIGHT_DAYS_MAX = 3


class Named(NamedTuple):
    telling: Telling
    collection: Collection
    external_id: str  # Its own, or that of the collection which it turned out to be.
    is_sighted: bool = False  # It is that one by what it says, and not by an id.


def as_arrivals(tellings: Sequence[Telling]) -> list[Telling]:
    """
    Tell the messages of a sweep that has arrived as what it is.

    A bank notifies of every credit, an arrival too. Of the same amount, by its own id or by one of
    the bank's, it is that transfer; what a line is, importing has found out.
    """
    asked = [
        (place, one, one.told, name)
        for place, one in enumerate(tellings)
        if isinstance(one.told, Collection) and one.source == Source.MESSAGE
        for name in (one.told.external_id, *one.told.other_ids)
    ]
    meant = list(tellings)
    if not asked:
        return meant
    rows = sql.run(
        "known_transfers",
        rows=len(asked),
        position=[place for place, _, _, _ in asked],
        rail_id=[one.rail_id for _, one, _, _ in asked],
        external_id=[name for _, _, _, name in asked],
        currency=[money.currency for _, _, money, _ in asked],
        amount_minor=[money.amount_minor for _, _, money, _ in asked],
    )
    for place, external_id in rows:
        one = meant[place]
        arrived = Debit(
            leg=Leg.TRANSFER,
            external_id=external_id,
            amount_minor=one.told.amount_minor,
            currency=one.told.currency,
            occurred_at=one.told.occurred_at,
        )
        meant[place] = replace(one, told=arrived)
    return meant


def resolve(arrivals: Sequence[Telling]) -> list[Named]:
    """
    Find each collection's id in the ledger.

    An id of its own that is known wins; then one of its other ids that is some collection's own,
    known or told here; then a collection of the same amount that was told with this id as its
    other one. A line of a
    statement is never what another line has told: a payer may choose what stands in both.
    """
    if not arrivals:
        return []
    told = [(one, one.told) for one in arrivals if isinstance(one.told, Collection)]
    names = holding.known_names((one.rail_id, money.external_id) for one, money in told)
    if not any(money.other_ids for _, money in told):
        return _without_rivals(
            [Named(one, money, _alias_of(one.rail_id, money, names)) for one, money in told]
        )
    known = _known_by_others(told)
    known |= {(one.rail_id, money.external_id) for one, money in told if not money.other_ids}
    named = []
    for one, money in told:
        external_id = _resolve(one.rail_id, money, known, names)
        named.append(Named(one, money, external_id))
        for other in money.other_ids:
            alias = holding.Alias(external_id, money.currency, money.amount_minor)
            names.setdefault((one.rail_id, other), alias)
    return _without_rivals(named)


def _resolve(
    rail_id: int,
    money: Collection,
    known: set[tuple[int, str]],
    names: dict[tuple[int, str], holding.Alias],
) -> str:
    if (rail_id, money.external_id) in known:
        return money.external_id
    for other in money.other_ids:
        if (rail_id, other) in known:
            return other
    return _alias_of(rail_id, money, names)


def _alias_of(rail_id: int, money: Collection, names: dict[tuple[int, str], holding.Alias]) -> str:
    alias = names.get((rail_id, money.external_id))
    # A name is no proof that other money is the same.
    is_same = alias is not None and alias[1:] == (money.currency, money.amount_minor)
    return alias.external_id if alias is not None and is_same else money.external_id


def _known_by_others(told: list[tuple[Telling, Collection]]) -> set[tuple[int, str]]:
    asked = [
        (one.rail_id, external_id)
        for one, money in told
        if money.other_ids
        for external_id in (money.external_id, *money.other_ids)
    ]
    return holding.known_collections(asked) if asked else set()


def _without_rivals(named: list[Named]) -> list[Named]:
    """Give the lines their own ids back where another line has told of what they are called."""
    lines = [
        (place, one)
        for place, one in enumerate(named)
        if one.telling.source == Source.STATEMENT and one.external_id != one.collection.external_id
    ]
    if not lines:
        return named
    rows = sql.run(
        "told_by_lines",
        rows=len(lines),
        position=[place for place, _ in lines],
        rail_id=[one.telling.rail_id for _, one in lines],
        external_id=[one.external_id for _, one in lines],
        source_id=[one.telling.source_id for _, one in lines],
    )
    taken = {place for (place,) in rows}
    renamed = {place for place, _ in lines}
    told = {
        (one.telling.rail_id, one.external_id)
        for place, one in enumerate(named)
        if one.telling.source == Source.STATEMENT and place not in renamed
    }
    for place, one in lines:
        name = one.telling.rail_id, one.external_id
        if place in taken or name in told:
            named[place] = one._replace(external_id=one.collection.external_id)
        else:
            told.add(name)
    return named


def sight(named: list[Named]) -> list[Named]:
    """
    Take the messages that no id explains for what a statement has told before; bills are held.

    A bank may tell a payment by the account's own id first and by its callback's id later: the
    n-th message is the n-th such collection of its reference, amount and currency within three
    days, and each collection is told by one message at the most.
    """
    asked = [
        (place, one, reference)
        for place, one in enumerate(named)
        if one.telling.source == Source.MESSAGE
        and one.external_id == one.collection.external_id
        and (reference := holding.digits(one.collection.reference))
    ]
    if not asked:
        return named
    rows = sql.run(
        "credits_of_lines",
        rows=len(asked),
        position=[place for place, _, _ in asked],
        rail_id=[one.telling.rail_id for _, one, _ in asked],
        external_id=[one.external_id for _, one, _ in asked],
        reference=[reference for _, _, reference in asked],
        amount_minor=[one.collection.amount_minor for _, one, _ in asked],
        currency=[one.collection.currency for _, one, _ in asked],
        occurred_at=[one.collection.occurred_at for _, one, _ in asked],
        days=SIGHT_DAYS_MAX,
        zone=country().zone.key,
    )
    if not rows:
        return named
    fits: dict[int, list[str]] = {}
    for place, external_id in rows:
        fits.setdefault(place, []).append(external_id)
    sighted = list(named)
    # What is told here by its own id is no other message's.
    taken = {(one.telling.rail_id, one.external_id) for one in named}
    meant: dict[tuple[int, str], str] = {}
    for place, one, _ in asked:
        rail_id, own_id = one.telling.rail_id, one.external_id
        free = (each for each in fits.get(place, ()) if (rail_id, each) not in taken)
        found = meant.get((rail_id, own_id)) or next(free, None)
        if found is not None:
            sighted[place] = one._replace(external_id=found, is_sighted=True)
            meant[rail_id, own_id] = found
            taken.add((rail_id, found))
    return sighted


def keep(named: Sequence[Named]) -> None:
    """Remember the other ids of collections: one may be told by them alone later."""
    names = [
        (one.telling.rail_id, one.external_id, name)
        for one in named
        if one.collection.other_ids or one.is_sighted
        for name in (one.collection.external_id, *one.collection.other_ids)
        if name != one.external_id
    ]
    if names:
        rail_ids, external_ids, others = zip(*names, strict=True)
        sql.run(
            "keep_names",
            rows=len(names),
            rail_id=list(rail_ids),
            external_id=list(external_ids),
            alias=list(others),
        )
