"""A report as a table: what page, CSV, XLSX and PDF are all made of. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from kernel.money import Money

Cell = str | int | None


class Shape(StrEnum):
    TEXT = "text"
    MONEY = "money"  # Minor units of the row's currency.
    COUNT = "count"
    CHANGE = "change"  # Per mille of the period before; None where there was nothing.


@dataclass(frozen=True)
class Column:
    code: str
    label: str
    shape: Shape = Shape.TEXT


@dataclass(frozen=True)
class Row:
    """`cells` stand as the columns do; `within` leads to the areas inside this one."""

    currency: str
    cells: tuple[Cell, ...]
    within: str = ""


@dataclass(frozen=True)
class Table:
    """
    `charted` is the column that the chart draws, `compared` the one that it draws beside it; ""
    for none. A course of time has `is_course`.
    """

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    charted: str = ""
    compared: str = ""
    is_course: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Table":
        columns = tuple(Column(**{**one, "shape": Shape(one["shape"])}) for one in told["columns"])
        return cls(
            **{
                **told,
                "columns": columns,
                "rows": _rows(told["rows"]),
                "totals": _rows(told["totals"]),
                "notes": tuple(told["notes"]),
            }
        )


def totals(columns: Sequence[Column], rows: Sequence[Row], *, label: str) -> tuple[Row, ...]:
    """Add up money and counts by currency; a change is no sum and is left to the caller."""
    sums: dict[str, list[Cell]] = {}
    for row in rows:
        of_currency = sums.setdefault(row.currency, [label, *(0 for _ in columns[1:])])
        for place, column in enumerate(columns):
            cell, so_far = row.cells[place], of_currency[place]
            if column.shape in {Shape.MONEY, Shape.COUNT}:
                of_currency[place] = _whole(so_far) + _whole(cell)
    return tuple(Row(currency, tuple(cells)) for currency, cells in sorted(sums.items()))


def change(now_minor: int, before_minor: int) -> int | None:
    """Return by how much more than before, per mille; None where that says nothing."""
    if before_minor <= 0:
        return None
    return round((now_minor - before_minor) * 1000 / before_minor)


def header(table: Table) -> list[str]:
    """Return the names of a file's columns: money in major and in minor units, and its currency."""
    names = []
    for column in table.columns:
        names.append(column.label)
        if column.shape is Shape.MONEY:
            names.append(f"{column.code}_minor")
    return [*names, "currency"]


def flat(table: Table) -> Iterator[list[object]]:
    """Yield the rows for a file, without totals: a file is added up by its reader."""
    for row in table.rows:
        cells: list[object] = []
        for column, cell in zip(table.columns, row.cells, strict=True):
            match column.shape:
                case Shape.MONEY:
                    cells += [Money(_whole(cell), row.currency), _whole(cell)]
                case Shape.CHANGE:
                    cells.append(None if cell is None else _whole(cell) / 1000)
                case _:
                    cells.append(cell)
        yield [*cells, row.currency]


@dataclass(frozen=True)
class Bar:
    """One bar in a thousandths-wide chart; `before` is the thin one beside it."""

    label: str
    value_minor: int
    currency: str
    width: int
    before: int | None
    place: int = 0


@dataclass(frozen=True)
class Chart:
    """The bars of one currency."""

    currency: str
    bars: tuple[Bar, ...]
    is_course: bool
    left_out: int = 0


BARS_MAX = 12


def charts(table: Table) -> list[Chart]:
    """Return one chart a currency; the table says the rest of what stands in it."""
    codes = [column.code for column in table.columns]
    if table.charted not in codes or not table.rows:
        return []
    drawn = codes.index(table.charted)
    beside = codes.index(table.compared) if table.compared in codes else None
    by_currency: dict[str, list[Row]] = {}
    for row in table.rows:
        by_currency.setdefault(row.currency, []).append(row)
    return [
        _chart(currency, rows, drawn, beside, is_course=table.is_course)
        for currency, rows in sorted(by_currency.items())
    ]


def _chart(
    currency: str, rows: Sequence[Row], drawn: int, beside: int | None, *, is_course: bool
) -> Chart:
    shown = rows if is_course else rows[:BARS_MAX]
    places = [drawn] if beside is None else [drawn, beside]
    top = max((_whole(row.cells[place]) for row in shown for place in places), default=0) or 1
    bars = tuple(
        Bar(
            label=str(row.cells[0]),
            value_minor=_whole(row.cells[drawn]),
            currency=currency,
            width=_share(row.cells[drawn], top),
            before=None if beside is None else _share(row.cells[beside], top),
            place=number,
        )
        for number, row in enumerate(shown)
    )
    return Chart(currency, bars, is_course, left_out=len(rows) - len(shown))


def _share(cell: Cell, top: int) -> int:
    # What is less than nothing (more taken back than came) is drawn as nothing, and told in words.
    return max(0, _whole(cell)) * 1000 // top


def _whole(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _rows(told: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    return tuple(Row(one["currency"], tuple(one["cells"]), one["within"]) for one in told)
