"""Whatever the bytes are, reading gives statements or `CannotRead`; a fuzzer can call `target`."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel import exports
from payments.statements import CannotRead, read
from payments.statements.limits import BYTES_MAX
from tests.payments.statements.made import balance, camt, detail, entry, mpesa, mt940

GOOD = [
    camt(balance("OPBD", "0"), balance("CLBD", "500"), entry(details=detail("500"))),
    mt940(":61:2611201121RC500,NTRFCUSTOMER-1//BANK-1", ":86:166?20EREF+E2E-1?21SVWZ+1"),
    mpesa("TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,100.00,true,,,,x"),
]
PIECES = [
    b"<", b">", b"&", b'"', b"<!DOCTYPE", b"<!--", b"]]>", b"\x00", b"\xff", b"\n", b"\r", b",",
    b";", b":20:", b":25:", b":60F:", b":61:", b":62F:", b":86:", b":NS:", b"?20", b"-}", b"9" * 40,
    b"{1:F", b"\xef\xbb\xbf", b"\xff\xfe", b"RC", b"nullnull", b"0230", b"=", b"NaN", b"1E9",
]  # fmt: skip


def target(data: bytes) -> None:
    """Read as an importer would: to the last property of what was read."""
    try:
        statements = read(data)
    except CannotRead:
        return
    for statement in statements:
        assert isinstance(statement.booked_minor, int)
        assert statement.balances is (not statement.problems)
        assert all(each.line_no == i for i, each in enumerate(statement.entries, start=1))


@given(st.binary(max_size=400))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"<")
@example(b"\xff\xfe<")
@example(b":20:")
@example(b"a,b\x00")
def test_any_bytes(data: bytes) -> None:
    target(data)


@given(
    whole=st.sampled_from(GOOD),
    pieces=st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=2_000),
            st.integers(min_value=0, max_value=40),
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)),
        ),
        max_size=4,
    ),
)
def test_a_good_statement_made_bad(whole: bytes, pieces: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in pieces:
        start = at % (len(whole) + 1)
        whole = whole[:start] + put + whole[start + length :]
    target(whole)


@pytest.mark.parametrize("whole", GOOD)
def test_a_statement_cut_anywhere(whole: bytes) -> None:
    for end in range(len(whole)):
        target(whole[:end])


@given(st.text(max_size=60))
def test_an_exported_cell_never_begins_like_a_formula(text: str) -> None:
    safe = exports.neutral(text)

    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([safe])

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe.replace("'", "") == text.replace("'", "")


def test_a_file_beyond_the_limit_is_refused_before_it_is_read() -> None:
    class Endless(bytes):
        def __len__(self) -> int:
            return BYTES_MAX + 1

    with pytest.raises(CannotRead) as refused:
        read(Endless())

    assert refused.value.reason == "size"


_LINE = b":61:261120C5,NTRFNONREF\n"
_HEAD = b":20:S1\n:25:4001\n:60F:C261120RWF0,\n"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<D><Stmt>" + b"<a/>" * 500_000 + b"</Stmt></D>",
        b"<D><Stmt>" + b"<Ntry/>" * 200_000 + b"</Stmt></D>",
        b"<D>" + b"<Stmt/>" * 20_000 + b"</D>",
        _HEAD * 6_000,
        _HEAD + _LINE * 260_000,
        _HEAD + _LINE + b":86:x\n" * 1_000,
        mpesa() + b"T,\n" * 260_000,
    ],
    ids=["tags", "entries", "statements", "messages", "lines", "texts", "rows"],
)
def test_what_would_fill_the_memory_is_refused_by_its_size(hostile: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        read(hostile)

    assert refused.value.reason == "size"
