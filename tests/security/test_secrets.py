"""A secret may lie in a file that a vault mounts: NAME_FILE says where."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.stack.checks import SERVERS_BY_TLS
from tests.config.test_production import RWANDA, told


def named_by_file(tmp_path: Path, name: str, text: str) -> dict[str, str]:
    file = tmp_path / name
    file.write_text(text)
    variables = told(**{f"{name}_FILE": str(file)})
    del variables[name]
    return variables


@pytest.mark.parametrize("name", ["SECRET_KEY", "SMS_TOKEN", "DATABASE_URL"])
def test_a_file_says_what_a_variable_would(tmp_path, name):
    said = SERVERS_BY_TLS.get(name, "s" * 60)
    wiring = environment.read(named_by_file(tmp_path, name, f"{said}\n"), rails=RWANDA)
    assert said in (wiring.secret_key, wiring.gateways["sms"]["token"], wiring.database_url)


def test_a_file_is_held_to_the_same_rules(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must have 50 characters"):
        environment.read(named_by_file(tmp_path, "SECRET_KEY", "short"), rails=RWANDA)


def test_both_is_a_mistake_and_so_is_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="must not both be set"):
        environment.read(told(SMS_TOKEN_FILE=str(tmp_path)), rails=RWANDA)
    variables = told(SMS_TOKEN_FILE=str(tmp_path / "nothing"))
    del variables["SMS_TOKEN"]
    with pytest.raises(ImproperlyConfigured, match="SMS_TOKEN_FILE names a file"):
        environment.read(variables, rails=RWANDA)


@pytest.mark.parametrize("contact", ["mailto:a@b.example", "https://b.example/tell", "tel:+250"])
def test_a_contact_for_holes(contact):
    assert environment.security_contact({"SECURITY_CONTACT": contact}, usual="") == contact


@pytest.mark.parametrize("contact", ["a@b.example", "http://b.example", "mailto:a b", "x"])
def test_no_contact_for_holes(contact):
    with pytest.raises(ImproperlyConfigured, match="SECURITY_CONTACT"):
        environment.security_contact({"SECURITY_CONTACT": contact}, usual="")
