"""The life of a paper: made, then in force, then ended in one of three ways. Never deleted."""

from datetime import date
from enum import StrEnum

from django.db import models

from documents import events
from kernel.lifecycle import Lifecycle


class State(models.TextChoices):
    REQUESTED = "REQUESTED", "Requested"
    RENDERED = "RENDERED", "Drawn"
    SIGNED = "SIGNED", "Signed by the officer"
    ABANDONED = "ABANDONED", "Abandoned before it was issued"
    ISSUED = "ISSUED", "Issued"
    SUSPENDED = "SUSPENDED", "Suspended"
    SUPERSEDED = "SUPERSEDED", "Superseded by a reissue"
    REVOKED = "REVOKED", "Revoked"
    ENDED = "ENDED", "No longer true"


UNFINISHED = (State.REQUESTED, State.RENDERED, State.SIGNED)
IN_FORCE = (State.ISSUED, State.SUSPENDED)
OUT = (State.ISSUED, State.SUSPENDED, State.SUPERSEDED, State.REVOKED, State.ENDED)

LIFECYCLE = Lifecycle[State](
    "documents.paper",
    {
        (State.REQUESTED, State.RENDERED): events.PaperRendered,
        (State.RENDERED, State.SIGNED): events.PaperSigned,
        # A reissue that nobody will sign: its number stays on it, and another may be asked for.
        (State.RENDERED, State.ABANDONED): events.PaperAbandoned,
        # What it was to replace was revoked meanwhile.
        (State.SIGNED, State.ABANDONED): events.PaperAbandoned,
        (State.SIGNED, State.ISSUED): events.PaperIssued,
        # A paper that the register issues by itself carries the office's seal alone.
        (State.RENDERED, State.ISSUED): events.PaperIssued,
        (State.ISSUED, State.SUSPENDED): events.PaperSuspended,
        (State.SUSPENDED, State.ISSUED): events.PaperResumed,
        (State.ISSUED, State.SUPERSEDED): events.PaperSuperseded,
        (State.SUSPENDED, State.SUPERSEDED): events.PaperSuperseded,
        (State.ISSUED, State.REVOKED): events.PaperRevoked,
        (State.SUSPENDED, State.REVOKED): events.PaperRevoked,
        (State.ISSUED, State.ENDED): events.PaperEnded,
        (State.SUSPENDED, State.ENDED): events.PaperEnded,
    },
)


class Standing(StrEnum):
    """What a paper that is out is worth today. Expiry is read off its last day, never stored."""

    CURRENT = "current"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ENDED = "ended"
    EXPIRED = "expired"


_STANDINGS = {
    State.ISSUED: Standing.CURRENT,
    State.SUSPENDED: Standing.SUSPENDED,
    State.SUPERSEDED: Standing.SUPERSEDED,
    State.REVOKED: Standing.REVOKED,
    State.ENDED: Standing.ENDED,
}


def standing(state: str, valid_until: date | None, today: date) -> Standing | None:
    """
    Return what the paper is worth today in the country's zone; None while it is not out.

    A stronger reason hides expiry: a revoked paper stays revoked after its last day.
    """
    found = _STANDINGS.get(State(state))
    if found is Standing.CURRENT and valid_until is not None and valid_until < today:
        return Standing.EXPIRED
    return found


class Purpose(models.TextChoices):
    """What a credential is for."""

    OFFICER = "officer", "Officer's signature"
    SEAL = "seal", "Office's seal"
    # The state's own, of no account and no office: one signs the facts in a paper's code, the
    # other the list of keys that verifiers trust.
    QR = "qr", "Codes on papers"
    TRUST_LIST = "trust_list", "List of trusted keys"


STATE_LEVEL = (Purpose.QR, Purpose.TRUST_LIST)


class CredentialState(models.TextChoices):
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    # Another took its place, or its time ran out: it signs no more, what it signed stays good.
    RETIRED = "retired", "Retired"
    REVOKED = "revoked", "Revoked"


OVER = (CredentialState.RETIRED, CredentialState.REVOKED)

CREDENTIAL_LIFECYCLE = Lifecycle[CredentialState](
    "documents.credential",
    {
        (CredentialState.ACTIVE, CredentialState.SUSPENDED): events.CredentialSuspended,
        (CredentialState.SUSPENDED, CredentialState.ACTIVE): events.CredentialResumed,
        (CredentialState.ACTIVE, CredentialState.RETIRED): events.CredentialRetired,
        (CredentialState.SUSPENDED, CredentialState.RETIRED): events.CredentialRetired,
        (CredentialState.ACTIVE, CredentialState.REVOKED): events.CredentialRevoked,
        (CredentialState.SUSPENDED, CredentialState.REVOKED): events.CredentialRevoked,
        # A key that was lost later than it was replaced.
        (CredentialState.RETIRED, CredentialState.REVOKED): events.CredentialRevoked,
    },
)
