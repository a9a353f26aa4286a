import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import acts, policies, queries
from accounts.models import Account, Grant
from kernel.country import pack_folder, read_country
from places.models import Area, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(country_tree: dict[str, Area]) -> None:
    for code in ("1209", "1213", "12"):
        area = country_tree[code]
        Office.objects.create(
            code=f"{area.level_name}-{code}",
            names={"en": area.name},
            level=area.level_name,
            area=area,
        )
    Office.objects.create(code="national-nppa", names={"en": "NPPA"}, level="national")


@pytest.fixture
def demo(tmp_path, settings, offices):
    settings.VAR_DIR = tmp_path

    def seed() -> list[dict[str, str]]:
        call_command("seed_demo", verbosity=0)
        return json.loads((tmp_path / "demo.json").read_text())

    return seed


def test_the_demonstration_has_its_people_each_with_the_rights_of_the_pack(demo, client):
    told = demo()
    logins = {person["login"]: person["password"] for person in told}
    assert set(told[0]) == {"who", "login", "password", "does"}

    def holders(act: str, area_code: str | None) -> list[str]:
        ids = policies.holders(act=act, area_code=area_code, at=timezone.now())
        return [account.email for account in queries.accounts(ids)]

    kimironko = ["officer.kimironko@guichet.example", "second.kimironko@guichet.example"]
    assert holders("case.decide", "1209") == kimironko
    assert holders("case.sign", "1209") == kimironko
    assert holders("case.decide", "1213") == ["officer.remera@guichet.example"]
    assert holders("case.supervise", "1209") == ["supervisor.gasabo@guichet.example"]
    assert holders("money.view", None) == [
        "finance@guichet.example",
        "finance.second@guichet.example",
        "finance.head@guichet.example",
    ]
    assert holders("refund.ask", None) == ["finance@guichet.example"]
    assert holders("refund.decide", None) == ["finance.second@guichet.example"]
    operators = Account.objects.filter(is_staff=True)
    assert [account.email for account in operators] == ["operator@guichet.example"]
    assert not Grant.objects.filter(account__in=operators).exists()
    for account in Account.objects.all():
        assert account.check_password(logins[account.email])


def test_every_right_was_given_by_one_and_confirmed_by_another(demo):
    demo()
    for grant in Grant.objects.all():
        assert len({grant.account_id, grant.given_by_id, grant.confirmed_by_id}) == 3


def test_seeding_again_changes_nothing(demo):
    told = demo()
    before = list(Grant.objects.values_list("pk", flat=True))
    hashes = dict(Account.objects.values_list("email", "password"))
    assert demo() == told
    assert list(Grant.objects.values_list("pk", flat=True)) == before
    assert dict(Account.objects.values_list("email", "password")) == hashes


def test_lost_logins_are_made_anew(demo, tmp_path):
    before = demo()
    (tmp_path / "demo.json").unlink()
    after = demo()
    assert {p["login"] for p in after} == {p["login"] for p in before}
    for person in after:
        assert Account.objects.get(email=person["login"]).check_password(person["password"])


def test_a_seed_in_the_environment_makes_the_same_passwords_everywhere(demo, tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD_SEED", "spring")
    first = demo()
    (tmp_path / "demo.json").unlink()
    assert demo() == first
    monkeypatch.setenv("DEMO_PASSWORD_SEED", "autumn")
    assert demo() != first


def test_the_logins_are_for_the_owner_of_the_machine_alone(demo, tmp_path):
    demo()
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def test_the_demonstration_is_refused_in_production(demo, settings, tmp_path):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        demo()
    assert not Account.objects.exists()
    assert not (tmp_path / "demo.json").exists()


def test_without_a_country_the_demonstration_says_what_to_do(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with pytest.raises(CommandError, match="load the country first"):
        call_command("seed_demo", verbosity=0)


def test_a_damaged_file_of_logins_is_said_aloud(demo, tmp_path):
    (tmp_path / "demo.json").write_text("{")
    with pytest.raises(CommandError, match="damaged"):
        demo()


def test_the_pack_grants_only_acts_that_are_declared(settings):
    raw = pack_folder(settings.COUNTRY_CODE) / "demo.yaml"
    assert read_country(raw.parent).code
    assert {"case.decide", "case.sign", "case.supervise", "money.view"} <= acts.codes()
