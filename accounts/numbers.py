"""
Which phones a code is sent to, and how their numbers are counted.

Whoever earns by messages that are sent owns premium numbers, or ranges abroad that pay well: a code
goes to mobile phones of this country, and of the countries in `CODE_COUNTRIES`.
"""

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

from kernel.country import country

# Nothing that costs more than a call, and nothing that rings on a computer: premium rate, shared
# cost, VoIP, personal and universal numbers, pagers and voice mail are all other types.
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_BLOCK_DIGITS = 4
_RANGE_DIGITS = 6


class NumberNotServed(Exception):
    """No mobile number, or one of a country whose phones get no code."""


def region_of(phone: str) -> str:
    """
    Return the region (ISO 3166) of a number in E.164 that a code may be sent to.

    :raises NumberNotServed: for any other
    """
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        raise NumberNotServed from None
    region = phonenumbers.region_code_for_number(number) or ""
    # Of a number that does not exist the type is unknown.
    is_mobile = phonenumbers.number_type(number) in _MOBILE
    if region not in _regions() or not is_mobile:
        raise NumberNotServed
    return region


def is_home(region: str) -> bool:
    return region == country().phone_region


def block_of(phone: str) -> str:
    """Return what remains without the last four digits: 10,000 numbers."""
    return phone[:-_BLOCK_DIGITS]


def range_of(phone: str) -> str:
    """Return what remains without the last six digits: a million numbers, and no person."""
    return phone[:-_RANGE_DIGITS]


def _regions() -> set[str]:
    return {country().phone_region, *settings.CODE_COUNTRIES}
