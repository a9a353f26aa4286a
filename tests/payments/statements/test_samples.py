"""The samples' manifest beside what we read; where we differ, the difference is written down."""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings

from payments.statements import CannotRead, Statement, read

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"
MANIFEST = SAMPLES / "MANIFEST.tsv"

pytestmark = pytest.mark.skipif(not MANIFEST.exists(), reason="the samples are not beside us")

# A fragment of a message, without field 20, is no statement: refused by that name.
FRAGMENTS = {
    f"mt940/{name}.sta": "empty"
    for name in (
        "betterplace__amount_formats",
        "betterplace__currency_in_25",
        "betterplace__empty_86",
        "betterplace__empty_entry_date",
        "betterplace__missing_crlf_at_end",
        "cmxl__account_balance_credit",
        "cmxl__account_balance_debit",
        "cmxl__account_identification_iban",
        "cmxl__account_identification_legacy",
        "cmxl__available_balance",
        "cmxl__closing_balance",
        "cmxl__statement_details",
        "cmxl__statement_line",
        "cmxl__statement_number",
        "self-provided__empty_non_swift",
        "self-provided__sparkassen",
    )
}

# Where we read otherwise than the manifest, which tells what the bare library gives; and why.
OTHERWISE: dict[str, tuple[str, str]] = {
    "mt940/ASNB__mt940.txt": (
        "31 statements, 8 entries, balances",
        "the library's own field 61 refuses a reference of more than 16 characters; ours reads it",
    ),
    "mt940/ASNB__mt940_with_spaces_for_entry_date.txt": (
        "31 statements, 8 entries, balances",
        "the same bank, with blanks for the entry date",
    ),
    "mt940/betterplace__empty_line.sta": (
        "refused: account",
        "field 20 alone: a statement without an account belongs to nobody",
    ),
    "mt940/cmxl__reference.sta": (
        "refused: account",
        "field 20 alone: a statement without an account belongs to nobody",
    ),
    "mt940/self-provided__invalid_statement.sta": (
        "refused: layout",
        "ten numbered lines: neither MT940 nor a CSV that we know",
    ),
}

# The bare library's balances say nothing here, and we say more.
SAID_MORE: dict[str, tuple[str, ...]] = {
    "camt/camt53.only-Dt-with-DtTm.xml": ("half-balance",),
    "mt940/self-provided__gv_codes.sta": ("half-balance",),
    # The manifest compares no balances where a file has several statements.
    "mt940/betterplace__sepa_snippet.sta": ("balance",),
}


def _manifest() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _files() -> list[str]:
    return list(dict.fromkeys(row["file"] for row in _manifest()))


def _bytes(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{name} stands in the manifest and not among the files")
    return path.read_bytes()


def _said(statements: list[Statement]) -> str:
    entries = sum(len(each.entries) for each in statements)
    verdict = "balances" if all(each.balances for each in statements) else "does not balance"
    return f"{len(statements)} statements, {entries} entries, {verdict}"


def _as_read(name: str) -> str:
    try:
        return _said(read(_bytes(name)))
    except CannotRead as cannot:
        return f"refused: {cannot.reason}"


@pytest.mark.parametrize("name", [n for n in _files() if n.startswith("camt/")])
def test_a_camt_sample_reads_as_the_manifest_says(name: str) -> None:
    expected = [row for row in _manifest() if row["file"] == name]

    statements = read(_bytes(name))

    assert len(statements) == len(expected)
    for statement, row in zip(statements, expected, strict=True):
        assert len(statement.entries) == int(row["entries"].split()[0])
        pending = sum(not entry.is_booked for entry in statement.entries)
        reversals = sum(entry.is_reversal for entry in statement.entries)
        assert row["flags"] == f"reversal={reversals} pending={pending}"
        assert ("!= sum of details" in row["check"]) == (not statement.details_agree)
        if told := re.search(r"BALANCE by (-?)(\d+)\.(\d\d)", row["check"]):
            assert statement.difference_minor == int(told[1] + told[2] + told[3])
            assert not statement.balances
        elif row["check"] == "balances":
            assert statement.has_balances
            assert statement.balances
        elif not row["check"]:
            assert statement.problems == SAID_MORE.get(name, ())


@pytest.mark.parametrize(
    "name",
    [n for n in _files() if n.startswith("mt940/") and n not in FRAGMENTS and n not in OTHERWISE],
)
def test_an_mt940_sample_reads_as_the_manifest_says(name: str) -> None:
    [row] = [row for row in _manifest() if row["file"] == name]

    statements = read(_bytes(name))

    assert len(statements) == int(row["unit"].split()[0])
    entries = [entry for each in statements for entry in each.entries]
    assert len(entries) == int(row["entries"].split()[0])
    assert {each.format for each in statements} == {row["kind"]}
    if told := re.search(r"BALANCE by (-?)(\d+)\.(\d\d)", row["check"]):
        assert statements[0].difference_minor == int(told[1] + told[2] + told[3])
        assert not statements[0].balances
    elif row["check"] == "balances":
        assert all(each.has_balances and each.balances for each in statements)
    else:
        found = tuple(problem for each in statements for problem in each.problems)
        assert found == SAID_MORE.get(name, ())
    # RC is a reversal of a credit: the library's count of marks, our count of reversals.
    assert sum(entry.is_reversal for entry in entries) == int(
        (re.search(r"'RC': (\d+)", row["detail"] + row["entries"]) or [0, 0])[1]
    )


@pytest.mark.parametrize(("name", "reason"), FRAGMENTS.items())
def test_a_fragment_without_field_20_is_refused(name: str, reason: str) -> None:
    with pytest.raises(CannotRead) as refused:
        read(_bytes(name))

    assert refused.value.reason == reason
    [row] = [row for row in _manifest() if row["file"] == name]
    assert row["unit"] == "0 statements"


@pytest.mark.parametrize("name", OTHERWISE)
def test_where_we_differ_from_the_manifest_we_say_so(name: str) -> None:
    said, _why = OTHERWISE[name]

    assert _as_read(name) == said


def test_every_mt940_file_of_the_manifest_stands_in_one_of_the_tables() -> None:
    told = {name for name in _files() if name.startswith("mt940/")}

    assert set(FRAGMENTS) | set(OTHERWISE) <= told


def test_a_camt_file_without_a_statement_is_refused() -> None:
    assert _as_read("camt/camt053.v2.wrong.xml") == "refused: empty"


def test_the_twenty_six_statements_with_rc_add_up_because_rc_is_money_out() -> None:
    statements = read(_bytes("mt940/betterplace__sepa_mt9401.sta"))

    reversals = [entry for each in statements for entry in each.entries if entry.is_reversal]
    assert [entry.amount_minor for entry in reversals] == [-20488, -20488]
    assert all(each.difference_minor == 0 for each in statements)


@pytest.mark.parametrize(
    ("name", "signed", "opening", "closing"),
    [
        (
            "csv/mpesa_org_portal_ddmmyyyy_failed_and_charge.csv",
            [
                (1_500_000, True, "money", ("GV-A1",)),
                (50_000, True, "money", ("GV A2",)),
                (-3_000, True, "charge", ()),
                (70_000, False, "money", ()),
            ],
            0,
            None,
        ),
        (
            "csv/mpesa_org_portal_full_header.csv",
            [
                (-400_000, True, "sweep", ()),
                (300_000, True, "money", ("HSE12",)),
                (210_000, True, "money", ()),
            ],
            0,
            110_000,
        ),
    ],
)
def test_an_m_pesa_sample(
    name: str,
    signed: list[tuple[int, bool, str, tuple[str, ...]]],
    opening: int | None,
    closing: int | None,
) -> None:
    [statement] = read(_bytes(name))

    assert [
        (e.amount_minor, e.is_booked, e.kind, e.references) for e in statement.entries
    ] == signed
    assert (statement.opening_minor, statement.closing_minor) == (opening, closing)
    assert statement.balances
