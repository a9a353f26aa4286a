"""What production must be told before it starts, and what it says when it is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import locale
from django.core.exceptions import ImproperlyConfigured

from config import environment, serving
from config.settings import database
from config.stack.checks import production
from config.stack.home import ROOT
from payments.gateways.kcb.signing import DEVELOPMENT_KEY

RWANDA = environment.rails_of(ROOT / "countries" / "rw")
NEEDED = [
    "SECRET_KEY",
    "FIELD_KEY",
    "AUDIT_KEY",
    "SITE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "POPULATION_URL",
    "CIVIL_URL",
    "CRIMINAL_URL",
    "CRIMINAL_URL",
    "CRIMINAL_URL",
    "SMS_URL",
    "MTN_URL",
    "MTN_API_USER",
    "MTN_ENVIRONMENT",
    "MTN_API_KEY",
    "MTN_SUBSCRIPTION_KEY",
    "AIRTEL_URL",
    "AIRTEL_VERSION",
    "AIRTEL_CLIENT_ID",
    "AIRTEL_CLIENT_SECRET",
    "AIRTEL_CALLBACK_KEY",
    "REGISTER_TOKEN",
    "SMS_TOKEN",
    "SMS_RECEIPT_TOKEN",
    "BANK_SECRET",
]
SECRETS = [name for name in NEEDED if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]


def told(**changes: str) -> dict[str, str]:
    return {**production(), **changes}


def test_production_starts_when_all_is_told() -> None:
    wiring = environment.read(told(BANK_SECRET=f"{'n' * 16} , {'o' * 16}"), rails=RWANDA)
    assert wiring.site_url == "https://guichet.example"
    assert wiring.gateways["rails"]["bank-rw"]["secret"] == ["n" * 16, "o" * 16]
    assert wiring.gateways["rails"]["mtn-rw"]["url"] == "https://outside.example"
    assert wiring.gateways["rails"]["mtn-rw"]["callback_base"] == "https://guichet.example"


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("absent", [None, "", " "])
def test_production_does_not_start_without(name: str, absent: str | None) -> None:
    variables = told()
    del variables[name]
    if absent is not None:
        variables[name] = absent
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} must be set [a-z ]*\.$"):
        environment.read(variables, rails=RWANDA)


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read({"GUICHET_ENV": "production"}, rails=RWANDA)
    assert {sentence.split()[0] for sentence in str(refused.value).split(". ")} == set(NEEDED)


def test_our_accounts_are_named_by_the_contract_and_nothing_stands_in_for_them() -> None:
    named = environment.read(told(BANK_ACCOUNTS=" 4001, ,4002 "), rails=RWANDA).gateways["rails"]
    assert (named["bank-rw"]["accounts"], named["mtn-rw"]["accounts"]) == (["4001", "4002"], [])
    here = environment.read({"MTN_ACCOUNTS": "77"}, rails=RWANDA).gateways["rails"]
    assert (here["bank-rw"]["accounts"], here["mtn-rw"]["accounts"]) == (["BANK-RW-001"], ["77"])


def test_a_short_code_is_an_account_of_ours() -> None:
    kenya = environment.rails_of(ROOT / "countries" / "ke")
    rails = environment.read({"MPESA_ACCOUNTS": "600967,600966"}, rails=kenya).gateways["rails"]
    assert rails["mpesa-ke"]["accounts"] == ["600966", "600967"]
    rails = environment.read({}, rails=kenya).gateways["rails"]
    assert (rails["mpesa-ke"]["accounts"], rails["kcb-ke"]["accounts"]) == (
        ["600966"],
        ["KCB-KE-001"],
    )


def test_development_needs_none_of_them() -> None:
    wiring = environment.read({}, rails=RWANDA)
    assert wiring.gateways["sms"]["base_url"] == "http://127.0.0.1:8001/sms"
    assert wiring.gateways["rails"]["bank-rw"]["secret"] == ["development-only-bank"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SITE_URL", "http://guichet.example", "SITE_URL must begin with https://"),
        ("SITE_URL", "guichet.example", "SITE_URL must be an address"),
        ("SMS_URL", "sms.example", "SMS_URL must be an address"),
        ("MTN_URL", "ftp://mtn.example", "MTN_URL must be an address"),
        ("FIELD_KEY", "ab" * 31, "64 hexadecimal digits"),
        ("FIELD_KEY", "xy" * 32, "64 hexadecimal digits"),
        ("FIELD_KEY", f"{'0123456789abcdef' * 4},", "64 hexadecimal digits"),
        ("FIELD_KEY", "ab" * 32, "not one byte repeated"),
        ("FIELD_KEY", f"{'0123456789abcdef' * 4},{'00' * 32}", "not one byte repeated"),
        ("BANK_SECRET", f"{'n' * 16},", "must not have an empty part"),
        ("BANK_SECRET", f"{'n' * 16}, ,{'o' * 16}", "must not have an empty part"),
        ("BANK_SECRET", f"{'n' * 16},{'o' * 15}", "16 characters or more"),
        *[(name, "development-only-thing", "secret of its own") for name in SECRETS],
    ],
)
def test_production_refuses_what_it_cannot_use(name: str, value: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        environment.read(told(**{name: value}), rails=RWANDA)
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"), [("FIELD_KEY", "short"), ("BANK_SECRET", "one,"), ("SMS_URL", "nowhere")]
)
def test_what_could_not_work_is_refused_in_development_too(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        environment.read({name: value}, rails=RWANDA)


@pytest.mark.parametrize("word", ["", "prod", "Production", "staging"])
def test_an_unknown_environment_is_not_taken_for_development(word: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="development, test, production"):
        environment.named({"GUICHET_ENV": word})


@pytest.mark.parametrize("word", environment.ENVIRONMENTS)
def test_the_three_environments_are_known(word: str) -> None:
    assert environment.named({"GUICHET_ENV": word}) == word
    assert environment.named({}) == "development"


def test_rails_are_those_of_the_pack_each_with_variables_of_its_own(tmp_path: Path) -> None:
    pack = tmp_path / "ke"
    pack.mkdir()
    (pack / "rails.yaml").write_text(
        "rails:\n"
        "  - {code: airtel-money-ke, kind: bycontract}\n"
        "  - {code: bank-ke, kind: bycontract}\n"
        "  - {code: mtn-ke, kind: mtn}\n"
    )
    variables = told(AIRTEL_MONEY_SECRET="a" * 16, BANK_SECRET="b" * 16)
    rails = environment.read(variables, rails=environment.rails_of(pack)).gateways["rails"]
    assert list(rails) == ["airtel-money-ke", "bank-ke", "mtn-ke"]
    assert rails["airtel-money-ke"]["secret"] == ["a" * 16]
    assert rails["bank-ke"]["secret"] == ["b" * 16]
    assert rails["mtn-ke"]["api_key"] == variables["MTN_API_KEY"]


def test_a_country_without_a_network_needs_no_contract_with_it(tmp_path: Path) -> None:
    pack = tmp_path / "bi"
    pack.mkdir()
    (pack / "rails.yaml").write_text("rails:\n  - {code: bank-bi, kind: bycontract}\n")
    variables = {name: value for name, value in told().items() if not name.startswith("MTN_")}
    rails = environment.read(variables, rails=environment.rails_of(pack)).gateways["rails"]
    assert list(rails) == ["bank-bi"]


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "Our French"), ("so", "Somali"), ("de", "German"), ("kln", "kln")]
)
def test_a_language_has_a_name_whoever_knows_it(code: str, name: str) -> None:
    known = {"so": {"name": "Somali"}, **locale.LANG_INFO}
    assert environment.language_name(code, ours={"fr": "Our French"}, known=known) == name


def said_by_settings(variables: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr.strip().rpartition("\n")[2]


def test_the_settings_ask_it() -> None:
    assert said_by_settings(told()) == (0, "")
    variables = told()
    del variables["SMS_URL"]
    code, said = said_by_settings(variables)
    assert code != 0
    assert said.endswith("ImproperlyConfigured: SMS_URL must be set in production.")


KCB = [environment.Rail(code="kcb-ke", kind="kcb", prefix="KCB")]


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (DEVELOPMENT_KEY, "KCB_PUBLIC_KEYS must not hold the development key in production."),
        (DEVELOPMENT_KEY.replace("\n", "\\n"), "must not hold the development key"),
        ("no key", "KCB_PUBLIC_KEYS must be one or two PEM public keys of 2048 bits or more."),
    ],
)
def test_production_takes_a_banks_own_keys_and_no_others(keys: str, wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=wrong):
        environment.read(told(KCB_PUBLIC_KEYS=keys), rails=KCB)


def test_a_word_that_is_no_choice_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="KCB_VALIDATION_SIGNED must be one of yes, no"):
        environment.read({"KCB_VALIDATION_SIGNED": "maybe"}, rails=KCB)


def test_only_rails_with_a_contract_are_wired_where_they_are_named() -> None:
    wiring = environment.read(told(RAILS="bank-rw"), rails=RWANDA)
    assert list(wiring.gateways["rails"]) == ["bank-rw"]


def test_a_rail_that_the_pack_does_not_know_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="RAILS names bank-xx, which"):
        environment.read(told(RAILS="bank-rw,bank-xx"), rails=RWANDA)


@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have 50 characters or more."),
        ({"SMS_TOKEN": "x"}, "SMS_TOKEN must have 16 characters or more."),
        ({"MTN_URL": "http://outside.example"}, "MTN_URL must begin with https://"),
        ({"CALLBACK_BASE": "http://in.example"}, "CALLBACK_BASE must begin with https://"),
        ({"AIRTEL_VERSION": "v2"}, "AIRTEL_VERSION must be one of v1, v2-pkcs1"),
        ({"AIRTEL_CALLBACK_HASH": "t"}, "AIRTEL_CALLBACK_HASH must be one of required, logged"),
    ],
)
def test_production_refuses_what_would_open_a_door(variables: dict, wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=wrong):
        environment.read(told(**variables), rails=RWANDA)


@pytest.mark.parametrize("other", ["FIELD_KEY", "INDEX_KEY"])
def test_who_reads_the_data_does_not_sign_the_trace(other: str) -> None:
    one, own = "ab" * 31 + "cd", "12" * 31 + "34"
    with pytest.raises(ImproperlyConfigured, match="AUDIT_KEY must be a key of its own"):
        environment.read(told(**{other: one, "AUDIT_KEY": f"{own},{one}"}), rails=RWANDA)
    assert environment.read(told(**{other: one, "AUDIT_KEY": own}), rails=RWANDA)


def test_nobody_serves_as_the_owner_of_the_tables() -> None:
    serving.refuse_owner({})
    with pytest.raises(ImproperlyConfigured, match="GUICHET_AS_OWNER"):
        serving.refuse_owner({"GUICHET_AS_OWNER": "1"})


def test_how_the_database_proves_itself_reaches_it() -> None:
    told = database("postgresql://a:b@db.example/g?sslmode=verify-full&sslrootcert=/r.pem&x=1")
    assert told["OPTIONS"]["sslmode"] == "verify-full"
    assert told["OPTIONS"]["sslrootcert"] == "/r.pem"
    assert "x" not in told["OPTIONS"]
    assert told["NAME"] == "g"
