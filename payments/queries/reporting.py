"""
Sums and lists of money for reports, by the ledger's business day.

Whose case a charge was for only the app knows that billed it: "owner" is what it named, such as
"applications.case:17".
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kernel import exports
from kernel.country import country
from payments import sql
from payments.models import LedgerAccount, Rail
from payments.states import AccountRole

_SQL = Path(sql.__file__).parent


class Allocated(NamedTuple):
    """
    What bills took (`received_minor`) and gave back (`taken_back_minor`); both positive.

    `laws` took `waived_minor`, place by place, off the same fees.
    """

    begins: date
    owner: str
    rail_id: int
    beneficiary_id: int
    currency: str
    received_minor: int
    taken_back_minor: int
    entries: int
    fees: int
    laws: list[str]
    waived_minor: list[int]


class Line(NamedTuple):
    day: date
    owner: str
    rail_id: int
    beneficiary_id: int
    revenue_code: str
    reference: str
    currency: str
    amount_minor: int


class Suspended(NamedTuple):
    """`age` is the place among the ages that were asked for, 0 the youngest."""

    rail_id: int
    currency: str
    reason: str
    age: int
    collections: int
    amount_minor: int


class Refunded(NamedTuple):
    rail_id: int
    currency: str
    state: str
    refunds: int
    amount_minor: int


class Kept(NamedTuple):
    """What a provider kept; `known_minor` of it beside what its tariff says, `tariff_minor`."""

    rail_id: int
    currency: str
    charges: int
    kept_minor: int
    known_minor: int
    tariff_minor: int
    unknown: int


def allocated(
    first: date,
    last: date,
    *,
    unit: str = "year",
    by_owner: bool = False,
    beneficiary_ids: Collection[int] | None = None,
) -> Iterator[Allocated]:
    """
    Yield what bills took from the first to the last business day, in no order.

    :param unit: "day", "month", "quarter" or "year": what days are summed by
    :param by_owner: whether each owner of a charge stands alone; as many rows as cases
    """
    values = _of_days(first, last, beneficiary_ids) | {"unit": unit, "by_owner": by_owner}
    return map(Allocated._make, exports.stream(_text("report_allocated"), values))


def lines(
    first: date, last: date, *, beneficiary_ids: Collection[int] | None = None
) -> Iterator[Line]:
    """Yield each entry by itself, in the order of the ledger."""
    values = _of_days(first, last, beneficiary_ids)
    return map(Line._make, exports.stream(_text("report_lines"), values))


def entries(first: date, last: date, *, at_most: int | None = None) -> int:
    """Return how many entries a report of these days reads, counted up to `at_most`."""
    ((found,),) = sql.run("report_entries", first_day=first, last_day=last, at_most=at_most)
    return int(found)


def suspense(as_of: date, *, ages: Sequence[int]) -> list[Suspended]:
    """Return what stood in suspense at the end of a business day; `ages` are days, rising."""
    rows = sql.run("report_suspense", as_of=as_of, ages=list(ages))
    return [Suspended._make(row) for row in rows]


def refunds(first: date, last: date) -> list[Refunded]:
    """Return the refunds that were asked for on these days of the country, as they are now."""
    zone = country().time_zone
    rows = sql.run("report_refunds", first_day=first, last_day=last, time_zone=zone)
    return [Refunded._make(row) for row in rows]


def charges(first: date, last: date) -> list[Kept]:
    rows = sql.run("report_charges", first_day=first, last_day=last)
    return [Kept._make(row) for row in rows]


def rail_names() -> dict[int, dict[str, str]]:
    """Return the names, by language, of every rail by its id."""
    return dict(Rail.objects.values_list("pk", "names"))


def rails_called(language: str) -> dict[str, str]:
    """Return the name of every rail in the language by its code."""
    found = Rail.objects.values_list("code", "names")
    return {code: names.get(language) or names.get("en", code) for code, names in found}


def paid_beneficiaries() -> dict[int, str]:
    """Return the code of every beneficiary that the ledger ever owed anything, by its id."""
    found = LedgerAccount.objects.filter(role=AccountRole.PAYABLE, beneficiary__isnull=False)
    codes = found.values_list("beneficiary_id", "beneficiary__code").distinct()
    return {key: code for key, code in codes if key is not None}


def _of_days(first: date, last: date, beneficiary_ids: Collection[int] | None) -> dict[str, Any]:
    ids = None if beneficiary_ids is None else sorted(beneficiary_ids)
    return {"first_day": first, "last_day": last, "beneficiary_ids": ids}


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
