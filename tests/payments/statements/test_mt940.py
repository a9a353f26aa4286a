import logging
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.statements import CannotRead, Entry, Statement, read
from tests.payments.statements.made import REFERENCE, mt940


def _statement(data: bytes) -> Statement:
    [statement] = read(data)
    return statement


def _entry(*lines: str) -> Entry:
    [only] = _statement(mt940(*lines)).entries
    return only


def _refused(data: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read(data)
    assert "\n" not in str(refused.value)
    return refused.value.reason


def test_a_credit_with_all_that_a_bank_tells() -> None:
    statement = _statement(
        mt940(
            ":61:2611201121C500,NTRFCUSTOMER-1//BANK-1",
            "supplement",
            f":86:166?00GUTSCHRIFT?20EREF+E2E-1?21SVWZ+{REFERENCE}?31DE12345?32A PERSON?33ELSE",
        )
    )

    assert (statement.account, statement.currency, statement.number) == ("4001", "RWF", "7/1")
    assert (statement.format, statement.opening_minor, statement.closing_minor) == ("mt940", 0, 500)
    assert statement.balances
    assert statement.has_balances
    [credit] = statement.entries
    assert credit.amount_minor == 500
    assert (credit.value_day, credit.booked_day) == (date(2026, 11, 20), date(2026, 11, 21))
    assert credit.references == ("CUSTOMER-1", f"EREF+E2E-1SVWZ+{REFERENCE}", "supplement")
    assert credit.bank_ids == ("BANK-1",)
    # What the payer chose.
    assert credit.payer_ids == ("E2E-1", "CUSTOMER-1")
    assert "PERSON" not in repr(statement)


@pytest.mark.parametrize(
    ("mark", "amount_minor", "is_reversal", "is_booked"),
    [
        ("C", 500, False, True),
        ("D", -500, False, True),
        # A credit undone is money out, a debit undone is money in.
        ("RC", -500, True, True),
        ("RD", 500, True, True),
        ("c", 500, False, True),
        ("rc", -500, True, True),
        ("EC", 500, False, False),
        ("ED", -500, False, False),
    ],
)
def test_the_mark_says_which_way(
    mark: str,
    amount_minor: int,
    is_reversal: bool,
    is_booked: bool,
) -> None:
    told = _entry(f":61:261120{mark}500,NTRFNONREF")

    assert told.amount_minor == amount_minor
    assert (told.is_reversal, told.is_booked) == (is_reversal, is_booked)


@pytest.mark.parametrize(
    ("dates", "value_day", "booked_day"),
    [
        ("2612310102", date(2026, 12, 31), date(2027, 1, 2)),
        ("2701021231", date(2027, 1, 2), date(2026, 12, 31)),
        ("2611201120", date(2026, 11, 20), date(2026, 11, 20)),
        ("261120", date(2026, 11, 20), date(2026, 11, 20)),
        ("261120    ", date(2026, 11, 20), date(2026, 11, 20)),
        ("261120nullnull", date(2026, 11, 20), date(2026, 11, 20)),
        # Thirty days a month, as banks count interest.
        ("2602300301", date(2026, 2, 28), date(2026, 3, 1)),
        ("2802300230", date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_days_of_an_entry(dates: str, value_day: date, booked_day: date) -> None:
    told = _entry(f":61:{dates}C500,NTRFNONREF")

    assert (told.value_day, told.booked_day) == (value_day, booked_day)


@pytest.mark.parametrize("dates", ["2604310430", "2611201131", "2613011301"])
def test_a_day_that_no_calendar_has_is_refused(dates: str) -> None:
    assert _refused(mt940(f":61:{dates}C500,NTRFNONREF")) in ("date", "field")


def test_a_reference_broken_by_a_wrap_is_whole_again() -> None:
    plain = _entry(":61:261120C500,NTRFNONREF", f":86:fee {REFERENCE[:5]}", f"{REFERENCE[5:]} paid")
    structured = _entry(
        ":61:261120C500,NTRFNONREF", f":86:166?20paid for {REFERENCE[:8]}?2", f"1{REFERENCE[8:]}"
    )

    assert REFERENCE in plain.references[0]
    assert REFERENCE in structured.references[0]


def test_what_follows_the_closing_balance_is_not_the_last_entrys() -> None:
    data = mt940(":61:261120C500,NTRFNONREF", ":86:fee").replace(
        b"-\r\n", b":64:C261120RWF500,\r\n:86:ask at branch 858961326965\r\n-}{5:}\r\n"
    )

    [credit] = _statement(data).entries

    assert credit.references == ("fee",)


def test_an_envelope_and_two_messages() -> None:
    one = b"{1:F01BANKRWRWAXXX0000000000}{2:I940BANKRWRWXXXXN}{4:\r\n" + mt940(
        ":61:261120C500,NTRFNONREF", ":86:first"
    ).replace(b"-\r\n", b"-}{5:}\r\n")

    first, second = read(one + one)

    assert first.entries[0].references == second.entries[0].references == ("first",)


def test_a_statement_in_cp1252() -> None:
    data = mt940(":61:261120C500,NTRFNONREF", ":86:Fr\N{LATIN SMALL LETTER E WITH ACUTE}tille")

    [credit] = _statement(data.decode().encode("cp1252")).entries

    assert credit.references == ("Fr\N{LATIN SMALL LETTER E WITH ACUTE}tille",)


@pytest.mark.parametrize(
    ("opening", "closing", "difference", "problems"),
    [
        ("C261119RWF0,", "C261120RWF500,", 0, ()),
        ("D261119RWF500,", "C261120RWF0,", 0, ()),
        ("C261119RWF0,", "C261120RWF501,", 1, ("balance",)),
        ("C261119RWF0,", "C261120KMF500,", 0, ("currency",)),
    ],
)
def test_what_the_balances_say(
    opening: str, closing: str, difference: int, problems: tuple[str, ...]
) -> None:
    statement = _statement(mt940(":61:261120C500,NTRFNONREF", opening=opening, closing=closing))

    assert statement.difference_minor == difference
    assert statement.problems == problems


def test_a_statement_cut_before_its_closing_balance_does_not_balance() -> None:
    whole = mt940(":61:261120C500,NTRFNONREF", ":86:fee")

    cut = _statement(whole[: whole.index(b":62F:")])

    assert cut.problems == ("half-balance",)
    assert not cut.balances


def test_an_interim_report_has_its_currency_from_its_limits() -> None:
    data = b":20:S1\n:25:4001\n:28C:1\n:34F:RWF0,\n:61:261120C500,NTRFNONREF\n:90C:1RWF500,\n"

    statement = _statement(data)

    assert (statement.format, statement.currency, statement.balances) == ("mt942", "RWF", True)
    assert not statement.has_balances


@pytest.mark.parametrize("code", ["NCHG", "NCOM"])
def test_a_charge_is_told_by_its_type(code: str) -> None:
    assert _entry(f":61:261120D5,{code}NONREF").kind == "charge"
    assert _entry(":61:261120D5,NTRFNONREF").kind == "money"


@pytest.mark.parametrize(
    "line",
    [
        ":61:261120C1.000,00NTRFNONREF",
        ":61:261120C1,000,00NTRFNONREF",
        ":61:261120C-5,NTRFNONREF",
        ":61:261120C,5NTRFNONREF",
        ":61:261120C500",
        ":61:261120X500,NTRFNONREF",
        ":61:261120C500,5NTRFNONREF",
        ":61:",
    ],
)
def test_a_line_that_could_be_read_in_two_ways_is_refused(line: str) -> None:
    assert _refused(mt940(line)) in ("field", "decimals")


def test_a_statement_without_an_account_is_refused() -> None:
    assert _refused(mt940().replace(b":25:4001\r\n", b"")) == "account"


def test_the_library_logs_nothing_of_a_statement(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert _refused(mt940(":61:A PERSON")) == "field"

    assert "PERSON" not in caplog.text


@given(
    amount=st.integers(min_value=0, max_value=10**11),
    mark=st.sampled_from(["C", "D", "RC", "RD"]),
)
def test_an_amount_and_its_sign_go_round(amount: int, mark: str) -> None:
    line = f":61:261120{mark}{amount // 100},{amount % 100:02d}NTRFNONREF"

    told = _statement(mt940(line, opening="C261120KES0,", closing="C261120KES0,")).entries[0]

    assert told.amount_minor == (amount if mark in ("C", "RD") else -amount)
