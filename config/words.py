"""
The words of the pages: gathered from code and templates, kept in `locale/<language>/`.

Babel does what GNU gettext would, so that a bare machine needs nothing but Python.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

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


def update(root: Path, language: str) -> tuple[int, int]:
    """Bring `locale/<language>` up to date; return its strings, and how many lack words."""
    file = po_file(root, language)
    gathered = gather(root)
    known = read(file, language) if file.exists() else Catalog(locale=language)
    known.update(gathered, no_fuzzy_matching=True)
    known.obsolete.clear()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, known, width=100, omit_header=False, sort_output=True, include_lineno=False)
    messages = [message for message in known if message.id]
    return len(messages), sum(not _has_words(message.string) for message in messages)


def compile_all(root: Path) -> None:
    """Write the compiled catalogues beside their sources where they are older."""
    for po in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with mo.open("wb") as out:
            write_mo(out, read(po, po.parts[-3]))


def read(file: Path, language: str) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=language)


def po_file(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def _has_words(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)
