"""Whom this house asks: registers, networks, banks, mail, the state's own directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ImproperlyConfigured

from config.environment.reader import DEVELOPMENT_SECRET, Reader, named
from payments.gateways import VENDORS


@dataclass(frozen=True, kw_only=True)
class Rail:
    """A rail of the country pack; its variables begin with `prefix`."""

    code: str
    kind: str
    prefix: str


def rails_of(pack: Path) -> list[Rail]:
    """
    Return the rails of a pack, in its order.

    The variables of a rail begin with its code in capitals, without the country at its end:
    `mtn-rw` has MTN_URL, `airtel-money-ke` has AIRTEL_MONEY_SECRET.
    """
    known = yaml.safe_load((pack / "rails.yaml").read_text(encoding="utf-8"))["rails"]
    return [
        Rail(
            code=rail["code"],
            kind=rail["kind"],
            prefix=rail["code"].removesuffix(f"-{pack.name}").replace("-", "_").upper(),
        )
        for rail in known
    ]


def directory(variables: Mapping[str, str]) -> dict[str, Any]:
    """
    Read DIRECTORY_ISSUER and the others: the state's own directory of its people, off by default.

    :raises ImproperlyConfigured: if it is named and something of it is missing or unsafe
    """
    said = Reader(variables, production=named(variables) == "production")
    issuer = said.given("DIRECTORY_ISSUER")
    told = {
        "issuer": said.address("DIRECTORY_ISSUER", "") if issuer else "",
        "client_id": said.text("DIRECTORY_CLIENT_ID", "guichet") if issuer else "",
        "client_secret": said.secret("DIRECTORY_CLIENT_SECRET", f"{DEVELOPMENT_SECRET}-directory")
        if issuer
        else "",
        # What its `acr` says where it asked for a second factor; `amr` is read in any case.
        "second_acr": said.listed("DIRECTORY_SECOND_ACR", ""),
        # Whether an address that it has verified finds the account; else an invitation binds it.
        "trusts_email": said.given("DIRECTORY_TRUST_EMAIL") == "1",
    }
    if said.wrong:
        raise ImproperlyConfigured(" ".join(said.wrong))
    return told


def gateways(
    said: Reader, rails: list[Rail], *, site_url: str, sandbox_url: str
) -> dict[str, dict[str, Any]]:
    register_token = said.secret("REGISTER_TOKEN", f"{DEVELOPMENT_SECRET}-register")
    return {
        "population": {
            "base_url": said.address("POPULATION_URL", f"{sandbox_url}/population"),
            "token": register_token,
        },
        "civil": {
            "base_url": said.address("CIVIL_URL", f"{sandbox_url}/civil"),
            "token": register_token,
        },
        "criminal": {
            "base_url": said.address("CRIMINAL_URL", f"{sandbox_url}/criminal"),
            "token": register_token,
        },
        "sms": {
            "base_url": said.address("SMS_URL", f"{sandbox_url}/sms"),
            "token": said.secret("SMS_TOKEN", f"{DEVELOPMENT_SECRET}-sms"),
            "receipt_token": said.secret("SMS_RECEIPT_TOKEN", f"{DEVELOPMENT_SECRET}-receipt"),
        },
        "mail": _mail(said),
        "rails": {
            rail.code: _contract(said, rail, site_url=site_url, sandbox_url=sandbox_url)
            for rail in _contracted(said, rails)
            if rail.kind in VENDORS
        },
    }


def _contracted(said: Reader, pack: list[Rail]) -> list[Rail]:
    """Return those rails of the pack that a contract stands for: all, or those in RAILS."""
    wanted = {part.strip() for part in said.given("RAILS").split(",") if part.strip()}
    for code in sorted(wanted - {rail.code for rail in pack}):
        said.wrong.append(f"RAILS names {code}, which the country pack does not know.")
    return [rail for rail in pack if not wanted or rail.code in wanted]


def _mail(said: Reader) -> dict[str, Any]:
    """Read how invitations are sent by SMTP; without MAIL_HOST none is, and the page says so."""
    host = said.given("MAIL_HOST") or ("" if said.production else "127.0.0.1")
    port = said.given("MAIL_PORT") or ("587" if said.production else "8025")
    tls = said.given("MAIL_TLS") or ("starttls" if said.production else "none")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        said.wrong.append("MAIL_PORT must be a number from 1 to 65535.")
        port = "0"
    if tls not in {"none", "starttls", "tls"} or (said.production and host and tls == "none"):
        said.wrong.append("MAIL_TLS must be starttls or tls; none only outside production.")
    sender = said.given("MAIL_FROM") or "guichet@guichet.example"
    if said.production and host and not said.given("MAIL_FROM"):
        said.wrong.append("MAIL_FROM must be set where MAIL_HOST is.")
    return {
        "host": host,
        "port": int(port),
        "user": said.given("MAIL_USER"),
        "password": said.given("MAIL_PASSWORD"),
        "tls": tls,
        "sender": sender,
    }


def _contract(said: Reader, rail: Rail, *, site_url: str, sandbox_url: str) -> dict[str, Any]:
    """Read what the rail's vendor needs of the environment, each variable under the rail's name."""
    held: dict[str, Any] = {
        "rail_code": rail.code,
        "kind": rail.kind,
        "callback_base": said.callback_base(site_url),
    }
    for setting in VENDORS[rail.kind].settings:
        name = f"{rail.prefix}_{setting.name}"
        usual = setting.usual.format(sandbox=sandbox_url, site=site_url)
        if setting.form in {"secret", "secrets"}:
            usual = f"{DEVELOPMENT_SECRET}-{usual}"
        held[setting.name.lower()] = said.as_set(name, usual, setting)
    held["accounts"] = _accounts(said, rail, held)
    return held


def _accounts(said: Reader, rail: Rail, held: Mapping[str, Any]) -> list[str]:
    """Return our accounts on a rail; without one none of its statements is posted."""
    told = [
        held[setting.name.lower()] for setting in VENDORS[rail.kind].settings if setting.is_account
    ]
    # The sandbox's, where nothing else is told.
    usual = "" if any(told) else f"{rail.code}-001".upper()
    listed = said.listed(f"{rail.prefix}_ACCOUNTS", usual)
    return list(dict.fromkeys(account for account in [*told, *listed] if account))
