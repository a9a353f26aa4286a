"""
Money that leaves suspense for good: written off, kept by the treasury, a batch come back, or a
sweep of ours that arrived.
"""

from datetime import datetime

from payments import ledger, sql
from payments.models import Movement, Release
from payments.posting import accounts, holding, remitting
from payments.posting.matching import DoesNotFit, stands_in_suspense
from payments.posting.refunding import NothingLeft
from payments.posting.remitting import Batch
from payments.states import AccountRole, Leg, ReleaseKind


def release(release_id: int, *, at: datetime) -> None:
    """
    Post a release out of its collection's suspense; a batch that came back is returned by it.

    Inside the caller's transaction, which approves the release and holds it, and nothing that comes
    after it (docs/locking.md). Safe to repeat.

    :raises NothingLeft: if less of the collection stands in suspense
    :raises DoesNotFit: if the batch was not paid, or came back before; if the sweep has arrived
    :raises payments.posting.accounts.NoTreasury: if nobody keeps what is not claimed
    :raises NoOpenDay: if there is no day to post on
    """
    asked = Release.objects.select_related("movement__rail", "sweep").get(pk=release_id)
    batches = remitting.hold(ids=[asked.remittance_id]) if asked.remittance_id else []
    ledger.open_rail_accounts([(asked.movement.rail_id, asked.currency)])
    own_id = _own_account(asked, batches)
    [day] = holding.hold_days([at], at=at)
    for batch in batches:
        remitting.send_back(batch, because=asked.reason, at=at)
    # A transfer that arrives meanwhile holds its sweep too.
    held = [asked.movement_id, *([asked.sweep_id] if asked.sweep_id else [])]
    sql.run("hold_movements", movement_id=held)
    if asked.sweep and _has_arrived(asked.sweep):
        raise DoesNotFit(release_id)
    if asked.amount_minor > stands_in_suspense(asked.movement_id):
        raise NothingLeft(release_id)
    sql.run("post_release", release_id=asked.pk, own_id=own_id, business_day=day, at=at)


def _has_arrived(sweep: Movement) -> bool:
    """Whether a statement has told its arrival, as a transfer under its own id."""
    told = Movement.objects.filter(leg=Leg.TRANSFER, external_id=sweep.external_id)
    return told.exclude(rail=sweep.rail_id).exists()


def _own_account(asked: Release, batches: list[Batch]) -> int:
    """Return the account to which it goes."""
    if asked.kind == ReleaseKind.WRITE_OFF:
        return accounts.of_rail(AccountRole.WRITTEN_OFF, asked.movement.rail, asked.currency)
    if asked.kind == ReleaseKind.UNCLAIMED:
        return accounts.of_treasury(AccountRole.UNCLAIMED, asked.currency)
    if asked.kind == ReleaseKind.ARRIVED:
        return accounts.of_house(AccountRole.SWEEPS_IN_TRANSIT, asked.currency)
    for batch in batches:
        if batch.is_of(asked.movement.rail_id, asked.currency, asked.amount_minor):
            return accounts.of_beneficiary(
                AccountRole.REMITTANCE_IN_TRANSIT,
                batch.beneficiary_id,
                batch.beneficiary_code,
                batch.currency,
            )
    raise DoesNotFit(asked.pk)
