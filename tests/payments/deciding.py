"""Deciding about refunds as a page does: with a password shown just before."""

from datetime import datetime

from accounts.models import STEP_UP_LIFE, StepUp
from payments.operations import refunding

PURPOSE = "refund.decide"


def step_up(account_id: int, *, at: datetime, purpose: str = PURPOSE) -> int:
    made = StepUp.objects.create(
        account_id=account_id,
        purpose=purpose,
        at=at,
        expires_at=at + STEP_UP_LIFE,
        session_hash=b"\0" * 32,
    )
    return made.pk


def approve(*, refund_id: int, by_id: int, at: datetime) -> None:
    refunding.approve(refund_id=refund_id, by_id=by_id, step_up_id=step_up(by_id, at=at), at=at)
