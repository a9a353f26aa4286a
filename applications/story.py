"""
A case's history as a story: what happened, whose turn it is, what comes next. Pure.

The same moves are told to the applicant ("you") and to the office ("the applicant").
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol, TypedDict

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.states import HOLDABLE, ON_DESK, OWED, Status

S = Status


class Item(TypedDict):
    """One line for the story component."""

    text: str
    time: datetime | None
    state: Literal["done", "next", "later"]
    note: str


class Turn(Enum):
    """Who has to do something now."""

    APPLICANT = "applicant"
    OFFICE = "office"
    MACHINE = "machine"  # Seconds, normally.
    NOBODY = "nobody"


class Place(Protocol):
    """An office, which has a name in every language."""

    def told(self, language: str) -> str: ...


class Move(Protocol):
    """A row of history; `office` is where the case lay after it, None before it had one."""

    source: str
    target: str
    changed_at: datetime
    note_code: str

    @property
    def office(self) -> Place | None: ...


_TURNS = {
    S.DRAFT: Turn.APPLICANT,
    S.AWAITING_PAYMENT: Turn.APPLICANT,
    S.LAPSED: Turn.APPLICANT,
    S.PAID: Turn.MACHINE,
    S.IN_QUEUE: Turn.OFFICE,
    S.UNDER_REVIEW: Turn.OFFICE,
    S.AWAITING_COMPLETION: Turn.APPLICANT,
    S.AWAITING_SECOND: Turn.OFFICE,
    S.APPROVED: Turn.MACHINE,
    S.AWAITING_SIGNATURE: Turn.OFFICE,
    S.READY_FOR_COLLECTION: Turn.APPLICANT,
    S.UNDER_APPEAL: Turn.OFFICE,
    S.PAYMENT_HELD: Turn.APPLICANT,
}

_ROAD = (S.PAID, S.UNDER_REVIEW, S.AWAITING_SIGNATURE, S.ISSUED)
"""The steps that are still to come when all goes well."""


_UNDONE: tuple[tuple[str, str], ...] = (
    (S.APPROVED, S.UNDER_REVIEW),
    (S.AWAITING_SIGNATURE, S.UNDER_REVIEW),
)
_HANDED_OVER = "handed_over"
_GIVEN_ON = ("transferred", "transferred_often")


def turn(status: str) -> Turn:
    """Say whose turn it is."""
    return _TURNS.get(Status(status), Turn.NOBODY)


def turn_text(status: str, *, staff: bool) -> str:
    """Say whose turn it is, to the reader."""
    return {
        Turn.APPLICANT: _("The applicant's turn") if staff else _("Your turn"),
        Turn.OFFICE: _("Your office's turn") if staff else _("The office's turn"),
        Turn.MACHINE: _("In a moment"),
        Turn.NOBODY: _("Closed"),
    }[turn(status)]


def tell(
    moves: Sequence[Move],
    *,
    status: str,
    office: str,
    promised_at: datetime | None,
    staff: bool = False,
    alone: bool = False,
) -> list[Item]:
    """
    Return the story's lines: the moves, the step whose turn it is, the steps to come.

    :param office: the name of the deciding office in the reader's language, "" before there is one;
        an earlier move names the office where it left the case
    :param alone: no officer is on the case's road (`by_itself`)
    """
    told = [_done(move, office=_where(move) or office, staff=staff, alone=alone) for move in moves]
    return [*told, *_ahead(Status(status), promised_at=promised_at, staff=staff, alone=alone)]


def reassigned(by: str, former: str, to: str, *, why: str, at: datetime) -> Item:
    """Return the line of a case that a supervisor gave to another officer; for staff alone."""
    names = {"by": by, "former": former, "to": to}
    text = (
        _("Given from %(former)s to %(to)s by %(by)s") if former else _("Given to %(to)s by %(by)s")
    )
    return Item(text=text % names, time=at, state="done", note=why)


def merged(items: Sequence[Item], more: Sequence[Item]) -> list[Item]:
    """Return the lines with others that were done put where their time belongs."""
    done = [one for one in (*items, *more) if one["time"] is not None]
    done.sort(key=lambda one: one["time"].timestamp() if one["time"] else 0)
    return [*done, *(one for one in items if one["time"] is None)]


def by_itself(*, by_register: bool, officer_id: int | None, status: str) -> bool:
    """
    Say whether a case's register issues its paper, as long as nothing speaks against it.

    :param by_register: whether the service lets it
    """
    return by_register and officer_id is None and status not in {*ON_DESK, S.PAYMENT_HELD}


def _where(move: Move) -> str:
    # An appeal, a transfer or a reform takes a case elsewhere: what was before it stays true.
    return move.office.told(get_language() or "") if move.office else ""


def _done(move: Move, *, office: str, staff: bool, alone: bool) -> Item:
    texts = _staff_texts(office) if staff else _applicant_texts(office)
    if alone:
        texts = texts | _texts_alone()
    if move.note_code in _GIVEN_ON:
        texts = texts | {("", S.IN_QUEUE): _("Given on to another office or officer")}
        texts.pop((S.UNDER_REVIEW, S.IN_QUEUE))
    if move.note_code == _HANDED_OVER:
        texts = texts | {(S.UNDER_REVIEW, S.IN_QUEUE): _("Handed over to another office")}
    text = texts.get((move.source, move.target)) or texts.get(("", move.target))
    return Item(
        text=text or str(Status(move.target).label),
        time=move.changed_at,
        state="done",
        note=_notes(staff=staff).get(move.note_code, ""),
    )


def _ahead(status: Status, *, promised_at: datetime | None, staff: bool, alone: bool) -> list[Item]:
    if turn(status) is Turn.NOBODY:
        return []
    now = _next_texts(staff)[status]
    if alone and status == S.PAID:
        now = _("The register is asked")
    items = [Item(text=now, time=None, state="next", note=_clock(status, promised_at))]
    if status in _BEFORE:
        later = _later_texts(staff)
        items += [
            Item(text=later[step], time=None, state="later", note="")
            for step in _ROAD[_BEFORE[status] :]
            if not alone or step in {S.PAID, S.ISSUED}
        ]
    return items


def _clock(status: Status, promised_at: datetime | None) -> str:
    """Say what the office's clock does while the case stands here."""
    if promised_at is None:
        return ""
    if status in {S.AWAITING_COMPLETION, S.PAYMENT_HELD}:
        return _("the office's time stands still meanwhile")
    if status in OWED:
        return _("promised by %s") % _moment(promised_at)
    return ""


_BEFORE = {
    S.DRAFT: 0,
    S.AWAITING_PAYMENT: 1,
    S.PAID: 1,
    S.IN_QUEUE: 2,
    S.UNDER_REVIEW: 2,
    S.AWAITING_COMPLETION: 1,
    S.AWAITING_SECOND: 2,
    S.APPROVED: 2,
    S.AWAITING_SIGNATURE: 3,
}
"""From which step of the road the rest is still to come."""


def _applicant_texts(office: str) -> dict[tuple[str, str], str]:
    return {
        ("", S.DRAFT): _("You started"),
        ("", S.AWAITING_PAYMENT): _("You sent it in"),
        (S.DRAFT, S.PAID): _("You sent it in; there is nothing to pay"),
        (S.LAPSED, S.PAID): _("Paid late; your case goes on"),
        ("", S.PAID): _("Paid"),
        ("", S.LAPSED): _("Not paid in time"),
        ("", S.IN_QUEUE): _("Given to %s") % office,
        (S.UNDER_REVIEW, S.IN_QUEUE): _("Back in the queue of %s") % office,
        ("", S.UNDER_REVIEW): _("An officer took it in hand"),
        (S.AWAITING_COMPLETION, S.UNDER_REVIEW): _("You corrected your answers"),
        ("", S.AWAITING_COMPLETION): _("The officer asked you to correct some answers"),
        ("", S.AWAITING_SECOND): _("A second officer looks at it"),
        (S.AWAITING_SECOND, S.UNDER_REVIEW): _("The second officer gave it back to the first"),
        (S.AWAITING_SECOND, S.APPROVED): _("Approved by a second officer as well"),
        **dict.fromkeys(_UNDONE, _("The approval was taken back; an officer looks again")),
        ("", S.APPROVED): _("Approved"),
        ("", S.AWAITING_SIGNATURE): _("Your paper is drawn"),
        ("", S.ISSUED): _("Signed by the officer, sealed by the office"),
        ("", S.REFUSED): _("Refused"),
        ("", S.UNDER_APPEAL): _("You appealed"),
        (S.UNDER_APPEAL, S.IN_QUEUE): _("Your appeal was given to %s") % office,
        ("", S.READY_FOR_COLLECTION): _("Ready for you at the office"),
        ("", S.COLLECTED): _("Collected"),
        ("", S.WITHDRAWN): _("You took it back"),
        ("", S.PAYMENT_HELD): _("Held: the payment was taken back"),
        **{(S.PAYMENT_HELD, state): _("Paid again; the case goes on") for state in HOLDABLE},
    }


def _texts_alone() -> dict[tuple[str, str], str]:
    return {
        (S.PAID, S.APPROVED): _("The register agrees with the answers: no officer had to decide"),
        ("", S.ISSUED): _("Issued by the register itself, sealed by the office"),
    }


def _staff_texts(office: str) -> dict[tuple[str, str], str]:
    return _applicant_texts(office) | {
        ("", S.DRAFT): _("Started by the applicant"),
        ("", S.AWAITING_PAYMENT): _("Sent in by the applicant"),
        (S.DRAFT, S.PAID): _("Sent in by the applicant; free"),
        (S.LAPSED, S.PAID): _("Paid late; revived"),
        ("", S.IN_QUEUE): _("Routed to %s") % office,
        (S.AWAITING_COMPLETION, S.UNDER_REVIEW): _("The applicant corrected their answers"),
        ("", S.AWAITING_COMPLETION): _("Completion asked for"),
        ("", S.AWAITING_SECOND): _("Approved by the first officer"),
        (S.AWAITING_SECOND, S.UNDER_REVIEW): _("The second officer declined"),
        **dict.fromkeys(_UNDONE, _("Approval undone; its paper is given up")),
        ("", S.AWAITING_SIGNATURE): _("The paper is drawn"),
        ("", S.UNDER_APPEAL): _("The applicant appealed"),
        (S.UNDER_APPEAL, S.IN_QUEUE): _("The appeal was routed to %s") % office,
        ("", S.READY_FOR_COLLECTION): _("Laid ready for collection"),
        ("", S.WITHDRAWN): _("Taken back by the applicant"),
    }


def _next_texts(staff: bool) -> dict[Status, str]:
    return {
        S.DRAFT: _("Answer the questions and send it in"),
        S.AWAITING_PAYMENT: _("The applicant pays") if staff else _("Pay with your reference"),
        S.LAPSED: _("Start again with a new application"),
        S.PAID: _("It goes to the office"),
        S.IN_QUEUE: _("Your decision") if staff else _("An officer decides"),
        S.UNDER_REVIEW: _("Your decision") if staff else _("An officer decides"),
        S.AWAITING_COMPLETION: _("The applicant corrects their answers")
        if staff
        else _("Correct the answers that were asked for"),
        S.AWAITING_SECOND: _("A second officer confirms"),
        S.APPROVED: _("The paper is drawn"),
        S.AWAITING_SIGNATURE: _("Your signature") if staff else _("The officer signs"),
        S.READY_FOR_COLLECTION: _("Collection at the office"),
        S.UNDER_APPEAL: _("The next level decides"),
        S.PAYMENT_HELD: _("The applicant pays the same reference again")
        if staff
        else _("Pay the same reference again"),
    }


def _later_texts(staff: bool) -> dict[Status, str]:
    return {
        S.PAID: _("Payment"),
        S.UNDER_REVIEW: _("An officer decides"),
        S.AWAITING_SIGNATURE: _("The officer signs, the office seals"),
        S.ISSUED: _("The applicant has their paper") if staff else _("Your paper is here"),
    }


def _notes(*, staff: bool) -> dict[str, str]:
    looked_at = _("it could not be issued by the register itself; an officer looks at it")
    return {
        **dict.fromkeys(_register_notes(), looked_at),
        "lightest_load": _("to the officer with the least to do"),
        "nobody_free": _("no officer is free; the supervisor must name one"),
        "laid_back": _("released by the officer"),
        "rerouted": _("its officer or its office could not go on with it"),
        "hold_ended": _("the hold ended by itself"),
        "draft_forgotten": _("it was begun long ago and never sent"),
        "appeal_above": _("to the next level, and to nobody who had a part in it"),
        "appeal_same_office": _("no office is above it: another officer of the same one looks"),
        "cited_from_paper": _("on the paper register, as the register's system held no entry"),
    } | (_staff_notes() if staff else {})


def _staff_notes() -> dict[str, str]:
    """Return what concerns the office alone."""
    often = _("for the third time or more: the supervisor must look at it")
    return {
        **_register_notes(),
        "transferred_often": often,
        "reassigned": _("the supervisor gave it to another officer"),
    }


def _register_notes() -> dict[str, str]:
    """Return why a register did not issue a paper by itself, for the officer who decides now."""
    return {
        "register_no_entry": _("the register holds no entry of the applicant"),
        "register_several": _("the register holds several entries: one must be chosen"),
        "register_other_person": _("the register's entry is of another person"),
        "register_differs": _("the answers differ from the register"),
        "register_denies": _("the register does not say what the paper would state"),
        "register_silent": _("the register did not answer in time"),
    }


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'l j F')}, {formats.time_format(local, 'H:i')}"
