"""The rows of a CSV statement, read by its layout."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime

from .amounts import minor
from .base import CannotRead, Entry, Kind, Problem, Statement, texts
from .csvlayout import Layout, plain
from .csvrun import Found, follow, oldest_first
from .limits import ENTRIES_MAX, PREAMBLE_MAX, TEXT_MAX

_ISO, _ISO_LENGTH = "%Y-%m-%d %H:%M:%S", len("2026-01-01 00:00:00")
_DELIMITERS = (",", ";", "\t")
_Row = tuple[int, list[str]]


def read(data: bytes, layouts: Sequence[Layout]) -> Statement:
    """
    Return the one statement of a CSV file.

    :raises CannotRead: if no layout knows its header, or a row cannot be read by it
    """
    text = _decoded(data)
    for delimiter in _DELIMITERS:
        rows, is_broken = _rows(text, delimiter)
        for at, (_, header) in enumerate(rows[:PREAMBLE_MAX]):
            for layout in layouts:
                places = layout.places(header)
                if places and is_broken:
                    raise CannotRead("csv", "The file ends within a quoted cell, or misquotes one.")
                if places:
                    preamble = [cells for _, cells in rows[:at]]
                    reader = _Reader(layout, places, width=len(header))
                    return reader.statement(preamble, rows[at + 1 :])
    raise CannotRead("layout", "No declared layout knows the columns of this file.")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str, delimiter: str) -> tuple[list[_Row], bool]:
    """Return the rows that are not empty, and whether reading stopped at a broken one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[_Row] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
            if len(rows) > ENTRIES_MAX + PREAMBLE_MAX:
                raise CannotRead("size", f"The file has more than {ENTRIES_MAX} rows.")
    except csv.Error:
        return rows, True
    return rows, False


class _Reader:
    def __init__(self, layout: Layout, places: dict[str, int], *, width: int) -> None:
        self._layout = layout
        self._places = places
        self._width = width
        grouped = re.escape(layout.thousands_mark)
        decimal = re.escape(layout.decimal_mark)
        self._amount = re.compile(
            rf"([+-]?)(\d+|\d{{1,3}}(?:{grouped}\d{{3}})+)(?:{decimal}(\d*))?", re.ASCII
        )

    def statement(self, preamble: list[list[str]], rows: list[_Row]) -> Statement:
        found: list[Found] = []
        totals: list[list[str]] = []
        for line, cells in rows:
            if not self._id(cells) and any(self._layout.says("totals", each) for each in cells):
                totals.append(cells)
            else:
                found.append(self._found(line, cells, len(found) + 1))
        ordered = oldest_first(found)
        opening, closing, is_continuous = follow(ordered)
        days = sorted(each.moment.date() for each in found if each.entry.is_booked)
        problems: list[Problem] = []
        if not is_continuous:
            problems.append("running-balance")
        if not all(each.has_known_status for each in found):
            problems.append("status")
        if not all(self._totals_agree(cells, found) for cells in totals):
            problems.append("totals")
        return Statement(
            account=self._account(preamble),
            currency=self._layout.currency,
            number="",
            from_day=days[0] if days else None,
            to_day=days[-1] if days else None,
            opening_minor=opening,
            closing_minor=closing,
            entries=[each.entry for each in found],
            format=f"csv:{self._layout.name}",
            told_problems=tuple(problems),
        )

    def _found(self, line: int, cells: list[str], line_no: int) -> Found:
        if len(cells) != self._width:
            raise CannotRead("row", f"Line {line} has not as many cells as the header.")
        if not self._id(cells):
            raise CannotRead("row", f"Line {line} has no id of its movement.")
        status = plain(self._cell(cells, "status"))
        has_status = "status" in self._places
        is_booked = not has_status or status in self._layout.booked_words
        amount_minor = self._movement(line, cells)
        if is_booked and amount_minor is None:
            raise CannotRead("amount", f"Line {line} is booked and has no amount.")
        moment = self._moment(line, self._cell(cells, "moment"))
        return Found(
            entry=self._entry(cells, line_no, amount_minor or 0, moment, is_booked=is_booked),
            moment=moment,
            balance_minor=self._signed(line, self._cell(cells, "balance")),
            has_known_status=is_booked or status in self._layout.unbooked_words,
        )

    def _entry(
        self,
        cells: list[str],
        line_no: int,
        amount_minor: int,
        moment: datetime,
        *,
        is_booked: bool,
    ) -> Entry:
        details, type_ = self._cell(cells, "details"), self._cell(cells, "type")
        inside = self._layout.says("reference_inside", details)
        is_reversal = any(self._layout.says("reversal", each) for each in (details, type_))
        return Entry(
            line_no=line_no,
            amount_minor=amount_minor,
            currency=self._layout.currency,
            booked_day=moment.date(),
            value_day=moment.date(),
            occurred_at=moment,
            is_reversal=is_reversal,
            is_booked=is_booked,
            # Of the details only what the payer typed: around it stand a name and a telephone.
            references=texts(self._cell(cells, "reference"), inside and inside["reference"]),
            bank_ids=texts(self._id(cells)),
            original_id=self._cell(cells, "original_id").upper(),
            kind=self._kind(details, type_, amount_minor),
            code=type_,
        )

    def _kind(self, details: str, type_: str, amount_minor: int) -> Kind:
        if amount_minor == 0:
            return "other"
        for kind in ("charge", "sweep"):
            # Only money out: a payer may type what she likes, and her money stays hers.
            if amount_minor < 0 and any(self._layout.says(kind, e) for e in (details, type_)):
                return "charge" if kind == "charge" else "sweep"
        return "money"

    def _id(self, cells: list[str]) -> str:
        return self._cell(cells, "id").upper()

    def _cell(self, cells: list[str], meaning: str) -> str:
        at = self._places.get(meaning)
        return cells[at][:TEXT_MAX].strip() if at is not None and at < len(cells) else ""

    def _movement(self, line: int, cells: list[str]) -> int | None:
        if "amount" in self._places:
            return self._signed(line, self._cell(cells, "amount"))
        money_in = self._signed(line, self._cell(cells, "money_in"))
        money_out = self._signed(line, self._cell(cells, "money_out"))
        if money_in and money_out:
            raise CannotRead("amount", f"Line {line} has money in and money out at once.")
        if money_out:
            return -abs(money_out)
        return money_in if money_in is not None else money_out

    def _signed(self, line: int, text: str) -> int | None:
        if not text:
            return None
        matched = self._amount.fullmatch(text)
        if matched is None:
            raise CannotRead("amount", f"Line {line} has an amount that is no number.")
        whole = matched[2].replace(self._layout.thousands_mark, "")
        value = minor(f"{whole}.{matched[3] or ''}", self._layout.currency)
        return -value if matched[1] == "-" else value

    def _moment(self, line: int, text: str) -> datetime:
        zone = self._layout.tzinfo
        for form in self._layout.date_forms:
            try:
                # The commonest form by itself, because strptime is ten times slower.
                if form == _ISO and len(text) == _ISO_LENGTH:
                    return datetime.fromisoformat(text).replace(tzinfo=zone)
                return datetime.strptime(text, form).replace(tzinfo=zone)
            except ValueError:
                continue
        raise CannotRead("date", f"Line {line} has a date in no form that the layout knows.")

    def _totals_agree(self, cells: list[str], found: list[Found]) -> bool:
        for meaning, sign in (("money_in", 1), ("money_out", -1)):
            told = self._signed(0, self._cell(cells, meaning))
            if told is None:
                continue
            mine = [each.entry for each in found if each.entry.amount_minor * sign > 0]
            booked = sum(abs(entry.amount_minor) for entry in mine if entry.is_booked)
            # Some exports sum the failed rows too.
            if abs(told) not in (booked, sum(abs(entry.amount_minor) for entry in mine)):
                return False
        return True

    def _account(self, preamble: list[list[str]]) -> str:
        for cells in preamble:
            label, *values = [cell.strip() for cell in cells]
            if plain(label.rstrip(":")) in self._layout.account_labels:
                return next((value for value in values if value), "")
        return ""
