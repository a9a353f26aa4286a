"""
The register of acts: every act that a grant may name, declared by the app that knows it.

Acts live on the floors above as plain codes ("case.decide"). Each app lists its own in its
`policies.py` and declares them when Django starts, so that a grant of an unknown act is refused
here and found by a system check.
"""

from dataclasses import dataclass

_DECLARED: dict[str, "Act"] = {}


class UnknownAct(Exception):
    """No app has declared an act of this code."""


class ActDeclaredTwice(Exception):
    """Two apps describe one act differently."""


@dataclass(frozen=True)
class Act:
    """
    Something that a right is needed for.

    `two_people` is true where the right could be abused: a grant of it counts only once a second
    person has confirmed it.
    """

    code: str
    two_people: bool


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


def codes() -> frozenset[str]:
    return frozenset(_DECLARED)
