import io
import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from tests.payments.statements.made import REFERENCE, balance, camt, detail, entry, mpesa
from tests.payments.statements.test_csv import BANK


def _told(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("read_statement", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "statement.xml"
    paid = detail("500", remittance=f"<Ustrd>{REFERENCE}</Ustrd>")
    path.write_bytes(camt(balance("OPBD", "0"), balance("CLBD", "499"), entry(details=paid)))
    return path


def test_a_statement_that_does_not_balance_is_shown_with_its_difference(statement: Path) -> None:
    told = _told(statement)

    assert "account: 4001" in told
    assert "opening: 0" in told
    assert "closing: 499" in told
    assert f"+500 RWF  money  [FT1]  {REFERENCE}" in told
    assert "balances: false (balance)" in told
    assert "difference: -1" in told


def test_the_same_as_json(statement: Path) -> None:
    told = json.loads(_told(statement, "--json"))

    assert told["balances"] is False
    [only] = told["statements"]
    assert (only["account"], only["currency"], only["difference_minor"]) == ("4001", "RWF", -1)
    assert (only["opening_minor"], only["closing_minor"]) == (0, 499)
    [paid] = only["entries"]
    assert (paid["amount_minor"], paid["references"]) == (500, [REFERENCE])


def test_what_cannot_be_read_ends_with_two_and_one_line(tmp_path: Path) -> None:
    cut = tmp_path / "cut.xml"
    cut.write_bytes(camt(entry())[:200])

    for path in (cut, tmp_path / "absent", tmp_path):
        with pytest.raises(CommandError) as refused:
            _told(path)
        assert refused.value.returncode == 2
        assert "\n" not in str(refused.value)


def test_a_layout_by_name_and_by_file(tmp_path: Path) -> None:
    portal, bank, layout = tmp_path / "m.csv", tmp_path / "b.csv", tmp_path / "bank.yaml"
    portal.write_bytes(mpesa("TB1,2026-10-01 09:00:00,,Pay Bill,Completed,5.00,,,,,,,x"))
    bank.write_text("Date;Transaction;Libelle;Montant;Solde\n31/10/2026;T1;x;1.500;1.500\n")
    layout.write_text(yaml.safe_dump(BANK))

    assert "currency: KES" in _told(portal, "--layout", "mpesa-org")
    assert "currency: BIF" in _told(bank, "--layout", str(layout))
    for path, name in ((bank, "mpesa-org"), (portal, str(layout)), (portal, "nobody's")):
        with pytest.raises(CommandError):
            _told(path, "--layout", name)
