"""Decimal text into whole minor units, exactly or not at all."""

import re
from functools import cache

from babel.numbers import list_currencies

from kernel.money import EXPONENTS

from .base import CannotRead
from .limits import MINOR_MAX

# ISO 4217 currencies whose exponent is not two; statements of other countries pass through here
# as samples and through banks' foreign accounts.
_NOT_TWO = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_PLAIN = re.compile(r"(\d{1,18})(?:\.(\d{0,18}))?", re.ASCII)


@cache
def exponent(currency: str) -> int:
    """:raises CannotRead: for a currency that ISO 4217 does not know"""
    if currency in EXPONENTS:
        return EXPONENTS[currency]
    # Any case but upper is not ISO 4217, and Babel forgives it.
    if currency.upper() != currency or currency not in list_currencies():
        raise CannotRead("currency", "An amount is in a currency that ISO 4217 does not know.")
    return _NOT_TWO.get(currency, 2)


def minor(text: str, currency: str) -> int:
    """
    Read unsigned decimal text ("18.150", "6800.", "27") as minor units of the currency.

    :raises CannotRead: if it is no such number, or has a part smaller than the minor unit
    """
    digits = exponent(currency)
    matched = _PLAIN.fullmatch(text.strip())
    if matched is None:
        raise CannotRead("amount", "An amount is not a plain decimal number.")
    part = (matched[2] or "").rstrip("0")
    if len(part) > digits:
        raise CannotRead("decimals", f"An amount has more decimals than {currency} has.")
    value = int(matched[1] + part.ljust(digits, "0"))
    if value > MINOR_MAX:
        raise CannotRead("amount", "An amount is larger than any statement can carry.")
    return value
