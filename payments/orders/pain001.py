"""
The order to our bank: ISO 20022 pain.001.001.09, one transfer in one payment.

Written for the published schema, which the tests hold every file against. Texts are cut to what
it takes, as a bank refuses the whole file for one letter too many.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from kernel.money import to_decimal_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_MAX, ID_MAX, REMARK_MAX, ACCOUNT_MAX = 140, 35, 140, 34
# XML 1.0, 2.2: what no file may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CannotOrder(Exception):
    """The order lacks something that a bank needs: an account, an amount above zero, a name."""


@dataclass(frozen=True)
class Party:
    """Whose account: its holder, its number (an IBAN, or the bank's own) and its bank."""

    name: str
    iban: str = ""
    account_number: str = ""
    bic: str = ""
    bank_name: str = ""


@dataclass(frozen=True)
class Order:
    message_id: str  # Ours, at most 35 characters; the bank's answer names it.
    end_to_end_id: str  # The same; it comes back on statements.
    made_at: datetime
    pay_on: date
    currency: str  # ISO 4217.
    amount_minor: int
    payer: Party
    payee: Party
    remark: str


def write(order: Order) -> bytes:
    """
    Return the file; equal orders give equal bytes.

    :raises CannotOrder: if the bank could not carry it out
    """
    if order.amount_minor <= 0:
        raise CannotOrder("amount")
    amount = to_decimal_text(order.amount_minor, order.currency)
    # A document without a parent: lxml writes its namespace as the default one.
    document = etree.Element(
        f"{{{NAMESPACE}}}Document",
        nsmap={None: NAMESPACE},  # type: ignore[dict-item]  # Unknown to the stubs.
    )
    root = _add(document, "CstmrCdtTrfInitn")
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", _text(order.message_id, ID_MAX))
    _add(head, "CreDtTm", order.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(head, "NbOfTxs", "1")
    _add(head, "CtrlSum", amount)
    _add(_add(head, "InitgPty"), "Nm", _text(order.payer.name, NAME_MAX))
    payment = _add(root, "PmtInf")
    _add(payment, "PmtInfId", _text(order.message_id, ID_MAX))
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "NbOfTxs", "1")
    _add(payment, "CtrlSum", amount)
    _add(_add(payment, "ReqdExctnDt"), "Dt", order.pay_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", _text(order.payer.name, NAME_MAX))
    _account(payment, "DbtrAcct", order.payer, currency=order.currency)
    _bank(payment, "DbtrAgt", order.payer)
    _transfer(_add(payment, "CdtTrfTxInf"), order, amount)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _transfer(transfer: etree._Element, order: Order, amount: str) -> None:
    name = _add(transfer, "PmtId")
    _add(name, "InstrId", _text(order.end_to_end_id, ID_MAX))
    _add(name, "EndToEndId", _text(order.end_to_end_id, ID_MAX))
    _add(_add(transfer, "Amt"), "InstdAmt", amount).set("Ccy", order.currency)
    # The beneficiary is credited gross: what the transfer costs, we bear.
    _add(transfer, "ChrgBr", "DEBT")
    _bank(transfer, "CdtrAgt", order.payee)
    _add(_add(transfer, "Cdtr"), "Nm", _text(order.payee.name, NAME_MAX))
    _account(transfer, "CdtrAcct", order.payee)
    if remark := _clean(order.remark)[:REMARK_MAX].strip():
        _add(_add(transfer, "RmtInf"), "Ustrd", remark)


def _account(parent: etree._Element, name: str, party: Party, currency: str = "") -> None:
    account = _add(parent, name)
    identity = _add(account, "Id")
    if party.iban:
        _add(identity, "IBAN", party.iban)
    else:
        _add(_add(identity, "Othr"), "Id", _text(party.account_number, ACCOUNT_MAX))
    if currency:
        _add(account, "Ccy", currency)


def _bank(parent: etree._Element, name: str, party: Party) -> None:
    bank = _add(_add(parent, name), "FinInstnId")
    if party.bic:
        _add(bank, "BICFI", party.bic)
    if party.bank_name:
        _add(bank, "Nm", _text(party.bank_name, NAME_MAX))
    if not party.bic and not party.bank_name:
        # ISO 20022's own word for it, where the account's number says the bank.
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def _text(text: str, longest: int) -> str:
    """:raises CannotOrder: if nothing of it is left"""
    kept = _clean(text)[:longest].strip()
    if not kept:
        raise CannotOrder("text")
    return kept


def _clean(text: str) -> str:
    return " ".join(_FORBIDDEN.sub(" ", text).split())
