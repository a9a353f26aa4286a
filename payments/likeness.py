"""
Which reference did the payer mean? Proposals for a person; nothing is ever posted by a guess.

Two check digits make a mistyped reference sparse among its neighbours: of the strings within two
slips of what was typed one in a hundred is a reference at all, and hardly one is a bill's.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from string import digits

from rapidfuzz.distance import DamerauLevenshtein

from kernel import references

SLIPS_MAX = 2
_MOD = 97  # ISO 7064 MOD 97-10, as `kernel.references` has it.
_LOOK_ALIKE = str.maketrans("OILSB", "01158")  # As kernel.references reads them.


class Reason(StrEnum):
    """Why a bill is proposed; a page says each in words."""

    ONE_SLIP = "one_slip"  # One digit wrong, lost, too many, or two neighbours swapped.
    TWO_SLIPS = "two_slips"
    IN_THE_TEXT = "in_the_text"  # One of several references that stand in what was typed.
    PAID_BEFORE = "paid_before"  # The code of an earlier payment was typed; that one paid it.
    SAME_PAYER = "same_payer"  # The phone that paid has been asked to pay it, or is the bill's own.
    SAME_AMOUNT = "same_amount"  # It asks for exactly this.
    FIRST_LOST = "first_lost"  # The first digit is missing; the check digits say which it was.


# Only these make a bill worth proposing; the others speak for one of several.
_STRONG = {
    Reason.ONE_SLIP,
    Reason.TWO_SLIPS,
    Reason.IN_THE_TEXT,
    Reason.PAID_BEFORE,
    Reason.FIRST_LOST,
}
_WEIGHTS = {
    Reason.FIRST_LOST: 1,  # Besides ONE_SLIP, which it is too.
    Reason.IN_THE_TEXT: 5,
    Reason.ONE_SLIP: 4,
    Reason.PAID_BEFORE: 3,
    Reason.TWO_SLIPS: 2,
    Reason.SAME_PAYER: 2,
    Reason.SAME_AMOUNT: 2,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A bill that may have been meant, as far as the rules look at it."""

    bill_id: int
    reference: str
    due_minor: int
    currency: str
    paid_by_code: bool = False  # What was typed is the provider's code of a payment for it.
    is_payers: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One bill, why it may have been meant, and how much speaks for it (more is better)."""

    bill_id: int
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        return sum(_WEIGHTS[reason] for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Readings:
    """
    What was typed, read by rule and not by likeness.

    `whole` are the references that stand in it, whatever stands around them (RF with check digits
    that do not agree, zeros in front, words, letters that look like digits). Where none does and
    eleven digits were typed, `first_lost` is the reference whose first digit is missing (at most
    one: the check digits tell which it was), and `rivals` those that lost another digit.
    """

    whole: frozenset[str]
    first_lost: frozenset[str] = frozenset()
    rivals: frozenset[str] = frozenset()

    @property
    def any(self) -> frozenset[str]:
        return self.whole | self.first_lost | self.rivals


def readings(typed: str) -> Readings:
    """
    Return the references that what was typed can only have meant.

    A reference never begins with a zero, so no machine loses one by dropping zeros in front; what
    is lost at the front is its first digit, where a field holds eleven or somebody copied short.
    """
    number = _digits(_as_digits(typed))
    whole = frozenset(_windows(number))
    if whole or len(number) != references.LENGTH - 1:
        return Readings(whole)
    first = frozenset(_restored(number, 0))
    others = (_restored(number, place) for place in range(1, references.LENGTH))
    return Readings(whole, first, frozenset().union(*others) - first)


def _restored(number: str, place: int) -> Iterator[str]:
    """Yield the references that lost a digit at this place; by arithmetic, for a page has many."""
    before, after = number[:place], number[place:]
    for digit in digits[not place :]:  # None begins with a zero.
        if int(f"{before}{digit}{after}") % _MOD == 1:
            yield f"{before}{digit}{after}"


def spellings(typed: str) -> set[str]:
    """
    Return every reference within two slips of what was typed, and those that stand in it.

    A slip is a digit wrong, lost or too many, or two neighbours swapped. At most a few hundred.
    """
    number = _digits(_as_digits(typed))
    found = set(_windows(number))
    if references.LENGTH - SLIPS_MAX <= len(number) <= references.LENGTH + SLIPS_MAX:
        near = {number, *_slips(number)}
        near |= {second for first in tuple(near) for second in _slips(first)}
        found |= {one for one in near if references.is_valid(one)}
    return found


def propose(
    candidates: list[Candidate], *, typed: str, amount_minor: int, currency: str
) -> list[Proposal]:
    """
    Return the bills that may have been meant, the likeliest first.

    A bill of which only the amount or the payer fits is not proposed: many have the same fee. Nor
    is one in another currency.
    """
    proposals = []
    for candidate in candidates:
        if candidate.currency != currency:
            continue
        reasons = tuple(_reasons(candidate, typed=typed, amount_minor=amount_minor))
        if _STRONG.intersection(reasons):
            proposals.append(Proposal(candidate.bill_id, reasons))
    return sorted(proposals, key=lambda one: (-one.weight, one.bill_id))


def _reasons(candidate: Candidate, *, typed: str, amount_minor: int) -> Iterator[Reason]:
    number = _digits(_as_digits(typed))
    if candidate.reference in number:
        yield Reason.IN_THE_TEXT
    else:
        match DamerauLevenshtein.distance(number, candidate.reference, score_cutoff=SLIPS_MAX):
            case 1:
                yield Reason.ONE_SLIP
            case 2:
                yield Reason.TWO_SLIPS
    if candidate.reference in readings(typed).first_lost:
        yield Reason.FIRST_LOST
    if candidate.paid_by_code:
        yield Reason.PAID_BEFORE
    if candidate.is_payers:
        yield Reason.SAME_PAYER
    if candidate.due_minor == amount_minor:
        yield Reason.SAME_AMOUNT


def _as_digits(typed: str) -> str:
    """Read letters as the digits that they look like, where a reference may have been meant."""
    text = re.sub(r"[\s.\-/]+", "", unicodedata.normalize("NFKC", typed[:200]).upper())
    run = re.fullmatch(r"(?:RF)?([0-9OILSB]{11,14})", text)
    return run[1].translate(_LOOK_ALIKE) if run else text


def _digits(typed: str) -> str:
    return "".join(character for character in typed if character in digits)


def _windows(number: str) -> Iterator[str]:
    for start in range(len(number) - references.LENGTH + 1):
        window = number[start : start + references.LENGTH]
        if references.is_valid(window):
            yield window


def _slips(number: str) -> Iterator[str]:
    for at in range(len(number) + 1):
        before, after = number[:at], number[at:]
        if after:
            yield before + after[1:]
            for digit in digits:
                yield before + digit + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for digit in digits:
            yield before + digit + after
