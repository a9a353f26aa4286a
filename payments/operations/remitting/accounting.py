"""The file that the state's accounting system reads, in the layout of the country pack."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kernel import exports
from kernel.money import to_decimal_text
from payments.operations.remitting.pack import Accounting

_AMOUNTS = frozenset({"gross", "taken_back", "net", "debit", "credit"})


def rows_of(layout: Accounting, records: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """
    Yield the file in pieces; each record has a value for every name in `pack.COLUMNS`.

    Amounts come in minor units of the record's currency. A letter that the encoding lacks becomes
    a question mark, and a text that a spreadsheet would obey is neutralised.
    """
    mark = "\ufeff" if layout.encoding == "utf-8-sig" else ""
    encoding = "utf-8" if mark else layout.encoding
    if layout.header:
        yield (mark + _line(layout, [heading for heading, _ in layout.columns])).encode(
            encoding, "replace"
        )
        mark = ""
    for record in records:
        cells = [_cell(layout, record, held) for _, held in layout.columns]
        yield (mark + _line(layout, cells)).encode(encoding, "replace")
        mark = ""


def _cell(layout: Accounting, record: Mapping[str, object], held: str) -> str:
    value = record[held]
    if held in _AMOUNTS and isinstance(value, int):
        return to_decimal_text(value, str(record["currency"])).replace(".", layout.decimal)
    if isinstance(value, date):
        return value.strftime(layout.date_format)
    return str(value) if isinstance(value, int) else exports.neutral(str(value))


def _line(layout: Accounting, cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=layout.separator, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
