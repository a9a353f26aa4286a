"""A rail's refund float: what refunds are paid from, where the provider keeps it apart."""

from datetime import datetime

from payments import ledger, sql
from payments.models import FloatTopUp
from payments.posting import holding


def fill_float(top_up: FloatTopUp, *, at: datetime) -> None:
    """
    Post a top-up that its caller holds and confirms in the same transaction. Safe to repeat.

    :raises NoOpenDay: if there is no day to post on
    """
    ledger.open_rail_accounts([(top_up.rail_id, top_up.currency)])
    [day] = holding.hold_days([at], at=at)
    sql.run("fill_float", top_up_id=top_up.pk, business_day=day, at=at)
