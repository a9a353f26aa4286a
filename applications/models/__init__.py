"""The tables of cases; one file a subject."""

from applications.models.asking import Answer, RegisterQuestion
from applications.models.cases import (
    Application,
    CompletionRequest,
    Refusal,
    StatusChange,
)
from applications.models.slips import CaseSlip, DaySlip

__all__ = [
    "Answer",
    "Application",
    "CaseSlip",
    "CompletionRequest",
    "DaySlip",
    "Refusal",
    "RegisterQuestion",
    "StatusChange",
]
