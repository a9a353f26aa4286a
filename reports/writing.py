"""A report as the bytes of a file, in each form."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import IO

from django.utils import translation

from kernel import exports
from reports import tables, words
from reports.asking import Asked, Format, Kind
from reports.queries import Reach, build, lines
from reports.rendering import pdf
from reports.tables import Table

MEDIA_TYPES = {
    Format.PAGE: "application/json",
    Format.CSV: exports.CSV_TYPE,
    Format.XLSX: exports.XLSX_TYPE,
    Format.PDF: "application/pdf",
}


def write(
    file: IO[bytes],
    asked: Asked,
    format: Format,
    reach: Reach,
    *,
    at: datetime,
    seen: Callable[[int], None] = lambda _: None,
) -> None:
    """
    Write the report into an open file; a list of entries is written as it is read.

    :raises reports.queries.NotWithinReach: if her grants do not cover it
    """
    with translation.override(asked.language):
        _write(file, asked, format, reach, at, seen)


def read_page(data: bytes) -> Table:
    """Read back what was written for a page."""
    return Table.from_dict(json.loads(data))


def _write(
    file: IO[bytes],
    asked: Asked,
    format: Format,
    reach: Reach,
    at: datetime,
    seen: Callable[[int], None],
) -> None:
    if asked.kind is Kind.LINES:
        header, rows = lines(asked, reach, seen=seen)
        title = str(words.KINDS[asked.kind])
    else:
        table = build(asked, reach, seen=seen)
        if format in {Format.PAGE, Format.PDF}:
            file.write(_as_page(table) if format is Format.PAGE else pdf.draw(table, at=at))
            return
        header, rows, title = tables.header(table), tables.flat(table), table.title
    if format is Format.CSV:
        for piece in exports.csv_rows(*exports.marked(header, rows)):
            file.write(piece)
    else:
        exports.xlsx_write(file, title, header, rows)


def _as_page(table: Table) -> bytes:
    return json.dumps(table.as_dict(), ensure_ascii=False).encode()
