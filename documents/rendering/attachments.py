"""Files inside a paper, associated with the whole of it (ISO 19005-3, 6.8)."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from documents.rendering.objects import File, array, reference, text


@dataclass(frozen=True)
class Attachment:
    """One file; its name is ASCII, its description in the language of the paper."""

    name: str
    media_type: str  # "application/json"
    description: str
    data: bytes


def embed(file: File, attachments: Sequence[Attachment], *, made_at: datetime) -> bytes:
    """
    Put the files into the document as data that its page shows (AFRelationship Data).

    :return: what the catalogue must say of them
    """
    date = made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    named, listed = [], []
    for each in sorted(attachments, key=lambda one: one.name):
        number = reference(_one(file, each, date))
        named += [text(each.name), number]
        listed.append(number)
    names = b"/Names << /EmbeddedFiles << /Names %s >> >>" % array(named)
    return b"%s\n/AF %s\n" % (names, array(listed))


def _one(file: File, attachment: Attachment, date: str) -> int:
    check = hashlib.md5(attachment.data, usedforsecurity=False).hexdigest()
    # The slash of a media type must be spelt in a name (7.3.5).
    kind = attachment.media_type.replace("/", "#2F")
    held = file.packed(
        zlib.compress(attachment.data),
        b"/Type /EmbeddedFile /Subtype /%s /Params << /Size %d /ModDate %s /CheckSum <%s> >> "
        % (kind.encode(), len(attachment.data), text(date), check.encode()),
    )
    name = text(attachment.name)
    return file.put(
        b"<< /Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Data"
        b" /EF << /F %d 0 R /UF %d 0 R >> >>"
        % (name, name, text(attachment.description), held, held)
    )
