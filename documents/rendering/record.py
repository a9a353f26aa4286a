"""The facts of a paper as data: one text for equal facts, in JSON that any program reads."""

import hashlib
import json
import unicodedata
from typing import Any

from documents.rendering.attachments import Attachment
from documents.rendering.content import Content

FILE_NAME = "facts.json"
SCHEMA = "guichet.paper/1"


def canonical(value: Any) -> bytes:
    """
    Return the value as JSON in UTF-8: keys sorted, nothing between tokens, texts in NFC.

    Dates are texts in ISO 8601 already; there are no numbers but counts.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def sha256(value: Any) -> str:
    """Return the hash (hex) of the value's canonical text."""
    return hashlib.sha256(canonical(value)).hexdigest()


def attachment(content: Content) -> Attachment:
    """Return the facts of a paper as the file that lies in it."""
    first = content.languages[0]
    return Attachment(
        name=FILE_NAME,
        media_type="application/json",
        description=content.template.common["attached"][first],
        data=canonical(_record(content)),
    )


def _record(content: Content) -> dict[str, Any]:
    entry = content.entry
    return {
        "schema": SCHEMA,
        "paper_type": content.template.paper_type,
        "schema_version": content.template.version,
        "kind": content.kind,
        "copy": {
            "is": content.copy,
            "number": content.copy_no,
            "of": content.original_number or None,
        },
        "number": content.number,
        "verification_id": content.verification_id,
        "country": content.country_code,
        "office": dict(content.office),
        "language": content.languages[0],
        "made_on": content.done_on.isoformat(),
        "valid_until": content.valid_until.isoformat() if content.valid_until else None,
        "supersedes": content.supersedes or None,
        "register_entry": {
            "register": content.template.register,
            "office": entry.office or None,
            "year": entry.year,
            "volume": entry.volume or None,
            "act_number": entry.act_number or None,
            "registered_on": entry.registered_on.isoformat() if entry.registered_on else None,
            "read_on": entry.read_on.isoformat(),
        }
        if entry
        else None,
        "facts": dict(content.facts),
        "facts_sha256": sha256(dict(content.facts)),
    }
