"""What must be right before papers are signed."""

from collections.abc import Sequence
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
