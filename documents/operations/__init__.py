"""What can be done with papers; one file a subject."""

from documents.custody import SignerUnavailable
from documents.facts import FactsDiffer, FactsMalformed, FactsMissing, FactsRefuse
from documents.operations.abandoning import OrderedAlready, abandon, give_up
from documents.operations.completing import complete
from documents.operations.copying import NoCopy, give_copy, request_copy
from documents.operations.credentials import (
    RefusedInProduction,
    issue_development_credentials,
)
from documents.operations.drawing import (
    claim_for_rendering,
    record_rendering,
    render,
    sign_claims,
)
from documents.operations.ending import end_for_event, end_if_over
from documents.operations.erasing import end_consents
from documents.operations.living import (
    DECIDE_PURPOSE,
    AskedAlready,
    DecidedAlready,
    NoReason,
    NotNow,
    OwnPaper,
)
from documents.operations.living import ask as ask_act
from documents.operations.living import decide as decide_act
from documents.operations.living import withdraw as withdraw_act
from documents.operations.looking import forget_looks, note_look
from documents.operations.making import make
from documents.operations.mandating import (
    STEP_UP_PURPOSE,
    MandateRefused,
    NothingToWithdraw,
    mandate,
    withdraw_mandate,
)
from documents.operations.publishing import (
    claim_lists,
    key_changed,
    paper_changed,
    sign_list,
)
from documents.operations.reissuing import EntryIsOld, EntryOfAnother
from documents.operations.requesting import OfficerMissing, TwoValidities, request_paper
from documents.operations.sharing import (
    CannotShare,
    NoConsent,
    SentBefore,
    Shared,
    TooManyConsents,
    give_consent,
    read_shared,
    take_back_consent,
)
from documents.operations.signing import (
    NoCredential,
    NoMandate,
    NothingToSign,
    SignedFile,
    Withheld,
    claim_for_signing,
    keep_claim,
    record_signing,
    release,
    sign,
    sign_through,
)
from documents.operations.slips import request_slip
from documents.operations.stamping import (
    augment_through,
    claim_for_augmenting,
    count_to_augment,
    keep_proving,
    ring_for_unproven,
)
from documents.operations.withholding import let_go, withhold
from documents.rendering import CannotBeDrawn, UnknownPaperType

__all__ = [
    "DECIDE_PURPOSE",
    "STEP_UP_PURPOSE",
    "AskedAlready",
    "CannotBeDrawn",
    "CannotShare",
    "DecidedAlready",
    "EntryIsOld",
    "EntryOfAnother",
    "FactsDiffer",
    "FactsMalformed",
    "FactsMissing",
    "FactsRefuse",
    "MandateRefused",
    "NoConsent",
    "NoCopy",
    "NoCredential",
    "NoMandate",
    "NoReason",
    "NotNow",
    "NothingToSign",
    "NothingToWithdraw",
    "OfficerMissing",
    "OrderedAlready",
    "OwnPaper",
    "RefusedInProduction",
    "SentBefore",
    "Shared",
    "SignedFile",
    "SignerUnavailable",
    "TooManyConsents",
    "TwoValidities",
    "UnknownPaperType",
    "Withheld",
    "abandon",
    "ask_act",
    "augment_through",
    "claim_for_augmenting",
    "claim_for_rendering",
    "claim_for_signing",
    "claim_lists",
    "complete",
    "count_to_augment",
    "decide_act",
    "end_consents",
    "end_for_event",
    "end_if_over",
    "forget_looks",
    "give_consent",
    "give_copy",
    "give_up",
    "issue_development_credentials",
    "keep_claim",
    "keep_proving",
    "key_changed",
    "let_go",
    "make",
    "mandate",
    "note_look",
    "paper_changed",
    "read_shared",
    "record_rendering",
    "record_signing",
    "release",
    "render",
    "request_copy",
    "request_paper",
    "request_slip",
    "ring_for_unproven",
    "sign",
    "sign_claims",
    "sign_list",
    "sign_through",
    "take_back_consent",
    "withdraw_act",
    "withdraw_mandate",
    "withhold",
]
