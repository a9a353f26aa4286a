"""Small statements written for the tests, as banks and networks write them."""

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
REFERENCE = "858961326965"
MPESA_HEADER = (
    "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,"
    "Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No."
)


def balance(code: str, amount: str, *, currency: str = "RWF", direction: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "500",
    *,
    currency: str = "RWF",
    direction: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    extra: str = "",
    details: str = "",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{extra}'
        f"{status}<BookgDt><DtTm>2026-11-20T10:15:00+02:00</DtTm></BookgDt>"
        f"<ValDt><Dt>2026-11-21</Dt></ValDt><AcctSvcrRef>FT1</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def detail(amount: str = "", *, refs: str = "", remittance: str = "", extra: str = "") -> str:
    told = f'<Amt Ccy="RWF">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>' if amount else ""
    return f"<TxDtls><Refs>{refs}</Refs>{told}<RmtInf>{remittance}</RmtInf>{extra}</TxDtls>"


def camt(
    *inside: str, namespace: str = CAMT, message: str = "Stmt", account: str = "4001"
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}"><Message>'
        f"<{message}><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb>"
        f"<Acct><Id><Othr><Id>4001</Id></Othr></Id><Ccy>RWF</Ccy></Acct>"
        f"{''.join(inside)}</{message}></Message></Document>"
    ).encode()


def mt940(*lines: str, opening: str = "C261120RWF0,", closing: str = "C261120RWF500,") -> bytes:
    head = (":20:S1", ":25:4001", ":28C:7/1", f":60F:{opening}")
    return "\r\n".join((*head, *lines, f":62F:{closing}", "-", "")).encode()


def mpesa(*rows: str, header: str = MPESA_HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()
