"""
Before you start: whether somebody may apply, what to have in hand, what it will cost her. Pure.

Asked are the service's own questions, and those of its form on which a fee or a waiver depends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue import conditions, pricing
from catalogue.definition import Definition, Fee, Field
from catalogue.parts import Attachment, Condition, Screen, Stop
from catalogue.pricing import Charge

# What can be answered by choosing: nothing typed is asked before anybody starts.
_CHOSEN = ("choice", "boolean")


@dataclass(frozen=True)
class Outcome:
    """
    What the answers come to.

    `charges` is None where an amount is not published. `variants` are other prices of the same
    thing, chosen at the office. `papers` are the attachments that these answers ask for.
    """

    stops: tuple[Stop, ...]
    charges: tuple[Charge, ...] | None
    variants: tuple[Fee, ...]
    papers: tuple[Attachment, ...]

    @property
    def may_apply(self) -> bool:
        return not self.stops

    @property
    def total_minor(self) -> int:
        return sum(charge.amount_minor for charge in self.charges or ())


def questions(definition: Definition) -> tuple[Screen | Field, ...]:
    """Return what is asked before starting: the screens first, then what prices depend on."""
    return (*definition.before, *_priced_by(definition))


def outcome(definition: Definition, answers: Mapping[str, str]) -> Outcome:
    """
    Say what the answers come to.

    :param answers: by code of the question; of a box "true" or "false"
    """
    given = {code: _read(definition, code, value) for code, value in answers.items()}
    kept = conditions.kept(definition, given)
    stops = [screen.stop(answers.get(screen.code, "")) for screen in definition.before]
    try:
        charges: tuple[Charge, ...] | None = tuple(pricing.lines(definition, given))
    except pricing.FeeUnknown:
        charges = None
    return Outcome(
        stops=tuple(stop for stop in stops if stop is not None),
        charges=charges,
        variants=tuple(fee for fee in definition.fees if fee.variant),
        papers=tuple(a for a in definition.attachments if conditions.holds(a.when, kept)),
    )


def _priced_by(definition: Definition) -> Iterator[Field]:
    wanted: set[str] = set()
    for condition in (
        *(fee.when for fee in definition.fees if not fee.variant),
        *(waiver.when for waiver in definition.waivers),
    ):
        _gather(definition, condition, wanted)
    return (
        field
        for code, field in definition.fields.items()
        if code in wanted and field.type in _CHOSEN
    )


def _gather(definition: Definition, condition: Condition | None, wanted: set[str]) -> None:
    """A question that waits for another brings that one with it."""
    for code in conditions.fields_of(condition):
        if code in wanted or code not in definition.fields:
            continue
        wanted.add(code)
        _gather(definition, definition.fields[code].when, wanted)
        for group in definition.form:
            if any(field.code == code for field in group.asked):
                _gather(definition, group.when, wanted)


def _read(definition: Definition, code: str, value: str) -> object:
    field = definition.fields.get(code)
    return value == "true" if field and field.type == "boolean" else value
