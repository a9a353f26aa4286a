"""What posting a statement would do, written down for the desk that looks at it."""

from collections.abc import Sequence
from datetime import datetime

from payments.models import Statement as Row
from payments.models import StatementPreview
from payments.operations.importing import meaning
from payments.operations.importing.chain import Chain, Place
from payments.operations.importing.lines import Line
from payments.posting.soundness import is_id
from payments.statements import Entry, Statement
from payments.states import StatementState

SAMPLE_LINES = 5
MADE_LINES = 20

Sample = tuple[list[dict[str, str | int]], list[dict[str, str | int]]]


def sample(statement: Statement) -> Sample:
    """Return the first and the last booked entries; where they are few, all are the first."""
    booked = [entry for entry in statement.entries if entry.is_booked]
    cut = len(booked) if len(booked) <= 2 * SAMPLE_LINES else SAMPLE_LINES
    return _said(booked[:cut]), _said(booked[max(cut, len(booked) - SAMPLE_LINES) :])


def keep(row: Row, place: Place, found: Sample, *, chain: Chain | None, at: datetime) -> None:
    """
    Write down what was found of one statement; what an earlier look found is forgotten.

    :param chain: of its account, before this statement; None where it has none
    """
    StatementPreview.objects.update_or_create(
        statement=row,
        defaults={
            "follows": follows(row, place, chain),
            "before_id": _before(place, chain),
            "new_lines": len(place.new),
            "known_lines": len(place.told) - len(place.new),
            "made_lines": 0,
            "made_minor": 0,
            "made_first": [],
            "second_why": "",
            "first_lines": found[0],
            "last_lines": found[1],
            "made_at": at,
        },
    )


def keep_made(row: Row, made: Sequence[Line], *, why: str) -> None:
    """
    Write down the money, in and out, of which nobody has told, the largest first.

    :param why: a word of `StatementPreview.second_why`
    """
    largest = sorted(made, key=lambda line: (-line.untold_minor, line.line_no))
    StatementPreview.objects.filter(statement=row).update(
        made_lines=len(made),
        made_minor=sum(line.untold_minor for line in made),
        made_first=[_said_of_line(line) for line in largest[:MADE_LINES]],
        second_why=why,
    )


def follows(row: Row, place: Place, chain: Chain | None) -> str:
    """Say how it follows on what is posted of its account, by a word of `StatementPreview`."""
    if place.held_back:
        return "gap" if place.held_back == "gap" else "held"
    if place.state == StatementState.KNOWN:
        return "known"
    if row.is_advice:
        return "advice"
    if place.previous is not None:
        return "next"
    return "earlier" if place.next is not None and chain is not None else "first"


def _before(place: Place, chain: Chain | None) -> int | None:
    if place.previous is not None:
        return place.previous.row_id
    if place.held_back == "gap" and chain is not None and chain.last is not None:
        return chain.last.row_id
    return None


def _said(entries: Sequence[Entry]) -> list[dict[str, str | int]]:
    """Say of an entry what names nobody: never its text, but for a reference of ours."""
    said: list[dict[str, str | int]] = []
    for entry in entries:
        day = entry.booked_day or entry.value_day
        reference = meaning.reference(entry.references)
        said.append(
            {
                "day": day.isoformat() if day else "",
                "amount_minor": entry.amount_minor,
                "currency": entry.currency,
                "id": next(filter(is_id, entry.bank_ids), ""),
                "reference": reference if reference.isascii() and reference.isdigit() else "",
            }
        )
    return said


def _said_of_line(line: Line) -> dict[str, str | int]:
    return {
        "day": line.booked_day.isoformat(),
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "id": line.ids[0] if line.ids else "",
        "reference": line.reference if line.is_referenced else "",
    }
