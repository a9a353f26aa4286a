"""
What a debit is, once we know what it is about. Pure.

A provider tells a reversal, a payout, a fee; only our own books say whether that money was ours to
take back, or is the payout of a refund that we ordered. What nothing here explains is a withdrawal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from payments.gateways.base import Debit
from payments.states import AccountRole, Leg


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the ledger knows about one debit before this batch."""

    leg: Leg | None = None  # It is posted already: as what, and by which id.
    external_id: str = ""
    posted_original_id: int | None = None  # The collection that it is posted for.
    original_id: int | None = None  # The collection that it is about.
    original_currency: str = ""
    left_minor: int = 0  # Of the original, on bill lines and in suspense.
    is_reversed: bool = False
    refund_ids: Sequence[int] = ()  # In flight or done, not paid out yet, of exactly this amount.
    refunded_id: int | None = None  # The collection of the refund that its key names.
    is_second: bool = False  # Known by that key alone, under another id of its own.
    remittance_id: int | None = None  # The batch that its key names, and that waits for just this.
    is_misfit: bool = False  # The batch that its key names waits for something else.


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    leg: Leg
    external_id: str
    is_new: bool = True
    original_id: int | None = None
    refund_id: int | None = None
    remittance_id: int | None = None
    # The collection of which this takes something else than it can: noted as a difference.
    differs_from_id: int | None = None
    is_misfit: bool = False  # It is not what its order said: noted as a difference of its own.


# The account on the other side of the rail's own, where a journal has one such line.
OTHER_ROLE: dict[Leg, AccountRole] = {
    Leg.CHARGE: AccountRole.CHARGES,
    Leg.PAYOUT: AccountRole.REFUNDS_IN_TRANSIT,
    Leg.SWEEP: AccountRole.SWEEPS_IN_TRANSIT,
    Leg.TRANSFER: AccountRole.SWEEPS_IN_TRANSIT,
    Leg.WITHDRAWAL: AccountRole.UNEXPLAINED,
    Leg.REMITTANCE: AccountRole.REMITTANCE_IN_TRANSIT,
}

# As what else the same debit may have been posted: one id of a provider, one debit.
_SAME = {
    Leg.REVERSAL: (Leg.REVERSAL, Leg.PAYOUT, Leg.WITHDRAWAL),
    Leg.PAYOUT: (Leg.PAYOUT, Leg.REVERSAL, Leg.WITHDRAWAL),
    Leg.CHARGE: (Leg.CHARGE,),
    Leg.SWEEP: (Leg.SWEEP, Leg.WITHDRAWAL),
    Leg.TRANSFER: (Leg.TRANSFER,),
    Leg.WITHDRAWAL: (Leg.WITHDRAWAL, Leg.REVERSAL, Leg.PAYOUT, Leg.SWEEP, Leg.REMITTANCE),
    Leg.REMITTANCE: (Leg.REMITTANCE, Leg.WITHDRAWAL),
}


# What may be the payout of a refund of ours, by whatever name it is told.
GO_BACK = (Leg.REVERSAL, Leg.PAYOUT, Leg.WITHDRAWAL)


def same(leg: Leg) -> tuple[Leg, ...]:
    """Return the legs under which a debit told as `leg` may be known already."""
    return _SAME[leg]


def judge(debit: Debit, known: Known, *, last_try: bool) -> Judgement | None:
    """
    Say what the debit is; None: it has to wait until its original is known.

    A debit that is posted stays what it was posted as. A reversal takes no more than is left of
    its original, once, in its currency; money that goes back as a refund of ours was to go back is
    that refund's payout; a remittance is exactly what its batch waits for.
    """
    if known.leg is not None:
        return Judgement(
            leg=known.leg,
            external_id=known.external_id,
            is_new=False,
            original_id=known.posted_original_id,
            differs_from_id=_not_posted_for(debit, known),
        )
    if known.refund_ids and debit.leg in GO_BACK:
        return Judgement(
            leg=Leg.PAYOUT, external_id=debit.external_id, refund_id=known.refund_ids[0]
        )
    if debit.leg == Leg.REMITTANCE:
        return _as_remittance(debit, known)
    if debit.leg not in {Leg.REVERSAL, Leg.PAYOUT}:
        return Judgement(
            leg=debit.leg,
            external_id=debit.external_id,
            original_id=known.original_id if debit.leg == Leg.CHARGE else None,
            differs_from_id=known.refunded_id if debit.leg == Leg.WITHDRAWAL else None,
        )
    if debit.original_id and known.original_id is None and not last_try:
        return None
    if debit.leg == Leg.REVERSAL and _can_be_reversed(debit, known):
        return Judgement(
            leg=Leg.REVERSAL, external_id=debit.external_id, original_id=known.original_id
        )
    return Judgement(
        leg=Leg.WITHDRAWAL,
        external_id=debit.external_id,
        differs_from_id=known.original_id or known.refunded_id,
    )


def _as_remittance(debit: Debit, known: Known) -> Judgement:
    if known.remittance_id is None:
        return Judgement(
            leg=Leg.WITHDRAWAL, external_id=debit.external_id, is_misfit=known.is_misfit
        )
    return Judgement(
        leg=Leg.REMITTANCE, external_id=debit.external_id, remittance_id=known.remittance_id
    )


def _not_posted_for(debit: Debit, known: Known) -> int | None:
    """Return the collection that it is told of now, if what is posted may be another debit."""
    if known.is_second:
        return known.refunded_id
    is_told = debit.leg in {Leg.REVERSAL, Leg.PAYOUT} and known.original_id is not None
    return known.original_id if is_told and known.original_id != known.posted_original_id else None


def _can_be_reversed(debit: Debit, known: Known) -> bool:
    # Where a payer may have chosen the id, only the whole of what is left proves that it is meant.
    is_enough = (
        debit.amount_minor == known.left_minor
        if debit.is_hearsay
        else debit.amount_minor <= known.left_minor
    )
    return (
        known.original_id is not None
        and not known.is_reversed
        and debit.currency == known.original_currency
        and is_enough
    )
