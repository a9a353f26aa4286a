from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.statements import CannotRead, Entry, Statement, read
from tests.payments.statements.made import REFERENCE, balance, camt, detail, entry

BALANCES = balance("OPBD", "0"), balance("CLBD", "500")
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def _statement(data: bytes) -> Statement:
    [statement] = read(data)
    return statement


def _entry(*inside: str) -> Entry:
    [only] = _statement(camt(*BALANCES, *inside)).entries
    return only


def _refused(data: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read(data)
    assert "\n" not in str(refused.value)
    return refused.value.reason


def test_a_credit_with_all_that_a_bank_tells() -> None:
    statement = _statement(
        camt(
            *BALANCES,
            entry(
                details=detail(
                    "500",
                    refs="<EndToEndId>E2E-1</EndToEndId><TxId>TX-1</TxId>",
                    remittance=f"<Ustrd>fee</Ustrd><Strd><CdtrRefInf><Ref>RF74{REFERENCE}</Ref>"
                    "</CdtrRefInf></Strd>",
                    extra="<RltdPties><Dbtr><Nm>A PERSON</Nm></Dbtr></RltdPties>",
                )
            ),
        )
    )

    assert (statement.account, statement.currency, statement.number) == ("4001", "RWF", "7")
    assert statement.format == "camt.053.001.08"
    assert (statement.opening_minor, statement.closing_minor) == (0, 500)
    assert statement.balances
    [credit] = statement.entries
    assert credit.amount_minor == credit.details_minor == 500
    assert (credit.booked_day, credit.value_day) == (date(2026, 11, 20), date(2026, 11, 21))
    assert credit.occurred_at is not None
    assert credit.occurred_at.isoformat() == "2026-11-20T10:15:00+02:00"
    assert credit.references == (f"RF74{REFERENCE}", "E2E-1", "fee")
    assert (credit.bank_ids, credit.payer_ids) == (("FT1", "TX-1"), ("E2E-1",))
    assert "A PERSON" not in repr(statement)


@pytest.mark.parametrize("namespace", ["urn:a.bank:its-own", ""])
def test_names_count_and_namespaces_do_not(namespace: str) -> None:
    statement = _statement(camt(*BALANCES, entry(), namespace=namespace))

    assert statement.format == "camt.053"
    assert statement.balances


@pytest.mark.parametrize(
    ("message", "status", "is_booked"),
    [
        ("Stmt", "<Sts>BOOK</Sts>", True),
        ("Stmt", "<Sts><Cd>BOOK</Cd></Sts>", True),
        ("Stmt", "", True),
        ("Stmt", "<Sts><Cd>PDNG</Cd></Sts>", False),
        ("Stmt", "<Sts>INFO</Sts>", False),
        ("Rpt", "<Sts><Cd>BOOK</Cd></Sts>", True),
        ("Rpt", "<Sts><Cd>PDNG</Cd></Sts>", False),
        ("Rpt", "", False),
        ("Ntfctn", "", False),
    ],
)
def test_only_what_is_booked_counts(message: str, status: str, *, is_booked: bool) -> None:
    statement = _statement(camt(entry(status=status), message=message))

    assert statement.entries[0].is_booked is is_booked
    assert statement.booked_minor == (500 if is_booked else 0)


def test_a_pending_entry_is_no_part_of_the_balance() -> None:
    pending = entry("9999", status="<Sts><Cd>PDNG</Cd></Sts>")

    statement = _statement(camt(*BALANCES, entry(), pending))

    assert statement.difference_minor == 0


@pytest.mark.parametrize("direction", ["CRDT", "DBIT"])
def test_a_reversal_is_marked_and_goes_the_way_its_direction_says(direction: str) -> None:
    undone = _entry(
        entry(
            direction=direction,
            extra="<RvslInd>true</RvslInd>",
            details=detail(refs="<EndToEndId>NOTPROVIDED</EndToEndId><TxId>TX-9</TxId>"),
        )
    )

    assert undone.is_reversal
    assert undone.original_id == "TX-9"
    assert undone.amount_minor == (500 if direction == "CRDT" else -500)


def test_a_return_names_what_it_returns() -> None:
    returned = _entry(
        entry(
            details=detail(
                refs="<EndToEndId>E2E-1</EndToEndId>",
                extra="<RtrInf><OrgnlTxId>TX-8</OrgnlTxId><Rsn><Cd>AC04</Cd></Rsn></RtrInf>",
            )
        )
    )

    assert returned.is_reversal
    assert returned.original_id == "TX-8"
    assert not _entry(entry()).is_reversal


def test_a_batch_whose_parts_sum_to_it_is_its_parts() -> None:
    parts = [detail("200", refs="<TxId>T1</TxId>"), detail("300", refs="<TxId>T2</TxId>")]

    statement = _statement(camt(*BALANCES, entry(details="".join(parts)), entry("0")))

    assert [each.amount_minor for each in statement.entries] == [200, 300, 0]
    assert [each.line_no for each in statement.entries] == [1, 2, 3]
    # The batch's own id would make the parts look like one another.
    assert [each.bank_ids for each in statement.entries[:2]] == [("T1",), ("T2",)]
    assert statement.balances


def test_a_batch_whose_parts_do_not_sum_to_it_does_not_add_up() -> None:
    parts = detail("200") + detail("301")

    statement = _statement(camt(*BALANCES, entry(details=parts)))

    [whole] = statement.entries
    assert (whole.amount_minor, whole.details_minor) == (500, 501)
    assert statement.problems == ("details",)
    assert statement.difference_minor == 0


def test_a_batch_without_amounts_stays_one_entry_with_all_its_references() -> None:
    parts = detail(remittance="<Ustrd>one</Ustrd>") + detail(remittance="<Ustrd>two</Ustrd>")

    [whole] = _statement(camt(*BALANCES, entry(details=parts))).entries

    assert whole.details_minor is None
    assert whole.references == ("one", "two")


def test_a_reference_broken_between_two_lines_is_whole_again() -> None:
    lines = f"<Ustrd>paid for {REFERENCE[:7]}</Ustrd><Ustrd>{REFERENCE[7:]} thank you</Ustrd>"

    [credit] = _statement(camt(*BALANCES, entry(details=detail(remittance=lines)))).entries

    assert REFERENCE in credit.references[0]


def test_true_twins_are_two() -> None:
    statement = _statement(camt(balance("OPBD", "0"), balance("CLBD", "1000"), entry(), entry()))

    first, second = statement.entries
    assert statement.balances
    assert (first.amount_minor, first.bank_ids) == (second.amount_minor, second.bank_ids)
    assert (first.line_no, second.line_no) == (1, 2)


@pytest.mark.parametrize(
    ("balances", "difference", "problems"),
    [
        ([balance("PRCD", "0"), balance("CLBD", "500")], 0, ()),
        ([balance("OPBD", "0"), balance("PRCD", "7"), balance("CLBD", "500")], 0, ()),
        ([balance("ITBD", "0"), balance("ITBD", "500")], 0, ()),
        ([balance("OPBD", "0"), balance("CLBD", "501")], 1, ("balance",)),
        ([balance("OPBD", "0"), balance("CLBD", "499")], -1, ("balance",)),
        ([balance("OPBD", "500", direction="DBIT"), balance("CLBD", "0")], 0, ()),
        ([balance("OPBD", "0")], None, ("half-balance",)),
        ([balance("CLAV", "77")], None, ()),
        ([balance("OPBD", "0"), balance("CLBD", "500", currency="KMF")], 0, ("currency",)),
    ],
)
def test_what_the_balances_say(
    balances: list[str], difference: int | None, problems: tuple[str, ...]
) -> None:
    statement = _statement(camt(*balances, entry()))

    assert statement.difference_minor == difference
    assert statement.problems == problems
    assert statement.balances is (not problems)
    assert statement.has_balances is (difference is not None)


def test_a_booked_entry_in_another_currency_does_not_add_up() -> None:
    assert _statement(camt(*BALANCES, entry(currency="KMF"))).problems == ("currency",)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("CHRG", "charge"),
        ("COMM", "charge"),
        ("ZABA", "sweep"),
        ("INTR", "other"),
        ("ESCT", "money"),
    ],
)
def test_the_bank_says_what_it_is(code: str, kind: str) -> None:
    told = (
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        f"<SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>"
    )

    told_entry = _entry(entry(extra=told))

    assert told_entry.kind == kind
    assert told_entry.code == f"PMNT/RCDT/{code}"


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("8.85000", "EUR", 885),
        ("500.0", "RWF", 500),
        ("1.001", "KWD", 1001),
        ("8.85001", "EUR", "decimals"),
        ("500.5", "RWF", "decimals"),
        ("-5", "EUR", "amount"),
        ("1e5", "EUR", "amount"),
        ("NaN", "EUR", "amount"),
        ("\u0665", "EUR", "amount"),
        ("1,000.00", "EUR", "amount"),
        ("9" * 18, "EUR", "amount"),
        ("5", "ZZZ", "currency"),
        ("5", "", "currency"),
        ("5", "eur", "currency"),
    ],
)
def test_an_amount_is_exact_or_refused(amount: str, currency: str, expected: int | str) -> None:
    data = camt(entry(amount, currency=currency))

    if isinstance(expected, int):
        assert _statement(data).entries[0].amount_minor == expected
    else:
        assert _refused(data) == expected


@given(
    amount=st.integers(min_value=0, max_value=10**12),
    direction=st.sampled_from(["CRDT", "DBIT"]),
    zeros=st.integers(min_value=0, max_value=3),
)
def test_an_amount_and_its_sign_go_round(amount: int, direction: str, zeros: int) -> None:
    text = f"{amount // 100}.{amount % 100:02d}{'0' * zeros}"

    [told] = _statement(camt(entry(text, currency="KES", direction=direction))).entries

    assert told.amount_minor == (amount if direction == "CRDT" else -amount)


def test_two_statements_in_one_file() -> None:
    one = camt(*BALANCES, entry()).decode()
    second = "<Stmt><Id>S2</Id>" + balance("OPBD", "500") + balance("CLBD", "500") + "</Stmt>"

    first, second_ = read(one.replace("</Stmt>", "</Stmt>" + second).encode())

    assert (len(first.entries), len(second_.entries)) == (1, 0)
    assert second_.account == ""
    assert first.closing_minor == second_.opening_minor


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, "<!DOCTYPE Document>"])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_a_doctype_is_refused_whatever_it_declares(doctype: str, encoding: str) -> None:
    head, _, body = camt(entry()).decode().partition("?>")
    entity = {BOMB: "&c;", OUTSIDE: "&secret;"}.get(doctype, "")
    text = head + "?>" + doctype + body.replace("4001", "4001" + entity)

    data = text.replace("UTF-8", encoding).encode(encoding)

    assert _refused(data) == "doctype"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_in_the_middle_is_refused(share: float) -> None:
    whole = camt(*BALANCES, entry(), entry(), entry())

    assert _refused(whole[: int(len(whole) * share)]) == "xml"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (camt(entry(direction="BOTH")), "direction"),
        (camt(entry()).replace(b"2026-11-21", b"2026-02-30"), "date"),
        (camt(entry()).replace(b"Stmt", b"Else"), "empty"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "xml"),
        (b"<html><p>Session expired<br></html>", "xml"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(data: bytes, reason: str) -> None:
    assert _refused(data) == reason
