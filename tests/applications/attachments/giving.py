"""Files given with a case, by the operations themselves."""

import socket

from applications import operations
from applications.models import Application
from tests.accounts.people import Citizen
from tests.applications import world
from tests.kernel.uploads import specimens
from tests.world import NOON

IDENTITY = world.IDENTITY


def give(
    citizen: Citizen, case: Application, code: str = "photo", data: bytes = b"", at=NOON
) -> int:
    return operations.attach(
        application_id=case.pk,
        holder_id=citizen.person_id,
        code=code,
        data=data or specimens.picture(),
        by_id=citizen.account_id,
        at=at,
    )


def take_back(citizen: Citizen, case: Application, code: str = "photo") -> None:
    operations.detach(
        application_id=case.pk,
        holder_id=citizen.person_id,
        code=code,
        by_id=citizen.account_id,
        at=NOON,
    )


def complete_draft(citizen: Citizen) -> Application:
    made = world.draft(citizen, IDENTITY)
    give(citizen, made)
    return made


def before_officer(citizen: Citizen, officer: int) -> Application:
    """Return a case with its photo, in an officer's hands."""
    made = complete_draft(citizen)
    sent = world.submit(citizen, made)
    if sent.bill_id is not None:
        world.pay(sent.bill_id)
        operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    operations.route(application_id=made.pk, at=NOON)
    for question in operations.claim_questions(limit=4, now=NOON, until=NOON + world.MINUTE):
        operations.take_answer(question_id=question, entries=[], read_at=NOON, at=NOON)
    operations.take(application_id=made.pk, by_id=officer, at=NOON)
    return world.fresh(made)


def ask_anew(case: Application, officer: int, *codes: str, **fields: str) -> Application:
    operations.ask_completion(
        application_id=case.pk,
        by_id=officer,
        version=case.version,
        fields={f"attachment:{code}": "unclear" for code in codes} | fields,
        at=NOON,
    )
    return world.fresh(case)


def nobody_there() -> str:
    """Return the address of a scanner that does not answer."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{closed.getsockname()[1]}"
