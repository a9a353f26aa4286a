"""Everything that can happen to a case; one file a subject, in the order of its life."""

from accounts.policies import NotGranted
from applications.answers import UnknownField
from applications.operations.answering import stop_asking, take_answer
from applications.operations.approving import (
    AnswersDiffer,
    EntryOfAnother,
    NoEntry,
    NothingToIssue,
    RegisterDenies,
    approve,
    specimen,
)
from applications.operations.asking import claim_questions, question
from applications.operations.completing import NotAsked, complete
from applications.operations.drafting import (
    Incomplete,
    NotApplicable,
    NotHers,
    NumbersExhausted,
    TooManyDrafts,
    renew_draft,
    save_answers,
    start_draft,
)
from applications.operations.issuing import (
    BillKeptChanging,
    MoneyOnTheWay,
    conclude,
    mark_rendered,
    propose_refund,
    withdraw,
)
from applications.operations.moving import NoSuchCase, NotNow, StalePage
from applications.operations.paying import (
    BillNotPaid,
    confirm_payment,
    hold_or_owe,
    hold_payment,
    lapse,
    restore_payment,
)
from applications.operations.review import (
    HeldByAnother,
    NotHeld,
    NothingAsked,
    UnknownReason,
    ask_completion,
    refuse,
    release,
    release_holds,
    take,
)
from applications.operations.routing import route
from applications.operations.signing import NotHerSignature, order_signatures
from applications.operations.submitting import CASES_MAX, NotTogether, Submitted, submit
from applications.operations.tracking import find
from applications.operations.writing import DayNotOver, apologise, write_day, write_slip
from applications.policies import OwnCase

__all__ = [
    "CASES_MAX",
    "AnswersDiffer",
    "BillKeptChanging",
    "BillNotPaid",
    "DayNotOver",
    "EntryOfAnother",
    "HeldByAnother",
    "Incomplete",
    "MoneyOnTheWay",
    "NoEntry",
    "NoSuchCase",
    "NotApplicable",
    "NotAsked",
    "NotGranted",
    "NotHeld",
    "NotHerSignature",
    "NotHers",
    "NotNow",
    "NotTogether",
    "NothingAsked",
    "NothingToIssue",
    "NumbersExhausted",
    "OwnCase",
    "RegisterDenies",
    "StalePage",
    "Submitted",
    "TooManyDrafts",
    "UnknownField",
    "UnknownReason",
    "apologise",
    "approve",
    "ask_completion",
    "claim_questions",
    "complete",
    "conclude",
    "confirm_payment",
    "find",
    "hold_or_owe",
    "hold_payment",
    "lapse",
    "mark_rendered",
    "order_signatures",
    "propose_refund",
    "question",
    "refuse",
    "release",
    "release_holds",
    "renew_draft",
    "restore_payment",
    "route",
    "save_answers",
    "specimen",
    "start_draft",
    "stop_asking",
    "submit",
    "take",
    "take_answer",
    "withdraw",
    "write_day",
    "write_slip",
]
