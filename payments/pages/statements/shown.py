"""Statements and their imports as the desk's pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from accounts import queries as accounts
from payments.models import Import, Rail, Statement, StatementFile
from payments.operations.importing import hands
from payments.pages.statements import words
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.queries.statements import StatementView
from payments.states import ImportState, ImportStep, StatementState

ENDING_SHOWN = 4
# Its account may be anybody's.
NOT_OURS = ("account", "rail")


@dataclass(frozen=True)
class Held:
    """A statement that is not posted, why, and what to do."""

    view: StatementView
    name: Words | None
    account: str
    why: Promise | str
    todo: Promise | str
    problems: Sequence[Promise | str]


@dataclass(frozen=True)
class ImportLine:
    """One import and how far it is."""

    id: int
    file_id: int
    file_name: str
    by: str
    state: str
    word: Promise | str
    tone: str
    asked_at: datetime
    ended_at: datetime | None
    runs: bool
    reads: bool  # It is only read: nothing is posted.
    lines_total: int
    lines_done: int
    exceptions: int

    @property
    def version(self) -> str:
        return f"{self.state}-{self.lines_done}-{self.lines_total}"

    @classmethod
    def of(cls, one: Import) -> "ImportLine":
        word, tone = words.IMPORT_STATES[one.state]
        return cls(
            id=one.pk,
            file_id=one.file_id,
            file_name=one.file.name,
            by=(one.by.email or "") if one.by else "",
            state=one.state,
            word=word,
            tone=tone,
            asked_at=one.asked_at,
            ended_at=one.ended_at,
            runs=one.state in (ImportState.QUEUED, ImportState.RUNNING),
            reads=one.step == ImportStep.READ,
            lines_total=one.lines_total,
            lines_done=one.lines_done,
            exceptions=one.suspense_lines + one.refused_lines + one.waiting_lines,
        )


@dataclass(frozen=True)
class Look:
    """A statement of a file, with what the last look found."""

    row: Statement
    rail: Words | None
    account: str
    word: Promise | str
    tone: str
    is_open: bool  # Nothing of it is posted, and nothing speaks against it.
    booked_minor: int | None
    why: Promise | str
    todo: Promise | str
    problems: Sequence[Promise | str]
    follows: str
    before_day: date | None
    before_minor: int | None
    new: int
    known: int
    first: Sequence[dict[str, object]]
    last: Sequence[dict[str, object]]
    made: int  # Lines of money, in and out, of which nobody told, where somebody brought the file.
    made_minor: int
    made_first: Sequence[dict[str, object]]
    second_why: Promise | str  # Why another must confirm them; empty: nobody need.

    @property
    def made_unshown(self) -> int:
        return self.made - len(self.made_first)

    @property
    def adds_up(self) -> bool:
        return not self.row.difference_minor and not self.row.problems

    @property
    def missing_minor(self) -> int | None:
        """By how much the balance before and this opening differ, where it does not follow on."""
        if self.before_minor is None or self.row.opening_minor is None:
            return None
        return self.row.opening_minor - self.before_minor


@dataclass(frozen=True)
class Second:
    """That a file needs another person than who brought it."""

    is_hers: bool  # Who reads the page brought it: she cannot confirm it.

    @classmethod
    def of(cls, file: StatementFile, looks: Sequence[Look], *, by_id: int) -> "Second | None":
        if not any(one.second_why for one in looks) or not hands.is_by_hand(file):
            return None
        return cls(is_hers=accounts.same_hands(file.by_id, by_id))


def held(one: StatementView, names: Mapping[str, Words]) -> Held:
    why, todo = _why(one.held_back)
    return Held(
        view=one,
        name=names.get(one.rail_code),
        account=account(one.account, is_ours=one.held_back not in NOT_OURS),
        why=why,
        todo=todo,
        problems=problems(one),
    )


def look(row: Statement) -> Look:
    why, todo = _why(row.held_back)
    is_open = row.state == StatementState.KEPT and not row.held_back
    word, tone = ("", "") if is_open else words.STATEMENT_STATES[row.state]
    preview = getattr(row, "preview", None)
    before = preview.before if preview else None
    return Look(
        row=row,
        rail=_name(row.rail),
        account=account(row.account, is_ours=row.held_back not in NOT_OURS),
        word=word,
        tone=tone,
        is_open=is_open,
        booked_minor=_booked(row),
        why=why,
        todo=todo,
        problems=problems(row),
        follows=preview.follows if preview else "",
        before_day=before.to_day if before else None,
        before_minor=before.closing_minor if before else None,
        new=preview.new_lines if preview else 0,
        known=preview.known_lines if preview else 0,
        first=_lines(preview.first_lines) if preview else (),
        last=_lines(preview.last_lines) if preview else (),
        made=preview.made_lines if preview and is_open else 0,
        made_minor=preview.made_minor if preview else 0,
        made_first=_lines(preview.made_first) if preview and is_open else (),
        second_why=words.SECOND.get(preview.second_why, "") if preview and is_open else "",
    )


def account(told: str, *, is_ours: bool) -> str:
    """Return the account's number; of somebody else's only its end."""
    if is_ours or len(told) <= ENDING_SHOWN:
        return told
    return f"… {told[-ENDING_SHOWN:]}"


def cannot_read(reason: str) -> Promise | str:
    return words.CANNOT_READ.get(reason, words.UNREADABLE)


def not_read(one: Import) -> Promise | str:
    """Return why a file could not be read, where it could not."""
    if one.step != ImportStep.READ or one.state != ImportState.FAILED:
        return ""
    if one.problem == "unreadable":
        return cannot_read(one.file.problem)
    return words.NOT_READ


def problems(one: Statement | StatementView) -> list[Promise | str]:
    return [words.PROBLEMS.get(code, code) for code in one.problems]


def _why(held_back: str) -> tuple[Promise | str, Promise | str]:
    return words.HELD_BACK.get(held_back, (held_back, ""))


def _name(rail: Rail | None) -> Words | None:
    return in_words(rail.names) if rail else None


def _booked(row: Statement) -> int | None:
    """Return what its booked lines sum to: what the closing balance and the difference leave."""
    if row.opening_minor is None or row.closing_minor is None or row.difference_minor is None:
        return None
    return row.closing_minor - row.opening_minor - row.difference_minor


def _lines(kept: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {**one, "day": date.fromisoformat(str(one["day"])) if one["day"] else None} for one in kept
    ]
