"""What a case costs, by its definition and its answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.definition import Definition, Fee
from catalogue.strict import Texts


class FeeUnknown(Exception):
    """A fee that would have to be billed has no published amount."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """
    One line to bill: an amount in minor units, whose it is, and by which law.

    `beneficiary` is "district" (of the deciding office) or a beneficiary's code.
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


def price(definition: Definition, answers: Mapping[str, object]) -> list[Charge]:
    """
    Return the charges of a case, in the order of the definition; none where it is free.

    :raises FeeUnknown: if a fee that applies has no amount
    """
    charges = []
    for fee in definition.fees:
        if fee.variant or not _applies(fee, answers):
            continue
        if fee.amount_minor is None:
            raise FeeUnknown(f"{definition.code}: {fee.code}")
        if fee.amount_minor:
            charges.append(
                Charge(
                    code=fee.code,
                    names=fee.names,
                    amount_minor=fee.amount_minor,
                    currency=fee.currency,
                    beneficiary=fee.beneficiary,
                    revenue_code=fee.revenue_code,
                    legal_source=fee.legal_source,
                    legal_checked=fee.legal_checked,
                    returnable=fee.promise,
                )
            )
    return charges


def _applies(fee: Fee, answers: Mapping[str, object]) -> bool:
    if fee.when is None:
        return True
    given = answers.get(fee.when.field)
    # JSON keeps a box as true; the definition writes it as a word.
    return (str(given).lower() if isinstance(given, bool) else given) == fee.when.value
