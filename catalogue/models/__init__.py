from catalogue.models.drafts import DraftReview, DraftRevision, ServiceDraft
from catalogue.models.finding import (
    Directory,
    MissedSearch,
    Question,
    Reference,
    Remark,
    SearchEntry,
    SearchWord,
    Term,
)
from catalogue.models.keeping import Confirmation, RemarkAnswer, Reminder, ReminderLine
from catalogue.models.measuring import MeasuredTime
from catalogue.models.services import (
    Category,
    Need,
    NeedService,
    Service,
    ServiceVersion,
)

__all__ = [
    "Category",
    "Confirmation",
    "Directory",
    "DraftReview",
    "DraftRevision",
    "MeasuredTime",
    "MissedSearch",
    "Need",
    "NeedService",
    "Question",
    "Reference",
    "Remark",
    "RemarkAnswer",
    "Reminder",
    "ReminderLine",
    "SearchEntry",
    "SearchWord",
    "Service",
    "ServiceDraft",
    "ServiceVersion",
    "Term",
]
