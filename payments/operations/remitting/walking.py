"""One edge of a batch's life at a time; what a batch that came to nothing gives back."""

from datetime import datetime

import structlog

from accounts import policies as grants
from kernel import audit, outbox
from payments import sql
from payments.models import LedgerAccount, Remittance
from payments.posting import reserving
from payments.states import REMITTANCE_LIFECYCLE, AccountRole
from payments.states import RemittanceState as M

log = structlog.get_logger()

TEXT_MAX = 300
CHANGING = (
    "state",
    "maker",
    "checker",
    "bank_receipt",
    "ended_because",
    "proposed_at",
    "approved_at",
    "sent_at",
    "acknowledged_at",
    "confirmed_at",
    "ended_at",
)


class RemittanceMoved(Exception):
    """The batch is no longer in the state in which the caller saw it."""


def lock(remittance_id: int) -> Remittance:
    """Hold a batch until the transaction ends."""
    rows = Remittance.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("rail", "beneficiary").get(pk=remittance_id)


def require_right(act: str, *, rail_code: str, by_id: int, at: datetime) -> None:
    """:raises accounts.policies.NotGranted: if she may not"""
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=rail_code, at=at)


def move(batch: Remittance, target: M, *, at: datetime, by_id: int) -> None:
    """
    Walk one edge of a held batch's life, write what has changed, and tell of it.

    :raises RemittanceMoved: if no edge leads there from where it is
    """
    if target not in REMITTANCE_LIFECYCLE.targets(M(batch.state)):
        raise RemittanceMoved(batch.pk)
    event = REMITTANCE_LIFECYCLE.event_for(M(batch.state), target)
    batch.state = target
    batch.save(update_fields=CHANGING)
    outbox.publish(event(subject_id=batch.pk, occurred_at=at))
    audit.record(
        act=event.name,
        actor_id=by_id,
        subject="payments.remittance",
        subject_id=batch.pk,
        detail={"amount_minor": batch.amount_minor, "currency": batch.currency},
        at=at,
    )
    log.info("remittance.moved", remittance_id=batch.pk, state=target.value)


def hold_payable(beneficiary_id: int, currency: str) -> int | None:
    """Hold the account of what we owe it, so that builders come one by one; return its id."""
    rows = LedgerAccount.objects.filter(
        beneficiary_id=beneficiary_id, currency=currency, role=AccountRole.PAYABLE
    )
    payable_id = rows.values_list("pk", flat=True).first()
    if payable_id is not None:
        reserving.hold_payable(payable_id)
    return payable_id


def give_back(batch: Remittance) -> None:
    """Let the lines of a held batch that came to nothing wait for the next one."""
    payable_id = hold_payable(batch.beneficiary_id, batch.currency)
    sql.run("release_remittance", remittance_id=batch.pk, payable_id=payable_id)
