"""Journals: those of a figure, one with its lines, and those that a movement is in."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from kernel import exports
from payments.models import Journal, LedgerAccount, Movement, Posting
from payments.queries.figures import Owner, Taken

PAGE = 50
# The journals whose subject is a movement; every other kind is about something that was decided.
OF_MOVEMENTS = (
    "collection", "reversal", "charge", "payout", "sweep", "transfer", "withdrawal", "remitted",
)  # fmt: skip

# Each part is read by its own account and between its own ids, so that a page costs a page. A part
# of an account that is no rail's is told apart by the rail that its journals also touch.
_OF_PARTS = """
    SELECT j.id, j.kind, j.subject_id, j.occurred_at, j.posted_at, found.amount_minor
    FROM (
        SELECT line.journal_id, sum(line.amount_minor)::bigint AS amount_minor
        FROM unnest(
            %(account)s::bigint[], %(kind)s::text[], %(rail)s::bigint[], %(asks)s::boolean[],
            %(sign)s::int[], %(first)s::bigint[], %(last)s::bigint[]
        ) part (account_id, kind, rail_id, asks, sign, first_id, last_id)
        CROSS JOIN LATERAL (
            SELECT p.journal_id, part.sign * sum(p.amount_minor) AS amount_minor
            FROM payments_posting p
            JOIN payments_journal j ON j.id = p.journal_id
            WHERE p.account_id = part.account_id
              AND p.journal_id BETWEEN part.first_id AND least(part.last_id, %(before)s - 1)
              AND j.business_day = %(day)s AND j.kind = part.kind
              AND (NOT part.asks OR EXISTS (
                  SELECT FROM payments_posting other
                  JOIN payments_ledger_account a ON a.id = other.account_id
                  WHERE other.journal_id = p.journal_id AND a.rail_id = part.rail_id
              ))
            GROUP BY p.journal_id ORDER BY p.journal_id DESC LIMIT %(limit)s
        ) line
        GROUP BY line.journal_id ORDER BY line.journal_id DESC LIMIT %(limit)s
    ) found
    JOIN payments_journal j ON j.id = found.journal_id
    ORDER BY j.id DESC
"""
_NO_ID = 2**62


class NoJournal(Exception):
    """No journal has this id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A journal of a figure; `amount_minor` is what it adds to it."""

    id: int
    kind: str
    subject_id: int
    occurred_at: datetime
    posted_at: datetime
    amount_minor: int
    external_id: str = ""  # The provider's own, where the journal is about a movement.
    rail_code: str = ""

    @property
    def movement_id(self) -> int | None:
        return self.subject_id if self.kind in OF_MOVEMENTS else None


@dataclass(frozen=True, slots=True)
class Line:
    """Debit is positive."""

    line_no: int
    account_id: int
    account_code: str
    currency: str
    amount_minor: int

    @property
    def credit_minor(self) -> int:
        return max(0, -self.amount_minor)


@dataclass(frozen=True, slots=True)
class JournalView:
    id: int
    kind: str
    subject_id: int
    business_day: date
    occurred_at: datetime
    posted_at: datetime
    reverses_id: int | None
    reversed_by_id: int | None
    lines: tuple[Line, ...]


def owners() -> dict[int, Owner]:
    """Return what every ledger account is, by its id; rails in the order in which pages show."""
    rows = LedgerAccount.objects.order_by(
        "rail__position", "rail__code", "beneficiary__code", "role", "currency"
    ).select_related("rail", "beneficiary")
    return {row.pk: _owner(row) for row in rows}


def of_figure(parts: Sequence[Taken], day: date, *, before: int | None = None) -> list[Listed]:
    """Return the journals that make a figure, the newest first, PAGE and one at the most."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_PARTS, _asked(parts, day, before or _NO_ID, PAGE + 1))
        rows = cursor.fetchall()
    told = {
        pk: (external_id, rail_code)
        for pk, external_id, rail_code in Movement.objects.filter(
            pk__in=[row[2] for row in rows if row[1] in OF_MOVEMENTS]
        ).values_list("pk", "external_id", "rail__code")
    }
    listed = [Listed(*row) for row in rows]
    return [
        replace(one, external_id=told[one.subject_id][0], rail_code=told[one.subject_id][1])
        if one.movement_id in told
        else one
        for one in listed
    ]


def all_of_figure(parts: Sequence[Taken], day: date) -> Iterator[Listed]:
    """Yield every journal that makes a figure, for a file."""
    for row in exports.stream(_OF_PARTS, _asked(parts, day, _NO_ID, None)):
        yield Listed(*row)


def journal(journal_id: int) -> JournalView:
    """:raises NoJournal: if there is none"""
    row = Journal.objects.filter(pk=journal_id).first()
    if row is None:
        raise NoJournal(journal_id)
    reversed_by = Journal.objects.filter(reverses_id=journal_id).values_list("pk", flat=True)
    return _view(row, _lines([journal_id])[journal_id], reversed_by.first())


def of_movements(movement_ids: Sequence[int]) -> dict[int, list[JournalView]]:
    """
    Return by movement the journals that it is in, the oldest first; with three queries.

    Its own, those that divided it again (a match, a refund, a reversal), and its refunds' payouts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT movement_id, journal_id FROM payments_allocation"
            " WHERE movement_id = ANY (%(ids)s)"
            " UNION SELECT movement_id, journal_id FROM payments_suspense_item"
            " WHERE movement_id = ANY (%(ids)s)"
            " UNION SELECT m.id, j.id FROM payments_movement m JOIN payments_journal j"
            " ON j.subject_id = m.id AND j.kind = CASE m.leg WHEN 'credit' THEN 'collection'"
            " WHEN 'remittance' THEN 'remitted' ELSE m.leg END WHERE m.id = ANY (%(ids)s)"
            " UNION SELECT f.movement_id, j.id FROM payments_refund f"
            " JOIN payments_movement m ON m.refund_id = f.id"
            " JOIN payments_journal j ON j.kind = 'payout' AND j.subject_id = m.id"
            " WHERE f.movement_id = ANY (%(ids)s)"
            " UNION SELECT e.movement_id, j.id FROM payments_explanation e"
            " JOIN payments_journal j ON j.kind = 'explained' AND j.subject_id = e.id"
            " WHERE e.movement_id = ANY (%(ids)s)",
            {"ids": list(movement_ids)},
        )
        pairs = sorted(cursor.fetchall())
    ids = [journal_id for _, journal_id in pairs]
    lines = _lines(ids)
    rows = Journal.objects.in_bulk(ids)
    found: dict[int, list[JournalView]] = defaultdict(list)
    for movement_id, journal_id in pairs:
        found[movement_id].append(_view(rows[journal_id], lines[journal_id]))
    return found


def _owner(row: LedgerAccount) -> Owner:
    its = row.rail or row.beneficiary
    return Owner(
        account_id=row.pk,
        code=row.code,
        role=row.role,
        currency=row.currency,
        rail_id=row.rail_id,
        beneficiary_id=row.beneficiary_id,
        owner_code=its.code if its else "",
        owner_names=its.names if its else {},
    )


def _asked(parts: Sequence[Taken], day: date, before: int, limit: int | None) -> dict[str, Any]:
    return {
        "day": day,
        "before": before,
        "limit": limit,
        "account": [one.part.account_id for one in parts],
        "kind": [one.part.kind for one in parts],
        "rail": [one.part.rail_id for one in parts],
        "asks": [one.owner.rail_id is None and one.part.rail_id != 0 for one in parts],
        "sign": [one.sign for one in parts],
        "first": [one.part.first_journal_id for one in parts],
        "last": [one.part.last_journal_id for one in parts],
    }


def _view(row: Journal, lines: list[Line], reversed_by_id: int | None = None) -> JournalView:
    return JournalView(
        id=row.pk,
        kind=row.kind,
        subject_id=row.subject_id,
        business_day=row.business_day_id,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses_id=row.reverses_id,
        reversed_by_id=reversed_by_id,
        lines=tuple(lines),
    )


def _lines(journal_ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for row in (
        Posting.objects.filter(journal__in=journal_ids)
        .select_related("account")
        .order_by("journal_id", "line_no")
    ):
        found[row.journal_id].append(
            Line(row.line_no, row.account_id, row.account.code, row.currency, row.amount_minor)
        )
    return found
