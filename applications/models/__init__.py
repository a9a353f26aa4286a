"""The tables of cases; one file a subject."""

from applications.models.acts import (
    CaseNote,
    DeskAct,
    SecondApproval,
    Transfer,
    UndoneApproval,
)
from applications.models.agents import HelpHold, HelpStep
from applications.models.appeals import Appeal, GivenPaper, GivenWitness, ReadyPaper
from applications.models.asking import Answer, RegisterQuestion
from applications.models.assisting import Assistance, ConsentCheck, HelpConsent
from applications.models.attachments import Attachment, CheckState
from applications.models.calling import Call, CallResult
from applications.models.cases import (
    Application,
    CompletionRequest,
    Refusal,
    StatusChange,
)
from applications.models.desk import SavedView, Tally
from applications.models.downtime import DowntimeBook, DowntimeSheet
from applications.models.drafts import DRAFT_LIFE, SavedDraft
from applications.models.escalations import Escalation
from applications.models.exports import DataExport, ErasedCase
from applications.models.handing import HandOver
from applications.models.looks import Look, LookQuestion, Opening, OpeningReason, Seen, Why
from applications.models.lookups import Lookup, LookupOutcome
from applications.models.reassigning import Reassignment
from applications.models.routing import RoutingNote
from applications.models.slips import CaseSlip, DaySlip
from applications.models.unsent import UnsentAnswers
from applications.models.waived import WaivedCharge

__all__ = [
    "DRAFT_LIFE",
    "Answer",
    "Appeal",
    "Application",
    "Assistance",
    "Attachment",
    "Call",
    "CallResult",
    "CaseNote",
    "CaseSlip",
    "CheckState",
    "CompletionRequest",
    "ConsentCheck",
    "DataExport",
    "DaySlip",
    "DeskAct",
    "DowntimeBook",
    "DowntimeSheet",
    "ErasedCase",
    "Escalation",
    "GivenPaper",
    "GivenWitness",
    "HandOver",
    "HelpConsent",
    "HelpHold",
    "HelpStep",
    "Look",
    "LookQuestion",
    "Lookup",
    "LookupOutcome",
    "Opening",
    "OpeningReason",
    "ReadyPaper",
    "Reassignment",
    "Refusal",
    "RegisterQuestion",
    "RoutingNote",
    "SavedDraft",
    "SavedView",
    "SecondApproval",
    "Seen",
    "StatusChange",
    "Tally",
    "Transfer",
    "UndoneApproval",
    "UnsentAnswers",
    "WaivedCharge",
    "Why",
]
