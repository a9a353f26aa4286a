"""Who there is, how they are reached, how they sign in, and what they may do."""

from accounts.models.logins import Account
from accounts.models.persons import ContactPoint, Person, PersonContact
from accounts.models.presence import Absence, WorkingWeek
from accounts.models.proofs import (
    CODE_ATTEMPTS_MAX,
    CODE_LIFE,
    STEP_UP_LIFE,
    Budget,
    OneTimeCode,
    StepUp,
)
from accounts.models.rights import Grant

__all__ = [
    "CODE_ATTEMPTS_MAX",
    "CODE_LIFE",
    "STEP_UP_LIFE",
    "Absence",
    "Account",
    "Budget",
    "ContactPoint",
    "Grant",
    "OneTimeCode",
    "Person",
    "PersonContact",
    "StepUp",
    "WorkingWeek",
]
