"""
The register of acts: every act that a grant may name, declared by the app that knows it.

Acts live on the floors above as plain codes ("case.decide"). Each app lists its own in its
`policies.py` and declares them when Django starts, so that a grant of an unknown act is refused
here and found by a system check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

_DECLARED: dict[str, "Act"] = {}
_APART: dict[tuple[str, str], str] = {}


class UnknownAct(Exception):
    """No app has declared an act of this code."""


class ActDeclaredTwice(Exception):
    """Two apps describe one act differently."""


@dataclass(frozen=True)
class Act:
    """
    Something that a right is needed for.

    `two_people` is true where the right could be abused: a grant of it counts only once a second
    person has confirmed it. `name` follows "may": "decide cases"; `explained` tells whoever gives
    the right what it lets somebody do, and both are said in the reader's language.
    """

    code: str
    two_people: bool
    name: str | Promise = field(default="", compare=False)
    explained: str | Promise = field(default="", compare=False)


def declare(*acts: Act) -> None:
    """
    Make the acts known; declaring an equal act again changes nothing.

    :raises ActDeclaredTwice: if the code is known with another description
    """
    for act in acts:
        if _DECLARED.setdefault(act.code, act) != act:
            raise ActDeclaredTwice(act.code)


def known(code: str) -> Act:
    """:raises UnknownAct: if no app has declared the code"""
    try:
        return _DECLARED[code]
    except KeyError:
        raise UnknownAct(code) from None


def declared() -> list[Act]:
    """Return every act in the order in which its app declares it: asking stands before deciding."""
    return list(_DECLARED.values())


def codes() -> frozenset[str]:
    return frozenset(_DECLARED)


def declare_apart(first: Act, second: Act, why: str) -> None:
    """
    Say that one person never holds both acts where they could meet, under none of her logins.

    Where each thing has its own maker and checker (a refund, a batch), that rule suffices; a pair
    stands here where the two acts never name one thing. PostgreSQL keeps it: each `migrate` writes
    the pairs into `accounts_conflicting_acts`, and a trigger refuses the second grant.

    :param why: for auditors and for whoever wonders why a right cannot be given
    :raises UnknownAct: if either is not declared
    """
    one, other = sorted((known(first.code).code, known(second.code).code))
    _APART[one, other] = why


def apart() -> Mapping[tuple[str, str], str]:
    """Return the reason of every pair of acts that is kept apart; each pair in the codes' order."""
    return dict(_APART)


def apart_from(code: str) -> dict[str, str]:
    """Return which acts nobody holds who holds this one, each with the reason."""
    return {
        (other if code == one else one): why
        for (one, other), why in _APART.items()
        if code in (one, other)
    }
