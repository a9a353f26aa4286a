from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import exports
from payments.statements import CannotRead, Entry, Statement, csvlayout, read
from tests.payments.statements.made import REFERENCE, mpesa

PAID = "TB1,2026-10-01 09:00:00,,Pay Bill,Completed,{},,{},true,Pay Bill Online,,,"
BANK: dict[str, Any] = {
    "name": "a-bank",
    "currency": "BIF",
    "zone": "Africa/Bujumbura",
    "columns": {
        "id": ["Transaction"],
        "moment": ["Date"],
        "details": ["Libelle"],
        "amount": ["Montant"],
        "balance": ["Solde"],
    },
    "required": ["id", "moment", "amount"],
    "date_forms": ["%d/%m/%Y"],
    "decimal_mark": ",",
    "thousands_mark": ".",
    "charge": "^frais",
    "reference_inside": r"ref[: ]*(?P<reference>\S+)",
}


def _statement(data: bytes) -> Statement:
    [statement] = read(data)
    return statement


def _entry(row: str) -> Entry:
    [only] = _statement(mpesa(row)).entries
    return only


def _refused(data: bytes) -> CannotRead:
    with pytest.raises(CannotRead) as refused:
        read(data)
    assert "\n" not in str(refused.value)
    return refused.value


def test_lines_before_the_header_two_date_forms_failed_rows_and_totals() -> None:
    header = (
        "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,"
        "Withdrawn,Balance"
    )
    rows = [
        'Q9,2026-09-22 14:03:11,,"Pay Bill - Acc. R-000001",Completed,"1,053.00",,"10,053.00"',
        'Q8,2026-09-22 14:05:00,,Pay Bill Charge,Completed,,15.00,"10,038.00"',
        'Q7,2026-09-22 14:06:00,,Pay Bill from 2547****111,Failed,500.00,,"10,038.00"',
        'Q6,22-09-2026 23:59:59,,Pay Bill from 2547****222,Completed,232.00,,"10,270.00"',
        ',,,Totals,,"1,785.00",15.00,',
    ]
    before = "Organisation Name,A Shop\nShort Code,600111\n,\n"

    statement = _statement(mpesa(*rows, header=before + header))

    assert statement.account == "600111"
    assert (statement.opening_minor, statement.closing_minor) == (900_000, 1_027_000)
    assert statement.balances
    assert [each.amount_minor for each in statement.entries] == [105_300, -1_500, 50_000, 23_200]
    assert [each.is_booked for each in statement.entries] == [True, True, False, True]
    assert [each.kind for each in statement.entries] == ["money", "charge", "money", "money"]
    assert statement.entries[0].references == ("R-000001",)
    assert statement.entries[3].occurred_at == datetime(
        2026, 9, 22, 23, 59, 59, tzinfo=ZoneInfo("Africa/Nairobi")
    )


@pytest.mark.parametrize("withdrawn", ["4000.00", "-4000.00", '"4,000.00"', '"-4,000.00"'])
def test_a_withdrawal_is_money_out_with_or_without_its_sign(withdrawn: str) -> None:
    row = (
        f"TB3,2026-10-03 17:00:00,,Organization Settle to Bank,Completed,,{withdrawn},,,"
        "Withdraw Funds to Bank,,,"
    )

    told = _entry(row)

    assert (told.amount_minor, told.kind) == (-400_000, "sweep")


def test_the_order_of_the_file_does_not_matter_to_the_balance() -> None:
    rows = [
        f"TB{day},2026-10-0{day} 09:00:00,,Pay Bill,Completed,100.00,,{day * 100}.00,,,,,"
        for day in (1, 2, 3)
    ]

    oldest_first, newest_first = _statement(mpesa(*rows)), _statement(mpesa(*rows[::-1]))

    for statement in (oldest_first, newest_first):
        assert (statement.opening_minor, statement.closing_minor) == (0, 30_000)
        assert statement.balances
    assert newest_first.entries[0].bank_ids == ("TB3",)


def test_within_one_second_the_balances_say_which_way_the_file_runs() -> None:
    rows = [
        "TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,100.00,,,,,",
        "TB2,2026-10-01 09:00:00,,Pay Bill,Completed,50.00,,150.00,,,,,",
    ]

    statement = _statement(mpesa(*rows[::-1]))

    assert statement.balances
    assert statement.closing_minor == 15_000


def test_a_balance_that_jumps_means_a_row_is_missing() -> None:
    rows = [
        "TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,100.00,,,,,",
        "TB3,2026-10-03 09:00:00,,Pay Bill,Completed,100.00,,300.00,,,,,",
    ]

    assert _statement(mpesa(*rows)).problems == ("running-balance", "balance")


def test_totals_that_are_not_the_rows_speak_against_it() -> None:
    told = _statement(mpesa(PAID.format("100.00", "100.00"), ",,,Totals,,101.00,,,,,,,"))

    assert told.problems == ("totals",)


def test_a_status_that_nobody_declared_is_not_booked_and_is_said() -> None:
    statement = _statement(mpesa(PAID.format("100.00", "").replace("Completed", "Held")))

    assert not statement.entries[0].is_booked
    assert statement.problems == ("status",)


@pytest.mark.parametrize(
    ("details", "type_", "kind"),
    [
        ("Pay Bill Charge", "", "charge"),
        ("Business Charge", "", "charge"),
        ("Pay Merchant Charge", "", "charge"),
        ("Withdrawal Charges", "", "charge"),
        ("Business Payment", "Business Payment Charge", "charge"),
        ("Organization Settle to Bank", "", "sweep"),
        ("Transfer", "Withdraw Funds to Bank", "sweep"),
        ("Pay Bill to 600111 - A Shop Acc. Charge", "Business Pay Bill", "money"),
    ],
)
def test_words_tell_a_charge_and_a_sweep(details: str, type_: str, kind: str) -> None:
    row = f"TB1,2026-10-01 09:00:00,,{details},Completed,,30.00,,,{type_},,,"

    assert _entry(row).kind == kind


def test_a_payer_cannot_make_her_payment_a_charge_or_a_reversal_by_what_she_types() -> None:
    row = (
        "TB1,2026-10-01 09:00:00,,Pay Bill from 2547****111 - X Acc. Reversal Charge,Completed,"
        "30.00,,,,Pay Bill Online,,,Reversal Charge"
    )

    told = _entry(row)

    assert (told.kind, told.is_reversal) == ("money", False)


@pytest.mark.parametrize(("column", "amount_minor"), [("30.00,", 3_000), (",30.00", -3_000)])
def test_a_reversal_names_what_it_undoes(column: str, amount_minor: int) -> None:
    row = f"TB9,2026-10-01 09:00:00,,Reversal,Completed,{column},,,Pay Bill Reversal,,tb1,"

    told = _entry(row)

    assert (told.is_reversal, told.original_id) == (True, "TB1")
    assert told.amount_minor == amount_minor


def test_a_charge_may_share_its_payments_receipt_and_twins_stay_two() -> None:
    row = "TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,,,,,,"
    charge = "TB1,2026-10-01 09:00:00,,Pay Bill Charge,Completed,,5.00,,,,,,"

    statement = _statement(mpesa(row, row, charge))

    assert [each.bank_ids for each in statement.entries] == [("TB1",)] * 3
    assert statement.booked_minor == 19_500


def test_of_the_details_only_what_the_payer_typed_is_kept() -> None:
    told = _entry(
        "TB1,2026-10-01 09:00:00,,Pay Bill from 254712345678 - JANE DOE Acc. 8589 6132 6965,"
        "Completed,100.00,,,,Pay Bill Online,254712345678 - JANE DOE,,"
    )

    assert told.references == ("8589 6132 6965",)
    assert "DOE" not in repr(told)
    assert "2547" not in repr(told)


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', REFERENCE])
def test_a_cell_that_begins_like_a_formula_is_text(typed: str) -> None:
    quoted = typed.replace('"', '""')

    told = _entry(f'TB1,2026-10-01 09:00:00,,Pay Bill,Completed,100.00,,,,,,,"{quoted}"')

    assert told.references == (typed,)
    assert exports.neutral(typed) == (typed if typed == REFERENCE else "'" + typed)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PAID.format("=1+1", ""), "amount"),
        (PAID.format("1e3", ""), "amount"),
        (PAID.format('"1,00.00"', ""), "amount"),
        (PAID.format('"1.000,00"', ""), "amount"),
        (PAID.format("1.005", ""), "decimals"),
        (PAID.format("", ""), "amount"),
        (PAID.format("5.00", "").replace(",,,true", ",,,,true"), "row"),
        (PAID.format("5.00", "").replace("TB1", ""), "row"),
        (PAID.format("5.00", "").replace("2026-10-01", "2026-02-30"), "date"),
        (PAID.format("5.00", "").replace("2026-10-01", "10-01-26"), "date"),
        ("TB1,2026-10-01 09:00:00,,Pay Bill,Comp", "row"),
        ('TB1,2026-10-01 09:00:00,,"Pay Bill', "csv"),
        ("TB1,2026-10-01 09:00:00,,Pay Bill,Completed,5.00,6.00,,,,,,", "amount"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_file_in_one_line(row: str, reason: str) -> None:
    refused = _refused(mpesa(row))

    assert refused.reason == reason
    assert "Pay Bill" not in str(refused)


def test_a_row_that_failed_may_have_no_amount() -> None:
    assert not _entry(PAID.format("", "").replace("Completed", "Failed")).is_booked


def test_a_country_pack_declares_another_layout() -> None:
    layout = csvlayout.from_mapping(BANK)
    data = (
        "Date;Transaction;Libelle;Montant;Solde\r\n"
        "31/10/2026;T1;versement ref: 858961326965;1.500;1.500\r\n"
        "31/10/2026;T2;Frais de tenue;-500,00;1.000\r\n"
    ).encode("cp1252")

    [statement] = read(data, layouts=[layout])

    assert (statement.format, statement.currency) == ("csv:a-bank", "BIF")
    assert (statement.opening_minor, statement.closing_minor) == (0, 1_000)
    assert [(e.amount_minor, e.kind) for e in statement.entries] == [
        (1_500, "money"),
        (-500, "charge"),
    ]
    assert statement.entries[0].references == (REFERENCE,)
    assert _refused(data).reason == "layout"


@pytest.mark.parametrize(
    "change",
    [
        {"colums": {}},
        {"columns": None},
        {"zone": "Mars/Olympus"},
        {"charge": "("},
        {"date_forms": None},
        {"currency": "ZZZ"},
        {"required": ["nothing"]},
        {"required": ["id", "moment"]},
        {"columns": {**BANK["columns"], "colour": ["Couleur"]}},
        {"reference_inside": "ref (.*)"},
    ],
)
def test_a_layout_that_is_declared_wrongly_is_refused_before_any_file(
    change: dict[str, object],
) -> None:
    with pytest.raises(csvlayout.BadLayout):
        csvlayout.from_mapping({**BANK, **change})


def test_without_the_marks_declared_the_columns_of_another_bank_are_nobodys() -> None:
    assert _refused(b"Date;Whatever\n1;2\n").reason == "layout"


@given(amount=st.integers(min_value=-(10**11), max_value=10**11))
def test_an_amount_and_its_sign_go_round(amount: int) -> None:
    whole = f"{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
    columns = f'"{whole}",' if amount >= 0 else f',"{whole}"'

    told = _entry(f"TB1,2026-10-01 09:00:00,,X,Completed,{columns},,,,,,")

    assert told.amount_minor == amount
