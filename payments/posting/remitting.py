"""A batch's money: on its way to its beneficiary, arrived, sent back, or owed to it again."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from payments import sql
from payments.posting import accounts, holding, reserving
from payments.posting.matching import DoesNotFit
from payments.states import AccountRole


class Batch(NamedTuple):
    """What is to be known of a remittance that is held."""

    id: int
    key: UUID
    beneficiary_id: int
    beneficiary_code: str
    rail_id: int
    currency: str
    amount_minor: int
    is_awaited: bool  # Approved, and neither paid nor ended.
    paid_by: str | None  # The id of the movement that paid it.
    is_given_up: bool  # Approved, and believed to have come to nothing since.

    def asks(self, *, rail_id: int, currency: str, amount_minor: int) -> bool:
        return self.is_awaited and self.is_of(rail_id, currency, amount_minor)

    def is_of(self, rail_id: int, currency: str, amount_minor: int) -> bool:
        """Say whether this is its own bank, its currency and all of its amount."""
        return (rail_id, currency, amount_minor) == (
            self.rail_id,
            self.currency,
            self.amount_minor,
        )


def remit(remittance_id: int, *, at: datetime) -> None:
    """
    Post that a batch is on its way: what we owe its beneficiary becomes remittance in transit.

    Inside the caller's transaction, which approves the batch and holds it, and nothing that comes
    after it (docs/locking.md). Safe to repeat.

    :raises NoOpenDay: if there is no day to post on
    """
    _post("remittance", _held(remittance_id), sign=1, at=at)


def undo_remittance(remittance_id: int, *, at: datetime) -> None:
    """
    Post that a batch came to nothing: its money is owed to its beneficiary again.

    Inside the caller's transaction, which holds the batch and ends it as FAILED or CANCELLED.
    Safe to repeat.

    :raises DoesNotFit: if it has been paid
    :raises NoOpenDay: if there is no day to post on
    """
    batch = _held(remittance_id)
    if batch.paid_by is not None:
        raise DoesNotFit(remittance_id)
    _post("remittance_returned", batch, sign=-1, at=at)


def resume(batch: Batch, *, at: datetime) -> None:
    """
    Post again a held batch that was given up and that its bank has paid all the same.

    Its lines leave the queue again, so that nobody is paid for them a second time.

    :raises DoesNotFit: if some of them stand in another batch by now
    :raises NoOpenDay: if there is no day to post on
    """
    _post("remittance_resumed", batch, sign=1, at=at)
    payable_id = _hold_payable(batch)
    # The state before its lines: only a batch that is confirmed takes them again.
    [(lines,)] = sql.run("resume_remittance", remittance_id=batch.id, at=at)
    [(waited,)] = sql.run("retake_lines", remittance_id=batch.id, payable_id=payable_id)
    if waited != lines:
        raise DoesNotFit(batch.id)


def send_back(batch: Batch, *, because: str, at: datetime) -> None:
    """
    Post back a held batch that was paid, and that its bank has sent back; its lines wait again.

    :raises DoesNotFit: if it is not one that was paid
    :raises NoOpenDay: if there is no day to post on
    """
    if not sql.run("send_back_remittance", remittance_id=batch.id, because=because, at=at):
        raise DoesNotFit(batch.id)
    _post("remittance_sent_back", batch, sign=-1, at=at)
    sql.run("release_remittance", remittance_id=batch.id, payable_id=_hold_payable(batch))


def hold(*, keys: Collection[UUID] = (), ids: Collection[int] = ()) -> list[Batch]:
    """Hold batches by their keys or their ids, in the order of their ids."""
    rows = sql.run("hold_remittances", key=list(keys), remittance_id=list(ids))
    return [Batch(*row) for row in rows]


def _held(remittance_id: int) -> Batch:
    [batch] = hold(ids=[remittance_id])
    return batch


def _hold_payable(batch: Batch) -> int:
    """Hold what waits for its beneficiary; return that account's id."""
    payable_id = accounts.of_beneficiary(
        AccountRole.PAYABLE, batch.beneficiary_id, batch.beneficiary_code, batch.currency
    )
    reserving.hold_payable(payable_id)
    return payable_id


def _post(kind: str, batch: Batch, *, sign: int, at: datetime) -> None:
    owner = batch.beneficiary_id, batch.beneficiary_code, batch.currency
    payable_id = accounts.of_beneficiary(AccountRole.PAYABLE, *owner)
    in_transit_id = accounts.of_beneficiary(AccountRole.REMITTANCE_IN_TRANSIT, *owner)
    [day] = holding.hold_days([at], at=at)
    sql.run(
        "post_pair",
        kind=kind,
        subject_id=batch.id,
        own_id=payable_id,
        other_id=in_transit_id,
        currency=batch.currency,
        amount_minor=sign * batch.amount_minor,
        business_day=day,
        at=at,
    )
