"""`manage.py read_statement FILE`: what a statement says, and whether it adds up. Posts nothing."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from payments.statements import CannotRead, Entry, Layout, Statement, csvlayout, read
from payments.statements.limits import BYTES_MAX

_UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Prints the statements of a camt.052/053/054, MT940/942 or CSV file, amounts in signed "
        "minor units. Exits 0 when the file was read, adding up or not, and 2 when it cannot be."
    )
    # It needs neither a database nor the rest of the house.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument(
            "--layout", help="only this CSV layout: the name of the house's, or a YAML file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            layouts = find_layouts(options["layout"])
            statements = read(_bytes(options["file"]), layouts=layouts)
        except (CannotRead, csvlayout.BadLayout) as cannot:
            raise CommandError(str(cannot), returncode=_UNREADABLE) from None
        except OSError as broken:
            raise CommandError(
                f"The file cannot be opened: {broken.strerror}.", returncode=_UNREADABLE
            ) from None
        if options["json"]:
            told = [_as_json(statement) for statement in statements]
            balances = all(statement.balances for statement in statements)
            self.stdout.write(
                json.dumps({"statements": told, "balances": balances}, ensure_ascii=False, indent=1)
            )
            return
        for statement in statements:
            self.stdout.write("\n".join(_lines(statement)))


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX + 1)


def find_layouts(wanted: str | None) -> Sequence[Layout] | None:
    if wanted is None:
        return None
    if named := [layout for layout in csvlayout.house() if layout.name == wanted]:
        return named
    try:
        declared = yaml.safe_load(Path(wanted).read_text("utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError):
        raise csvlayout.BadLayout(f"No layout is called {wanted}, and no YAML file.") from None
    if not isinstance(declared, dict):
        raise csvlayout.BadLayout("The layout's file is no mapping.")
    return [csvlayout.from_mapping(declared)]


def _as_json(statement: Statement) -> dict[str, Any]:
    return {
        "format": statement.format,
        "account": statement.account,
        "currency": statement.currency,
        "number": statement.number,
        "from_day": _day(statement.from_day),
        "to_day": _day(statement.to_day),
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.closing_minor,
        "booked_minor": statement.booked_minor,
        "entries": [_entry_as_json(entry) for entry in statement.entries],
        "has_balances": statement.has_balances,
        "balances": statement.balances,
        "difference_minor": statement.difference_minor,
        "problems": list(statement.problems),
    }


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    return {
        "line_no": entry.line_no,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "booked_day": _day(entry.booked_day),
        "value_day": _day(entry.value_day),
        "occurred_at": _day(entry.occurred_at),
        "is_booked": entry.is_booked,
        "is_reversal": entry.is_reversal,
        "kind": entry.kind,
        "code": entry.code,
        "references": list(entry.references),
        "bank_ids": list(entry.bank_ids),
        "original_id": entry.original_id,
        "details_minor": entry.details_minor,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _lines(statement: Statement) -> list[str]:
    lines = [
        f"format: {statement.format}",
        f"account: {_one_line(statement.account) or 'not named'}",
        f"currency: {statement.currency or 'not named'}",
        f"number: {_one_line(statement.number) or 'none'}",
        f"days: {_or_unknown(statement.from_day)} to {_or_unknown(statement.to_day)}",
        f"opening: {_or_unknown(statement.opening_minor)}",
        f"closing: {_or_unknown(statement.closing_minor)}",
        f"entries: {len(statement.entries)}",
    ]
    lines += [_entry_line(entry) for entry in statement.entries]
    why = f" ({', '.join(statement.problems)})" if statement.problems else ""
    return [
        *lines,
        f"balances: {str(statement.balances).lower()}{why}",
        f"difference: {_or_unknown(statement.difference_minor)}",
        "",
    ]


def _entry_line(entry: Entry) -> str:
    marks: list[str] = [entry.kind]
    marks += ["reversal"] if entry.is_reversal else []
    marks += [] if entry.is_booked else ["not booked"]
    references = " | ".join(_one_line(text) for text in entry.references) or "no reference"
    ids = " | ".join(_one_line(text) for text in entry.bank_ids) or "no id"
    return (
        f"  {entry.line_no}  {_or_unknown(entry.booked_day)}  {entry.amount_minor:+d} "
        f"{entry.currency}  {', '.join(marks)}  [{ids}]  {references}"
    )


def _one_line(text: str) -> str:
    # What a payer typed goes to a terminal: control characters stay out of it.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _or_unknown(value: object) -> str:
    return "unknown" if value is None else str(value)
