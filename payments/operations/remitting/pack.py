"""
How this country remits: `remittances.yaml` of its pack, whose head says what stands in it.

A pack without the file cuts off at the end of the day, names no bank that pays, and exports plain
CSV.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from kernel.country import BadPack, country, pack_folder
from places.operations import packfiles

FILE = "remittances.yaml"
# What a column of the export may hold; `payments.queries.remittances` fills them.
COLUMNS = (
    "date", "batch", "end_to_end_id", "beneficiary_code", "beneficiary", "revenue_code", "name",
    "legal_source", "payments", "gross", "taken_back", "net", "currency", "debit", "credit",
    "account", "bank_receipt", "state",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso-8859-1")


@dataclass(frozen=True)
class Payer:
    name: str = ""
    bic: str = ""
    bank_name: str = ""


@dataclass(frozen=True)
class Accounting:
    """The layout that the state's accounting system reads: (heading, what it holds) by column."""

    columns: tuple[tuple[str, str], ...] = tuple((name, name) for name in COLUMNS)
    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"
    date_format: str = "%Y-%m-%d"
    header: bool = True


@dataclass(frozen=True)
class Settlement:
    cut_off: time = time(23, 59)
    rails: Mapping[str, str] = field(default_factory=dict)  # Which rail pays, by currency.
    payer: Payer = Payer()
    accounting: Accounting = Accounting()

    def pays_from(self, currency: str) -> str:
        """Return the code of the rail that pays out, or ""."""
        return self.rails.get(currency, "")

    def last_cut_off(self, at: datetime) -> datetime:
        """Return the last moment that a batch built now takes, in the country's time."""
        local = at.astimezone(country().zone)
        today = datetime.combine(local.date(), self.cut_off, tzinfo=country().zone)
        return today if today <= local else today - timedelta(days=1)


def settlement() -> Settlement:
    """Return how the country in force remits."""
    return read(pack_folder(settings.COUNTRY_CODE))


def refuse_strangers(pack: Path, rail_codes: Collection[str]) -> None:
    """:raises BadPack: if the file is wrong, or names a rail that the pack does not have"""
    for currency, code in read(pack).rails.items():
        if code not in rail_codes:
            raise BadPack(f'{pack / FILE}: pays_from.{currency}: there is no rail "{code}"')


@cache
def read(pack: Path) -> Settlement:
    """:raises BadPack: if the file is wrong; the message names the file and the key"""
    file = pack / FILE
    if not file.exists():
        return Settlement()
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadPack(f"{file} cannot be read: {error}") from None
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: the file must be a mapping")
    packfiles.keys(
        raw, file=file, where="the file", required=("cut_off", "pays_from"),
        optional=("payer", "accounting"),
    )  # fmt: skip
    rails, payer = raw["pays_from"], raw.get("payer", {})
    if not isinstance(rails, dict) or not all(
        isinstance(one, str) for pair in rails.items() for one in pair
    ):
        raise BadPack(f"{file}: pays_from must map currencies to codes of rails")
    if not isinstance(payer, dict):
        raise BadPack(f"{file}: payer must be a mapping")
    packfiles.keys(
        payer, file=file, where="payer", required=(), optional=("name", "bic", "bank_name")
    )
    return Settlement(
        cut_off=_time(raw["cut_off"], file),
        rails=rails,
        payer=Payer(**payer),
        accounting=_accounting(raw.get("accounting", {}), file),
    )


def _time(raw: Any, file: Path) -> time:
    try:
        return time.fromisoformat(raw)
    except (TypeError, ValueError):
        raise BadPack(f'{file}: cut_off must be a quoted local time such as "16:00"') from None


def _accounting(raw: Any, file: Path) -> Accounting:
    usual = Accounting()
    if not isinstance(raw, dict):
        raise BadPack(f"{file}: accounting must be a mapping")
    packfiles.keys(
        raw, file=file, where="accounting", required=(),
        optional=("columns", "separator", "decimal", "encoding", "date_format", "header"),
    )  # fmt: skip
    columns = raw.get("columns", dict(usual.columns))
    if not isinstance(columns, dict) or not columns:
        raise BadPack(f"{file}: accounting.columns must map headings to what they hold")
    if unknown := [held for held in columns.values() if held not in COLUMNS]:
        raise BadPack(f"{file}: accounting.columns: no {unknown[0]!r}; there are {COLUMNS}")
    made = Accounting(
        columns=tuple((str(heading), held) for heading, held in columns.items()),
        separator=raw.get("separator", usual.separator),
        decimal=raw.get("decimal", usual.decimal),
        encoding=raw.get("encoding", usual.encoding),
        date_format=raw.get("date_format", usual.date_format),
        header=raw.get("header", usual.header),
    )
    if made.separator not in {",", ";", "\t", "|"} or made.decimal not in {".", ","}:
        raise BadPack(f"{file}: accounting: separator is one of , ; | tab, decimal one of . ,")
    if made.encoding not in ENCODINGS or made.separator == made.decimal:
        raise BadPack(f"{file}: accounting: encoding is one of {ENCODINGS}, and no sign serves two")
    return made
