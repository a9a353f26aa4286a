"""The bank's word about an order, by tables; and files that are none."""

import pytest

from payments.orders import pain002
from payments.orders.pain002 import CannotRead, Reason, Verdict

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.{}"
RSN = "<StsRsnInf><Rsn><Cd>{}</Cd></Rsn><AddtlInf>{}</AddtlInf></StsRsnInf>"


def report(
    *, group: str = "", payment: str = "", transfer: str = "", why: str = "", space: str = ""
) -> bytes:
    name = f' xmlns="{space}"' if space else ""
    tx = (
        f"<TxInfAndSts><OrgnlEndToEndId>RM202600000001</OrgnlEndToEndId>"
        f"<TxSts>{transfer}</TxSts>{why}</TxInfAndSts>"
        if transfer
        else ""
    )
    inner = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>"
        f"{f'<PmtInfSts>{payment}</PmtInfSts>' if payment else ''}{tx}</OrgnlPmtInfAndSts>"
        if payment or transfer
        else ""
    )
    return (
        f"<Document{name}><CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>RM-2026-000001</OrgnlMsgId>{f'<GrpSts>{group}</GrpSts>' if group else ''}"
        f"{why if not transfer else ''}</OrgnlGrpInfAndSts>{inner}</CstmrPmtStsRpt></Document>"
    ).encode()


@pytest.mark.parametrize(
    ("said", "end_to_end_id", "status", "meant"),
    [
        ({"group": "ACTC"}, "", "ACTC", Verdict.TAKEN),
        ({"group": "RJCT"}, "", "RJCT", Verdict.REFUSED),
        ({"group": "RCVD"}, "", "RCVD", Verdict.OPEN),
        ({"group": "PART", "transfer": "RJCT"}, "RM202600000001", "RJCT", Verdict.REFUSED),
        ({"group": "RJCT", "transfer": "ACSC"}, "RM202600000001", "ACSC", Verdict.TAKEN),
        ({"payment": "ACSP"}, "", "ACSP", Verdict.TAKEN),
        ({"payment": "CANC"}, "", "CANC", Verdict.REFUSED),
        ({"payment": "PDNG"}, "", "PDNG", Verdict.OPEN),
        ({"group": "OWN1"}, "", "OWN1", Verdict.OPEN),
    ],
)
def test_the_nearest_word_counts(said, end_to_end_id, status, meant) -> None:
    [result] = pain002.read(report(**said))
    assert (result.end_to_end_id, result.status, result.verdict) == (end_to_end_id, status, meant)
    assert result.message_id == "RM-2026-000001"


@pytest.mark.parametrize(
    "space", ["", *map(SPACE.format, ("03", "10", "14")), "http://bank.example/own"]
)
def test_any_version_is_read_with_its_reasons(space: str) -> None:
    why = RSN.format("AC04", " Closed\n account ")
    [result] = pain002.read(report(transfer="RJCT", why=why, space=space))
    assert result.reasons == (Reason("AC04", "Closed account"),)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]>'
    b"<Document><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml"),
        (b"not xml", "xml"),
        (b"<Document><CstmrPmtStsRpt>", "xml"),
        (BOMB, "doctype"),
        (BOMB.decode().encode("utf-16"), "doctype"),
        (b"<Document><BkToCstmrStmt/></Document>", "other"),
        (report(), "no_status"),
        (b"<a>" + b"<b/>" * 60_000 + b"</a>", "size"),
        (b" " * 2_000_001, "size"),
    ],
)
def test_what_is_no_report_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        pain002.read(data)
    assert refused.value.code == code
