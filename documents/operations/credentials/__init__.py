"""Who may sign with what; one file a part of a credential's life."""

from documents.operations.credentials.asking import (
    REASONS,
    AskedAlready,
    CannotAsk,
    Owner,
    algorithms,
    ask,
    ask_to_resume,
    ask_to_revoke,
    suspend,
)
from documents.operations.credentials.deciding import (
    STEP_UP_PURPOSE,
    DecidedAlready,
    OwnKey,
    decide,
)
from documents.operations.credentials.development import (
    Issued,
    RefusedInProduction,
    issue_development_credentials,
)
from documents.operations.credentials.ending import SOON, ring_for_lists, suspend_of, tell_ends
from documents.operations.credentials.listing import (
    claim_sources,
    fetch,
    publish_due_lists,
    publish_lists,
    stop_revoked,
    want,
    want_lists,
)
from documents.operations.credentials.making import NotAwaited, claim_keys, make, receive
from documents.operations.credentials.standing import believed, in_force
from documents.pki.judging import BadCertificate

__all__ = [
    "REASONS",
    "SOON",
    "STEP_UP_PURPOSE",
    "AskedAlready",
    "BadCertificate",
    "CannotAsk",
    "DecidedAlready",
    "Issued",
    "NotAwaited",
    "OwnKey",
    "Owner",
    "RefusedInProduction",
    "algorithms",
    "ask",
    "ask_to_resume",
    "ask_to_revoke",
    "believed",
    "claim_keys",
    "claim_sources",
    "decide",
    "fetch",
    "in_force",
    "issue_development_credentials",
    "make",
    "publish_due_lists",
    "publish_lists",
    "receive",
    "ring_for_lists",
    "stop_revoked",
    "suspend",
    "suspend_of",
    "tell_ends",
    "want",
    "want_lists",
]
