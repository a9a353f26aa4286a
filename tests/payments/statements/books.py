"""A bank's books for the tests of importing: days of one account, written as camt.053."""

from dataclasses import dataclass, field
from datetime import timedelta

from payments.operations import importing
from payments.operations.importing import Report
from tests.world import NOON

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.05{}.001.08"
DAY = NOON.date()
# The sandbox's account for rail bank-rw, as the settings name it outside production.
OWN = "BANK-RW-001"


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Money on the account, in francs; negative: it left."""

    amount: int
    id: str = ""
    end_to_end: str = ""
    text: str = ""
    day: int = 0  # After the first.
    is_reversal: bool = False
    status: str = "BOOK"
    code: str = ""  # "ACMT/MCOP/CHRG", "PMNT/ICDT/..."
    original: str = ""


@dataclass(kw_only=True)
class Account:
    """An account that remembers its balance from one statement to the next."""

    number: str = OWN
    balance: int = 0
    statements: int = field(default=0)

    def statement(self, *bookings: Booking, day: int = 0, to_day: int | None = None) -> bytes:
        self.statements += 1
        opening = self.balance
        self.balance += sum(one.amount for one in bookings if one.status == "BOOK")
        return written(
            *bookings,
            account=self.number,
            opening=opening,
            closing=self.balance,
            number=self.statements,
            day=day,
            to_day=to_day,
        )


def written(
    *bookings: Booking,
    account: str = OWN,
    opening: int | None = 0,
    closing: int | None = 0,
    number: int = 1,
    day: int = 0,
    to_day: int | None = None,
    currency: str = "RWF",
    form: str = "3",
) -> bytes:
    """Write one statement, whether it adds up or not; without balances as an advice ("4")."""
    first, last = DAY + timedelta(days=day), DAY + timedelta(days=day if to_day is None else to_day)
    message = {"3": "Stmt", "4": "Ntfctn", "2": "Rpt"}[form]
    balances = "".join(
        _balance(code, amount, currency)
        for code, amount in (("OPBD", opening), ("CLBD", closing))
        if amount is not None
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{CAMT.format(form)}"><M>'
        f"<{message}><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>{balances}"
        f"{''.join(_entry(one, currency) for one in bookings)}</{message}></M></Document>"
    ).encode()


def _balance(code: str, amount: int, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if amount < 0 else 'CRDT'}</CdtDbtInd>"
        f"<Dt><Dt>{DAY}</Dt></Dt></Bal>"
    )


def _entry(one: Booking, currency: str) -> str:
    day = DAY + timedelta(days=one.day)
    money = (
        f'<Amt Ccy="{currency}">{abs(one.amount)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if one.amount < 0 else 'CRDT'}</CdtDbtInd>"
    )
    codes = one.code.split("/") if one.code else []
    code = (
        f"<BkTxCd><Domn><Cd>{codes[0]}</Cd><Fmly><Cd>{codes[1]}</Cd>"
        f"<SubFmlyCd>{codes[2]}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        if codes
        else ""
    )
    end_to_end = f"<EndToEndId>{one.end_to_end}</EndToEndId>" if one.end_to_end else ""
    original = (
        f"<RtrInf><OrgnlBkTxCd/></RtrInf><OrgnlTxRef/><OrgnlTxId>{one.original}</OrgnlTxId>"
        if one.original
        else ""
    )
    return (
        f"<Ntry>{money}{'<RvslInd>true</RvslInd>' if one.is_reversal else ''}"
        f"<Sts><Cd>{one.status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"{f'<AcctSvcrRef>{one.id}</AcctSvcrRef>' if one.id else ''}{code}"
        f"<NtryDtls><TxDtls><Refs>{end_to_end}</Refs>{money}"
        f"<RmtInf><Ustrd>{one.text}</Ustrd></RmtInf>{original}</TxDtls></NtryDtls></Ntry>"
    )


def bring(data: bytes, *, rail: str | None = "bank-rw", at=NOON, **how) -> Report:
    return importing.import_file(data=data, name="statement.xml", rail_code=rail, at=at, **how)
