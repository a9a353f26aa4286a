"""
What the environment says, read by pure functions; `settings.py` takes it from here.

Everything that is wrong is told at once, a sentence each; no value is ever repeated in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from django.core.exceptions import ImproperlyConfigured

from payments.gateways import VENDORS
from payments.gateways.base import Setting

ENVIRONMENTS = ("development", "test", "production")
DEVELOPMENT_SECRET = "development-only"  # noqa: S105
DEVELOPMENT_FIELD_KEY = "00" * 32
CONTRACT_SECRET_CHARS_MIN = 16
METRICS_TOKEN_CHARS_MIN = 32
FILES_STORAGES = ("local", "s3")
OBJECT_STORE = ("S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY")
SECRET_CHARS_MIN = {"SECRET_KEY": 50}  # Django's own advice (security.W009).
FIELD_KEY_FORM = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Rail:
    """A rail of the country pack; its variables begin with `prefix`."""

    code: str
    kind: str
    prefix: str


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What a process needs to know of its neighbours, and the secrets that it shares with them."""

    secret_key: str
    # Hex of 32 bytes each, oldest first; the last encrypts, all decrypt.
    field_keys: list[str]
    # The same, for blind indexes and keyed hashes; the first of them unless it is named.
    index_key: str
    next_index_key: str
    # Hex of 32 bytes each, the seeds of Ed25519 keys; the last signs the seals of the trace.
    audit_keys: list[str]
    site_url: str
    sandbox_url: str
    database_url: str
    redis_url: str
    # "local" or "s3"; S3_ENDPOINT and the others, empty where no object store is named.
    files_storage: str
    object_store: dict[str, str]
    gateways: dict[str, dict[str, Any]]


def named(variables: Mapping[str, str]) -> str:
    """
    Return development (when nothing is said), test or production.

    :raises ImproperlyConfigured: on any other word, which would have meant development
    """
    environment = variables.get("GUICHET_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"GUICHET_ENV must be one of {', '.join(ENVIRONMENTS)}.")
    return environment


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


def read(variables: Mapping[str, str], *, rails: list[Rail]) -> Wiring:
    """
    Read all variables; outside production what is missing is the sandbox's, on this machine.

    :raises ImproperlyConfigured: a sentence for each variable that cannot be used
    """
    said = _Reader(variables, production=named(variables) == "production")
    site_url = said.site()
    sandbox_url = said.text("SANDBOX_URL", "http://127.0.0.1:8001", needed=False).rstrip("/")
    wiring = Wiring(
        secret_key=said.secret("SECRET_KEY", f"{DEVELOPMENT_SECRET}-{'key' * 16}"),
        field_keys=(field_keys := said.field_keys("FIELD_KEY")),
        index_key=said.index_key("INDEX_KEY", field_keys),
        next_index_key=said.index_key("NEXT_INDEX_KEY", [""]),
        audit_keys=said.field_keys("AUDIT_KEY"),
        site_url=site_url,
        sandbox_url=sandbox_url,
        database_url=said.database_url(),
        redis_url=said.redis_url(),
        files_storage=said.files_storage(),
        object_store=said.object_store(),
        gateways=_gateways(said, rails, site_url=site_url, sandbox_url=sandbox_url),
    )
    if said.production and {*wiring.audit_keys} & {*wiring.field_keys, wiring.index_key}:
        # Who can read the data could else also sign a trace of what she did with them.
        said.complain("AUDIT_KEY must be a key of its own, and neither FIELD_KEY nor INDEX_KEY.")
    if said.wrong:
        # On one line: that is what a supervisor shows of a process that did not start.
        raise ImproperlyConfigured(" ".join(said.wrong))
    return wiring


def scanner(variables: Mapping[str, str]) -> str:
    """
    Read CLAMD_ADDRESS, "" where there is no virus scanner.

    :raises ImproperlyConfigured: if it is neither tcp://host:port nor unix:///path
    """
    told = variables.get("CLAMD_ADDRESS", "").strip()
    parts = urlsplit(told)
    try:
        good = parts.path if parts.scheme == "unix" else parts.scheme == "tcp" and parts.port
    except ValueError:
        good = None
    if told and not good:
        raise ImproperlyConfigured("CLAMD_ADDRESS must be tcp://host:port or unix:///path.")
    return told


def metrics_token(variables: Mapping[str, str]) -> str:
    """
    Read METRICS_TOKEN, "" where nobody scrapes.

    :raises ImproperlyConfigured: if it is too short to be drawn by chance
    """
    told = variables.get("METRICS_TOKEN", "").strip()
    if told and len(told) < METRICS_TOKEN_CHARS_MIN:
        raise ImproperlyConfigured(
            f"METRICS_TOKEN must have at least {METRICS_TOKEN_CHARS_MIN} characters."
        )
    return told


def security_contact(variables: Mapping[str, str], *, usual: str) -> str:
    """
    Read SECURITY_CONTACT, as it stands in security.txt (RFC 9116, 2.5.3).

    :raises ImproperlyConfigured: if it is neither mailto:, tel: nor an https:// address
    """
    told = variables.get("SECURITY_CONTACT", "").strip() or usual
    if told and not re.fullmatch(r"(mailto:|tel:|https://)[!-~]+", told):
        raise ImproperlyConfigured("SECURITY_CONTACT must begin with mailto:, tel: or https://.")
    return told


def timestamp_authorities(variables: Mapping[str, str], *, usual: str) -> list[dict[str, Any]]:
    """
    Read TIMESTAMP_AUTHORITIES: "https://stamps.example 1.5, https://others.example 2".

    Each is an address and how many seconds it may take; both together have 2.5 s for a stamp.

    :raises ImproperlyConfigured: if a part is something else
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
        found.append({"url": address, "seconds": float(seconds)})
    return found


def directory(variables: Mapping[str, str]) -> dict[str, Any]:
    """
    Read DIRECTORY_ISSUER and the others: the state's own directory of its people, off by default.

    :raises ImproperlyConfigured: if it is named and something of it is missing or unsafe
    """
    said = _Reader(variables, production=named(variables) == "production")
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


def _gateways(
    said: "_Reader", rails: list[Rail], *, site_url: str, sandbox_url: str
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
            for rail in said.rails(rails)
            if rail.kind in VENDORS
        },
    }


def _mail(said: "_Reader") -> dict[str, Any]:
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


def _contract(said: "_Reader", rail: Rail, *, site_url: str, sandbox_url: str) -> dict[str, Any]:
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


def _accounts(said: "_Reader", rail: Rail, held: Mapping[str, Any]) -> list[str]:
    """Return our accounts on a rail; without one none of its statements is posted."""
    told = [
        held[setting.name.lower()] for setting in VENDORS[rail.kind].settings if setting.is_account
    ]
    # The sandbox's, where nothing else is told.
    usual = "" if any(told) else f"{rail.code}-001".upper()
    listed = said.listed(f"{rail.prefix}_ACCOUNTS", usual)
    return list(dict.fromkeys(account for account in [*told, *listed] if account))


def _is_open_road(address: str) -> bool:
    """Say whether what goes there can be read on its way: http to a host with a public name."""
    parts = urlsplit(address)
    # A name without a dot is one of the machine's own net, a container beside us.
    return parts.scheme == "http" and "." in (parts.hostname or "")


def _is_elsewhere(host: str | None) -> bool:
    """Say whether a server lies beyond this machine and its own net."""
    return "." in (host or "") and not str(host).startswith("127.")


@dataclass
class _Reader:
    """Reads one variable after the other, and gathers in `wrong` what is to be said of them."""

    variables: Mapping[str, str]
    production: bool
    wrong: list[str] = field(default_factory=list)

    def given(self, name: str) -> str:
        """Return what the variable says, or the file that the variable NAME_FILE names."""
        said = self.variables.get(name, "").strip()
        path = self.variables.get(f"{name}_FILE", "").strip()
        if not path:
            return said
        if said:
            self.complain(f"{name} and {name}_FILE must not both be set.")
            return said
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            self.complain(f"{name}_FILE names a file that cannot be read.")
            return ""

    def complain(self, sentence: str) -> None:
        """Say it once, however often the variable is asked for."""
        if sentence not in self.wrong:
            self.wrong.append(sentence)

    def text(self, name: str, usual: str, *, needed: bool = True) -> str:
        value = self.given(name)
        if not value and needed and self.production:
            self.wrong.append(f"{name} must be set in production.")
        return value or usual

    def as_set(self, name: str, usual: str, setting: Setting) -> str | list[str]:
        if setting.optional and not self.given(name):
            return "" if self.production else setting.usual and usual
        if setting.choices and self.given(name) and self.given(name) not in setting.choices:
            self.wrong.append(f"{name} must be one of {', '.join(setting.choices)}.")
        given = self.given(name)
        if setting.check and given and (wrong := setting.check(given, self.production)):
            self.wrong.append(f"{name} {wrong}.")
        match setting.form:
            case "address":
                return self.address(name, usual)
            case "secret":
                return self.secret(name, usual)
            case "secrets":
                return self.secrets(name, usual)
            case "text":
                return self.text(name, usual)

    def address(self, name: str, usual: str) -> str:
        value = self.text(name, usual)
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            self.wrong.append(f"{name} must be an address that begins with http:// or https://.")
        elif self.production and self.given(name) and _is_open_road(value):
            self.wrong.append(
                f"{name} must begin with https:// in production, but within the machine's own net."
            )
        return value

    def database_url(self) -> str:
        value = self.text("DATABASE_URL", "postgresql://guichet_app@127.0.0.1:5432/guichet")
        parts = urlsplit(value)
        mode = dict(parse_qsl(parts.query)).get("sslmode")
        if self.production and _is_elsewhere(parts.hostname) and mode != "verify-full":
            # libpq's default takes any certificate, or none.
            self.complain("DATABASE_URL must end in ?sslmode=verify-full for a database elsewhere.")
        return value

    def redis_url(self) -> str:
        value = self.text("REDIS_URL", "redis://127.0.0.1:6379/0")
        parts = urlsplit(value)
        if self.production and _is_elsewhere(parts.hostname) and parts.scheme != "rediss":
            self.complain("REDIS_URL must begin with rediss:// for a broker elsewhere.")
        return value

    def site(self) -> str:
        value = self.address("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
        if self.production and self.given("SITE_URL") and not value.startswith("https://"):
            self.wrong.append("SITE_URL must begin with https:// in production.")
        return value

    def callback_base(self, site_url: str) -> str:
        value = self.text("CALLBACK_BASE", site_url, needed=False).rstrip("/")
        # Addresses under it carry secrets of ours to providers.
        wrong = "CALLBACK_BASE must begin with https:// in production."
        is_open = bool(self.given("CALLBACK_BASE")) and not value.startswith("https://")
        if self.production and is_open and wrong not in self.wrong:
            self.wrong.append(wrong)  # Once, however many rails have it.
        return value

    def files_storage(self) -> str:
        value = self.given("FILES_STORAGE") or "local"
        if value not in FILES_STORAGES:
            self.wrong.append(f"FILES_STORAGE must be one of {', '.join(FILES_STORAGES)}.")
        return value

    def object_store(self) -> dict[str, str]:
        """Return all of OBJECT_STORE, or each empty; one may be named before files lie in it."""
        held = {name: self.given(name) for name in OBJECT_STORE}
        if self.given("FILES_STORAGE") != "s3" and not any(held.values()):
            return held
        for name, value in held.items():
            if not value:
                self.wrong.append(f"{name} must be set, as all of an object store's.")
        if held["S3_ENDPOINT"]:
            self.address("S3_ENDPOINT", "")
        return held

    def listed(self, name: str, development: str) -> list[str]:
        """Return what stands between commas; in production nothing where nothing is set."""
        value = self.given(name) or ("" if self.production else development)
        return [part.strip() for part in value.split(",") if part.strip()]

    def secret(self, name: str, development: str) -> str:
        value = self.given(name)
        if self.production and (not value or DEVELOPMENT_SECRET in value):
            self.wrong.append(f"{name} must be set to a secret of its own in production.")
        elif self.production and len(value) < SECRET_CHARS_MIN.get(name, CONTRACT_SECRET_CHARS_MIN):
            chars = SECRET_CHARS_MIN.get(name, CONTRACT_SECRET_CHARS_MIN)
            self.wrong.append(f"{name} must have {chars} characters or more.")
        return value or development

    def secrets(self, name: str, development: str) -> list[str]:
        """Two secrets while one is being replaced, newest first, with a comma between them."""
        secrets = [part.strip() for part in self.secret(name, development).split(",")]
        if not all(secrets):
            # With an empty secret anybody could sign.
            self.wrong.append(f"{name} must not have an empty part between its commas.")
        elif self.production and min(map(len, secrets)) < CONTRACT_SECRET_CHARS_MIN:
            self.wrong.append(
                f"{name} must have {CONTRACT_SECRET_CHARS_MIN} characters or more in each part."
            )
        return secrets

    def rails(self, pack: list[Rail]) -> list[Rail]:
        """Return those rails of the pack that a contract stands for: all, or those in RAILS."""
        wanted = {part.strip() for part in self.given("RAILS").split(",") if part.strip()}
        for code in sorted(wanted - {rail.code for rail in pack}):
            self.wrong.append(f"RAILS names {code}, which the country pack does not know.")
        return [rail for rail in pack if not wanted or rail.code in wanted]

    def field_keys(self, name: str) -> list[str]:
        keys = [part.strip() for part in self.secret(name, DEVELOPMENT_FIELD_KEY).split(",")]
        if self.production and not self.given(name):
            return keys  # That it is missing has been told.
        if not all(FIELD_KEY_FORM.fullmatch(key) for key in keys):
            self.wrong.append(f"{name} must be 64 hexadecimal digits, or such with commas between.")
        elif self.production and any(len(set(bytes.fromhex(key))) == 1 for key in keys):
            self.wrong.append(f"{name} must be drawn by chance, and not one byte repeated.")
        return keys

    def index_key(self, name: str, field_keys: list[str]) -> str:
        if not self.given(name):
            return field_keys[0]
        (key, *more) = self.field_keys(name)
        if more:
            self.wrong.append(f"{name} must be one key.")
        return key


def language_name(code: str, *, ours: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """Return what we call a language, or else what Django calls it, or else its code."""
    # Words that are translated later cannot be tried for truth while the settings are read.
    return ours[code] if code in ours else known.get(code, {}).get("name", code)
