"""Debits judged one after the other: what an earlier one takes, a later one does not find."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from payments import sql
from payments.gateways.base import Debit
from payments.posting import legs
from payments.posting.legs import Judgement, Known
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
    # Which reversals and charges which kind of source tells here, by rail and id.
    told: set[tuple[int, str, str]] = field(default_factory=set)


def judge_all(asked: Sequence[Asked], *, movement_ids: list[int], refund_ids: list[int]) -> Judged:
    """Judge debits in their order; the collections and refunds that they speak of are held."""
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
    for one, row in zip(asked, rows, strict=True):
        _judge(one, _Found(*row), judged)
    return judged


def _judge(one: Asked, found: _Found, judged: Judged) -> None:
    judgement = legs.judge(one.debit, _known(one, found, judged), last_try=one.telling.last_try)
    judged.judgements.append(judgement)
    if judgement is None:
        return
    rail_id = one.telling.rail_id
    judged.posted[rail_id, one.debit.external_id, judgement.leg] = judgement
    if judgement.leg in _BY_ORIGINAL:
        judged.told.add((rail_id, judgement.external_id, one.telling.source))
    if not judgement.is_new:
        return
    judged.posted[rail_id, judgement.external_id, judgement.leg] = judgement
    if judgement.leg == Leg.REVERSAL and judgement.original_id is not None:
        judged.taken[judgement.original_id] = judgement, one.debit
    if judgement.refund_id is not None:
        judged.spent[judgement.refund_id] = _Payout(judgement, one, found.is_order)


def _known(one: Asked, found: _Found, judged: Judged) -> Known:
    twin = None if found.leg else _twin(one, found, judged)
    before = judged.taken.get(found.original_id or 0)
    taken_minor = before[1].amount_minor if before else 0
    known_id = found.external_id or (twin.external_id if twin else "")
    known_leg = Leg(found.leg) if found.leg else twin.leg if twin else None
    if known_leg is None and (known_id := _untold(one, found, judged)):
        known_leg = one.debit.leg
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


def _untold(one: Asked, found: _Found, judged: Judged) -> str:
    """
    Return the id of the same reversal or charge, told by another road under another id, or "".

    A provider's message and its statement may each have an id of their own for it. Of its original
    and of its amount, it is the same one, once for each kind of source: its second line on a
    statement is a second debit.
    """
    if one.debit.leg not in _BY_ORIGINAL:
        return ""
    known_id = found.untold_id or ""
    before = judged.taken.get(found.original_id or 0)
    if before and one.debit.leg == Leg.REVERSAL:
        judgement, debit = before
        money = (debit.currency, debit.amount_minor)
        is_same = money == (one.debit.currency, one.debit.amount_minor)
        known_id = judgement.external_id if is_same else ""
    is_told = (one.telling.rail_id, known_id, one.telling.source) in judged.told
    return "" if is_told else known_id
