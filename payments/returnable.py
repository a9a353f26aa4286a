"""
What a fee promises about going back, and how a refund stands to it. Pure.

PostgreSQL says the same (`payments_standing_of`) and has the last word.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from payments.states import ReturnStanding, ReturnWhen

# What a person says of money that should have paid no fee.
_WRONG_PAYMENT = ("paid_twice", "overpaid", "by_mistake")
_COVERS: Mapping[str, ReturnWhen] = {
    "withdrawn": ReturnWhen.BEFORE_DECISION,
    "refused": ReturnWhen.IF_REFUSED,
    "not_given": ReturnWhen.ON_ERROR,
}
_SAYS_NOTHING = frozenset({ReturnWhen.OTHER, ReturnWhen.UNPUBLISHED})


@dataclass(frozen=True, slots=True)
class Terms:
    """When one fee goes back; without any `when` nothing was published as it was billed."""

    when: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    law: str = ""
    source: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Terms":
        """Return what a bill's line keeps, {} for nothing."""
        return cls(
            when=tuple(kept.get("when", ())),
            words=kept.get("words") or {},
            law=kept.get("law") or "",
            source=kept.get("source") or "",
        )

    @property
    def is_published(self) -> bool:
        return bool(self.when) and ReturnWhen.UNPUBLISHED not in self.when


def standing(
    reason: str, *, rule: str, paid_a_fee: bool, terms: Collection[Terms]
) -> ReturnStanding:
    """
    Say how a refund stands to the promises of the fees that its money paid.

    A rule knows what has happened: a withdrawal. A person says it, and whoever decides looks.

    :param reason: a code of the desk's, with or without a note after a colon, or free words
    :param rule: that proposed it; "" for a person
    :param paid_a_fee: whether any of what goes back stands on a bill, but on a part of one whose
        term is over
    """
    if not paid_a_fee:
        return ReturnStanding.ALWAYS
    code = _code(rule or reason)
    if code in _WRONG_PAYMENT:
        return ReturnStanding.CLAIMED
    said = {_one(code, one) for one in terms}
    if ReturnStanding.AGAINST in said:
        return ReturnStanding.AGAINST
    if said != {ReturnStanding.PROMISED}:
        return ReturnStanding.OPEN
    return ReturnStanding.PROMISED if rule else ReturnStanding.CLAIMED


def says_why(reason: str) -> bool:
    """Say whether there is more than the code of a reason."""
    return len(reason.split()) > 1


def _one(code: str, terms: Terms) -> ReturnStanding:
    if _COVERS.get(code) in terms.when:
        return ReturnStanding.PROMISED
    if not terms.when or _SAYS_NOTHING & set(terms.when):
        return ReturnStanding.OPEN
    return ReturnStanding.AGAINST


def _code(text: str) -> str:
    return text.partition(":")[0].strip()
