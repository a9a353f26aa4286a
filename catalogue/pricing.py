"""What a case costs, by its definition and its answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue import conditions
from catalogue.definition import Definition, Fee
from catalogue.parts import Waiver
from catalogue.strict import Texts
from kernel import money


class FeeUnknown(Exception):
    """A fee that would have to be billed has no published amount."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """
    One line to bill: an amount in minor units, whose it is, and by which law.

    `beneficiary` is "district" (of the deciding office) or a beneficiary's code. Where a waiver
    holds, `full_minor` is what the fee would be without it.
    """

    code: str
    names: Texts
    amount_minor: int
    currency: str
    beneficiary: str
    revenue_code: str
    legal_source: str
    legal_checked: bool
    returnable: Mapping[str, object] = field(default_factory=dict)  # `Fee.promise`
    full_minor: int = 0
    waiver: Waiver | None = None


def price(definition: Definition, answers: Mapping[str, object]) -> list[Charge]:
    """
    Return the charges of a case, in the order of the definition; none where it is free.

    :raises FeeUnknown: if a fee that applies has no amount
    """
    return [charge for charge in lines(definition, answers) if charge.amount_minor]


def lines(definition: Definition, answers: Mapping[str, object]) -> list[Charge]:
    """
    Return what a page shows: the charges as `price` has them, and those waived altogether.

    :raises FeeUnknown: if a fee that applies has no amount
    """
    kept = conditions.kept(definition, answers)
    return [
        _charge(definition, fee, kept)
        for fee in definition.fees
        if not fee.variant and fee.amount_minor != 0 and conditions.holds(fee.when, kept)
    ]


def _charge(definition: Definition, fee: Fee, kept: Mapping[str, object]) -> Charge:
    if fee.amount_minor is None:
        raise FeeUnknown(f"{definition.code}: {fee.code}")
    amount, waiver = _waived(definition, fee, fee.amount_minor, kept)
    return Charge(
        code=fee.code,
        names=fee.names,
        amount_minor=amount,
        currency=fee.currency,
        beneficiary=fee.beneficiary,
        revenue_code=fee.revenue_code,
        legal_source=fee.legal_source,
        legal_checked=fee.legal_checked,
        returnable=fee.promise,
        full_minor=fee.amount_minor,
        waiver=waiver,
    )


def _waived(
    definition: Definition, fee: Fee, full_minor: int, kept: Mapping[str, object]
) -> tuple[int, Waiver | None]:
    """Return the least that a waiver leaves of a fee, and which one; two do not add up."""
    best: tuple[int, Waiver | None] = (full_minor, None)
    for waiver in definition.waivers:
        is_meant = not waiver.fees or fee.code in waiver.fees
        if is_meant and conditions.holds(waiver.when, kept):
            left = _left(waiver, full_minor)
            if left < best[0]:
                best = (left, waiver)
    return best


def _left(waiver: Waiver, full_minor: int) -> int:
    if waiver.amount_minor is not None:
        return waiver.amount_minor
    # An odd unit of two halves falls to the first: the payer.
    _waived_minor, left = money.split(full_minor, (waiver.percent, 100 - waiver.percent))
    return left
