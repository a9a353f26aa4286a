"""What the sandbox is told by its environment; `python -m sandbox --help` prints the names."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_DEVELOPMENT = "development-only"


class WrongSetting(Exception):
    """A variable of the environment cannot be used."""


@dataclass(frozen=True, kw_only=True)
class RailSettings:
    """The same variables as Guichet reads for this rail, with the same usual values."""

    code: str
    prefix: str
    environment: Mapping[str, str] = field(repr=False)

    def text(self, name: str, usual: str) -> str:
        return self.environment.get(f"{self.prefix}_{name}") or usual

    def secret(self, name: str, usual: str) -> str:
        """Return the newest where several stand side by side."""
        return self.text(name, f"{_DEVELOPMENT}-{usual}").split(",")[0].strip()


@dataclass(frozen=True, kw_only=True)
class Settings:
    host: str
    port: int
    state: Path
    country: str
    guichet_url: str
    callbacks_url: (
        str  # Where what providers say goes; text messages' receipts go to Guichet itself.
    )
    bank_rail: str
    bank_secret: str = field(repr=False)
    register_token: str = field(repr=False)
    sms_token: str = field(repr=False)
    sms_receipt_token: str = field(repr=False)
    mail_port: int  # 0: no mail is taken.
    directory_secret: str = field(repr=False)
    mtn_api_user: str
    mtn_api_key: str = field(repr=False)
    mtn_subscription_key: str = field(repr=False)
    mtn_environment: str
    prompt_seconds: float
    late_seconds: float
    # PEM with key and certificate: then it is spoken to by https alone. Whom it believes besides.
    certificate: Path | None
    roots: Path | None
    environment: Mapping[str, str] = field(repr=False)

    def believed(self) -> ssl.SSLContext | bool:
        """Return whom we believe when we call, as httpx takes it: the usual, and `roots`."""
        if self.roots is None:
            return True
        context = httpx.create_ssl_context()
        context.load_verify_locations(cafile=self.roots)
        return context

    def rail(self, name: str) -> "RailSettings":
        """
        Return what is set for the rail `<name>-<country>`: the twin of a vendor asks by it.

        :param name: the rail's code in the country packs, without the country: "mpesa", "equity"
        """
        return RailSettings(
            code=f"{name}-{self.country}",
            prefix=name.replace("-", "_").upper(),
            environment=self.environment,
        )

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """:raises WrongSetting: with one sentence for whoever started us"""

        def text(name: str, usual: str) -> str:
            return environment.get(name) or usual

        def number(name: str, usual: float) -> float:
            try:
                return float(text(name, str(usual)))
            except ValueError:
                raise WrongSetting(f"{name} must be a number.") from None

        def path(name: str) -> Path | None:
            return Path(environment[name]) if environment.get(name) else None

        port = int(number("SANDBOX_PORT", 8001))
        if not 0 < port < 65536:
            raise WrongSetting("SANDBOX_PORT must be between 1 and 65535.")
        country = text("SANDBOX_COUNTRY", text("COUNTRY", "rw")).lower()
        return cls(
            host=text("SANDBOX_HOST", "127.0.0.1"),
            port=port,
            state=Path(text("SANDBOX_STATE", f"var/{country}/sandbox")),
            country=country,
            guichet_url=text("GUICHET_URL", "http://127.0.0.1:8000").rstrip("/"),
            callbacks_url=text(
                "CALLBACKS_URL", text("GUICHET_URL", "http://127.0.0.1:8000")
            ).rstrip("/"),
            bank_rail=text("BANK_RAIL", f"bank-{country}"),
            # Newest first while one is being replaced; we sign with the newest.
            bank_secret=text("BANK_SECRET", f"{_DEVELOPMENT}-bank").split(",")[0],
            register_token=text("REGISTER_TOKEN", f"{_DEVELOPMENT}-register"),
            sms_token=text("SMS_TOKEN", f"{_DEVELOPMENT}-sms"),
            sms_receipt_token=text("SMS_RECEIPT_TOKEN", f"{_DEVELOPMENT}-receipt"),
            mail_port=int(number("SANDBOX_MAIL_PORT", 0)),
            directory_secret=text("DIRECTORY_CLIENT_SECRET", f"{_DEVELOPMENT}-directory"),
            mtn_api_user=text("MTN_API_USER", "guichet-sandbox"),
            mtn_api_key=text("MTN_API_KEY", f"{_DEVELOPMENT}-mtn"),
            mtn_subscription_key=text("MTN_SUBSCRIPTION_KEY", f"{_DEVELOPMENT}-mtn-sub"),
            mtn_environment=text("MTN_ENVIRONMENT", "sandbox"),
            prompt_seconds=number("SANDBOX_PROMPT_SECONDS", 300),
            late_seconds=number("SANDBOX_LATE_SECONDS", 20),
            certificate=path("SANDBOX_CERTIFICATE"),
            roots=path("SANDBOX_ROOTS"),
            environment=environment,
        )
