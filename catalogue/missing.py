"""
What keeps a definition from being published: all of it at once, where `from_dict` stops at one.

The reader is asked again and again, each time without the key that it refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definition import Definition
from catalogue.strict import BadDefinition

_ROUNDS_MAX = 40
# What a definition cannot do without, so that the rest of it can still be read.
_STAND_INS: Mapping[str, Any] = {
    "code": "stand-in",
    "names": {"en": "?"},
    "category": "?",
    "agency": "?",
    "kind": "information",
    "office_level": "national",
    "applicable": False,
    "sources": [{"url": "https://example.org/"}],
    "form": [
        {
            "code": "stand-in",
            "titles": {"en": "?"},
            "fields": [{"code": "stand-in", "type": "text", "labels": {"en": "?"}}],
        }
    ],
    "case_prefix": "XX",
    "output": {"names": {"en": "?"}},
    "refusal_reasons": [{"code": "stand-in", "labels": {"en": "?"}}],
    "area_field": None,
}
# What names the parts of another key cannot be read once that one was refused.
_LEAN_ON: Mapping[str, tuple[str, ...]] = {
    "form": ("waivers", "before", "fees", "attachments"),
    "attachments": ("waivers",),
    "fees": ("waivers",),
}


@dataclass(frozen=True)
class Lack:
    """One thing that is wrong: `place` as in "fees[0].currency", and why, in English."""

    place: str
    why: str

    @property
    def key(self) -> str:
        """The key of the definition that it is about."""
        return self.place.partition(".")[0].partition("[")[0]


@dataclass(frozen=True)
class Reading:
    """A definition as far as it can be read, and all that cannot."""

    definition: Definition | None  # None: so little fits that nothing can be shown of it.
    lacks: list[Lack]


def read(raw: Mapping[str, Any], known: Callable[[Definition], None]) -> Reading:
    """
    Read a definition; what it lacks has to be mended before it can be published.

    :param known: raises `BadDefinition` where it names what this country does not have
    """
    found: list[Lack] = []
    rest, put_in = dict(raw), set[str]()
    definition = None
    for _ in range(_ROUNDS_MAX):
        try:
            definition = Definition.from_dict(rest)
        except BadDefinition as error:
            lack = _lack(error)
            found.append(lack)
            if lack.key in put_in or (lack.key not in rest and lack.key not in _STAND_INS):
                break
            _leave_out(rest, lack.key)
            put_in.add(lack.key)
        else:
            break
    if definition is not None and not found:
        try:
            known(definition)
        except BadDefinition as error:
            found.append(_lack(error))
    return Reading(definition, found)


def _leave_out(rest: dict[str, Any], key: str) -> None:
    rest.pop(key, None)
    if key in _STAND_INS:
        rest[key] = _STAND_INS[key]
    for other in _LEAN_ON.get(key, ()):
        rest.pop(other, None)
    if key in ("form", "area_field"):
        rest["office_level"] = _STAND_INS["office_level"]


def _lack(error: BadDefinition) -> Lack:
    place, _, why = str(error).partition(": ")
    return Lack(place, why)
