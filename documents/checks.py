"""What must be right before papers are signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from documents.rendering.fonts import Face, font_file


def custody_for_new_credentials() -> str:
    """Return the custody in force: files in development, nothing until one is named elsewhere."""
    return str(getattr(settings, "DOCUMENTS_CUSTODY", "" if settings.PRODUCTION else "pem"))


@checks.register("documents")
def no_keys_in_files(**_more: Any) -> list[checks.CheckMessage]:
    if settings.PRODUCTION and custody_for_new_credentials() == "pem":
        return [
            checks.Error(
                "Keys in files (DOCUMENTS_CUSTODY=pem) are refused in production.",
                hint="Use a hardware module; files would let anybody who reads them sign.",
                id="documents.E001",
            )
        ]
    return []


_NEEDED = {
    "pem": (),
    "pkcs11": ("PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN_FILE"),
    "csc": ("CSC_URL", "CSC_TOKEN_FILE", "CSC_PIN_FILE"),
}


@checks.register("documents")
def custody_can_be_reached(**_more: Any) -> list[checks.CheckMessage]:
    custody = custody_for_new_credentials()
    if custody and custody not in _NEEDED:
        known = ", ".join(_NEEDED)
        said = f"DOCUMENTS_CUSTODY={custody} is none of {known}: nothing can be signed."
        return [checks.Error(said, id="documents.E005")]
    missing = [name for name in _NEEDED.get(custody, ()) if not getattr(settings, name)]
    if missing:
        said = f"DOCUMENTS_CUSTODY={custody} needs {', '.join(missing)}."
        return [checks.Error(said, id="documents.E006")]
    if custody == "csc" and settings.PRODUCTION and not settings.CSC_URL.startswith("https://"):
        return [checks.Error("CSC_URL must be https in production.", id="documents.E007")]
    return []


@checks.register("documents")
def roots_are_named(**_more: Any) -> list[checks.CheckMessage]:
    """Without roots no certificate is taken in, and no paper's signature is found good."""
    if settings.PRODUCTION and custody_for_new_credentials() and not settings.PKI_ROOTS:
        return [
            checks.Warning(
                "No authority is trusted (PKI_ROOTS): no certificate can be taken in.",
                hint="Name a file with the roots (PEM) of the authorities that certify your keys.",
                id="documents.W005",
            )
        ]
    return []


# Of the database, so that it is said when one installs: `migrate` asks it, and nobody else does.
@checks.register(checks.Tags.database)
def custody_is_named(
    databases: Sequence[str] | None = None, **_more: Any
) -> list[checks.CheckMessage]:
    if databases and settings.PRODUCTION and not custody_for_new_credentials():
        return [
            checks.Warning(
                "No custody of keys is named (DOCUMENTS_CUSTODY): papers will wait unsigned.",
                hint="Name the module in which the keys of officers and offices lie.",
                id="documents.W003",
            )
        ]
    return []


@checks.register(checks.Tags.database)
def time_stamps_are_named(
    databases: Sequence[str] | None = None, **_more: Any
) -> list[checks.CheckMessage]:
    if databases and settings.PRODUCTION and not settings.TIMESTAMP_AUTHORITIES:
        return [
            checks.Warning(
                "No authority stamps papers with the time (TIMESTAMP_AUTHORITIES).",
                hint="Without a stamp a signature is worth nothing once its certificate has ended.",
                id="documents.W004",
            )
        ]
    return []


@checks.register(checks.Tags.database)
def time_stamps_are_trusted(
    databases: Sequence[str] | None = None, **_more: Any
) -> list[checks.CheckMessage]:
    """Stamps of an authority whose root is missing are all refused, which only a log would say."""
    stamps = Path(settings.PKI_DIR) / "stamps"
    if (
        databases
        and settings.PRODUCTION
        and settings.TIMESTAMP_AUTHORITIES
        and not any(stamps.glob("*.cer"))
    ):
        return [
            checks.Warning(
                "No root of a time stamp authority is here (PKI_DIR/stamps/*.cer).",
                hint="Put the root (PEM) of each of TIMESTAMP_AUTHORITIES there: without it none of"
                " its stamps is believed, and papers stay without one.",
                id="documents.W006",
            )
        ]
    return []


@checks.register("documents")
def fonts_are_here(**_more: Any) -> list[checks.CheckMessage]:
    for face in Face:
        try:
            font_file(face)
        except FileNotFoundError as error:
            return [
                checks.Error(f"Papers cannot be drawn: {error}.", id="documents.E002"),
            ]
    return []
