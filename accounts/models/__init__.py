"""Who there is, how they are reached, how they sign in, and what they may do."""

from accounts.models.agents import Agent, AgentFee, IncomingText
from accounts.models.duties import ConflictingActs
from accounts.models.erasing import ERASURE_WAIT_MIN, Erasure
from accounts.models.factors import (
    APP_CONFIRM_WITHIN,
    CHALLENGE_LIFE,
    RECOVERY_CODES,
    CodeApp,
    FactorReset,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from accounts.models.guardians import Guardianship
from accounts.models.invitations import INVITATION_LIFE, DirectorySubject, Invitation
from accounts.models.logins import Account
from accounts.models.persons import ContactPoint, Person, PersonContact
from accounts.models.phones import Meeting, PhoneChange
from accounts.models.presence import Absence, WorkingWeek
from accounts.models.proofs import (
    CODE_ATTEMPTS_MAX,
    CODE_LIFE,
    STEP_UP_LIFE,
    Budget,
    CodeTraffic,
    OneTimeCode,
    StepUp,
)
from accounts.models.rights import Grant
from accounts.models.visits import Visit

__all__ = [
    "APP_CONFIRM_WITHIN",
    "CHALLENGE_LIFE",
    "CODE_ATTEMPTS_MAX",
    "CODE_LIFE",
    "ERASURE_WAIT_MIN",
    "INVITATION_LIFE",
    "RECOVERY_CODES",
    "STEP_UP_LIFE",
    "Absence",
    "Account",
    "Agent",
    "AgentFee",
    "Budget",
    "CodeApp",
    "CodeTraffic",
    "ConflictingActs",
    "ContactPoint",
    "DirectorySubject",
    "Erasure",
    "FactorReset",
    "Grant",
    "Guardianship",
    "IncomingText",
    "Invitation",
    "Meeting",
    "OneTimeCode",
    "Passkey",
    "PasskeyChallenge",
    "Person",
    "PersonContact",
    "PhoneChange",
    "RecoveryCode",
    "StepUp",
    "Visit",
    "WorkingWeek",
]
