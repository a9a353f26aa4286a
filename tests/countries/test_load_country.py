"""Loading a pack: the real counts, once and for all, all or nothing."""

import shutil
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.models import Service, ServiceVersion
from kernel.country import BadPack
from places.models import Area, Beneficiary, Office, PackLoad
from tests.catalogue.editor.world import published
from tests.countries.packs import RW, TINY, load

COUNTS = {"province": 5, "district": 30, "sector": 416, "cell": 2148, "village": 14846}


def _command(*args: str, **options: object) -> str:
    out = StringIO()
    call_command("load_country", *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_rwanda_has_its_areas_and_38_services(whole_rw) -> None:
    for level, count in COUNTS.items():
        assert Area.objects.filter(level_name=level).count() == count
    assert Service.objects.count() == 38
    applicable = ServiceVersion.objects.filter(definition__applicable=True)
    assert set(applicable.values_list("service__code", flat=True)) == {
        "birth-certificate",
        "marriage-certificate",
        "certificate-being-single",
        "full-identity",
        "residence",
        "life",
        "birth-record",
        "marriage-record",
        "criminal-record",
    }
    assert Office.objects.filter(level="sector", by_rule=True).count() == 416
    assert Office.objects.filter(level="district").count() == 30
    assert Beneficiary.objects.filter(kind="district").count() == 30


@pytest.mark.django_db
def test_every_fee_of_rwanda_says_that_its_law_is_not_checked(rw) -> None:
    for version in ServiceVersion.objects.all():
        for fee in version.definition["fees"]:
            assert fee["legal_source"] is None
            assert fee["legal_checked"] is False


@pytest.mark.django_db
def test_loading_twice_changes_nothing_the_second_time(whole_rw) -> None:
    assert whole_rw
    assert load(RW) == []


@pytest.mark.django_db
def test_the_command_loads_rwanda_and_then_says_unchanged() -> None:
    said = _command("rw")
    assert "17445 area created" in said
    assert PackLoad.objects.get().country == "rw"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("guichet_app",)
    assert "unchanged" in _command("rw")


@pytest.mark.django_db
def test_a_dry_run_says_what_it_would_do_and_keeps_nothing() -> None:
    assert "undone" in _command("rw", dry_run=True)
    assert not Area.objects.exists()
    assert not PackLoad.objects.exists()


@pytest.mark.django_db
def test_an_invented_country_loads_without_a_line_of_code(tiny) -> None:
    assert Office.objects.get(code="parish-n1").phone == "+248 4 000 000"
    assert Service.objects.get(code="boat-licence").current.number == 1
    assert load(TINY) == []


@pytest.mark.django_db
def test_the_command_loads_an_invented_country_from_its_folder() -> None:
    assert "changes" in _command("ty", folder=TINY)


@pytest.mark.django_db
def test_a_second_country_is_refused(tiny) -> None:
    PackLoad.objects.create(country="ty", sha256="0" * 64)
    with pytest.raises(CommandError, match="holds the country"):
        _command("rw")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


BOAT = "services/boat-licence.yaml"
BROKEN = [
    ("areas/parish.csv", "S1,S,Palm", "S1,X,Palm", r'parish.csv, line 4: the parent "X" of S1'),
    ("areas/parish.csv", "S1,S,Palm,", "N1,S,Palm,", r"parish.csv, line 4: the code N1 stands"),
    ("areas/parish.csv", "S1,S,Palm,", "S1,S,,", r"parish.csv, line 4: S1 has no name"),
    ("areas/parish.csv", "S1,S,Palm,", "S1,S", r"parish.csv, line 4: 2 cells under 4"),
    ("areas/island.csv", "code,name,", "cod,name,", r'island.csv, line 1: the column "code"'),
    ("agencies.yaml", "names:", "names: {en: ", r"agencies.yaml, line \d+"),
    ("offices.yaml", "area: N1", "area: N9", r'offices.yaml: named\[0\].area: no area "N9"'),
    ("offices.yaml", "level: island", "level: moon", r'by_rule\[0\].level: no level "moon"'),
    ("offices.yaml", "agency: harbour", "agency: none", r'named\[1\].agency: no agency "none"'),
    ("offices.yaml", "phone:", "fax:", r'named\[0\] has an unknown key "fax"'),
    ("beneficiaries.yaml", "code: harbour", "code: treasury", r'"treasury" stands twice'),
    ("needs.yaml", "tide-table", "no-such", r'needs.yaml: \[0\].services: no service "no-such"'),
    (BOAT, "category: sea", "category: sky", r'boat-licence.yaml, line 4: category: unknown "sky"'),
    (BOAT, "agency: harbour", "agency: port", r'boat-licence.yaml, line 5: agency: unknown "port"'),
    (BOAT, "beneficiary: treasury", "beneficiary: me", r'fees\[1\].beneficiary: unknown "me"'),
    (BOAT, "currency: USD", "currency: EUR", r'fees\[0\].currency: unknown "EUR"'),
    (BOAT, "kind: certificate", "kind: magic", r'kind: unknown "magic"'),
    (BOAT, "type: textarea", "type: blob", r'form\[2\].fields\[7\].type: unknown "blob"'),
    (BOAT, "code: story", "code: name", r'form\[2\].fields\[7\].code: "name" stands twice'),
    (BOAT, "area_field: mooring", "area_field: name", r'area_field: no required area field'),
    (BOAT, "kind: certificate", "kind: certificate\nkind: physical", r'the key "kind" stands tw'),
    (BOAT, "code: boat-licence", "code: other", r'"other" is not the name of the file'),
    (BOAT, "within: island", "within: mooring", r"within: no earlier area field"),
    (BOAT, "level_name: parish", "level_name: sector", r'mooring.level_name: unknown "sector"'),
    (BOAT, "amount_minor: 25,", "amount_minor: '25',", r"fees\[1\].amount_minor: int is wanted"),
    (BOAT, "amount_minor: 25,", "amount_minor: -25,", r"fees\[1\].amount_minor: -25 is not"),
    (BOAT, "paper: null", "paper: galleon, register: birth", r'output.paper: nobody can draw "ga'),
    (BOAT, "paper: null", "paper: life, register: birth", r'output.register: unknown "birth"'),
    (
        BOAT, "paper: null", "paper: life, register: population, kind: record",
        r'output.kind: unknown "record"',
    ),
    ("country.yaml", "currency: USD", "money: USD", r"country.yaml lacks 'currency'"),
    ("country.yaml", "holidays: ''", "holidays: ''\nmachine: {agency: [fr]}", r"no file agency"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "old", "new", "said"), BROKEN)
def test_a_broken_pack_is_refused_whole_and_says_where(copy, name, old, new, said) -> None:
    _change(copy / name, old, new)
    with pytest.raises(CommandError, match=r"Nothing was loaded\..*" + said):
        _command("ty", folder=copy)
    assert not Area.objects.exists()
    assert not PackLoad.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["country.yaml", "areas/parish.csv", "agencies.yaml", BOAT])
def test_a_missing_file_is_named(copy, name) -> None:
    (copy / name).unlink()
    with pytest.raises(BadPack, match=r"is missing|no service"):
        load(copy)


@pytest.mark.django_db
def test_a_file_that_is_no_text_is_named(copy) -> None:
    (copy / "areas/parish.csv").write_bytes(b"code,parent,name\n\xff\xfe,N,x\n")
    with pytest.raises(BadPack, match=r"parish.csv: not UTF-8"):
        load(copy)


@pytest.mark.django_db
def test_an_area_that_the_pack_drops_is_retired_and_comes_back(tiny, copy) -> None:
    _change(copy / "areas/parish.csv", "S1,S,Palm,\n", "")
    assert [(c.code, c.what) for c in load(copy)] == [("S1", "retired")]
    assert not Area.objects.get(code="S1").active
    assert [(c.code, c.what) for c in load(TINY)] == [("S1", "changed")]


@pytest.mark.django_db
def test_a_changed_service_gets_a_new_version_and_the_old_one_stays(tiny, copy) -> None:
    before = Service.objects.get(code="boat-licence").current
    _change(copy / BOAT, "amount_minor: 25", "amount_minor: 30")
    changed = [(c.code, c.what) for c in load(copy)]
    assert changed == [("boat-licence", "published 2")]
    assert Service.objects.get(code="boat-licence").current.number == 2
    before.refresh_from_db()
    assert before.definition["fees"][1]["amount_minor"] == 25


@pytest.mark.django_db
def test_a_limit_that_the_pack_would_raise_is_kept_and_the_command_says_why(copy) -> None:
    _command("ty", folder=copy)
    _change(copy / "rails.yaml", "per_act_minor: 50000,", "per_act_minor: 60000,")
    said = _command("ty", folder=copy)
    assert "kept: limit refund.decide is not raised by a pack: two people raise it" in said


@pytest.mark.django_db
def test_a_service_with_a_published_edit_is_kept(tiny, copy) -> None:
    published("boat-licence", names={"en": "Boat permit"})
    _change(copy / BOAT, "amount_minor: 25", "amount_minor: 30")
    assert ("boat-licence", "kept") in [(c.code, c.what) for c in load(copy)]
    assert Service.objects.get(code="boat-licence").current.definition["names"]["en"] == (
        "Boat permit"
    )


@pytest.mark.django_db
def test_an_edit_and_a_pack_that_come_at_once_wait_for_each_other(tiny, copy) -> None:
    _change(copy / BOAT, "amount_minor: 25", "amount_minor: 30")
    with CaptureQueriesContext(connection) as asked:
        load(copy)
    every = [one["sql"] for one in asked.captured_queries]
    looked = next(n for n, sql in enumerate(every) if "source\" = 'edit'" in sql)
    assert any("catalogue_service" in sql and "FOR NO KEY UPDATE" in sql for sql in every[:looked])


@pytest.mark.django_db
def test_a_published_version_cannot_be_changed_or_deleted(tiny) -> None:
    for statement, refusal in (
        ("UPDATE catalogue_serviceversion SET definition = '{}'", "is published"),
        ("DELETE FROM catalogue_serviceversion", "permission denied"),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            with pytest.raises(Exception, match=refusal):
                cursor.execute(statement)
            cursor.execute("ROLLBACK TO SAVEPOINT before")


@pytest.mark.django_db(transaction=True)
def test_its_owner_deletes_no_published_version_either(as_owner) -> None:
    with transaction.atomic():
        load(TINY)
    with pytest.raises(psycopg.Error, match="is published"):
        as_owner.execute("DELETE FROM catalogue_serviceversion")
