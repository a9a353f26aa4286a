"""How a country remits, as its pack says it; a wrong file is refused with its key."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kernel.country import BadPack, pack_folder
from payments.operations.remitting import accounting, pack
from payments.operations.remitting.pack import Accounting, Settlement

KIGALI = ZoneInfo("Africa/Kigali")
GOOD = "cut_off: '16:00'\npays_from: {RWF: bank-rw}\n"


@pytest.mark.parametrize("code", ["rw", "ke", "bi"])
def test_every_country_says_how_it_remits(code: str) -> None:
    settled = pack.read(pack_folder(code))
    assert settled.rails
    assert {held for _, held in settled.accounting.columns} <= set(pack.COLUMNS)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("pays_from: {}", "cut_off"),
        ("cut_off: 16:00\npays_from: {}", "cut_off"),
        ("cut_off: '25:00'\npays_from: {}", "cut_off"),
        ("cut_off: '16:00'\npays_from: [bank]", "pays_from"),
        (f"{GOOD}payer: treasury", "payer"),
        (f"{GOOD}payer: {{iban: X}}", "iban"),
        (f"{GOOD}accounting: {{columns: {{A: salary}}}}", "salary"),
        (f"{GOOD}accounting: {{separator: x}}", "separator"),
        (f"{GOOD}accounting: {{decimal: ','}}", "no sign serves two"),
        (f"{GOOD}accounting: {{encoding: ebcdic}}", "encoding"),
        ("- a list", "mapping"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / pack.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(BadPack, match=key):
        pack.read(tmp_path)


def test_a_rail_that_the_pack_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / pack.FILE).write_text(GOOD, encoding="utf-8")
    pack.refuse_strangers(tmp_path, ["bank-rw"])
    with pytest.raises(BadPack, match="bank-rw"):
        pack.refuse_strangers(tmp_path, ["mtn-rw"])


@pytest.mark.parametrize(
    ("hour", "day_and_hour"), [(15, (22, 16)), (16, (23, 16)), (17, (23, 16)), (0, (22, 16))]
)
def test_the_last_cut_off_is_the_countrys(hour: int, day_and_hour: tuple[int, int]) -> None:
    settled = Settlement(cut_off=datetime(2026, 1, 1, 16, 0).time())
    cut_off = settled.last_cut_off(datetime(2026, 11, 23, hour, 0, tzinfo=KIGALI))
    assert (cut_off.day, cut_off.hour) == day_and_hour


RECORD = dict.fromkeys(pack.COLUMNS, "x") | {
    "gross": 123_456, "debit": 5, "payments": 3, "currency": "KES",
    "date": date(2026, 11, 24),
    "beneficiary": "=cmd()", "name": "Ikirundi \u2713",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "1234.56,'=cmd(),2026-11-24,3\r\n"),
        ({"separator": ";", "decimal": ","}, "1234,56;'=cmd();2026-11-24;3\r\n"),
        ({"date_format": "%d/%m/%Y"}, "1234.56,'=cmd(),24/11/2026,3\r\n"),
    ],
)
def test_the_layout_is_the_packs_and_no_cell_is_a_formula(changed, line) -> None:
    columns = tuple((name, name) for name in ("gross", "beneficiary", "date", "payments"))
    layout = Accounting(**{"columns": columns, "encoding": "utf-8", "header": False, **changed})
    assert b"".join(accounting.rows_of(layout, [RECORD])).decode() == line


def test_a_letter_that_the_encoding_lacks_becomes_a_question_mark() -> None:
    layout = Accounting(columns=(("Libellé", "name"),), encoding="cp1252")
    assert b"".join(accounting.rows_of(layout, [RECORD])) == b"Libell\xe9\r\nIkirundi ?\r\n"
