"""What can be asked about remittances: what waits, batches and their lines, accounts, revenue."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from payments import sql
from payments.models import Remittance, RemittanceReport, SettlementAccount
from payments.states import RemittanceState as M

PAGE = 20
OPEN_MAX = 100
ENDED = (M.CONFIRMED, M.FAILED, M.CANCELLED)


class NoRemittance(Exception):
    """There is no such batch, or none of this beneficiary."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a batch; amounts in minor units of the currency."""

    beneficiary_id: int
    code: str
    names: dict[str, str]
    currency: str
    due_minor: int  # Up to the cut-off, less what was taken back.
    total_minor: int  # In all.
    allocations: int


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee of a batch; amounts in minor units."""

    revenue_code: str
    names: dict[str, str]
    legal_source: str
    payments: int
    taken_back: int
    gross_minor: int
    taken_back_minor: int

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.taken_back_minor


@dataclass(frozen=True, slots=True)
class DayLine:
    """What one fee brought on one business day."""

    day: date
    currency: str
    line: FeeLine


def waiting(*, cut_off: datetime, beneficiary_code: str | None = None) -> list[Waiting]:
    """Return what waits for a batch, the largest first."""
    rows = sql.run("stands_payable", cut_off=cut_off, beneficiary_code=beneficiary_code)
    return [
        Waiting(beneficiary_id, code, json.loads(names), *rest)
        for beneficiary_id, code, names, *rest in rows
    ]


def remittance(key: UUID, *, beneficiary_code: str | None = None) -> Remittance:
    """
    Return a batch with all that its page names.

    :raises NoRemittance: if there is none, or it is another beneficiary's
    """
    found = _batches().filter(key=key)
    if beneficiary_code is not None:
        found = found.filter(beneficiary__code=beneficiary_code)
    batch = found.first()
    if batch is None:
        raise NoRemittance(key)
    return batch


def open_batches() -> list[Remittance]:
    """Return what still needs somebody, the oldest first; at most `OPEN_MAX`."""
    return list(_batches().exclude(state__in=ENDED).order_by("pk")[:OPEN_MAX])


def batches(
    *, beneficiary_code: str | None = None, before_id: int | None = None
) -> tuple[list[Remittance], int | None]:
    """Return a page of batches, the newest first, and the id to go on before."""
    found = _batches().order_by("-pk")
    if beneficiary_code is not None:
        # An agency sees what was approved for it: what is not may still be anything.
        found = found.filter(beneficiary__code=beneficiary_code, approved_at__isnull=False)
    else:
        found = found.filter(state__in=ENDED)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def approved_in_month(first: datetime) -> list[Remittance]:
    """Return the batches approved in that month, but for those that came to nothing."""
    last = (first + timedelta(days=32)).replace(day=1)
    found = _batches().filter(approved_at__gte=first, approved_at__lt=last)
    return list(found.exclude(state__in=[M.FAILED, M.CANCELLED]).order_by("approved_at", "pk"))


def lines(remittance_id: int) -> list[FeeLine]:
    """Return what a batch pays, by revenue code, fee and law."""
    rows = sql.run("lines_of_remittance", remittance_id=remittance_id)
    return [_fee(*row) for row in rows]


def reports(remittance_id: int) -> list[RemittanceReport]:
    """Return the bank's answers, the oldest first, without their files."""
    found = RemittanceReport.objects.filter(remittance=remittance_id).defer("body")
    return list(found.order_by("pk"))


def accounts_in_force() -> dict[tuple[int, str], SettlementAccount]:
    """Return the account in force by beneficiary's id and currency."""
    found = SettlementAccount.objects.filter(approved=True, until_at=None)
    return {(one.beneficiary_id, one.currency): one for one in found}


def account_changes() -> list[SettlementAccount]:
    """Return the changes of accounts that wait for a decision, the oldest first."""
    found = SettlementAccount.objects.filter(approved=None).order_by("pk")
    return list(found.select_related("beneficiary", "maker")[:OPEN_MAX])


def account_history(*, before_id: int | None = None) -> tuple[list[SettlementAccount], int | None]:
    """Return a page of decided accounts, the newest first, and the id to go on before."""
    found = SettlementAccount.objects.exclude(approved=None).order_by("-pk")
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    rows = list(found.select_related("beneficiary", "maker", "checker")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def revenue(
    *, beneficiary_code: str, from_day: date, to_day: date, from_at: datetime
) -> list[DayLine]:
    """Return what a beneficiary was paid on these business days, both included, newest first."""
    rows = sql.run(
        "revenue_of_beneficiary",
        beneficiary_code=beneficiary_code,
        from_day=from_day,
        to_day=to_day,
        from_at=from_at,
    )
    return [DayLine(day, currency, _fee(*rest)) for day, currency, *rest in rows]


def ledger_rows(
    batch: Remittance, fees: list[FeeLine], *, beneficiary: str, name_of: Any
) -> Iterator[dict[str, object]]:
    """Yield one record per fee for the state's accounting system; amounts in minor units."""
    for fee in fees:
        net_minor = fee.net_minor
        yield {
            "date": batch.approved_at or batch.built_at,
            "batch": batch.number,
            "end_to_end_id": batch.end_to_end_id,
            "beneficiary_code": batch.beneficiary.code,
            "beneficiary": beneficiary,
            "revenue_code": fee.revenue_code,
            "name": name_of(fee.names),
            "legal_source": fee.legal_source,
            "payments": fee.payments,
            "gross": fee.gross_minor,
            "taken_back": fee.taken_back_minor,
            "net": net_minor,
            "currency": batch.currency,
            # What we owed is settled on the debit side; what came back too much stands opposite.
            "debit": max(net_minor, 0),
            "credit": max(-net_minor, 0),
            "account": batch.account.number,
            "bank_receipt": batch.bank_receipt,
            "state": batch.state,
        }


def _fee(revenue_code: str, names: str, *rest: Any) -> FeeLine:
    # PostgreSQL's own JSON comes as text over this road.
    return FeeLine(revenue_code, json.loads(names), *rest)


def _batches() -> QuerySet[Remittance]:
    return Remittance.objects.select_related("beneficiary", "account", "rail", "maker", "checker")
