"""The tables of cases; one file a subject."""

from applications.models.acts import (
    CaseNote,
    DeskAct,
    SecondApproval,
    Transfer,
    UndoneApproval,
)
from applications.models.appeals import Appeal, GivenPaper, GivenWitness, ReadyPaper
from applications.models.asking import Answer, RegisterQuestion
from applications.models.assisting import Assistance, ConsentCheck, HelpConsent
from applications.models.attachments import Attachment, CheckState
from applications.models.cases import (
    Application,
    CompletionRequest,
    Refusal,
    StatusChange,
)
from applications.models.desk import SavedView, Tally
from applications.models.downtime import DowntimeBook, DowntimeSheet
from applications.models.escalations import Escalation
from applications.models.handing import HandOver
from applications.models.reassigning import Reassignment
from applications.models.routing import RoutingNote
from applications.models.slips import CaseSlip, DaySlip

__all__ = [
    "Answer",
    "Appeal",
    "Application",
    "Assistance",
    "Attachment",
    "CaseNote",
    "CaseSlip",
    "CheckState",
    "CompletionRequest",
    "ConsentCheck",
    "DaySlip",
    "DeskAct",
    "DowntimeBook",
    "DowntimeSheet",
    "Escalation",
    "GivenPaper",
    "GivenWitness",
    "HandOver",
    "HelpConsent",
    "ReadyPaper",
    "Reassignment",
    "Refusal",
    "RegisterQuestion",
    "RoutingNote",
    "SavedView",
    "SecondApproval",
    "StatusChange",
    "Tally",
    "Transfer",
    "UndoneApproval",
]
