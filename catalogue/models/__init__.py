from catalogue.models.drafts import DraftReview, DraftRevision, ServiceDraft
from catalogue.models.finding import (
    Directory,
    MissedSearch,
    PageReport,
    Question,
    Reference,
    SearchEntry,
    SearchWord,
    Term,
)
from catalogue.models.keeping import Confirmation, ReportAnswer
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
    "PageReport",
    "Question",
    "Reference",
    "ReportAnswer",
    "SearchEntry",
    "SearchWord",
    "Service",
    "ServiceDraft",
    "ServiceVersion",
    "Term",
]
