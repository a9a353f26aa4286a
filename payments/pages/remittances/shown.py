"""A batch as pages show it: its lines and sums in words, and its story."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext

from payments.models import Movement, Remittance
from payments.orders import pain002
from payments.pages.remittances import words
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.queries import aftermath
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
class Waiting:
    """A batch about which a second person decides."""

    row: Row
    why: str


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


def credit_choices(batch: Remittance) -> list[tuple[int, str]]:
    """Return the payments that may be the batch come back, in words, what names it first."""
    told = []
    for one in aftermath.credits_for(batch):
        money = one.movement
        day = formats.date_format(timezone.localtime(money.occurred_at), "j F Y")
        names = gettext("names this batch") if one.names_it else ""
        said = filter(None, (money.external_id, day, money.reference, names))
        told.append((money.pk, " · ".join(said)))
    return told


def batch_choices(credit: Movement) -> list[tuple[UUID, str]]:
    """Return the paid batches that a payment may be, in words."""
    told = []
    for batch in aftermath.batches_for(credit):
        paid_at = timezone.localtime(batch.confirmed_at or batch.built_at)
        paid = gettext("paid on %(day)s") % {"day": formats.date_format(paid_at, "j F Y")}
        name = in_words(batch.beneficiary.names).text
        told.append((batch.key, " · ".join((batch.number, name, batch.end_to_end_id, paid))))
    return told


def to_decide() -> list[Waiting]:
    """Return what of sent or paid batches waits for a second person."""
    found = aftermath.to_decide()
    return [
        *(
            Waiting(
                row(one.remittance),
                gettext("The bank refuses it")
                if one.report_id
                else gettext("The bank is said not to have got it"),
            )
            for one in found.refusals
        ),
        *(Waiting(row(batch), gettext("It has come back")) for _asked, batch in found.returns),
    ]


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
    told: list[dict[str, Any]] = []
    for number, (text, at, note) in enumerate(steps):
        if at is None and (has_ended or number < last):
            continue  # It was not needed, or never came.
        state = "done" if at else ("next" if number == last + 1 else "later")
        told.append({"text": text, "time": at, "note": note if at else "", "state": state})
    if batch.ended_at is not None:
        note = batch.ended_because if with_people else ""
        ended = {"text": _ending(batch), "time": batch.ended_at, "note": note, "state": "done"}
        # Before the bank paid it after all, where it did.
        told.insert(len(told) - (batch.state == M.CONFIRMED), ended)
    return told


def _ending(batch: Remittance) -> str:
    if batch.state == M.SENT_BACK:
        return gettext("Sent back by its bank; its money waits for the next batch")
    if batch.state == M.CONFIRMED:
        return gettext("Believed to have come to nothing, and paid after all")
    if batch.state == M.FAILED:
        return gettext("Refused by the bank; its money waits for the next batch")
    return gettext("Cancelled; its money waits for the next batch")
