"""The parts of a case's page at the desk: what she may do, what lies beside it, her choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from accounts import policies as rights
from accounts import queries as accounts
from accounts.acts import Act
from applications import operations, policies, queries
from applications.models import Application, StatusChange
from applications.pages.apply import language
from applications.pages.attached import AttachmentLine, asked_like_answers
from applications.pages.kept import Kept
from applications.pages.reading import Reading
from applications.states import Status
from catalogue.definition import Definition, Reason
from catalogue.words import tell
from kernel import files
from payments.states import BillState
from registers.entries import ACTS

NO_ENTRY = "no_entry"
"""In a service's list: the reason that points to late registration."""


@dataclass(frozen=True)
class HeldBy:
    name: str
    until: datetime | None


@dataclass(frozen=True)
class Choice:
    """A reason of the service's list."""

    code: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """An answer with the reason that is being given for mending it, "" for none."""

    code: str
    label: str
    given: str
    chosen: str


@dataclass(frozen=True)
class BillLine:
    text: str
    tone: str
    amount_minor: int
    currency: str


def may(
    application: Application, account_id: int, *, at: datetime, away: bool = False
) -> dict[str, object]:
    """
    Return what the officer may do with the case as it stands; each act asks again.

    :param away: whether it is on its way to another office, and in nobody's hands
    """
    status = application.status
    under_review = status == Status.UNDER_REVIEW
    holds = under_review and application.officer_id == account_id
    ended = application.held_until is not None and application.held_until <= at
    may_decide = status in {Status.IN_QUEUE, Status.UNDER_REVIEW} and _decides(
        application, account_id, at=at
    )
    waits = status == Status.IN_QUEUE and not away and may_decide
    queued_for_her = waits and application.officer_id in {None, account_id}
    decided = status in {Status.APPROVED, Status.AWAITING_SIGNATURE}
    return {
        "holds": holds,
        "may_take": waits or (under_review and not holds and ended and may_decide),
        # Before she takes it she may approve what is clean at once: it is taken with that.
        "may_approve_at_once": queued_for_her,
        "held_by": _held_by(application) if under_review and not holds else None,
        "may_give_on": holds or (under_review and _supervises(application, account_id, at=at)),
        "may_second": status == Status.AWAITING_SECOND
        and operations.may_second(application, account_id, at=at),
        "may_undo": decided
        and (application.officer_id == account_id or _supervises(application, account_id, at=at)),
    }


def beside(
    application: Application, moves: Sequence[StatusChange], reach: queries.Reach
) -> dict[str, Any]:
    """Return what colleagues wrote, the bill in words, and the person's other cases by state."""
    declined = any(
        (move.source, move.target) == (Status.AWAITING_SECOND, Status.UNDER_REVIEW)
        for move in moves
    )
    given_on = any(move.note_code.startswith("transferred") for move in moves)
    return {
        "notes": queries.notes(application.pk),
        "transfers": queries.transfers(application.pk) if given_on else [],
        "declined": queries.last_decline(application.pk)
        if declined and application.status == Status.UNDER_REVIEW
        else None,
        "others": [
            (Status(code).label, count)
            for code, count in queries.other_counts(reach, application).items()
        ],
        "bill": _bill_line(application),
        "scan_is_image": _scan_is_image(application),
    }


def choices(
    definition: Definition,
    answers: Mapping[str, tuple[str, ...]],
    kept: Kept | None,
    reading: Reading | None,
    files: Sequence[AttachmentLine],
) -> dict[str, object]:
    """
    Return what can be chosen: reasons of the service's lists, and each answer and file with them.

    :param answers: label and answer of every field that was asked, by its code
    """
    typed = kept or Kept()
    nothing = reading is not None and reading.available and reading.entry is None
    chosen = typed.reason or (NO_ENTRY if nothing else "")
    return {
        "refusal_reasons": [_choice(one, chosen) for one in definition.refusal_reasons],
        "completion_reasons": [
            (one.code, str(one.label(language()))) for one in definition.completion_reasons
        ],
        "fields": [
            Question(code, row[0], row[1], typed.fields.get(code, ""))
            for code, row in answers.items()
        ]
        + [
            Question(code, label, given, typed.fields.get(code, ""))
            for code, label, given in asked_like_answers(definition, files)
        ],
        "appeal": definition.appeal,
        "appeal_body": tell(definition.appeal.body, language()).text if definition.appeal else "",
        "no_entry": nothing,
        "may_cite_paper": definition.output is not None and definition.output.register in ACTS,
    }


def refusal(definition: Definition, application: Application) -> dict[str, str] | None:
    """Return why the case was refused, as the applicant reads it; None while it is not."""
    found = None
    if application.status in {Status.REFUSED, Status.UNDER_APPEAL}:
        found = queries.last_refusal(application.pk)
    if found is None:
        return None
    reason = definition.reason(found.reason_code)
    said = str(reason.label(language())) if reason else found.reason_code
    return {"reason": said, "note": found.note}


def _bill_line(application: Application) -> BillLine | None:
    """Return how the case's bill stands; None where there was nothing to pay."""
    bill = application.bill
    if bill is None:
        return None
    said, tone = {
        BillState.OPEN: (gettext("Not paid yet"), "warn"),
        BillState.PART_PAID: (gettext("Paid in part"), "warn"),
        BillState.PAID: (gettext("Paid"), "good"),
        BillState.EXPIRED: (gettext("Not paid in time"), "bad"),
        BillState.CANCELLED: (gettext("Cancelled"), ""),
        BillState.REPLACED: (gettext("Replaced by another bill"), ""),
        BillState.OWED: (gettext("Its money was taken back: it is owed"), "bad"),
    }[BillState(bill.state)]
    return BillLine(said, tone, bill.total_minor, bill.currency)


def _choice(reason: Reason, chosen: str) -> Choice:
    return Choice(
        code=reason.code,
        text=str(reason.label(language())),
        is_chosen=reason.code == chosen,
    )


def _scan_is_image(application: Application) -> bool:
    """Say whether the scan of a cited act can stand in our page; a PDF has a window of its own."""
    if application.status != Status.AWAITING_SECOND:
        return False
    sha256 = queries.scan_on_paper(application)
    return sha256 is not None and files.media_type(sha256).startswith("image/")


def _held_by(application: Application) -> HeldBy:
    holder = accounts.account(application.officer_id or 0)
    return HeldBy(holder.display_name, application.held_until)


def _supervises(application: Application, account_id: int, *, at: datetime) -> bool:
    return _has_right(application, account_id, policies.SUPERVISE, at=at)


def _decides(application: Application, account_id: int, *, at: datetime) -> bool:
    return _has_right(application, account_id, policies.DECIDE, at=at)


def _has_right(application: Application, account_id: int, act: Act, *, at: datetime) -> bool:
    office = application.deciding_office
    return rights.may(
        account_id=account_id,
        act=act.code,
        service_code=application.service_code,
        area_code=office.area.code if office and office.area else None,
        at=at,
    )
