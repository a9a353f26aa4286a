"""The rails of a country pack."""

import shutil

import pytest
from django.conf import settings

from kernel.country import BadPack
from payments.models import LedgerAccount, LedgerDay, Rail
from payments.operations import pack
from tests.payments.world import make_world

pytestmark = pytest.mark.django_db

RWANDA = settings.BASE_DIR / "countries" / "rw"


@pytest.fixture
def folder(tmp_path):
    for name in ("country.yaml", "rails.yaml"):
        shutil.copy(RWANDA / name, tmp_path / name)
    return tmp_path


def edit(folder, old, new):
    file = folder / "rails.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_rwandas_rails_their_accounts_and_days_are_loaded_once(folder):
    make_world()
    Rail.objects.update(active=False)

    changes = pack.load(folder)

    assert {(c.kind, c.what) for c in changes} >= {("rail", "changed"), ("ledger day", "created")}
    assert list(Rail.objects.filter(active=True).values_list("code", "kind", "by_contract")) == [
        ("mtn-rw", "mtn", False),
        ("airtel-rw", "airtel", False),
        ("bank-rw", "bycontract", True),
    ]
    assert LedgerAccount.objects.filter(code="clearing:mtn-rw:RWF", kind="asset").exists()
    assert LedgerAccount.objects.filter(code="payable:treasury:RWF").exists()
    assert LedgerDay.objects.filter(day="2027-12-31", closed_at=None).exists()
    assert pack.load(folder) == []


def test_a_rail_that_the_pack_no_longer_names_is_kept_and_shown_to_nobody(folder):
    pack.load(folder)
    text = (folder / "rails.yaml").read_text(encoding="utf-8")
    (folder / "rails.yaml").write_text(text[: text.index("  - code: bank-rw")], encoding="utf-8")

    assert [(c.kind, c.code, c.what) for c in pack.load(folder)] == [("rail", "bank-rw", "retired")]
    assert Rail.objects.get(code="bank-rw").active is False


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("code: mtn-rw", "code: MTN RW", "is no code"),
        ("code: mtn-rw", "code: bank-rw", "none twice"),
        ("kind: mtn", "kind: telex", "no gateway"),
        ("currency: RWF", "currency: XXX", "no exponent"),
        ("by_contract: false", "by_contract: perhaps", "by_contract"),
        ("provider: MTN Rwanda", "provder: MTN Rwanda", "provider"),
        ("'+25078'", "25078", "prefixes"),
        ("first_day: 2026-01-01", "first_day: soon", "must be dates"),
        ("first_day: 2026-01-01", "first_day: 2028-01-01", "between one day and ten years"),
        ("rails:", "trails:", 'lacks "rails"'),
        ("      en:\n", "      en: pay\n      xx:\n", "lists of texts"),
        ("by_hand_max_minor: 50000", "by_hand_max_minor: much", "not below zero"),
        ("by_hand_max_minor: 50000", "by_hand_max_minor: -1", "not below zero"),
        ("kind: mtn\n", "kind: mtn\n    by_hand_max_minor: 1\n", "where messages are signed"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(folder, old, new, message):
    edit(folder, old, new)
    with pytest.raises(BadPack, match=message):
        pack.load(folder)


def test_a_missing_file_is_said_so(folder):
    (folder / "rails.yaml").unlink()
    with pytest.raises(BadPack, match="missing"):
        pack.load(folder)
