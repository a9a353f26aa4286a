"""A batch as pages show it: its lines and sums in words, and its story."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from payments.models import Remittance
from payments.orders import pain002
from payments.pages.remittances import words
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.queries import remittances as queries
from payments.queries.remittances import FeeLine
from payments.states import RemittanceState as M


@dataclass(frozen=True)
class Row:
    """A batch in a list."""

    batch: Remittance
    beneficiary: Words
    state: str
    tone: str


@dataclass(frozen=True)
class Fee:
    """One fee of a batch; amounts in minor units."""

    name: Words
    line: FeeLine


@dataclass(frozen=True)
class Answer:
    """What the bank said, in words."""

    at: datetime
    status: str
    said: str
    reasons: list[str]


def row(batch: Remittance) -> Row:
    state, tone = words.STATES[batch.state]
    return Row(batch, in_words(batch.beneficiary.names), str(state), tone)


def fees(batch: Remittance) -> list[Fee]:
    return [Fee(in_words(line.names), line) for line in queries.lines(batch.pk)]


def answers(batch: Remittance) -> list[Answer]:
    found = []
    for report in queries.reports(batch.pk):
        said = str(words.VERDICTS[pain002.verdict(report.status)])
        reasons = [words.reason(one["code"], one["text"]) for one in report.reasons]
        found.append(Answer(report.at, report.status, said, reasons))
    return found


def story(batch: Remittance, *, with_people: bool = True) -> list[dict[str, Any]]:
    """Return what happened, whose turn it is, and what comes next."""
    maker = batch.maker.display_name if with_people else ""
    checker = batch.checker.display_name if with_people and batch.checker else ""
    steps = [
        (gettext("Built of all that was posted up to the cut-off"), batch.built_at, maker),
        (gettext("Proposed"), batch.proposed_at, maker),
        (gettext("Approved by a second person"), batch.approved_at, checker),
        (gettext("Order handed to the bank"), batch.sent_at, batch.bank_receipt),
        (gettext("Taken by the bank"), batch.acknowledged_at, ""),
        (gettext("Seen on the bank's statement"), batch.confirmed_at, ""),
    ]
    last = max(number for number, step in enumerate(steps) if step[1] is not None)
    has_ended = batch.state in queries.ENDED
    told = []
    for number, (text, at, note) in enumerate(steps):
        if at is None and (has_ended or number < last):
            continue  # It was not needed, or never came.
        state = "done" if at else ("next" if number == last + 1 else "later")
        told.append({"text": text, "time": at, "note": note if at else "", "state": state})
    if batch.ended_at is not None:
        text = (
            gettext("Refused by the bank; its money waits for the next batch")
            if batch.state == M.FAILED
            else gettext("Cancelled; its money waits for the next batch")
        )
        note = batch.ended_because if with_people else ""
        told.append({"text": text, "time": batch.ended_at, "note": note, "state": "done"})
    return told
