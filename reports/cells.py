"""A cell of a report as people read it, on the page and on paper alike."""

from django.utils.formats import number_format
from django.utils.translation import get_language

from kernel.money import Money
from reports.tables import Cell, Column, Shape


def text(column: Column, cell: Cell, currency: str) -> str:
    if cell is None:
        return "–"  # noqa: RUF001
    if isinstance(cell, str):
        return cell
    match column.shape:
        case Shape.MONEY:
            return Money(cell, currency).digits(get_language() or "en")
        case Shape.CHANGE:
            sign = "+" if cell > 0 else ""
            return f"{sign}{number_format(cell / 10, 1)}\u00a0%"
        case _:
            return number_format(cell, use_l10n=True, force_grouping=True)
