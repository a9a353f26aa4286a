"""The month's closing sheet: whether it came to what it should, in numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from config.storm.month import days
from config.storm.month.play import Played
from kernel.models import Delivery, DeliveryState
from payments.models import Alarm, Close, Inbox, OpenItem
from payments.operations import checking
from payments.queries import closing

_RAILS = """
SELECT r.code,
    coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'credit'), 0),
    coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'reversal'), 0) + coalesce((
        SELECT sum(w.amount_minor) FROM payments_explanation e
        JOIN payments_movement w ON w.id = e.movement_id
        WHERE e.approved AND e.answer = 'reversal' AND w.rail_id = r.id), 0),
    coalesce((SELECT sum(a.amount_minor) FROM payments_allocation a
        JOIN payments_movement c ON c.id = a.movement_id WHERE c.rail_id = r.id), 0),
    coalesce((SELECT sum(s.amount_minor) FROM payments_suspense_item s
        JOIN payments_movement c ON c.id = s.movement_id WHERE c.rail_id = r.id), 0),
    coalesce((SELECT -sum(p.amount_minor) FROM payments_posting p
        JOIN payments_ledger_account l ON l.id = p.account_id
        WHERE l.rail_id = r.id AND l.role = 'refunds_in_transit'), 0),
    coalesce(sum(m.amount_minor) FILTER (WHERE m.leg = 'payout'), 0) + coalesce((
        SELECT sum(w.amount_minor) FROM payments_explanation e
        JOIN payments_movement w ON w.id = e.movement_id
        WHERE e.approved AND e.answer = 'refund' AND w.rail_id = r.id), 0),
    coalesce((SELECT sum(x.amount_minor) FROM payments_release x
        JOIN payments_movement c ON c.id = x.movement_id
        WHERE c.rail_id = r.id AND x.approved), 0)
FROM payments_rail r JOIN payments_movement m ON m.rail_id = r.id
GROUP BY r.id, r.code ORDER BY r.code
"""
_BENEFICIARIES = """
SELECT b.code,
    coalesce((SELECT sum(a.amount_minor) FROM payments_allocation a
        JOIN payments_bill_line l ON l.id = a.line_id WHERE l.beneficiary_id = b.id), 0),
    coalesce(-sum(p.amount_minor) FILTER (WHERE l.role = 'payable'), 0),
    coalesce(-sum(p.amount_minor) FILTER (WHERE l.role = 'remittance_in_transit'), 0),
    coalesce((SELECT sum(paid.amount_minor) FROM (
            SELECT m.remittance_id, m.amount_minor FROM payments_movement m
            UNION ALL
            SELECT e.remittance_id, w.amount_minor FROM payments_explanation e
            JOIN payments_movement w ON w.id = e.movement_id WHERE e.approved
            UNION ALL
            SELECT x.remittance_id, -x.amount_minor FROM payments_release x WHERE x.approved
        ) paid JOIN payments_remittance r ON r.id = paid.remittance_id
        WHERE r.beneficiary_id = b.id), 0),
    coalesce(sum(p.amount_minor) FILTER (WHERE l.role = 'owed_back'), 0)
FROM places_beneficiary b
JOIN payments_ledger_account l ON l.beneficiary_id = b.id
    AND l.role IN ('payable', 'remittance_in_transit', 'owed_back')
JOIN payments_posting p ON p.account_id = l.id
GROUP BY b.id, b.code ORDER BY b.code
"""


@dataclass
class Sheet:
    """Lines for people; `wrong` names each thing that is not as it should be, with its count."""

    lines: list[str] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)


def draw(played: Played) -> Sheet:
    """Add up what stands in the books after a month; no transaction may be open."""
    house, done = played.house, Sheet()
    done.lines.append(f"{played.payments} payments on {len(played.days)} days")
    done.lines += [f"  {count:>9}  {name}" for name, count in sorted(played.troubles.items())]
    done.lines.append("at the desk")
    done.lines += [f"  {count:>9}  {name}" for name, count in sorted(house.done.items())]
    done.lines.append("the closing sheet")
    done.lines += days.table(played.days)
    done.lines += _law(done.wrong, "law of rails", _RAILS, _RAIL_HEAD, _rail_holds)
    done.lines += _law(
        done.wrong, "law of beneficiaries", _BENEFICIARIES, _BENEFICIARY_HEAD, _beneficiary_holds
    )
    done.wrong.update(house.wrong)
    done.wrong["unlisted differences"] = sum(
        len(closing.unlisted(closing.found(day))) for day in played.days
    )
    signed = Close.objects.filter(pk__in=played.days, signed_at__isnull=False).count()
    done.wrong["days not closed"] = len(played.days) - signed
    done.wrong["packs not verified"] = house.done["days closed"] - house.done["packs verified"]
    done.wrong["alarms left open"] = Alarm.objects.filter(cleared_at=None).count()
    done.wrong["messages not posted"] = Inbox.objects.count()
    undone = Delivery.objects.exclude(state=DeliveryState.DONE)
    done.wrong["news not delivered"] = undone.count()
    for one in checking.read(checking.stated()):
        done.wrong[f"invariant {one.invariant.code}"] = one.offending
    done.lines.append("must be 0")
    done.lines += [f"  {count:>9}  {name}" for name, count in done.wrong.items()]
    done.lines.append(f"{OpenItem.objects.count()} items stand in suspense")
    done.lines.append(f"{played.seconds:.0f} s")
    return done


_RAIL_HEAD = "received - reversed = allocated + suspense + in transit + refunded + released"
_BENEFICIARY_HEAD = "allocated = payable + in transit + remitted - owed back"


def _rail_holds(sums: list[int]) -> bool:
    received, reversed_, *divided = sums
    return received - reversed_ == sum(divided)


def _beneficiary_holds(sums: list[int]) -> bool:
    allocated, payable, in_transit, remitted, owed_back = sums
    return allocated == payable + in_transit + remitted - owed_back


def _law(
    wrong: dict[str, int],
    name: str,
    query: str,
    head: str,
    holds: Callable[[list[int]], bool],
) -> Iterator[str]:
    yield head
    broken = 0
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    for code, *sums in rows:
        amounts = [int(one) for one in sums]
        broken += not holds(amounts)
        yield f"  {code:<24}" + "".join(f"{one:>14}" for one in amounts)
    wrong[name] = broken
