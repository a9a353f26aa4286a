"""
The words of the pages: gathered from code and templates, kept in `locale/<language>/`.

Babel does what GNU gettext would, so that a bare machine needs nothing but Python.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from django.utils.translation.template import templatize

from design import wording
from design.wording import Share, Taken, po_file, read, share

__all__ = ["compile_all", "gather", "languages", "po_file", "read", "take", "update"]

KEYWORDS = dict.fromkeys(
    (
        "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
        "pgettext", "pgettext_lazy", "npgettext",
    )
)  # fmt: skip
FOLDERS = (
    "accounts", "applications", "catalogue", "config", "design", "documents", "kernel",
    "notifications", "payments", "places", "registers", "reports", "workers",
)  # fmt: skip
TEMPLATES = {".html", ".txt", ".svg"}


def gather(root: Path) -> Catalog:
    """Return every string that a page, a message or a paper may say, with where it stands."""
    catalog = Catalog(fuzzy=False, header_comment="# Guichet")
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if "migrations" in file.parts or file.suffix not in {".py", *TEMPLATES}:
                continue
            source = file.read_text(encoding="utf-8")
            if file.suffix in TEMPLATES:
                # How a template is indented means nothing in Python, where it is read as such.
                source = "\n".join(line.strip() for line in templatize(source).splitlines())
            for _line, function, messages, _comments in extract_python(
                BytesIO(source.encode()), KEYWORDS, (), {"encoding": "utf-8"}
            ):
                _add(catalog, str(function), messages, str(file.relative_to(root)))
    return catalog


def _add(
    catalog: Catalog, function: str, messages: str | Sequence[str | None] | None, where: str
) -> None:
    parts = [messages] if isinstance(messages, str) else list(messages or ())
    words = [part for part in parts if part]
    if not words:
        return
    context = words.pop(0) if "pgettext" in function and len(words) > 1 else None
    plural = function in {"ngettext", "ngettext_lazy", "npgettext"} and len(words) > 1
    catalog.add(
        (words[0], words[1]) if plural else words[0], context=context, locations=[(where, 0)]
    )


def languages(root: Path) -> list[str]:
    """Return every language that a country pack speaks, but the English of the code itself."""
    spoken = {
        language
        for file in root.glob("countries/*/country.yaml")
        for language in yaml.safe_load(file.read_text(encoding="utf-8"))["languages"]
    }
    return sorted(spoken - {"en"})


def update(root: Path, language: str, gathered: Catalog) -> Share:
    """
    Bring `locale/<language>` up to date with what was gathered, and count it.

    Words stay, and so does the mark of those that a machine made.
    """
    file = po_file(root, language)
    known = read(file, language) if file.exists() else _begun(language)
    known.update(gathered, no_fuzzy_matching=True, keep_user_comments=True)
    known.obsolete.clear()
    _write(file, known)
    return share(known)


def take(root: Path, language: str, file: Path) -> Taken:
    """
    Put the words of a translator's file into `locale/<language>`, each whole or not at all.

    :raises design.wording.NoPoFile: if the file cannot be read; nothing is taken then
    """
    known = read(po_file(root, language), language)
    came = wording.take(known, wording.read_given(file.read_bytes(), language))
    if came.taken:
        _write(po_file(root, language), known)
    return came


def compile_all(root: Path) -> None:
    """Write the compiled catalogues beside their sources where they are older."""
    for po in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with mo.open("wb") as out:
            write_mo(out, read(po, po.parts[-3]))


def _begun(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Guichet",
        version="0.1.0",
        msgid_bugs_address="",
        last_translator="Guichet",
        language_team=language,
        header_comment=f"# Words of Guichet in {language}",
        fuzzy=False,
    )


def _write(file: Path, catalog: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalog, width=100, omit_header=False, sort_output=True, include_lineno=False)
