"""What can be done with people, logins and rights; one file a subject."""

from accounts.operations.budgets import BudgetSpent
from accounts.operations.codes import (
    CodeAlreadyMinted,
    CodeExpired,
    CodeWrong,
    TooManyAttempts,
    check_code,
    mint_code,
    request_code,
)
from accounts.operations.forgetting import forget_old
from accounts.operations.persons import (
    BoundToAnotherPhone,
    allow_proof,
    know_person,
    name_person,
    prove_person,
    record_proof_refused,
    return_proof,
)
from accounts.operations.rights import (
    AlreadyFounded,
    GrantNotOpen,
    NotForThisAccount,
    PersonUnknown,
    confirm_grant,
    end_grant,
    found_rights,
    grant,
)
from accounts.operations.staff import (
    EmailTaken,
    SignInWrong,
    close_account,
    create_staff,
    record_sign_out,
    set_password,
    sign_in_staff,
)
from accounts.operations.stepping_up import (
    StepUpRefused,
    WrongPassword,
    consume_step_up,
    step_up,
)
from accounts.queries import SamePerson

__all__ = [
    "AlreadyFounded",
    "BoundToAnotherPhone",
    "BudgetSpent",
    "CodeAlreadyMinted",
    "CodeExpired",
    "CodeWrong",
    "EmailTaken",
    "GrantNotOpen",
    "NotForThisAccount",
    "PersonUnknown",
    "SamePerson",
    "SignInWrong",
    "StepUpRefused",
    "TooManyAttempts",
    "WrongPassword",
    "allow_proof",
    "check_code",
    "close_account",
    "confirm_grant",
    "consume_step_up",
    "create_staff",
    "end_grant",
    "forget_old",
    "found_rights",
    "grant",
    "know_person",
    "mint_code",
    "name_person",
    "prove_person",
    "record_proof_refused",
    "record_sign_out",
    "request_code",
    "return_proof",
    "set_password",
    "sign_in_staff",
    "step_up",
]
