"""Reads one variable after the other, and gathers what is to be said of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from payments.gateways.base import Setting

ENVIRONMENTS = ("development", "test", "production")
DEVELOPMENT_SECRET = "development-only"  # noqa: S105
DEVELOPMENT_FIELD_KEY = "00" * 32
CONTRACT_SECRET_CHARS_MIN = 16
FILES_STORAGES = ("local", "s3")
OBJECT_STORE = ("S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY")
SECRET_CHARS_MIN = {"SECRET_KEY": 50}  # Django's own advice (security.W009).
FIELD_KEY_FORM = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def named(variables: Mapping[str, str]) -> str:
    """
    Return development (when nothing is said), test or production.

    :raises ImproperlyConfigured: on any other word, which would have meant development
    """
    environment = variables.get("GUICHET_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"GUICHET_ENV must be one of {', '.join(ENVIRONMENTS)}.")
    return environment


@dataclass
class Reader:
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
        elif self.production and self.given(name) and parts.scheme != "https":
            self.wrong.append(f"{name} must begin with https:// in production.")
        return value

    def site(self) -> str:
        return self.address("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

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
