"""What can be done with papers; one file a subject."""

from documents.custody import SignerUnavailable
from documents.facts import FactsDiffer, FactsMissing, FactsRefuse
from documents.operations.credentials import (
    RefusedInProduction,
    issue_development_credentials,
)
from documents.operations.drawing import claim_for_rendering, record_rendering, render
from documents.operations.mandating import STEP_UP_PURPOSE, MandateRefused, mandate
from documents.operations.requesting import OfficerMissing, request_paper
from documents.operations.signing import (
    NoMandate,
    NothingToSign,
    SignedFile,
    Withheld,
    claim_for_signing,
    record_signing,
    release,
    sign,
    sign_through,
)
from documents.operations.withholding import let_go, withhold
from documents.rendering import CannotBeDrawn, UnknownPaperType

__all__ = [
    "STEP_UP_PURPOSE",
    "CannotBeDrawn",
    "FactsDiffer",
    "FactsMissing",
    "FactsRefuse",
    "MandateRefused",
    "NoMandate",
    "NothingToSign",
    "OfficerMissing",
    "RefusedInProduction",
    "SignedFile",
    "SignerUnavailable",
    "UnknownPaperType",
    "Withheld",
    "claim_for_rendering",
    "claim_for_signing",
    "issue_development_credentials",
    "let_go",
    "mandate",
    "record_rendering",
    "record_signing",
    "release",
    "render",
    "request_paper",
    "sign",
    "sign_through",
    "withhold",
]
