"""
SWIFT MT940 and MT942, read by the library mt-940 and judged here.

The library takes the fields apart. The sign, the year of an entry's date, the joining of wrapped
texts and what counts as booked are ours, because it gives RC (a credit undone: money out) as
money in, and because banks write 30 February, "nullnull" and spaces where a date belongs.
"""

import calendar
import logging
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import mt940
from mt940.models import Transaction, Transactions
from mt940.tags import Statement as StatementLine

from .amounts import minor
from .base import CannotRead, Entry, Kind, Statement, texts
from .limits import ENTRIES_MAX, STATEMENTS_MAX

# The library logs every field that it cannot match, payer's name included.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

_BLOCK = re.compile(r"(?m)^(?=:20:)")
# SWIFT's envelope and the marks of teletype between two messages.
_ENVELOPE = re.compile(r"(?m)^(?:-\}.*|\{[1-5]:.*|-[ \t\x01\x03]*|[\x00-\x03]+[ \t]*)$")
_CLOSING = re.compile(r"(?m)^:62[FM]?:.*$")
# Field 86 in the German form: a code, then sub-fields by number, each behind one separator.
_STRUCTURED = re.compile(r"\d{3}([?~>^])\d{2}", re.ASCII)
# ISO 20022 gives an end-to-end id 35 characters.
_END_TO_END = re.compile(r"EREF\+(.{1,35}?)(?=\s*[A-Z]{4}[+:]|$)")
# Fields 86 behind one entry; the library glues them one by one.
_DETAILS_MAX = 50
_FEBRUARY = 2


class _Line(StatementLine):
    """
    Field 61 as banks write it: "nullnull" or spaces for the entry date, references of any length.

    The type behind the amount is asked for, as SWIFT does: without it "1.000,00" would read as 1.
    """

    pattern = r"""^
    (?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})
    (?P<entry_month>\d{2}|\s{2}|null)?(?P<entry_day>\d{2}|\s{2}|null)?
    (?P<status>[RE]?[DC])
    (?P<funds_code>[A-Z])?
    [\n ]?
    (?P<amount>\d{1,15}(?:,\d*)?)
    (?P<id>[A-Z][A-Z0-9 ]{1,3})
    (?P<customer_reference>(?:(?!//)[^\n])*)
    (//(?P<bank_reference>[^\n]*))?
    (\n(?P<extra_details>[\s\S]*))?
    $"""


def read(data: bytes) -> list[Statement]:
    """
    Return the file's statements, one for each field 20.

    :raises CannotRead: if a field cannot be read, or a statement names no account
    """
    text = _ENVELOPE.sub("", _decoded(data).replace("\r\n", "\n").replace("\r", "\n"))
    blocks = [block for block in _BLOCK.split(text) if block.startswith(":20:")]
    if not blocks:
        raise CannotRead("empty", "No field :20: begins a statement.")
    if len(blocks) > STATEMENTS_MAX:
        raise CannotRead("size", f"The file has more than {STATEMENTS_MAX} statements.")
    return [_statement(block) for block in blocks]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # cp1252 leaves five bytes undefined; they are not worth a refused statement.
        return data.decode("cp1252", errors="replace")


def _statement(block: str) -> Statement:
    end = _CLOSING.search(block)
    # What follows the closing balance speaks of the statement, and the library would give it to
    # the last entry.
    told = _parsed(block[: end.end()] if end else block)
    account = str(told.data.get("account_identification") or "").strip()
    if not account:
        raise CannotRead("account", "A statement names no account (field 25).")
    lines = [line for line in told if "status" in line.data]
    currency = told.currency or ""
    if lines and not currency:
        raise CannotRead("currency", "A statement with entries names no currency.")
    opening, closing = _balance(told, "opening"), _balance(told, "closing")
    is_mixed = any(each and each.currency != currency for each in (opening, closing))
    entries = []
    for line_no, line in enumerate(lines, start=1):
        entries.append(_entry(line, line_no, currency))
        line.data.clear()  # A hundred thousand of them would be in memory twice.
    days = sorted(entry.booked_day for entry in entries if entry.booked_day)
    numbers = [told.data.get("statement_number"), told.data.get("sequence_number")]
    is_interim = "d_floor_limit" in told.data or "c_floor_limit" in told.data
    return Statement(
        account=account,
        currency=currency,
        number="/".join(number for number in numbers if number),
        from_day=opening.day if opening else (days[0] if days else None),
        to_day=closing.day if closing else (days[-1] if days else None),
        opening_minor=opening.amount_minor if opening else None,
        closing_minor=closing.amount_minor if closing else None,
        entries=entries,
        format="mt942" if is_interim else "mt940",
        told_problems=("currency",) if is_mixed else (),
    )


def _parsed(block: str) -> Transactions:
    parts = block.split("\n:61:")
    if len(parts) > ENTRIES_MAX:
        raise CannotRead("size", f"A statement has more than {ENTRIES_MAX} entries.")
    for part in parts:
        if part.count("\n:86:") + part.count("\n:NS:") > _DETAILS_MAX:
            raise CannotRead("size", f"An entry has more than {_DETAILS_MAX} texts.")
    told = Transactions(
        # Whole texts, as they stand: joining and taking apart is done below.
        processors={
            "pre_line": [_mend_dates],
            "post_account_identification": [_first_account],
            "post_transaction_details": [],
        },
        tags={61: _Line()},
        options=mt940.Options.all(),
    )
    try:
        told.parse(block)
    except Exception:
        # The library raises what its pieces raise (RuntimeError, ValueError, decimal's own, and
        # others); each means the same here, and its text quotes the statement.
        raise CannotRead("field", "A field of the statement is not as MT940 writes it.") from None
    return told


def _first_account(told: Transactions, _tag: object, _fields: object, read_: Any) -> Any:
    # A wrapped text can begin with ":25:"; the account is what stood first.
    return {**read_, **{k: v for k, v in told.data.items() if k in read_}}


def _mend_dates(_told: Transactions, _tag: object, fields: dict[str, Any], *_: Any) -> Any:
    # Banks that count thirty days a month book interest on 30 February.
    fields["day"] = _february(fields["year"], fields["month"], fields["day"])
    # The library would read the entry's date in the value date's year: ours is told below.
    fields["entry"] = (fields.pop("entry_month", None), fields.pop("entry_day", None))
    return fields


def _february(year: str, month: str, day: str) -> str:
    if int(month) != _FEBRUARY:
        return day
    return str(min(int(day), calendar.monthrange(2000 + int(year), _FEBRUARY)[1]))


def _entry(line: Transaction, line_no: int, currency: str) -> Entry:
    told = line.data
    mark = told["status"].upper()
    value_day = date(told["date"].year, told["date"].month, told["date"].day)
    amount_minor = minor(str(abs(told["amount"].amount)), currency)
    sign = -1 if mark in ("D", "RC", "ED") else 1
    details = "".join((told.get("transaction_details") or "").split("\n"))
    customer = _named(told.get("customer_reference"))
    code = told["id"].strip()
    bank_ids = texts(_named(told.get("bank_reference")))
    payers = texts(*_END_TO_END.findall(_purpose(details)), customer)
    return Entry(
        line_no=line_no,
        amount_minor=sign * amount_minor,
        currency=currency,
        booked_day=_booked_day(told["entry"], value_day),
        value_day=value_day,
        is_reversal=mark in ("RC", "RD"),
        # EC and ED are expected, not there yet.
        is_booked=mark not in ("EC", "ED"),
        references=texts(
            customer,
            _purpose(details),
            (told.get("extra_details") or "").replace("\n", ""),
            *(told.get("non_swift_text") or "").split("\n"),
        ),
        bank_ids=bank_ids,
        payer_ids=tuple(each for each in payers if each not in bank_ids),
        # Where a bank takes a payment back, this field names it (docs/providers/by-contract.md).
        original_id=customer if mark in ("RC", "RD") else "",
        kind=_kind(code, amount_minor),
        code=code,
    )


def _booked_day(entry: tuple[str | None, str | None], value_day: date) -> date:
    """Return the day of the entry in the year that brings it nearest to the value date."""
    month, day = entry
    if not (month and day and month.isdigit() and day.isdigit()):
        return value_day
    years = (value_day.year - 1, value_day.year, value_day.year + 1)
    try:
        days = [date(y, int(month), int(_february(str(y - 2000), month, day))) for y in years]
    except ValueError:
        raise CannotRead("date", "An entry's date is not a day of the calendar.") from None
    return min(days, key=lambda each: abs(each - value_day))


def _purpose(details: str) -> str:
    """Return what field 86 says of the purpose; the structured form also names people."""
    matched = _STRUCTURED.match(details)
    if matched is None:
        return details
    parts = [(part[:2], part[2:]) for part in details.split(matched[1])[1:]]
    return "".join(text for number, text in parts if number[:1] == "2" or "60" <= number <= "65")


def _kind(code: str, amount_minor: int) -> Kind:
    if amount_minor == 0:
        return "other"
    # SWIFT's types behind N, S or F: charges, commission, interest.
    if code[1:] in ("CHG", "COM"):
        return "charge"
    return "other" if code[1:] == "INT" else "money"


def _named(reference: str | None) -> str:
    text = (reference or "").strip()
    return "" if text == "NONREF" else text


@dataclass(frozen=True, slots=True)
class _Balance:
    day: date
    amount_minor: int
    currency: str


def _balance(told: Transactions, which: str) -> _Balance | None:
    for form in ("final_", "intermediate_", ""):
        balance = told.data.get(f"{form}{which}_balance")
        if balance is None:
            continue
        currency = balance.amount.currency
        amount_minor = minor(str(abs(balance.amount.amount)), currency)
        sign = 1 if balance.status.upper() == "C" else -1
        day = date(balance.date.year, balance.date.month, balance.date.day)
        return _Balance(day, sign * amount_minor, currency)
    return None
