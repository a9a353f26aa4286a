"""Money that leaves suspense for good: written off, or kept by the treasury for who comes."""

from datetime import datetime

from payments import ledger, sql
from payments.models import Release
from payments.posting import accounts, holding
from payments.posting.matching import stands_in_suspense
from payments.posting.refunding import NothingLeft
from payments.states import AccountRole, ReleaseKind


def release(release_id: int, *, at: datetime) -> None:
    """
    Post a release out of its collection's suspense.

    Inside the caller's transaction, which approves the release and holds it, and nothing that comes
    after it (docs/locking.md). Safe to repeat.

    :raises NothingLeft: if less of the collection stands in suspense
    :raises payments.posting.accounts.NoTreasury: if nobody keeps what is not claimed
    :raises NoOpenDay: if there is no day to post on
    """
    asked = Release.objects.select_related("movement__rail").get(pk=release_id)
    rail = asked.movement.rail
    ledger.open_rail_accounts([(rail.pk, asked.currency)])
    if asked.kind == ReleaseKind.WRITE_OFF:
        own_id = accounts.of_rail(AccountRole.WRITTEN_OFF, rail, asked.currency)
    else:
        own_id = accounts.of_treasury(AccountRole.UNCLAIMED, asked.currency)
    [day] = holding.hold_days([at], at=at)
    sql.run("hold_movements", movement_id=[asked.movement_id])
    if asked.amount_minor > stands_in_suspense(asked.movement_id):
        raise NothingLeft(release_id)
    sql.run("post_release", release_id=asked.pk, own_id=own_id, business_day=day, at=at)
