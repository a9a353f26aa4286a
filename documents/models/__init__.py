"""Papers, their files, who ordered them signed, and the credentials that sign."""

from documents.models.acts import ActKind, PaperAct, ReasonCode, ReissueProposal
from documents.models.claims import PaperClaims
from documents.models.credentials import Credential, CredentialNotice
from documents.models.files import (
    AS_ISSUED,
    Level,
    Mandate,
    MandateItem,
    MandateWithdrawal,
    PaperFile,
    Proof,
    Step,
)
from documents.models.lists import PublicList
from documents.models.looks import CONSENT_LONGEST, Consent, Look, LookKind
from documents.models.papers import Copy, Kind, NumberSeries, Paper, PaperChange
from documents.models.requests import (
    Asked,
    CredentialDecision,
    CredentialKey,
    CredentialRequest,
    Road,
)
from documents.models.revocation import RevocationKind, RevocationSnapshot, RevocationSource
from documents.states import STATE_LEVEL, CredentialState, Purpose

__all__ = [
    "AS_ISSUED",
    "CONSENT_LONGEST",
    "STATE_LEVEL",
    "ActKind",
    "Asked",
    "Consent",
    "Copy",
    "Credential",
    "CredentialDecision",
    "CredentialKey",
    "CredentialNotice",
    "CredentialRequest",
    "CredentialState",
    "Kind",
    "Level",
    "Look",
    "LookKind",
    "Mandate",
    "MandateItem",
    "MandateWithdrawal",
    "NumberSeries",
    "Paper",
    "PaperAct",
    "PaperChange",
    "PaperClaims",
    "PaperFile",
    "Proof",
    "PublicList",
    "Purpose",
    "ReasonCode",
    "ReissueProposal",
    "RevocationKind",
    "RevocationSnapshot",
    "RevocationSource",
    "Road",
    "Step",
]
