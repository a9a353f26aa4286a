"""Debits judged one after the other: what an earlier one takes, a later one does not find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from payments import sql
from payments.gateways.base import Debit
from payments.posting import legs
from payments.posting.legs import Judgement, Known
from payments.posting.remitting import Batch
from payments.posting.tellings import Telling
from payments.states import Leg


class Asked(NamedTuple):
    position: int  # In the batch.
    telling: Telling
    debit: Debit  # Its original, its refund and itself named as the ledger knows them.


class Name(NamedTuple):
    """Another id under which a debit was told, that is known by `external_id`."""

    rail_id: int
    external_id: str
    leg: Leg
    alias: str


class _Found(NamedTuple):
    """What `weigh_debits.sql` knows of one."""

    position: int
    leg: str | None
    external_id: str | None
    posted_original_id: int | None
    untold_leg: str | None
    untold_id: str | None
    original_id: int | None
    original_currency: str | None
    left_minor: int
    is_reversed: bool
    refund_ids: Sequence[int]
    keyed_id: int | None
    refunded_id: int | None
    is_order: bool  # Its id is one that names the refund's order.
    is_second: bool  # It is known by our key alone, and its id says that it may be another.


class _Payout(NamedTuple):
    """What ended a refund here, as it was told, and whether its id names the order."""

    judgement: Judgement
    asked: Asked
    is_order: bool


Batches = Mapping[UUID, Batch]

# What is the same debit by its original and its amount, told by another road.
_BY_ORIGINAL = (Leg.REVERSAL, Leg.CHARGE)


@dataclass(slots=True)
class Judged:
    """What a batch has come to so far."""

    judgements: list[Judgement | None] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    # By rail, told id and leg; by original, with what took it back; by refund.
    posted: dict[tuple[int, str, Leg], Judgement] = field(default_factory=dict)
    taken: dict[int, tuple[Judgement, Debit]] = field(default_factory=dict)
    spent: dict[int, _Payout] = field(default_factory=dict)
    remitted: dict[int, Judgement] = field(default_factory=dict)  # By batch.
    # Which reversals and charges which kind of source tells here, by rail and id.
    told: set[tuple[int, str, str]] = field(default_factory=set)


def judge_all(
    asked: Sequence[Asked], *, movement_ids: list[int], refund_ids: list[int], batches: Batches
) -> Judged:
    """Judge debits in their order; what they speak of (collections, refunds, batches) is held."""
    rows = sql.run(
        "weigh_debits",
        rows=len(asked),
        position=list(range(len(asked))),
        rail_id=[one.telling.rail_id for one in asked],
        leg=[one.debit.leg for one in asked],
        external_id=[one.debit.external_id for one in asked],
        currency=[one.debit.currency for one in asked],
        amount_minor=[one.debit.amount_minor for one in asked],
        original_id=[one.debit.original_id for one in asked],
        key=[one.debit.key for one in asked],
        source=[one.telling.source for one in asked],
        movement_id=movement_ids,
        refund_id=refund_ids,
    )
    judged = Judged()
    found = [(one, _Found(*row)) for one, row in zip(asked, rows, strict=True)]
    # One that is told by the id that it is known by is no other's, wherever it stands here.
    judged.told = {
        (one.telling.rail_id, row.external_id, one.telling.source)
        for one, row in found
        if row.leg in _BY_ORIGINAL and row.external_id
    }
    for one, row in found:
        _judge(one, row, judged, batches)
    return judged


def _judge(one: Asked, found: _Found, judged: Judged, batches: Batches) -> None:
    known = _known(one, found, judged)
    batch = batches.get(one.debit.key) if one.debit.key else None
    if one.debit.leg == Leg.REMITTANCE and batch is not None:
        known = _with_batch(known, one, judged, batch)
    judgement = legs.judge(one.debit, known, last_try=one.telling.last_try)
    judged.judgements.append(judgement)
    if judgement is None:
        return
    rail_id = one.telling.rail_id
    judged.names += [
        Name(rail_id, judgement.external_id, judgement.leg, other) for other in one.debit.other_ids
    ]
    judged.posted[rail_id, one.debit.external_id, judgement.leg] = judgement
    if one.debit.leg in _BY_ORIGINAL or judgement.leg in _BY_ORIGINAL:
        judged.told.add((rail_id, judgement.external_id, one.telling.source))
    if not judgement.is_new:
        return
    judged.posted[rail_id, judgement.external_id, judgement.leg] = judgement
    if judgement.leg == Leg.REVERSAL and judgement.original_id is not None:
        judged.taken[judgement.original_id] = judgement, one.debit
    if judgement.refund_id is not None:
        judged.spent[judgement.refund_id] = _Payout(judgement, one, found.is_order)
    if judgement.remittance_id is not None:
        judged.remitted[judgement.remittance_id] = judgement


def _known(one: Asked, found: _Found, judged: Judged) -> Known:
    twin = None if found.leg else _twin(one, found, judged)
    before = judged.taken.get(found.original_id or 0)
    taken_minor = before[1].amount_minor if before else 0
    known_id = found.external_id or (twin.external_id if twin else "")
    known_leg = Leg(found.leg) if found.leg else twin.leg if twin else None
    if known_leg is None and (untold := _untold(one, found, judged)):
        known_leg, known_id = untold
        alias = one.debit.external_id
        judged.names.append(Name(one.telling.rail_id, known_id, known_leg, alias))
    is_same = known_leg is not None and found.leg is None and twin is None
    is_second = _is_second(one, found, judged)
    if known_leg == Leg.PAYOUT and known_id != one.debit.external_id and not is_second:
        # Told again by this id and by the same road, it is no second one.
        judged.names.append(Name(one.telling.rail_id, known_id, known_leg, one.debit.external_id))
    return Known(
        leg=known_leg,
        external_id=known_id,
        posted_original_id=_posted_for(found, twin, is_untold=is_same),
        original_id=found.original_id,
        original_currency=found.original_currency or "",
        left_minor=found.left_minor - taken_minor,
        is_reversed=found.is_reversed or before is not None,
        refund_ids=[each for each in found.refund_ids if each not in judged.spent],
        refunded_id=found.refunded_id,
        is_second=is_second,
    )


def _with_batch(known: Known, one: Asked, judged: Judged, batch: Batch) -> Known:
    """Say what is known of the batch that it names: paid by this before, or waiting for it."""
    if known.leg is not None:
        return known
    rail_id, debit = one.telling.rail_id, one.debit
    if (debit.currency, debit.amount_minor) != (batch.currency, batch.amount_minor):
        # A name that anybody can write beside money proves nothing about another sum.
        return replace(known, is_misfit=True)
    before = judged.remitted.get(batch.id)
    paid_by = before.external_id if before else batch.paid_by
    if paid_by is not None and batch.rail_id == rail_id:
        if paid_by != debit.external_id:
            judged.names.append(Name(rail_id, paid_by, Leg.REMITTANCE, debit.external_id))
        return replace(known, leg=Leg.REMITTANCE, external_id=paid_by)
    fits = batch.asks(rail_id=rail_id, currency=debit.currency, amount_minor=debit.amount_minor)
    return replace(known, remittance_id=batch.id if fits else None, is_misfit=not fits)


def _posted_for(found: _Found, twin: Judgement | None, *, is_untold: bool) -> int | None:
    if is_untold or (twin is not None and twin.leg == Leg.PAYOUT):
        # Found by its collection, or as the payout of that one's refund.
        return found.original_id
    return twin.original_id if twin is not None else found.posted_original_id


def _twin(one: Asked, found: _Found, judged: Judged) -> Judgement | None:
    """Find the same debit, told before it in this batch: by its id, or as its refund's payout."""
    ids = ((one.telling.rail_id, one.debit.external_id, leg) for leg in legs.same(one.debit.leg))
    known = (judged.posted[key] for key in ids if key in judged.posted)
    if twin := next(known, None):
        return twin
    payout = judged.spent.get(found.keyed_id or 0)
    return payout.judgement if payout else None


def _is_second(one: Asked, found: _Found, judged: Judged) -> bool:
    """Tell whether a payout by our key has, by the same road, an id of its own beside another's."""
    payout = judged.spent.get(found.keyed_id or 0)
    is_named = (one.telling.rail_id, one.debit.external_id, Leg.PAYOUT) in judged.posted
    if found.leg or payout is None or is_named:
        return found.is_second
    debit, before = one.debit, payout.asked.debit
    return (
        not found.is_order
        and not payout.is_order
        and payout.judgement.external_id != debit.external_id
        and payout.asked.telling.source == one.telling.source
        and (before.currency, before.amount_minor) == (debit.currency, debit.amount_minor)
    )


def _untold(one: Asked, found: _Found, judged: Judged) -> tuple[Leg, str] | None:
    """
    Return leg and id of the same reversal or charge, told by another road under another id.

    Its leg is "withdrawal" where two people have said what it was.

    A provider's message and its statement may each have an id of their own for it. Of its original
    and of its amount, it is the same one, once for each kind of source: its second line on a
    statement is a second debit.
    """
    if one.debit.leg not in _BY_ORIGINAL:
        return None
    known_leg, known_id = Leg(found.untold_leg or one.debit.leg), found.untold_id or ""
    before = judged.taken.get(found.original_id or 0)
    if before and one.debit.leg == Leg.REVERSAL:
        judgement, debit = before
        money = (debit.currency, debit.amount_minor)
        is_same = money == (one.debit.currency, one.debit.amount_minor)
        known_leg, known_id = judgement.leg, judgement.external_id if is_same else ""
    is_told = (one.telling.rail_id, known_id, one.telling.source) in judged.told
    return None if is_told or not known_id else (known_leg, known_id)
