"""What the environment may say of the mail server and of the state's directory."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

PRODUCTION = {"GUICHET_ENV": "production"}
DIRECTORY = {
    "DIRECTORY_ISSUER": "https://people.example",
    "DIRECTORY_CLIENT_ID": "guichet",
    "DIRECTORY_CLIENT_SECRET": "b5c1d0a2f3e4958677889900",
}


def test_there_is_no_directory_unless_it_is_named():
    assert environment.directory({})["issuer"] == ""
    assert environment.directory(PRODUCTION)["issuer"] == ""
    told = environment.directory({**PRODUCTION, **DIRECTORY, "DIRECTORY_SECOND_ACR": "gold, high"})
    assert told == {
        "issuer": "https://people.example",
        "client_id": "guichet",
        "client_secret": DIRECTORY["DIRECTORY_CLIENT_SECRET"],
        "second_acr": ["gold", "high"],
        "trusts_email": False,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIRECTORY_ISSUER", "http://people.example"),
        ("DIRECTORY_ISSUER", "people"),
        ("DIRECTORY_CLIENT_ID", ""),
        ("DIRECTORY_CLIENT_SECRET", ""),
        ("DIRECTORY_CLIENT_SECRET", "short"),
        ("DIRECTORY_CLIENT_SECRET", "development-only-directory"),
    ],
)
def test_a_directory_half_named_or_on_an_open_road_is_refused_in_production(name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        environment.directory({**PRODUCTION, **DIRECTORY, name: value})


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, ""),
        ({"MAIL_HOST": "mail.example", "MAIL_FROM": "guichet@gov.example"}, ""),
        ({"MAIL_HOST": "mail.example"}, "MAIL_FROM"),
        ({"MAIL_HOST": "m", "MAIL_FROM": "a@b.example", "MAIL_TLS": "none"}, "MAIL_TLS"),
        ({"MAIL_TLS": "ssl3"}, "MAIL_TLS"),
        ({"MAIL_PORT": "smtp"}, "MAIL_PORT"),
    ],
)
def test_a_mail_server_is_complete_and_encrypted_in_production(said, wrong):
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read({**PRODUCTION, **said}, rails=[])  # Of all else nothing is set.
    assert ("MAIL_" in str(refused.value)) == bool(wrong)
    assert wrong in str(refused.value)
