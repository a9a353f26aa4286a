"""Recovery codes: ten on paper, each good once, shown when they are made and never again."""

import re
import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import RECOVERY_CODES, RecoveryCode
from accounts.operations import factors
from accounts.operations.using_up import consume_step_up
from kernel.crypto import keyed_hash

# Crockford's: without letters that look like digits. Twenty-four of 32 are 120 bits: a hash of so
# much need not be slow (ASVS 6.5.2).
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 24
_GROUP = 4


def cleaned(typed: str) -> str:
    """Return a code as we hash it, read kindly; "" for what cannot be one."""
    code = re.sub(r"[\s\-]+", "", typed).lower()
    code = code.translate(str.maketrans("oil", "011"))
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else ""


def replace(account_id: int, *, at: datetime) -> list[str]:
    """End the codes that are left and return ten new ones; inside a transaction."""
    factors.end_recovery(account_id, at=at)
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=account_id, code_hash=_hash(account_id, code), made_at=at)
        for code in codes
    )
    factors.changed(account_id, "factor.recovery_made", by_id=account_id, what=None, at=at)
    return ["-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in codes]


def renew(*, account_id: int, step_up_id: int | None, session_key: str, at: datetime) -> list[str]:
    """
    Return ten new codes; the old ones are good no more.

    :raises StepUpRefused: if she did not just prove who she is
    :raises NoSuchFactor: if she has no factor that they could stand for
    """
    with transaction.atomic():
        factors.lock(account_id)
        consume_step_up(
            step_up_id=step_up_id,
            account_id=account_id,
            purpose=factors.CHANGE_PURPOSE,
            session_key=session_key,
            at=at,
        )
        if not factors.enrolled(account_id):
            raise factors.NoSuchFactor
        return replace(account_id, at=at)


def accept(account_id: int, typed: str, *, at: datetime) -> bool:
    """Use a code up; return whether it was one of hers, unused. The caller counts guesses."""
    with transaction.atomic():
        left = RecoveryCode.objects.filter(
            account=account_id,
            code_hash=_hash(account_id, typed),
            used_at=None,
            ended_at=None,
        )
        found = left.values_list("pk", flat=True).first()
        if found is None or not left.filter(pk=found).update(used_at=at):
            return False
        factors.changed(account_id, "factor.recovery_used", by_id=account_id, what=found, at=at)
    return True


def _hash(account_id: int, code: str) -> bytes:
    return keyed_hash("recovery", f"{account_id}:{code}")
