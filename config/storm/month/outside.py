"""The providers' own books of the month: what they booked, and how they tell of it."""

import csv
import io
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape

from config.storm.month.plan import Paid

PAYMENT, REVERSAL, CHARGE, SWEEP = "PAYMENT", "REVERSAL", "CHARGE", "SWEEP"
DEBIT = "DEBIT"  # Nothing says what for.
REFUND, REMITTANCE, TRANSFER = "REFUND", "REMITTANCE", "TRANSFER"
SENT_BACK = "SENT BACK"  # A remittance, by the beneficiary's bank.
_PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_CODES = {
    PAYMENT: ("PMNT", "RCDT", "DMCT"),
    REVERSAL: ("PMNT", "RCDT", "RRTN"),
    CHARGE: ("ACMT", "MDOP", "CHRG"),
    SWEEP: ("CAMT", "CAPL", "SWEP"),
    TRANSFER: ("CAMT", "CAPL", "SWEP"),
    REFUND: ("PMNT", "ICDT", "DMCT"),
    DEBIT: ("PMNT", "ICDT", "DMCT"),
    REMITTANCE: ("PMNT", "ICDT", "DMCT"),
    SENT_BACK: ("PMNT", "ICDT", "RRTN"),
}
# What a provider's letter says of a debit, by how the provider's id of it begins.
_LETTERS = {"C": "charge", "U": "sweep", "P": "refund", "M": "remittance"}


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of a provider's books; amounts are signed whole units: negative is out."""

    id: str
    at: datetime
    amount: int
    what: str
    text: str = ""
    original: str = ""
    end_to_end: str = ""


@dataclass
class Books:
    """One account of ours at one provider."""

    account: str
    currency: str
    balance: int = 0
    number: int = 0
    days: dict[date, list[Booking]] = field(default_factory=lambda: defaultdict(list))

    def book(self, one: Booking) -> None:
        self.days[one.at.date()].append(one)

    def holds(self, at: datetime) -> int:
        """Return what stands on the account at a moment."""
        booked = (one for day in self.days.values() for one in day if one.at <= at)
        return self.balance + sum(one.amount for one in booked)

    def camt(self, day: date) -> bytes:
        """Return the statement of a day that is over, as camt.053.001.08; once, in order."""
        booked = sorted(self.days.pop(day, []), key=lambda one: one.at)
        opening, self.balance = self.balance, self.balance + sum(one.amount for one in booked)
        self.number += 1
        head = (
            f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_CAMT}"><BkToCstmrStmt>'
            f"<Stmt><Id>{self.account}-{day}</Id><ElctrncSeqNb>{self.number}</ElctrncSeqNb>"
            f"<FrToDt><FrDtTm>{day}T00:00:00</FrDtTm><ToDtTm>{day}T23:59:59</ToDtTm></FrToDt>"
            f"<Acct><Id><Othr><Id>{self.account}</Id></Othr></Id><Ccy>{self.currency}</Ccy></Acct>"
        )
        parts = [
            head,
            self._balance("OPBD", opening, day),
            self._balance("CLBD", self.balance, day),
            *(self._entry(one) for one in booked),
            "</Stmt></BkToCstmrStmt></Document>",
        ]
        return "\n".join(parts).encode()

    def portal(self, day: date) -> bytes:
        """Return the same as the wallet's portal writes it (config/storm/wallet-portal.yaml)."""
        booked = sorted(self.days.pop(day, []), key=lambda one: one.at)
        written = io.StringIO()
        sheet = csv.writer(written)
        sheet.writerow(
            ("Id", "External Id", "Date", "Status", "Type", "Original Id", "Amount", "Fee",
             "Currency", "Balance")
        )  # fmt: skip
        for one in booked:
            self.balance += one.amount
            sheet.writerow(
                (one.id, one.text or one.end_to_end, f"{one.at:%Y-%m-%d %H:%M:%S}", "SUCCESSFUL",
                 one.what, one.original, one.amount, "0", self.currency, self.balance)
            )  # fmt: skip
        return written.getvalue().encode()

    def _balance(self, code: str, amount: int, day: date) -> str:
        mark = "DBIT" if amount < 0 else "CRDT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{self.currency}">{abs(amount)}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    def _entry(self, one: Booking) -> str:
        domain, family, sub_family = _CODES[one.what]
        mark = "DBIT" if one.amount < 0 else "CRDT"
        amount = f'<Amt Ccy="{self.currency}">{abs(one.amount)}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        reversal = "<RvslInd>true</RvslInd>" if one.what == REVERSAL else ""
        return (
            f"<Ntry>{amount}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><DtTm>{one.at.isoformat()}</DtTm></BookgDt>"
            f"<AcctSvcrRef>{one.id}</AcctSvcrRef><BkTxCd><Domn><Cd>{domain}</Cd><Fmly>"
            f"<Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn></BkTxCd>"
            f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{one.id}</AcctSvcrRef>"
            f"<EndToEndId>{escape(one.end_to_end or 'NOTPROVIDED')}</EndToEndId>"
            f"<TxId>{one.original or one.id}</TxId></Refs>{amount}"
            f"<RmtInf><Ustrd>{escape(one.text or one.what)}</Ustrd></RmtInf>"
            "</TxDtls></NtryDtls></Ntry>"
        )


def notification(paid: Paid, currency: str) -> bytes:
    """Return the bank's signed news of a payment (payments/gateways/bycontract.py)."""
    told = {
        "id": paid.id,
        "reference": paid.reference,
        "amount": str(paid.amount),
        "currency": currency,
        "paid_at": paid.at.isoformat(),
        "channel": "ussd",
    }
    return json.dumps(told).encode()


def status(paid: Paid, currency: str) -> bytes:
    """Return the wallet's answer to our question about a payment (MTN's shape)."""
    told = {
        "financialTransactionId": paid.id,
        "externalId": paid.reference,
        "amount": str(paid.amount),
        "currency": currency,
        "payer": {"partyIdType": "MSISDN", "partyId": paid.phone.removeprefix("+")},
        "status": "SUCCESSFUL",
    }
    return json.dumps(told).encode()


def paid_out(external_id: str, amount: int, currency: str) -> bytes:
    """Return the wallet's answer to our question about a refund."""
    told = {
        "financialTransactionId": external_id,
        "amount": str(amount),
        "currency": currency,
        "status": "SUCCESSFUL",
    }
    return json.dumps(told).encode()


def not_paid_out(amount: int, currency: str) -> bytes:
    """Return the wallet's answer to our question about a refund that it could not pay."""
    told = {
        "amount": str(amount),
        "currency": currency,
        "status": "FAILED",
        "reason": "PAYEE_NOT_FOUND",
    }
    return json.dumps(told).encode()


def verdict(message_id: str, end_to_end: str, status: str) -> bytes:
    """Return the bank's word about an order of ours, as pain.002.001.10."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_PAIN}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{status}-{end_to_end}</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{message_id}</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def without_a_line(statement: bytes) -> bytes:
    """Return a camt statement that lacks one of its credits, while its balances tell of it."""
    lines = statement.decode().split("\n")
    credit = next(place for place, line in enumerate(lines) if _is_credit(line))
    return "\n".join(lines[:credit] + lines[credit + 1 :]).encode()


def _is_credit(line: str) -> bool:
    return line.startswith("<Ntry>") and "<CdtDbtInd>CRDT" in line


def bookings(paid: Paid) -> list[Booking]:
    """Return what the provider books of a payment, its being taken back included."""
    booked = [Booking(paid.id, paid.at, paid.amount, PAYMENT, text=paid.reference)]
    if paid.taken_back_at is not None:
        what, original = (DEBIT, "") if paid.is_unnamed else (REVERSAL, paid.id)
        booked.append(
            Booking(f"R{paid.id}", paid.taken_back_at, -paid.amount, what, original=original)
        )
    return booked


def letter(external_id: str) -> tuple[str, str]:
    """Return what a provider writes of a debit when asked: what it was, and of which payment."""
    what = _LETTERS.get(external_id[0], "reversal")
    return what, external_id.removeprefix("R") if what == "reversal" else ""


def charge(rail: str, day: date, at: datetime, amount: int) -> Booking:
    """Return what the provider keeps for a day."""
    return Booking(f"C{rail[0].upper()}{day:%Y%m%d}", at, -amount, CHARGE)
