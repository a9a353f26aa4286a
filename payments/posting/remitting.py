"""A batch's money: on its way to its beneficiary, arrived, or owed to it again."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from payments import sql
from payments.posting import accounts, holding
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

    def asks(self, *, rail_id: int, currency: str, amount_minor: int) -> bool:
        wanted = self.rail_id, self.currency, self.amount_minor
        return self.is_awaited and wanted == (rail_id, currency, amount_minor)


def remit(remittance_id: int, *, at: datetime) -> None:
    """
    Post that a batch is on its way: what we owe its beneficiary becomes remittance in transit.

    Inside the caller's transaction, which approves the batch and holds it, and nothing that comes
    after it (docs/locking.md). Safe to repeat.

    :raises NoOpenDay: if there is no day to post on
    """
    _post("remittance", _held(remittance_id), sign=1, at=at)


def return_remittance(remittance_id: int, *, at: datetime) -> None:
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


def hold(*, keys: Collection[UUID] = (), ids: Collection[int] = ()) -> list[Batch]:
    """Hold batches by their keys or their ids, in the order of their ids."""
    rows = sql.run("hold_remittances", key=list(keys), remittance_id=list(ids))
    return [Batch(*row) for row in rows]


def _held(remittance_id: int) -> Batch:
    [batch] = hold(ids=[remittance_id])
    return batch


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
