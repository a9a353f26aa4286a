"""What a story about second factors begins with."""

from datetime import datetime, timedelta

from accounts import operations
from accounts.models import CodeApp
from accounts.operations import code_apps, factors, passkeys
from tests.accounts.factors.authenticator import Authenticator
from tests.accounts.people import PASSWORD
from tests.world import NOON

SESSION, BINDING, ADDRESS = "session", "binding", "192.0.2.1"


def stepped_up(account_id: int, *, at: datetime = NOON, **proof: object) -> int:
    """Return a step-up for changing her factors; by password alone, unless told otherwise."""
    shown = operations.Proof(**{"password": PASSWORD, "binding": BINDING, **proof})
    return operations.step_up(
        account_id=account_id,
        purpose=factors.CHANGE_PURPOSE,
        session_key=SESSION,
        proof=shown,
        at=at,
    ).pk


def code_of(account_id: int, at: datetime) -> str:
    app = CodeApp.objects.get(account=account_id, removed_at=None)
    return code_apps.code_at(app.secret, int(at.timestamp()) // code_apps.STEP_SECONDS)


def add_app(account_id: int, *, at: datetime = NOON) -> list[str]:
    """Enrol an app five minutes before, so that the codes of `at` are fresh."""
    then = at - timedelta(minutes=5)
    app_id = code_apps.begin_app(
        account_id=account_id,
        step_up_id=stepped_up(account_id, at=then),
        session_key=SESSION,
        at=then,
    )
    return code_apps.confirm_app(
        account_id=account_id, app_id=app_id, typed=code_of(account_id, then), at=then
    )


def asked(account_id: int | None, purpose: str, *, at: datetime = NOON, binding: str = BINDING):
    return passkeys.ask(
        account_id=account_id, purpose=purpose, binding=binding, address=ADDRESS, at=at
    )


def add_passkey(
    account_id: int, *, at: datetime = NOON, staff: bool = True, **how: object
) -> Authenticator:
    """Enrol a passkey and return what holds it."""
    held = Authenticator(**how)
    told = asked(account_id, passkeys.ADD_PURPOSE, at=at)
    passkeys.add(
        account_id=account_id,
        name="My phone",
        answer=held.create(told),
        binding=BINDING,
        step_up_id=stepped_up(account_id, at=at) if staff else None,
        session_key=SESSION,
        at=at,
    )
    return held
