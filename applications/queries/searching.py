"""Finding a case by what somebody says at the counter, within an officer's reach."""

import re
from dataclasses import dataclass

import phonenumbers
from django.db.models import Q
from django.db.models.functions import Right

from accounts import queries as accounts
from applications.models import Application
from applications.queries.queues import listed
from applications.queries.reaching import Reach
from applications.states import Status
from kernel import references
from kernel.country import country

HITS_MAX = 50
NAMED_MAX = 2000
"""So many persons of one name are looked through; of more, a second name is asked for."""
TYPED_MAX = 80

_DIGITS_OF_NUMBER = 8
_WITH_YEAR = 10
_NOT_DIGITS = re.compile(r"[\s.\-/]+")
_BEFORE_DESK = (Status.DRAFT, Status.AWAITING_PAYMENT, Status.LAPSED)


@dataclass(frozen=True)
class Hits:
    """The newest cases first; `is_cut` if there are more, `too_many` if a name is too common."""

    cases: tuple[Application, ...] = ()
    is_cut: bool = False
    too_many: bool = False


def search(reach: Reach, typed: str) -> Hits:
    """
    Return the cases that a number, its digits, a phone or a name leads to.

    What lies outside the reach is not found, and nothing says that it is there.
    """
    text = typed.strip()[:TYPED_MAX]
    number = references.normalise_case_number(text)
    if number is not None:
        return _hits(reach, Q(number=number))
    bare = _NOT_DIGITS.sub("", text)
    if bare.removeprefix("+").isdigit() and bare.isascii():
        return _hits(reach, _by_digits(bare) | _by_phone(bare))
    return _by_name(reach, text)


def _by_digits(digits: str) -> Q:
    if len(digits) == _DIGITS_OF_NUMBER:
        return Q(digits=digits)
    if len(digits) == _WITH_YEAR:
        year, rest = digits[:2], digits[2:]
        return Q(digits=rest, number__endswith=f"-{year}-{rest}")
    return Q(pk__in=[])


def _by_phone(digits: str) -> Q:
    try:
        number = phonenumbers.parse(digits, country().phone_region)
    except phonenumbers.NumberParseException:
        return Q(pk__in=[])
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    contact_id = accounts.phone_contact_id(phone)
    return Q(pk__in=[]) if contact_id is None else Q(contact_id=contact_id)


def _by_name(reach: Reach, name: str) -> Hits:
    holder_ids = accounts.called(name, limit=NAMED_MAX + 1)
    if len(holder_ids) > NAMED_MAX:
        return Hits(too_many=True)
    return _hits(reach, Q(holder_id__in=holder_ids))


def _hits(reach: Reach, condition: Q) -> Hits:
    cases = (
        Application.objects.alias(digits=Right("number", _DIGITS_OF_NUMBER))
        .filter(condition)
        .filter(reach.covered)
        .exclude(status__in=_BEFORE_DESK)
    )
    found = list(listed(cases).order_by("-pk")[: HITS_MAX + 1])
    return Hits(cases=tuple(found[:HITS_MAX]), is_cut=len(found) > HITS_MAX)
