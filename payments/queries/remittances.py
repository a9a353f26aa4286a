"""What can be asked about remittances: what waits, batches and their lines, accounts, revenue."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from payments import sql
from payments.models import Journal, Remittance, RemittanceReport, SettlementAccount
from payments.states import RemittanceState as M

PAGE = 20
OPEN_MAX = 100
ENDED = (M.CONFIRMED, M.FAILED, M.CANCELLED, M.SENT_BACK)
# The journals of a batch: 1 takes it off what we owe its beneficiary, -1 puts it back.
_SIGNS = {
    "remittance": 1,
    "remittance_resumed": 1,
    "remittance_returned": -1,
    "remittance_sent_back": -1,
}


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
class Booked:
    """A batch as one of its journals booked it; `sign` -1: it came to nothing, or came back."""

    batch: Remittance
    day: date  # The ledger's.
    sign: int


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


def booked_in_month(month: date) -> list[Booked]:
    """
    Return what the ledger booked of batches on the days of that month, in its order.

    What came to nothing, or came back, is booked again the other way round, on its own day: a
    month that was exported stays as it is.
    """
    journals = _journals_of_batches()
    return _booked(
        journals.filter(business_day__day__year=month.year, business_day__day__month=month.month)
    )


def booked_of(remittance_id: int) -> list[Booked]:
    """Return what the ledger booked of one batch, in its order; nothing until it is approved."""
    return _booked(_journals_of_batches().filter(subject_id=remittance_id))


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
    booked: Booked, fees: list[FeeLine], *, beneficiary: str, name_of: Any
) -> Iterator[dict[str, object]]:
    """
    Yield one record per fee for the state's accounting system; amounts in minor units.

    Of what is booked back all amounts change their sign, so that every column adds up.
    """
    batch, sign = booked.batch, booked.sign
    for fee in fees:
        net_minor = sign * fee.net_minor
        yield {
            "date": booked.day,
            "batch": batch.number,
            "end_to_end_id": batch.end_to_end_id,
            "beneficiary_code": batch.beneficiary.code,
            "beneficiary": beneficiary,
            "revenue_code": fee.revenue_code,
            "name": name_of(fee.names),
            "legal_source": fee.legal_source,
            "payments": fee.payments,
            "gross": sign * fee.gross_minor,
            "taken_back": sign * fee.taken_back_minor,
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


def _journals_of_batches() -> QuerySet[Journal]:
    return Journal.objects.filter(kind__in=_SIGNS).order_by("pk")


def _booked(journals: QuerySet[Journal]) -> list[Booked]:
    found = list(journals)
    batches = _batches().in_bulk([one.subject_id for one in found])
    return [Booked(batches[one.subject_id], one.business_day_id, _SIGNS[one.kind]) for one in found]


def _batches() -> QuerySet[Remittance]:
    return Remittance.objects.select_related("beneficiary", "account", "rail", "maker", "checker")
