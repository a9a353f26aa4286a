"""The order to the bank holds to the published schema, whatever names and amounts stand in it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from payments.orders import pain001
from payments.orders.pain001 import CannotOrder, Order, Party

N = {"p": pain001.NAMESPACE}
ORDER = Order(
    message_id="RM-2026-000001",
    end_to_end_id="RM202600000001",
    made_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    pay_on=date(2026, 11, 24),
    currency="RWF",
    amount_minor=1_250_000,
    payer=Party(name="State treasury", account_number="4002011234567", bic="BKIGRWRW"),
    payee=Party(name="Gasabo district", account_number="00040-00281", bank_name="Bank of Kigali"),
    remark="RM-2026-000001, to 22 November 2026",
)
PRINTABLE = st.text(min_size=1, max_size=400).filter(lambda text: text.strip())


@cache
def schema() -> etree.XMLSchema:
    file = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(file.read_bytes()))


def written(order: Order) -> etree._Element:
    root = etree.fromstring(pain001.write(order))
    schema().assertValid(root)
    return root


def said(root: etree._Element, path: str) -> str:
    return root.xpath(f"string({path})", namespaces=N)


def test_an_order_holds_to_the_schema_and_its_totals_agree() -> None:
    root = written(ORDER)
    assert said(root, "//p:GrpHdr/p:CtrlSum") == said(root, "//p:PmtInf/p:CtrlSum") == "1250000"
    assert said(root, "//p:InstdAmt") == "1250000"
    assert said(root, "//p:InstdAmt/@Ccy") == "RWF"
    assert said(root, "//p:EndToEndId") == "RM202600000001"
    assert said(root, "//p:CdtrAcct/p:Id/p:Othr/p:Id") == "00040-00281"


def test_equal_orders_give_equal_bytes() -> None:
    assert pain001.write(ORDER) == pain001.write(replace(ORDER))


@given(
    names=st.tuples(PRINTABLE, PRINTABLE, PRINTABLE, st.text(max_size=400)),
    amount_minor=st.integers(1, 10**15),
    currency=st.sampled_from(["RWF", "KES", "BIF", "USD"]),
    is_iban=st.booleans(),
)
def test_any_name_and_amount_hold_to_the_schema(names, amount_minor, currency, is_iban) -> None:
    payer, payee, bank, remark = names
    number = {"iban": "RW12BKIG00040002811234"} if is_iban else {"account_number": "00040 00281"}
    order = replace(
        ORDER,
        amount_minor=amount_minor,
        currency=currency,
        payer=replace(ORDER.payer, name=payer),
        payee=Party(name=payee, bank_name=bank, **number),
        remark=remark,
    )
    try:
        root = written(order)
    except CannotOrder:
        assert any(pain001._clean(text) == "" for text in (payer, payee, bank))
        return
    amount = Decimal(said(root, "//p:InstdAmt"))
    assert amount == sum(map(Decimal, root.xpath("//p:InstdAmt/text()", namespaces=N)))
    assert amount == Decimal(said(root, "//p:GrpHdr/p:CtrlSum"))
    assert amount == Decimal(said(root, "//p:PmtInf/p:CtrlSum"))
    assert 1 <= len(said(root, "//p:Cdtr/p:Nm")) <= pain001.NAME_MAX


@pytest.mark.parametrize("name", ["Komine Ntega", "بلدية", "区役所", "Ибирунга", "É" * 300])
def test_names_are_written_in_their_own_letters_and_cut_to_length(name: str) -> None:
    root = written(replace(ORDER, payee=replace(ORDER.payee, name=name)))
    assert said(root, "//p:Cdtr/p:Nm") == name[:140]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"payee": Party(name="\x00 ", account_number="1")},
        {"payee": Party(name="Gasabo")},
    ],
)
def test_what_no_bank_could_carry_out_is_refused(wrong) -> None:
    with pytest.raises(CannotOrder):
        pain001.write(replace(ORDER, **wrong))
