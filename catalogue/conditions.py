"""
Which questions are asked, given the answers to earlier ones. Pure.

A question that is not asked has no answer: what was typed into it before is as if it had never
been, and whatever depends on it sees nothing there.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalogue.parts import Attachment, Condition, Field, Group

if TYPE_CHECKING:
    from catalogue.definition import Definition

Answers = Mapping[str, Any]


def said(answer: object) -> str:
    """Return an answer as conditions compare it; "" where there is none."""
    if answer is None or answer == []:
        return ""
    # JSON keeps a box as true; a definition writes it as a word.
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Say whether the condition is true of the answers; none at all is always true."""
    if condition is None:
        return True
    if condition.all_:
        return all(holds(each, answers) for each in condition.all_)
    if condition.any_:
        return any(holds(each, answers) for each in condition.any_)
    given = said(answers.get(condition.field))
    if condition.filled is not None:
        return bool(given) is condition.filled
    if condition.in_:
        return given in condition.in_
    if condition.is_not:
        return given != condition.is_not
    return given == (condition.is_ or condition.value)


def fields_of(condition: Condition | None) -> Iterator[str]:
    """Yield the code of every field that the condition looks at."""
    if condition is None:
        return
    if condition.field:
        yield condition.field
    for each in (*condition.all_, *condition.any_):
        yield from fields_of(each)


def kept(definition: "Definition", answers: Answers) -> dict[str, Any]:
    """Return the answers to what is asked, in the form's order; the others are not kept."""
    found: dict[str, Any] = {}
    for group in definition.form:
        if not holds(group.when, found):
            continue
        for field in group.asked:
            if field.code in answers and holds(field.when, found):
                found[field.code] = _kept_of(field, answers[field.code])
    return found


def _kept_of(field: Field, answer: object) -> object:
    if field.type != "rows" or not isinstance(answer, list):
        return answer
    return [_row_kept(field, row) if isinstance(row, Mapping) else row for row in answer]


def _row_kept(rows: Field, row: Answers) -> dict[str, Any]:
    """A row's conditions look at its own questions only."""
    found: dict[str, Any] = {}
    for each in rows.fields:
        if each.code in row and holds(each.when, found):
            found[each.code] = row[each.code]
    return found


def groups(definition: "Definition", answers: Answers) -> tuple[Group, ...]:
    """Return the pages that these answers lead through, in their order."""
    found = kept(definition, answers)
    return tuple(
        group
        for group in definition.form
        if holds(group.when, found) and any(holds(field.when, found) for field in group.asked)
    )


def group_after(definition: "Definition", answers: Answers, group: Group) -> Group | None:
    """Return the page that follows a page with these answers; None after the last."""
    place = definition.form.index(group)
    return next(
        (one for one in groups(definition, answers) if definition.form.index(one) > place), None
    )


def asked(definition: "Definition", answers: Answers) -> tuple[Field, ...]:
    """Return the fields that are asked with these answers, in the form's order."""
    found = kept(definition, answers)
    return tuple(
        field
        for group in definition.form
        if holds(group.when, found)
        for field in group.asked
        if holds(field.when, found)
    )


def first_open(definition: "Definition", answers: Answers, *, unseen: bool = False) -> Group | None:
    """
    Return the first page with a required question that has no answer yet.

    :param unseen: also one that may be left empty, and was never sent
    """
    found = kept(definition, answers)
    for group in groups(definition, answers):
        for field in group.asked:
            is_wanted = field.required or unseen
            if is_wanted and field.code not in found and holds(field.when, found):
                return group
    return None


def slots(definition: "Definition", answers: Answers) -> dict[str, Attachment]:
    """Return the attachments that are asked for with these answers, by code, in their order."""
    found = kept(definition, answers)
    proofs = _proofs(definition, found)
    return {
        code: one
        for code, one in definition.slots.items()
        if code in proofs or holds(one.when, found)
    }


def required_slots(definition: "Definition", answers: Answers) -> list[str]:
    """Return the codes of the attachments without which these answers cannot be sent in."""
    found = kept(definition, answers)
    proofs = _proofs(definition, found)
    return [
        code
        for code, one in definition.slots.items()
        if code in proofs or (one.required and holds(one.when, found))
    ]


def _proofs(definition: "Definition", kept_answers: Answers) -> set[str]:
    """Return the codes of the attachments that prove what a waiver is given for."""
    return {one.evidence for one in definition.waivers if holds(one.when, kept_answers)}


def mending(definition: "Definition", codes: Collection[str]) -> tuple[Field, ...]:
    """
    Return the fields of these codes and those whose asking depends on them, in the form's order.

    Each carries the condition of its group as well: they are asked together on one page.
    """
    found: list[Field] = []
    for group in definition.form:
        for field in group.asked:
            both = [one for one in (group.when, field.when) if one is not None]
            when = Condition(all_=tuple(both)) if both else None
            meant = {*codes, *(one.code for one in found)}
            if field.code in codes or not meant.isdisjoint(fields_of(when)):
                found.append(replace(field, when=when))
    return tuple(found)


def carried(before: "Definition", now: "Definition", answers: Answers) -> dict[str, Any]:
    """Return the answers that another version of the form asks for as well, and as the same."""
    return {
        code: answer
        for code, answer in answers.items()
        if code in before.fields
        and code in now.fields
        and before.fields[code].type == now.fields[code].type
    }
