"""Exports stream, and what a spreadsheet would obey is neutralised."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kernel import exports
from kernel.money import Money


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def cell_of(cell: object) -> str:
    return read_csv(b"".join(exports.csv_rows(["a", "b"], [["x", cell]])))[1][1]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+250788000001", "'+250788000001"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("'=1", "'=1"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0@x", "'\u00a0@x"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ('"=1', "'\"=1"),
        # Where a semicolon separates, a second cell would begin inside of ours.
        ("a;=cmd()", "a;'=cmd()"),
        ("a\n=cmd()", "a\n'=cmd()"),
        ("-5", "'-5"),
        ("Mukamana; born - 1990", "Mukamana; born - 1990"),
        ("a=b", "a=b"),
        ("RF 12-34", "RF 12-34"),
        ("", ""),
    ],
)
def test_a_text_that_a_spreadsheet_would_obey_is_neutralised(told, kept):
    assert cell_of(told) == kept


@given(text=st.text(max_size=30))
def test_no_text_begins_like_a_formula_and_nothing_of_it_is_lost(text):
    cell = cell_of(text)

    assert cell.lstrip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")
    assert cell[:1] not in set("\t\r")
    safe = text.encode("utf-8", errors="replace").decode()
    assert cell.replace("'", "") == safe.replace("'", "")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (-5, "-5"),
        (-0.5, "-0.5"),
        (Decimal("-1E+3"), "-1000"),
        (Money(-1250, "KES"), "-12.50"),
        (Money(500, "RWF"), "500"),
        (None, ""),
        (True, "true"),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), "2026-11-23T10:00:00+00:00"),
        (gettext_lazy("Yes"), "Yes"),
        ('say "yes", twice\r\n', 'say "yes", twice\r\n'),
    ],
)
def test_numbers_stay_numbers_and_the_rest_is_written_plainly(told, kept):
    assert cell_of(told) == kept


def test_csv_is_rfc_4180_with_the_mark_that_excel_needs():
    data = b"".join(exports.csv_rows(["Agency", "Says"], [["a", 'x "y"'], ["b,c", "l1\nl2"]]))

    assert data == b'\xef\xbb\xbfAgency,Says\r\na,"x ""y"""\r\n"b,c","l1\nl2"\r\n'


def test_rows_are_read_only_as_far_as_they_are_asked_for_and_the_source_is_closed():
    read, closed = [], []

    def rows():
        try:
            for number in range(1_000_000):
                read.append(number)
                yield [number, "x" * 100]
        finally:
            closed.append(True)

    pieces = exports.csv_rows(["n", "x"], rows())

    next(pieces)
    assert read == []
    next(pieces)
    assert 0 < len(read) < 1_000
    pieces.close()
    assert closed


def test_an_answer_in_csv_streams_under_a_safe_name():
    response = exports.csv_response('of "all"', ["n"], ([n] for n in range(3)))

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="of \\"all\\".csv"'
    assert b"".join(response.streaming_content) == b"\xef\xbb\xbfn\r\n0\r\n1\r\n2\r\n"


def workbook(title: str, header, rows) -> bytes:
    file = io.BytesIO()
    exports.xlsx_write(file, title, header, rows)
    return file.getvalue()


def sheets(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_workbook_keeps_numbers_days_times_and_never_a_formula():
    noon = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    row = ["=1+1", -5, Money(-1250, "KES"), Money(500, "RWF"), date(2026, 11, 23), noon, None]
    data = workbook("Fees: [all]", list("abcdefghij"), [[*row, True, 10**17, "a\x01b"]])

    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Fees   all"]
    cells = sheet[2]

    assert [cell.value for cell in cells] == [
        "=1+1", -5, -12.5, 500, datetime(2026, 11, 23), datetime(2026, 11, 23, 12, 0), None, True,
        "100000000000000000", "a_x0001_b",
    ]  # fmt: skip
    assert cells[0].data_type != "f"
    assert cells[0].quotePrefix
    assert (cells[2].number_format, cells[3].number_format) == ("#,##0.00", "#,##0")


def test_what_does_not_fit_on_a_sheet_goes_on_to_the_next(monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", 3)

    told = sheets(workbook("Fees", ["n"], ([n] for n in range(5))))

    assert told == {
        "Fees": [("n",), (0,), (1,)],
        "Fees (2)": [("n",), (2,), (3,)],
        "Fees (3)": [("n",), (4,)],
    }


@pytest.mark.django_db  # An answer that is closed looks after the connections.
def test_an_answer_in_xlsx_is_a_file_that_streams():
    response = exports.xlsx_response("fees", "Fees", ["n"], [[1]])

    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="fees.xlsx"'
    assert sheets(b"".join(response.streaming_content)) == {"Fees": [("n",), (1,)]}
    response.close()


def cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '%django%'")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_query_stream_outside_a_transaction_and_leave_no_cursor():
    rows = exports.stream("SELECT n FROM generate_series(1, %s) n", [10_000], chunk_rows=100)

    assert next(rows) == (1,)
    assert cursors() == 1
    with connection.cursor() as cursor:  # Commits between two rows.
        cursor.execute("SELECT set_config('guichet.seen', '1', false)")
    assert next(rows) == (2,)
    rows.close()
    assert cursors() == 0


@pytest.mark.django_db
def test_rows_of_a_query_stream_inside_a_transaction():
    rows = exports.stream("SELECT n FROM generate_series(1, %(to)s) n", {"to": 5}, chunk_rows=2)

    assert [n for (n,) in rows] == [1, 2, 3, 4, 5]
