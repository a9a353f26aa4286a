"""Money is whole: signed integers in the currency's minor unit (ISO 4217), never a fraction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

# ISO 4217:2015, the currencies of states: how many decimals each has. A pack names one of them.
_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
        "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
        "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB "
        "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
        "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENTS = {code: n for n, codes in _BY_EXPONENT.items() for code in codes.split()}

# Babel knows the two languages' numbers under other names or not at all.
_NUMBER_LOCALES = {"rw": "fr", "rn": "fr"}


_AMOUNT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)


class CurrencyMismatch(Exception):
    """Two currencies were added or compared."""


class NotWhole(Exception):
    """The text is no amount of whole minor units."""


@dataclass(frozen=True)
class Money:
    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} + {other.currency}")
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def format(self, language: str) -> str:
        """Return the amount for a reader, such as "1,500 RWF"."""
        return f"{self.digits(language)} {self.currency}"

    def digits(self, language: str) -> str:
        exponent = EXPONENTS[self.currency]
        pattern = "#,##0" + ("." + "0" * exponent if exponent else "")
        return format_decimal(
            Decimal(self.amount_minor).scaleb(-exponent),
            format=pattern,
            locale=_NUMBER_LOCALES.get(language, language),
        )


def to_minor(text: str, currency: str) -> int:
    """
    Read a provider's decimal text ("500", "500.00", "1,053.00") as minor units.

    :raises NotWhole: if it is no number, not finite, or has more decimals than the currency
    """
    try:
        value = Decimal(_plain(text))
        scaled = value.scaleb(EXPONENTS[currency])
    except (ArithmeticError, KeyError):
        raise NotWhole from None
    if not value.is_finite() or abs(scaled) >= 2**62 or scaled != scaled.to_integral_value():
        raise NotWhole
    return int(scaled)


def _plain(text: str) -> str:
    # "500,00" is five hundred to some banks and fifty thousand to others: neither is guessed.
    if not _AMOUNT.fullmatch(text.strip()):
        raise NotWhole
    return text.strip().replace(",", "")


def to_decimal_text(amount_minor: int, currency: str) -> str:
    """Return minor units as providers write them: "500", "12.50"."""
    return str(Decimal(amount_minor).scaleb(-EXPONENTS[currency]))


def split(total: int, parts: Sequence[int]) -> list[int]:
    """
    Share a total of minor units by the weights of the parts; the shares add up to the total.

    The remainder goes, one unit each, to the parts with the largest lost fraction, earlier ones
    first: nobody gains by the order in which payments arrive.
    """
    weight = sum(parts)
    if weight <= 0 or any(part < 0 for part in parts):
        raise ValueError("the parts must be non-negative and not all zero")
    shares = [total * part // weight for part in parts]
    by_loss = sorted(range(len(parts)), key=lambda i: -((total * parts[i]) % weight))
    for i in by_loss[: total - sum(shares)]:
        shares[i] += 1
    return shares
