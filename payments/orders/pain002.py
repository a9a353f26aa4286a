"""
The bank's word about an order: ISO 20022 pain.002, any version, by local names.

Banks write it in a namespace per version, or in their own. The XML is read without entities, DTD
or net, and a file beyond the limits is refused before it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lxml import etree

BYTES_MAX = 2_000_000
ELEMENTS_MAX = 50_000
TEXT_MAX = 500
REASONS_MAX = 10


class CannotRead(Exception):
    """The file is no pain.002, is cut or too large, or carries a DOCTYPE. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Verdict(Enum):
    """What a status means for us."""

    TAKEN = "taken"
    REFUSED = "refused"
    OPEN = "open"  # Received, being looked at, or a word that we do not know.


# ISO 20022 external code sets: ExternalPaymentGroupStatus1Code, ...TransactionStatus1Code.
_TAKEN = {"ACTC", "ACCP", "ACSP", "ACSC", "ACWC", "ACCC", "ACFC", "ACIS", "ACPD", "ACWP"}
_REFUSED = {"RJCT", "CANC", "BLCK"}


@dataclass(frozen=True)
class Reason:
    code: str  # "AC04": ISO 20022, or the bank's own.
    text: str


@dataclass(frozen=True)
class Result:
    """What the bank says of one order: of all of a message where `end_to_end_id` is ""."""

    message_id: str  # Of our pain.001.
    end_to_end_id: str
    status: str
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict(self.status)


def verdict(status: str) -> Verdict:
    if status in _TAKEN:
        return Verdict.TAKEN
    return Verdict.REFUSED if status in _REFUSED else Verdict.OPEN


def read(data: bytes) -> list[Result]:
    """
    Return what the file says, order by order, the nearest word for each.

    A status that stands only at the payment or at the whole message is said of that.

    :raises CannotRead: if it is no such file
    """
    report = _report(data)
    group = _child(report, "OrgnlGrpInfAndSts")
    message_id = _said(group, "OrgnlMsgId")
    group_status, group_reasons = _status(group, "GrpSts")
    found = []
    for payment in _children(report, "OrgnlPmtInfAndSts"):
        status, reasons = _status(payment, "PmtInfSts")
        status, reasons = status or group_status, reasons or group_reasons
        transfers = list(_children(payment, "TxInfAndSts"))
        for transfer in transfers:
            own, why = _status(transfer, "TxSts")
            end_to_end_id = _said(transfer, "OrgnlEndToEndId")
            found.append(Result(message_id, end_to_end_id, own or status, why or reasons))
        if not transfers:
            found.append(Result(message_id, "", status, reasons))
    if not found:
        found.append(Result(message_id, "", group_status, group_reasons))
    said = [one for one in found if one.status]
    if not said:
        raise CannotRead("no_status")
    return said


def _report(data: bytes) -> etree._Element:
    if len(data) > BYTES_MAX:
        raise CannotRead("size")
    # Before the parser sees it; its own answer, below, also covers other encodings.
    if b"<!DOCTYPE" in data:
        raise CannotRead("doctype")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, LookupError, ValueError):
        raise CannotRead("xml") from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # Unknown to the stubs.
        raise CannotRead("doctype")
    if sum(1 for _ in zip(root.iter(), range(ELEMENTS_MAX + 1), strict=False)) > ELEMENTS_MAX:
        raise CannotRead("size")
    for element in root.iter():
        if _local(element) == "CstmrPmtStsRpt":
            return element
    raise CannotRead("other")


def _status(parent: etree._Element | None, name: str) -> tuple[str, tuple[Reason, ...]]:
    reasons = []
    for said in _children(parent, "StsRsnInf"):
        named = _child(said, "Rsn")
        code = _said(named, "Cd") or _said(named, "Prtry")
        text = " ".join(_text(one) for one in _children(said, "AddtlInf"))[:TEXT_MAX]
        reasons.append(Reason(code, text))
    return _said(parent, name), tuple(reasons[:REASONS_MAX])


def _said(parent: etree._Element | None, name: str) -> str:
    found = _child(parent, name)
    return _text(found) if found is not None else ""


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())[:TEXT_MAX]


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(parent, name), None)


def _children(parent: etree._Element | None, name: str) -> Iterator[etree._Element]:
    return (one for one in (() if parent is None else parent) if _local(one) == name)


def _local(element: etree._Element) -> str:
    # Neither comments nor entities have a name of their own.
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
