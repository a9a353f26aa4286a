"""
ISO 20022 camt.052, camt.053 and camt.054, versions 1 to 10, by local names.

Banks write these in a namespace per version, in their own, or (an official Bundesbank sample) in
none, so names are matched without it. The XML is read as a stream, without entities, DTD or net.
"""

import io
import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from . import camt_entries
from .amounts import minor
from .base import CannotRead, Entry, Problem, Statement
from .camt_entries import Flat, day, flat, local, one
from .limits import ENTRIES_MAX, STATEMENTS_MAX, XML_GAP_MAX

_MESSAGES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
# What a statement's head is read from; all else before an entry is let go with it.
_HEAD = frozenset({"Id", "ElctrncSeqNb", "LglSeqNb", "FrToDt", "Acct", "Bal"})
_PIECE = re.compile(rb"(?:Ntry|TxDtls)\s*>")
_NAMED = re.compile(r"camt\.05[234]\.\d{3}\.\d{2}", re.ASCII)


def read(data: bytes) -> Iterator[Statement]:
    """
    Yield the file's statements, each with its entries.

    :raises CannotRead: if it is no camt message, is cut, or carries a DOCTYPE
    """
    # Before the parser sees it; its own answer, below, also covers other encodings.
    if b"<!DOCTYPE" in data:
        raise _doctype()
    _check_size(data)
    count = 0
    try:
        for statement in _statements(data):
            count += 1
            if count > STATEMENTS_MAX:
                raise CannotRead("size", f"The file has more than {STATEMENTS_MAX} statements.")
            yield statement
    except (etree.LxmlError, LookupError, ValueError) as broken:
        at = getattr(broken, "lineno", None)
        where = f" (line {at})" if at else ""
        raise CannotRead("xml", f"The XML is cut or not well formed{where}.") from None
    if count == 0:
        raise CannotRead("empty", "The XML carries no statement, report or notification.")


def _check_size(data: bytes) -> None:
    # A tree takes some fifty times the bytes of an empty tag: so no long stretch may be built up
    # between what is read and let go.
    last = 0
    for count, piece in enumerate(_PIECE.finditer(data)):
        if piece.start() - last > XML_GAP_MAX or count > 4 * ENTRIES_MAX:
            break
        last = piece.end()
    else:
        if len(data) - last <= XML_GAP_MAX:
            return
    raise CannotRead("size", "The XML is too large for the entries it carries.")


def _statements(data: bytes) -> Iterator[Statement]:
    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in (*_MESSAGES, "Ntry")],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    entries: list[Entry] = []
    is_checked = False
    for event, element in events:
        if not is_checked:
            is_checked = True
            if element.getroottree().docinfo.doctype:
                raise _doctype()
        name = local(element.tag)
        if event == "start":
            continue
        if name in _MESSAGES:
            yield _statement(element, _MESSAGES[name], entries)
            entries = []
            element.clear()
        elif (parent := element.getparent()) is not None and local(parent.tag) in _MESSAGES:
            is_daily = local(parent.tag) == "Stmt"
            entries += camt_entries.read(element, first_no=len(entries) + 1, is_daily=is_daily)
            if len(entries) > ENTRIES_MAX:
                raise CannotRead("size", f"A statement has more than {ENTRIES_MAX} entries.")
            _forget(element)


def _forget(element: etree._Element) -> None:
    # A hundred thousand read entries would otherwise stay in memory as a tree.
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        if local(before.tag) in _HEAD:
            return
        parent.remove(before)


def _statement(element: etree._Element, message: str, entries: list[Entry]) -> Statement:
    head = [(local(child.tag), child) for child in element if local(child.tag) != "Ntry"]
    about = {name: flat(child) for name, child in head if name in ("Acct", "FrToDt")}
    plain = {name: child.text.strip() for name, child in head if child.text}
    account = about.get("Acct", {})
    balances = _Balances([flat(child) for name, child in head if name == "Bal"], message)
    currency = one(account, "Ccy") or balances.currency
    if not currency:
        currency = entries[0].currency if entries else balances.any_currency
    period = about.get("FrToDt", {})
    days = sorted(each.booked_day for each in entries if each.is_booked and each.booked_day)
    return Statement(
        account=_account(account),
        currency=currency,
        number=plain.get("ElctrncSeqNb") or plain.get("LglSeqNb") or plain.get("Id", ""),
        from_day=_day_of(period, "Fr") or balances.opening_day or (days[0] if days else None),
        to_day=_day_of(period, "To") or balances.closing_day or (days[-1] if days else None),
        opening_minor=balances.opening_minor,
        closing_minor=balances.closing_minor,
        entries=entries,
        format=_format(element, message),
        told_problems=balances.problems(currency),
    )


class _Balances:
    """The booked balances among all that a statement tells; available and forward ones are not."""

    def __init__(self, told: list[Flat], message: str) -> None:
        self.any_currency = one(told[0], "Amt@Ccy") if told else ""
        by_kind: dict[str, list[Flat]] = {}
        for balance in told:
            by_kind.setdefault(_kind(balance), []).append(balance)
        # A statement in pages opens or closes a page with an interim balance.
        interim = by_kind.get("ITBD", [])
        opening = by_kind.get("OPBD") or by_kind.get("PRCD")
        closing = by_kind.get("CLBD")
        if message == "camt.053" and interim:
            opening, closing = opening or interim[:1], closing or interim[-1:]
        # Many banks send yesterday's closing (PRCD) in the place of today's opening.
        self._opening = opening[0] if opening else None
        self._closing = closing[-1] if closing else None
        used = [each for each in (self._opening, self._closing, *interim) if each]
        self._currencies = [one(each, "Amt@Ccy") for each in used]
        self.currency = self._currencies[0] if self._currencies else ""
        self.opening_minor = _signed(self._opening) if self._opening else None
        self.closing_minor = _signed(self._closing) if self._closing else None
        self.opening_day = _balance_day(self._opening)
        self.closing_day = _balance_day(self._closing)

    def problems(self, currency: str) -> tuple[Problem, ...]:
        return ("currency",) if any(each != currency for each in self._currencies) else ()


def _kind(balance: Flat) -> str:
    return one(balance, "Tp/CdOrPrtry/Cd") or one(balance, "Tp/Cd")


def _signed(balance: Flat) -> int:
    amount = minor(one(balance, "Amt"), one(balance, "Amt@Ccy"))
    return camt_entries.sign(one(balance, "CdtDbtInd")) * amount


def _balance_day(balance: Flat | None) -> date | None:
    return day(balance, "Dt") if balance else None


def _day_of(period: Flat, end: str) -> date | None:
    return camt_entries.as_day(one(period, f"{end}DtTm") or one(period, f"{end}Dt"))


def _account(account: Flat) -> str:
    # IBAN, Othr/Id, version 1's PrtryAcct/Id: whichever the bank fills.
    return next((each[0] for path, each in account.items() if path.startswith("Id/")), "")


def _format(element: etree._Element, message: str) -> str:
    named = _NAMED.search(etree.QName(element).namespace or "")
    return named[0] if named and named[0].startswith(message) else message


def _doctype() -> CannotRead:
    return CannotRead("doctype", "The XML carries a DOCTYPE, which no bank statement needs.")
