"""
What goes over a wire, and how: in production by TLS that proves both ends, or not at all.

A database and a broker know their callers by certificates, never by a password that somebody
could keep (OWASP ASVS 5.0, 12.3.1, 12.3.3 and 13.2.1). The one exception is a socket of this
machine: nothing of it goes over a wire, and the kernel says who calls.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment.reader import Reader, named

# Of libpq and of redis-py: whom to believe, and what to show.
TLS_OF_DATABASE = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey"})
PROOFS_OF_DATABASE = ("sslrootcert", "sslcert", "sslkey")
PROOFS_OF_BROKER = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
TRACES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def database_url(said: Reader) -> str:
    value = said.text("DATABASE_URL", "postgresql://guichet_app@127.0.0.1:5432/guichet")
    _judge_database(said, "DATABASE_URL")
    return value


def owner_database_url(said: Reader) -> str:
    _judge_database(said, "OWNER_DATABASE_URL")
    return said.given("OWNER_DATABASE_URL")


def redis_url(said: Reader) -> str:
    value = said.text("REDIS_URL", "redis://127.0.0.1:6379/0")
    if not (said.production and said.given("REDIS_URL")):
        return value
    parts = urlsplit(value)
    told = dict(parse_qsl(parts.query))
    if parts.scheme != "rediss":
        said.complain("REDIS_URL must begin with rediss:// in production.")
        return value
    if told.get("ssl_cert_reqs") != "required" or _is_off(told.get("ssl_check_hostname")):
        said.complain("REDIS_URL must say ssl_cert_reqs=required: the broker proves who it is.")
    _judge_proofs(said, "REDIS_URL", told, PROOFS_OF_BROKER)
    if parts.password:
        said.complain("REDIS_URL must hold no password: a certificate says who calls.")
    return value


def is_socket(url: str) -> bool:
    """Say whether an address of a database leads to a socket of this machine."""
    host = unquote(urlsplit(url).hostname or "")
    return not host or host.startswith("/")


def _judge_database(said: Reader, name: str) -> None:
    value = said.given(name)
    if not (said.production and value):
        return
    parts = urlsplit(value)
    told = dict(parse_qsl(parts.query))
    if parts.password:
        said.complain(f"{name} must hold no password: a certificate says who calls.")
    # libpq would take these for where to go and how, past what is judged here.
    if {"host", "hostaddr", "service", "password", "passfile"} & {*told}:
        said.complain(f"{name} must name host and login before its question mark.")
    if is_socket(value):
        return
    if told.get("sslmode") != "verify-full":
        # libpq's default takes any certificate, or none.
        said.complain(f"{name} must say sslmode=verify-full: the database proves who it is.")
    _judge_proofs(said, name, told, PROOFS_OF_DATABASE)


def _judge_proofs(
    said: Reader, name: str, told: Mapping[str, str], wanted: tuple[str, ...]
) -> None:
    if missing := [proof for proof in wanted if not told.get(proof)]:
        said.complain(f"{name} must name files for {', '.join(missing)}.")


def _is_off(word: str | None) -> bool:
    return (word or "").lower() in {"0", "false", "no", "off", "none"}


def traces(variables: Mapping[str, str]) -> str:
    """
    Read OTEL_EXPORTER_OTLP_ENDPOINT, "" where nobody collects traces.

    :raises ImproperlyConfigured: if production would send them over an open road
    """
    if named(variables) == "production":
        for name in TRACES:
            if not variables.get(name, "https://").strip().startswith("https://"):
                raise ImproperlyConfigured(f"{name} must begin with https:// in production.")
    return variables.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")


def signing_service(variables: Mapping[str, str], *, usual: str) -> str:
    """
    Read CSC_URL, the service that signs papers where the custody is csc.

    :raises ImproperlyConfigured: if production would ask it over an open road
    """
    told = variables.get("CSC_URL", "").strip() or usual
    if told and named(variables) == "production" and not told.startswith("https://"):
        raise ImproperlyConfigured("CSC_URL must begin with https:// in production.")
    return told


def scanner(variables: Mapping[str, str]) -> str:
    """
    Read CLAMD_ADDRESS, "" where there is no virus scanner.

    :raises ImproperlyConfigured: if it is neither tcp://host:port nor unix:///path, or the first
        in production
    """
    told = variables.get("CLAMD_ADDRESS", "").strip()
    parts = urlsplit(told)
    try:
        good = parts.path if parts.scheme == "unix" else parts.scheme == "tcp" and parts.port
    except ValueError:
        good = None
    if told and not good:
        raise ImproperlyConfigured("CLAMD_ADDRESS must be tcp://host:port or unix:///path.")
    if parts.scheme == "tcp" and named(variables) == "production":
        # clamd knows neither TLS nor who asks; a socket is opened by the rights of its file.
        raise ImproperlyConfigured("CLAMD_ADDRESS must be unix:///path in production.")
    return told


def timestamp_authorities(variables: Mapping[str, str], *, usual: str) -> list[dict[str, Any]]:
    """
    Read TIMESTAMP_AUTHORITIES: "https://stamps.example 1.5, https://others.example 2".

    Each is an address and how many seconds it may take; both together have 2.5 s for a stamp.

    :raises ImproperlyConfigured: if a part is something else, or http in production
    """
    told = variables.get("TIMESTAMP_AUTHORITIES", "").strip() or usual
    found = []
    for part in filter(None, (part.strip() for part in told.split(","))):
        address, _, seconds = part.partition(" ")
        parts = urlsplit(address)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or not re.fullmatch(r"\d+(\.\d+)?", seconds.strip())
            or float(seconds) <= 0
        ):
            raise ImproperlyConfigured(
                "TIMESTAMP_AUTHORITIES must be addresses, each with its seconds: "
                '"https://stamps.example 1.5, https://others.example 2".'
            )
        if parts.scheme != "https" and named(variables) == "production":
            raise ImproperlyConfigured("TIMESTAMP_AUTHORITIES must be https:// in production.")
        found.append({"url": address, "seconds": float(seconds)})
    return found
