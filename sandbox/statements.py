"""
The banks' statements of one day, as camt.053 and as MT940, built from the bookings.

A day is the country's own. Its closing balance is the next day's opening; a day that has not ended
shows what was booked so far.
"""

import sqlite3
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox import accounts

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
# ISO 20022 external bank transaction codes: domain, family, sub-family.
_CAMT_CODES = {
    accounts.PAYMENT: ("PMNT", "RCDT", "DMCT"),
    accounts.REVERSAL: ("PMNT", "RCDT", "RRTN"),
    accounts.CHARGE: ("ACMT", "MDOP", "CHRG"),
    accounts.SWEEP: ("CAMT", "CAPL", "SWEP"),
}
# SWIFT's types of field 61: transfer, charges, cash management (sweeping).
_SWIFT_TYPES = {
    accounts.PAYMENT: "NTRF",
    accounts.REVERSAL: "NTRF",
    accounts.CHARGE: "NCHG",
    accounts.SWEEP: "NCMS",
}
_WORDS = {
    accounts.PAYMENT: "Payment",
    accounts.REVERSAL: "Payment taken back",
    accounts.CHARGE: "Charges",
    accounts.SWEEP: "To the treasury",
}
_SWIFT_REFERENCE_MAX = 16
_SWIFT_LINE_MAX = 65
_SWIFT_LINES_MAX = 6


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one account did on one day."""

    account: str
    currency: str
    day: date
    zone: ZoneInfo
    opening: Decimal
    bookings: Sequence[sqlite3.Row]

    @property
    def closing(self) -> Decimal:
        return self.opening + sum((Decimal(row["amount"]) for row in self.bookings), Decimal(0))

    @property
    def number(self) -> int:
        """Return the statement's number within its year, without a gap from day to day."""
        return self.day.timetuple().tm_yday

    def at(self, row: sqlite3.Row) -> datetime:
        return datetime.fromtimestamp(row["at"], self.zone)


def of_day(app: Starlette, kind: str, day: date) -> Day:
    network, store = app.state.world.network, app.state.store
    zone = ZoneInfo(network.time_zone)
    since = datetime.combine(day, time(), zone).timestamp()
    until = datetime.combine(day + timedelta(days=1), time(), zone).timestamp()
    return Day(
        account=accounts.number(app, kind),
        currency=network.currency,
        day=day,
        zone=zone,
        opening=accounts.balance(store, kind, before=since),
        bookings=accounts.bookings(store, kind, since=since, until=until),
    )


def routes(kind: str) -> list[Route]:
    """Return /<kind>/statement.xml and /<kind>/statement.sta, both with ?day=2026-11-21."""

    async def xml(request: Request) -> Response:
        day = _day(request)
        if day is None:
            return PlainTextResponse("day=YYYY-MM-DD is needed", status_code=400)
        text = camt(of_day(request.app, kind, day))
        return Response(text.encode(), media_type="application/xml")

    async def sta(request: Request) -> Response:
        day = _day(request)
        if day is None:
            return PlainTextResponse("day=YYYY-MM-DD is needed", status_code=400)
        return PlainTextResponse(mt940(of_day(request.app, kind, day)))

    return [Route(f"/{kind}/statement.xml", xml), Route(f"/{kind}/statement.sta", sta)]


def _day(request: Request) -> date | None:
    try:
        return date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        return None


# --- camt.053 ---------------------------------------------------------------------------------


def camt(told: Day) -> str:
    """Return the day as camt.053.001.08."""
    since = datetime.combine(told.day, time(), told.zone).isoformat()
    until = datetime.combine(told.day, time(23, 59, 59), told.zone).isoformat()
    name = f"{told.account}-{told.day:%Y%m%d}"
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>\n',
            f"<GrpHdr><MsgId>{_xml(name)}</MsgId><CreDtTm>{until}</CreDtTm></GrpHdr>\n",
            f"<Stmt><Id>{_xml(name)}</Id><ElctrncSeqNb>{told.number}</ElctrncSeqNb>",
            f"<CreDtTm>{until}</CreDtTm>",
            f"<FrToDt><FrDtTm>{since}</FrDtTm><ToDtTm>{until}</ToDtTm></FrToDt>",
            f"<Acct><Id><Othr><Id>{_xml(told.account)}</Id></Othr></Id>",
            f"<Ccy>{told.currency}</Ccy></Acct>\n",
            _camt_balance("OPBD", told.opening, told),
            _camt_balance("CLBD", told.closing, told),
            *(_camt_entry(i, row, told) for i, row in enumerate(told.bookings, start=1)),
            "</Stmt></BkToCstmrStmt></Document>\n",
        )
    )


def _camt_balance(code: str, amount: Decimal, told: Day) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_camt_amount(amount, told.currency)}"
        f"<Dt><Dt>{told.day}</Dt></Dt></Bal>\n"
    )


def _camt_entry(line_no: int, row: sqlite3.Row, told: Day) -> str:
    amount = _camt_amount(Decimal(row["amount"]), row["currency"])
    domain, family, sub_family = _CAMT_CODES[row["what"]]
    reversal = "<RvslInd>true</RvslInd>" if row["what"] == accounts.REVERSAL else ""
    # A return repeats the id of the payment that it undoes.
    transaction_id = row["original_id"] or row["external_id"]
    return (
        f"<Ntry><NtryRef>{line_no}</NtryRef>{amount}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><DtTm>{told.at(row).isoformat(timespec='seconds')}</DtTm></BookgDt>"
        f"<ValDt><Dt>{told.day}</Dt></ValDt><AcctSvcrRef>{_xml(row['external_id'])}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd>"
        "</Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{_xml(row['external_id'])}</AcctSvcrRef>"
        f"<EndToEndId>NOTPROVIDED</EndToEndId><TxId>{_xml(transaction_id)}</TxId></Refs>{amount}"
        f"<RmtInf><Ustrd>{_xml(row['reference'] or _WORDS[row['what']])}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>\n"
    )


def _camt_amount(amount: Decimal, currency: str) -> str:
    mark = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{currency}">{abs(amount):f}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _xml(text: str) -> str:
    # XML 1.0 has no place for control characters, whatever a clerk has typed.
    return escape("".join(sign if sign.isprintable() else " " for sign in text))


# --- MT940 ------------------------------------------------------------------------------------


def mt940(told: Day) -> str:
    """Return the day as MT940, as it stands in a file: without SWIFT's envelope."""
    before = told.day - timedelta(days=1)
    return "\r\n".join(
        (
            f":20:{told.day:%y%m%d}{told.number:03d}",
            f":25:{told.account[:35]}",
            f":28C:{told.number}/1",
            f":60F:{_swift_balance(told.opening, before, told.currency)}",
            *(line for row in told.bookings for line in _swift_lines(row, told)),
            f":62F:{_swift_balance(told.closing, told.day, told.currency)}",
            "-",
            "",
        )
    )


def _swift_balance(amount: Decimal, day: date, currency: str) -> str:
    return f"{'D' if amount < 0 else 'C'}{day:%y%m%d}{currency}{_swift_amount(amount)}"


def _swift_lines(row: sqlite3.Row, told: Day) -> list[str]:
    amount = Decimal(row["amount"])
    mark = "D" if amount < 0 else "C"
    if row["what"] == accounts.REVERSAL:
        mark = "RC"  # A credit undone: money out.
    ours = row["original_id"] or row["reference"]
    ours = ours if ours.isascii() and ours.isalnum() else ""
    ours = ours if 0 < len(ours) <= _SWIFT_REFERENCE_MAX else "NONREF"
    words = _swift_text(f"{_WORDS[row['what']]} {row['reference']}".strip())
    kind = _SWIFT_TYPES[row["what"]]
    days = f"{told.day:%y%m%d}{told.day:%m%d}"
    line = f":61:{days}{mark}{_swift_amount(amount)}{kind}{ours}//{row['external_id']}"
    return [line, f":86:{words[0]}", *words[1:]]


def _swift_amount(amount: Decimal) -> str:
    text = f"{abs(amount):f}".replace(".", ",")
    return text if "," in text else f"{text},"


def _swift_text(text: str) -> list[str]:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in text)
    lines = textwrap.wrap(plain, _SWIFT_LINE_MAX) or ["-"]
    return lines[:_SWIFT_LINES_MAX]
