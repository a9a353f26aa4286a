"""Money that left: what it is, what it takes out of which collection, which refund it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from payments import ledger, sql
from payments.gateways import VENDORS
from payments.gateways.base import Debit
from payments.models import Rail
from payments.posting import holding, judging, legs, remitting
from payments.posting.collecting import Sighting
from payments.posting.judging import Asked, Name
from payments.posting.legs import Judgement
from payments.posting.naming import Named
from payments.posting.remitting import Batch
from payments.posting.tellings import Telling
from payments.states import AccountRole, Leg, SuspenseReason


@dataclass(frozen=True, slots=True)
class Prepared:
    """Debits, their refunds and batches held; bills and collections are not held yet."""

    asked: Sequence[Asked]
    movement_ids: list[int]
    bill_references: list[str]
    refund_ids: list[int]
    batches: dict[UUID, Batch] = field(default_factory=dict)  # By key.

    def only(self, places: Sequence[int]) -> "Prepared":
        return replace(self, asked=[self.asked[place] for place in places])

    def renamed(self, names: dict[tuple[int, str], str]) -> "Prepared":
        """Return the same debits, their collections by the ids that these turned out to have."""
        asked = [
            one._replace(
                debit=replace(
                    one.debit,
                    original_id=names.get(
                        (one.telling.rail_id, one.debit.original_id), one.debit.original_id
                    ),
                )
            )
            for one in self.asked
        ]
        return replace(self, asked=asked)

    def moved(self) -> list[tuple[int, str]]:
        return [(one.telling.rail_id, one.debit.currency) for one in self.asked]

    def moments(self) -> list[datetime]:
        return [one.debit.occurred_at for one in self.asked]


@dataclass(slots=True)
class Debited:
    movements: int = 0
    unexplained: int = 0
    bills_reopened: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    waiting: tuple[int, ...] = ()
    differing: list[tuple[int, Asked]] = field(default_factory=list)  # By movement.


class _New(NamedTuple):
    place: int  # In the list of all debits.
    asked: Asked
    judgement: Judgement


def prepare(debits: Sequence[tuple[int, Telling]], credited: Sequence[Named]) -> Prepared:
    """Hold the refunds, then the batches that the debits speak of; find their collections."""
    asked = _named(debits, credited)
    [(movement_ids, bill_references, refund_ids)] = sql.run(
        "hold_refunds",
        rows=len(asked),
        rail_id=[one.telling.rail_id for one in asked],
        original_id=[one.debit.original_id for one in asked],
        key=[one.debit.key for one in asked],
    )
    keys = {one.debit.key for one in asked if one.debit.leg == Leg.REMITTANCE} - {None}
    batches = remitting.hold(keys=[key for key in keys if key]) if keys else []
    return Prepared(
        asked, movement_ids, bill_references, refund_ids, {each.key: each for each in batches}
    )


def debit(prepared: Prepared, *, days: list[date], at: datetime) -> Debited:
    """Judge and post; days, refunds and bills are held, and the batch's collections are posted."""
    if prepared.movement_ids:
        sql.run("hold_movements", movement_id=prepared.movement_ids)
    judged = judging.judge_all(
        prepared.asked,
        movement_ids=prepared.movement_ids,
        refund_ids=prepared.refund_ids,
        batches=prepared.batches,
    )
    new = [
        _New(place, asked, judgement)
        for place, (asked, judgement) in enumerate(
            zip(prepared.asked, judged.judgements, strict=True)
        )
        if judgement is not None and judgement.is_new
    ]
    done = Debited()
    if new:
        _post(new, days, prepared.batches, done, at=at)
    _keep_names(judged.names)
    for asked, judgement in zip(prepared.asked, judged.judgements, strict=True):
        if judgement is None:
            done.waiting += (asked.position,)
            continue
        done.sightings.append(Sighting(asked.telling, judgement.leg.value, judgement.external_id))
        if judgement.differs_from_id is not None:
            done.differing.append((judgement.differs_from_id, asked))
    return done


def note_differences(done: Debited, *, at: datetime) -> int:
    if not done.differing:
        return 0
    return len(
        sql.run(
            "note_differences",
            movement_id=[movement_id for movement_id, _ in done.differing],
            told_currency=[asked.debit.currency for _, asked in done.differing],
            told_amount_minor=[asked.debit.amount_minor for _, asked in done.differing],
            source=[asked.telling.source for _, asked in done.differing],
            source_id=[asked.telling.source_id for _, asked in done.differing],
            source_at=[asked.telling.source_at for _, asked in done.differing],
            at=at,
        )
    )


def _named(debits: Sequence[tuple[int, Telling]], credited: Sequence[Named]) -> list[Asked]:
    told = [(position, one, one.told) for position, one in debits if isinstance(one.told, Debit)]
    known = holding.known_names(
        (one.rail_id, money.original_id) for _, one, money in told if money.original_id
    )
    names = {key: alias.external_id for key, alias in known.items()}
    names |= {
        (one.telling.rail_id, name): one.external_id
        for one in credited
        for name in (*one.collection.other_ids, one.collection.external_id)
        if name != one.external_id
    }
    refunds = _named_refunds([(one.rail_id, money) for _, one, money in told])
    asked = []
    for place, (position, one, money) in enumerate(told):
        name = names.get((one.rail_id, money.original_id), money.original_id)
        key, external_id = refunds.get(place, (money.key, money.external_id))
        meant = replace(money, original_id=name, key=key, external_id=external_id)
        asked.append(Asked(position, one, meant))
    return asked


def _named_refunds(told: Sequence[tuple[int, Debit]]) -> dict[int, tuple[UUID, str]]:
    """Return the refund's key and the debit's best id, by place, where one may be its payout."""
    may_pay = [(place, *each) for place, each in enumerate(told) if each[1].leg in legs.GO_BACK]
    if not may_pay:
        return {}
    rows = sql.run(
        "name_refunds",
        rows=len(may_pay),
        position=[place for place, _, _ in may_pay],
        rail_id=[rail_id for _, rail_id, _ in may_pay],
        external_id=[money.external_id for _, _, money in may_pay],
        currency=[money.currency for _, _, money in may_pay],
        amount_minor=[money.amount_minor for _, _, money in may_pay],
        key=[money.key for _, _, money in may_pay],
    )
    return {place: (key, external_id) for place, key, external_id in rows}


def _keep_names(names: Sequence[Name]) -> None:
    """Remember the other ids of debits: one may be told by them again."""
    if names:
        sql.run(
            "keep_names_of_debits",
            rows=len(names),
            rail_id=[name.rail_id for name in names],
            external_id=[name.external_id for name in names],
            leg=[name.leg for name in names],
            alias=[name.alias for name in names],
        )


def _post(
    new: list[_New], days: list[date], batches: dict[UUID, Batch], done: Debited, *, at: datetime
) -> None:
    values = _columns(new, days, batches)
    ids = dict(sql.run("post_debits", rows=len(new), at=at, **values))
    done.movements = len(ids)
    done.unexplained = sum(one.judgement.leg == Leg.WITHDRAWAL for one in new if one.place in ids)
    _remitted(new, ids, batches, done, at=at)
    reversals = [one for one in new if one.judgement.leg == Leg.REVERSAL and one.place in ids]
    if reversals:
        [(_, done.bills_reopened)] = sql.run(
            "take_back",
            rows=len(reversals),
            movement_id=[one.judgement.original_id for one in reversals],
            amount_minor=[one.asked.debit.amount_minor for one in reversals],
            subject_id=[ids[one.place] for one in reversals],
            business_day=[days[one.place] for one in reversals],
            occurred_at=[one.asked.debit.occurred_at for one in reversals],
            own_role=[AccountRole.CLEARING.value] * len(reversals),
            kind=Leg.REVERSAL.value,
            reason=SuspenseReason.REVERSED.value,
            news="payments.collection.reversed",
            at=at,
        )


def _remitted(
    new: list[_New], ids: dict[int, int], batches: dict[UUID, Batch], done: Debited, *, at: datetime
) -> None:
    """Confirm the batches that were paid; note what names one and is not what it waits for."""
    posted = [one for one in new if one.place in ids and one.asked.debit.leg == Leg.REMITTANCE]
    paid = [one.judgement.remittance_id for one in posted if one.judgement.remittance_id]
    if paid:
        sql.run("confirm_remittances", remittance_id=paid, at=at)
    for one in posted:
        if one.judgement.is_misfit and one.asked.debit.key:
            ordered = batches[one.asked.debit.key]
            said = replace(
                one.asked.debit, currency=ordered.currency, amount_minor=ordered.amount_minor
            )
            done.differing.append((ids[one.place], one.asked._replace(debit=said)))


def _columns(new: list[_New], days: list[date], batches: dict[UUID, Batch]) -> dict[str, list[Any]]:
    rails = Rail.objects.in_bulk({one.asked.telling.rail_id for one in new})
    bearers = _bearers(new, rails)
    owners = {batch.id: batch.beneficiary_id for batch in batches.values()}
    debits = [one.asked.debit for one in new]
    judged = [one.judgement for one in new]
    return {
        "position": [one.place for one in new],
        "rail_id": [one.asked.telling.rail_id for one in new],
        "external_id": [judgement.external_id for judgement in judged],
        "leg": [judgement.leg.value for judgement in judged],
        "currency": [debit.currency for debit in debits],
        "amount_minor": [debit.amount_minor for debit in debits],
        "occurred_at": [debit.occurred_at for debit in debits],
        "business_day": [days[one.place] for one in new],
        "original_id": [judgement.original_id for judgement in judged],
        "refund_id": [judgement.refund_id for judgement in judged],
        "remittance_id": [judgement.remittance_id for judgement in judged],
        "own_role": [own_role(one.judgement.leg, rails[one.asked.telling.rail_id]) for one in new],
        "other_role": [legs.OTHER_ROLE.get(judgement.leg) for judgement in judged],
        "bearer_id": [
            bearers.get(one.asked.telling.rail_id)
            if one.judgement.leg == Leg.CHARGE
            else owners.get(one.judgement.remittance_id or 0)
            for one in new
        ],
        "sign": [1 if judgement.leg == Leg.TRANSFER else -1 for judgement in judged],
    }


def own_role(leg: Leg, rail: Rail) -> str:
    """Return which of the rail's accounts the money left: a float, where refunds have one."""
    vendor = VENDORS.get(rail.kind)
    if leg == Leg.PAYOUT and vendor is not None and vendor.refunds_from_float:
        return AccountRole.REFUND_FLOAT.value
    return AccountRole.CLEARING.value


def _bearers(new: list[_New], rails: dict[int, Rail]) -> dict[int, int]:
    """Return, by rail, the beneficiary that bears its charges by the tariff, where one does."""
    charges = {
        (one.asked.telling.rail_id, one.asked.debit.currency)
        for one in new
        if one.judgement.leg == Leg.CHARGE
    }
    borne = [
        (rail_id, str(rails[rail_id].tariff["bearer"]), currency)
        for rail_id, currency in sorted(charges)
        if rails[rail_id].tariff.get("bearer")
    ]
    return ledger.open_bearers(borne) if borne else {}
