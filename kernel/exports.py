"""
Tables for people who work in spreadsheets, row by row: a million rows take the memory of a page.

A spreadsheet obeys a text that begins like a formula (OWASP, "CSV Injection"). In CSV such a text
gets a leading apostrophe; in XLSX it is typed as text, so it stays as it was.
"""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.db import connection
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from kernel.money import EXPONENTS, Money, to_decimal_text

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRACTICE = "PRACTICE"
CHUNK_ROWS = 2_000
CHUNK_CHARACTERS = 32_768
# Of Excel: rows of a sheet with its header, characters of a cell, digits that a number keeps.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
NUMBER_MAX = 10**15

# A spreadsheet that separates by semicolons, as French ones do, cuts a cell of ours in two: what
# follows a separator or a new line is a beginning too. Full-width signs (U+FF..) are obeyed too.
_FORMULA = re.compile(
    r"^(?=[\t\r\n])"
    r"|(^|\r\n|[;\t\r\n])(?=[\s\"\ufeff\u200b-\u200f\u2060]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
)


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """
    Yield a CSV file (RFC 4180, UTF-8 with its mark, which Excel needs) in pieces, as rows come.

    Numbers, days and times stay what they are; `Money` is a decimal number in major units; any
    text that a spreadsheet could take for a formula is neutralised, a phone "+250..." too.
    """
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    buffer.write("\ufeff")
    write([_plain(name) for name in header])
    yield _taken(buffer)
    with closing(_Source(rows)) as source:
        for row in source:
            write([_plain(cell) for cell in row])
            if buffer.tell() >= CHUNK_CHARACTERS:
                yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def marked(
    header: Sequence[str], rows: Iterable[Sequence[object]]
) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    """
    Return a table that people take away, as it is; from books to learn on, with a last column that
    says so in every row: it stays when rows are sorted, cut out and copied.
    """
    if not settings.PRACTICE:
        return header, rows
    return (*header, PRACTICE), _marked(rows)


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """
    Answer with the file while its rows are still read; `name` without an ending.

    The request keeps its database connection until the reader has all of it: bound the rows, or
    make the file in the background.
    """
    return StreamingHttpResponse(
        csv_rows(*marked(header, rows)), headers=_as_download(f"{name}.csv", CSV_TYPE)
    )


def xlsx_write(
    file: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """
    Write a workbook into an open file, one row in memory at a time.

    `Money` is a number in major units with its currency's decimals, days are days, times stand in
    the country's time. What does not fit on one sheet goes on to the next.
    """
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "remove_timezone": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    header, rows = marked(header, rows)
    title = f"{PRACTICE} {title}" if settings.PRACTICE else title
    with closing(book), closing(_Source(rows)) as source:
        _Sheets(book, _sheet_name(title), header).fill(source)


def xlsx_response(
    name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> FileResponse:
    """Answer with the workbook, made in a file of its own first; `name` without an ending."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it.
    xlsx_write(file, title, header, rows)
    file.seek(0)
    return FileResponse(file, headers=_as_download(f"{name}.xlsx", XLSX_TYPE))


def stream(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, chunk_rows: int = CHUNK_ROWS
) -> Iterator[tuple[Any, ...]]:
    """
    Yield the rows of a query through a cursor of the server's, `chunk_rows` in memory at a time.

    Outside a transaction the server keeps the whole result aside first (WITH HOLD): no snapshot
    and no lock waits for a slow reader, and other statements may commit between two rows. Inside
    one, rows come as they are found, and the cursor ends with the transaction. A generator that
    is not read to its end must be closed: with a pool its session, and the cursor, live on.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(chunk_rows):
            yield from rows


def neutral(text: str) -> str:
    """Return the text as no spreadsheet will obey it."""
    return _FORMULA.sub(lambda found: f"{found[1] or ''}'", text)


def _marked(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    with closing(_Source(rows)) as source:
        for row in source:
            yield (*row, PRACTICE)


def _plain(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return str(cell)
        case Decimal():
            return format(cell, "f")
        case Money():
            return to_decimal_text(cell.amount_minor, cell.currency)
        case datetime():
            return cell.isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case _:
            return neutral(str(cell))


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    # A lone surrogate has no bytes; one odd sign must not end a file of a million rows.
    return text.encode("utf-8", errors="replace")


class _Sheets:
    """One table over as many sheets as it needs."""

    def __init__(self, book: Any, title: str, header: Sequence[str]) -> None:
        self.book, self.title = book, title
        self.header = [str(name) for name in header]
        self.count = 0
        self.formats: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        self.count += 1
        name = self.title if self.count == 1 else f"{self.title[:26]} ({self.count})"
        self.sheet = self.book.add_worksheet(name)
        self.sheet.freeze_panes(1, 0)
        # Widths must be known before the rows: a header says roughly how wide its cells are.
        for column, cell in enumerate(self.header):
            self.sheet.set_column(column, column, min(40, max(12, len(cell) + 2)))
        for column, cell in enumerate(self.header):
            self.sheet.write_string(0, column, _short(cell), self.format(bold=True))
        self.row = 1

    def fill(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            if self.row == SHEET_ROWS:
                self.begin()
            for column, cell in enumerate(row):
                self.write(column, cell)
            self.row += 1

    def write(self, column: int, cell: object) -> None:
        match cell:
            case None:
                return
            case bool():
                self.sheet.write_boolean(self.row, column, cell)
            case int() | float() | Decimal():
                self.number(column, cell, None)
            case Money():
                value = Decimal(cell.amount_minor).scaleb(-EXPONENTS[cell.currency])
                self.number(column, value, self.format(num_format=_pattern(cell.currency)))
            case datetime():
                moment = timezone.localtime(cell) if timezone.is_aware(cell) else cell
                shape = self.format(num_format="yyyy-mm-dd hh:mm:ss")
                self.sheet.write_datetime(self.row, column, moment, shape)
            case date():
                self.sheet.write_datetime(self.row, column, cell)
            case _:
                self.text(column, str(cell))

    def number(self, column: int, value: float | Decimal, shape: Any) -> None:
        # A number of Excel keeps fifteen digits and would round the rest.
        if -NUMBER_MAX < value < NUMBER_MAX:
            self.sheet.write_number(self.row, column, value, shape)
        else:
            self.sheet.write_string(self.row, column, _plain(value))

    def text(self, column: int, text: str) -> None:
        # The mark that a person sets with an apostrophe: still text after somebody edits it.
        shape = self.format(quote_prefix=True) if neutral(text) != text else None
        self.sheet.write_string(self.row, column, _short(text), shape)

    def format(self, **properties: object) -> Any:
        key = repr(properties)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]


def _pattern(currency: str) -> str:
    exponent = EXPONENTS[currency]
    return "#,##0" + ("." + "0" * exponent if exponent else "")


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31] or "Sheet"


def _short(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode()[:CELL_CHARACTERS]


def _as_download(filename: str, media_type: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return {
        "Content-Type": media_type,
        "Content-Disposition": disposition or "attachment",
        "Cache-Control": "private, no-store",
    }


class _Source:
    """Rows whose source is closed when the reader leaves early, so that no cursor stays open."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self._rows = iter(rows)

    def __iter__(self) -> Iterator[Sequence[object]]:
        return self._rows

    def close(self) -> None:
        close: Callable[[], None] | None = getattr(self._rows, "close", None)
        if close is not None:
            close()
