"""Production refuses every road that is open, and every caller that is known by a password."""

from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment, reaching, serving
from config.settings import database
from config.stack.checks import SERVERS_BY_TLS
from tests.config.test_production import RWANDA, told

PRODUCTION = {"GUICHET_ENV": "production"}
PROOFS = ("sslrootcert=/run/wire/ca.pem", "sslcert=/run/wire/own.pem", "sslkey=/run/wire/own.pem")
OF_BROKER = (
    "ssl_cert_reqs=required",
    "ssl_ca_certs=/run/wire/ca.pem",
    "ssl_certfile=/run/wire/own.pem",
    "ssl_keyfile=/run/wire/own.pem",
)


def said_of(**variables: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read(told(**variables), rails=RWANDA)
    return str(refused.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "OWNER_DATABASE_URL"])
@pytest.mark.parametrize("host", ["db", "127.0.0.1", "db.example"])
@pytest.mark.parametrize("mode", ["", "sslmode=disable", "sslmode=require", "sslmode=verify-ca"])
def test_the_database_proves_who_it_is_wherever_it_is(name: str, host: str, mode: str) -> None:
    url = f"postgresql://app@{host}/guichet?{'&'.join([*PROOFS, mode])}"
    assert said_of(**{name: url}) == (
        f"{name} must say sslmode=verify-full: the database proves who it is."
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "OWNER_DATABASE_URL"])
def test_nobody_comes_to_the_database_by_a_password_or_unknown(name: str) -> None:
    good = SERVERS_BY_TLS[name]
    assert environment.read(told(**{name: good}), rails=RWANDA)
    by_password = good.replace("@db", ":secret@db")
    assert said_of(**{name: by_password}) == (
        f"{name} must hold no password: a certificate says who calls."
    )
    for proof in PROOFS:
        missing = proof.partition("=")[0]
        assert said_of(**{name: good.replace(f"&{proof}", "")}) == (
            f"{name} must name files for {missing}."
        )


@pytest.mark.parametrize("more", ["host=elsewhere", "hostaddr=192.0.2.1", "password=x"])
def test_nothing_behind_the_question_mark_leads_past_what_is_judged(more: str) -> None:
    assert "before its question mark" in said_of(
        DATABASE_URL=f"{SERVERS_BY_TLS['DATABASE_URL']}&{more}"
    )


def test_a_socket_of_this_machine_needs_no_tls() -> None:
    url = "postgresql://guichet_app@%2Frun%2Fpostgresql/guichet"
    assert environment.read(told(DATABASE_URL=url), rails=RWANDA).database_url == url
    assert database(url)["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("redis://broker:6379/0", "must begin with rediss://"),
        ("redis://:x@127.0.0.1/0", "must begin with rediss://"),
        (f"rediss://broker/0?{'&'.join(OF_BROKER[1:])}", "ssl_cert_reqs=required"),
        (f"rediss://broker/0?{'&'.join(OF_BROKER[1:])}&ssl_cert_reqs=none", "ssl_cert_reqs"),
        (f"rediss://broker/0?{'&'.join(OF_BROKER)}&ssl_check_hostname=False", "ssl_cert_reqs"),
        (f"rediss://broker/0?{OF_BROKER[0]}&{OF_BROKER[1]}", "ssl_certfile, ssl_keyfile"),
        (f"rediss://:secret@broker/0?{'&'.join(OF_BROKER)}", "no password"),
    ],
)
def test_the_broker_proves_who_it_is_and_so_do_we(url: str, wrong: str) -> None:
    said = said_of(REDIS_URL=url)
    assert wrong in said
    assert "secret" not in said


def test_outside_production_servers_may_be_plain() -> None:
    plain = {"DATABASE_URL": "postgresql://a:b@127.0.0.1/g", "REDIS_URL": "redis://:b@127.0.0.1/0"}
    assert environment.read(plain, rails=RWANDA).redis_url == plain["REDIS_URL"]


@pytest.mark.parametrize(
    "address", ["http://sandbox:8001/sms", "http://127.0.0.1:8001/sms", "http://sms.example"]
)
@pytest.mark.parametrize("name", ["SMS_URL", "MTN_URL", "CIVIL_URL"])
def test_no_neighbour_is_asked_plainly(name: str, address: str) -> None:
    assert said_of(**{name: address}) == f"{name} must begin with https:// in production."
    near = address.replace("http:", "https:")
    assert environment.read(told(**{name: near}), rails=RWANDA)


def test_a_scanner_is_reached_by_a_socket() -> None:
    for address in ("", "unix:///run/clamd.sock"):
        assert environment.scanner({**PRODUCTION, "CLAMD_ADDRESS": address}) == address
    with pytest.raises(ImproperlyConfigured, match="unix:///path in production"):
        environment.scanner({**PRODUCTION, "CLAMD_ADDRESS": "tcp://127.0.0.1:3310"})


def test_stamps_signing_and_traces_go_by_tls() -> None:
    asked = [
        ("TIMESTAMP_AUTHORITIES", environment.timestamp_authorities, "stamps.example 1"),
        ("CSC_URL", environment.signing_service, "signing.example/csc"),
    ]
    for name, read, rest in asked:
        assert read({**PRODUCTION, name: f"https://{rest}"}, usual="")
        assert read({name: f"http://{rest}"}, usual="")
        with pytest.raises(ImproperlyConfigured, match=f"{name} must .*https://.* in production"):
            read({**PRODUCTION, name: f"http://{rest}"}, usual="")
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        assert environment.traces({**PRODUCTION, name: "https://collector:4318"}) is not None
        with pytest.raises(ImproperlyConfigured, match=name):
            environment.traces({**PRODUCTION, name: "http://collector:4318"})
    assert environment.traces(PRODUCTION) == ""


def test_no_more_hosts_are_named_without_tls_but_for_lists_that_are_signed() -> None:
    for named in ("revocation:http://crl.example", "directory:https://login.example"):
        assert reaching.hosts({"OUTGOING_HOSTS": named}, wired={}, production=True)
    plain = {"OUTGOING_HOSTS": "directory:http://login.example"}
    assert reaching.hosts(plain, wired={}, production=False)
    with pytest.raises(ImproperlyConfigured, match="https:// alone"):
        reaching.hosts(plain, wired={}, production=True)


def test_the_web_server_speaks_tls_to_the_proxy_or_through_a_socket() -> None:
    own = {"GRANIAN_SSL_CERTIFICATE": "/own.pem", "GRANIAN_SSL_KEYFILE": "/own.pem"}
    for fine in ({}, {**PRODUCTION, **own}, {**PRODUCTION, "GRANIAN_UDS": "/run/guichet.sock"}):
        serving.refuse_plain(fine)
    for plain in (PRODUCTION, {**PRODUCTION, "GRANIAN_SSL_CERTIFICATE": "/own.pem"}):
        with pytest.raises(ImproperlyConfigured, match="TLS to the proxy"):
            serving.refuse_plain(plain)


def test_what_the_check_names_is_what_compose_says() -> None:
    for url in SERVERS_BY_TLS.values():
        assert urlsplit(url).password is None
