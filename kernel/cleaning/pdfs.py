"""
PDFs are read and not rewritten: a signature in one would break.

What could act by itself, or carries other files, is refused: such a PDF is printed again as a
plain one. Every object of every revision is looked at, because viewers differ in which they find.
"""

import io
import re
from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from kernel.cleaning.reasons import Refused, Why

PAGES_MAX: Final = 50
_END: Final = b"%%EOF"
_SPACE: Final = b"\0\t\n\f\r "

# ISO 32000-2, 12.6.4 and 12.5.6: actions and annotations that do more than lead to a page.
_ACTING: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/GoToR",
        "/GoToE",
        "/SubmitForm",
        "/ImportData",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
        "/GoTo3DView",
        "/Trans",
    }
)
_ACTING_PARTS: Final = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_ACTING_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/Launch"}
)
_CARRYING_KEYS: Final = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/EF", "/AF", "/Collection"})
_CARRYING_PARTS: Final = frozenset({"/EmbeddedFile", "/FileAttachment"})
# Names too long to stand in compressed bytes by chance: for objects that no table lists.
_RAW: Final = re.compile(rb"/(?:JavaScript|Launch|RichMedia|SubmitForm|ImportData)\b")
_RAW_CARRYING: Final = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)\b")


def count_pages(data: bytes) -> int:
    """
    Return how many pages it has, 1 to 50.

    :raises Refused: if it is anything but a plain PDF
    """
    end = data.rfind(_END)
    if end < 0:
        raise Refused(Why.BROKEN)
    if data[end + len(_END) :].strip(_SPACE):
        raise Refused(Why.HIDDEN)
    if _RAW.search(data):
        raise Refused(Why.ACTIVE)
    if _RAW_CARRYING.search(data):
        raise Refused(Why.EMBEDDED)
    try:
        return _read(data)
    except (Refused, MemoryError):
        raise
    # Whatever pyHanko raises for bytes made to break it, RecursionError too.
    except Exception:
        raise Refused(Why.BROKEN) from None


def _read(data: bytes) -> int:
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted or "/Encrypt" in reader.trailer_view:
        raise Refused(Why.ENCRYPTED)
    for revision in range(reader.xrefs.total_revisions):
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            found = reader.get_object(ref, revision=revision)  # type: ignore[no-untyped-call]
            for part in _dictionaries(found):
                _require_plain(part)
    pages = sum(1 for _ in _leaves(reader))
    if pages == 0:
        raise Refused(Why.BROKEN)
    return pages


def _dictionaries(found: object) -> Iterator[dict[str, object]]:
    """Yield every dictionary in an object; what it only points at has its own turn."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            # `dict`'s own view: pyHanko's would follow the pointers.
            waiting.extend(dict.values(one))
        elif isinstance(one, list):
            waiting.extend(list.__iter__(one))


def _require_plain(part: dict[str, object]) -> None:
    keys = part.keys()
    if keys & _ACTING_KEYS or _named(part, "/S") in _ACTING:
        raise Refused(Why.ACTIVE)
    if _named(part, "/Subtype") in _ACTING_PARTS:
        raise Refused(Why.ACTIVE)
    if keys & _CARRYING_KEYS:
        raise Refused(Why.EMBEDDED)
    if {_named(part, "/Type"), _named(part, "/Subtype")} & _CARRYING_PARTS:
        raise Refused(Why.EMBEDDED)
    if "/OpenAction" in keys:
        _require_leading(part["/OpenAction"])


def _require_leading(opened: object) -> None:
    """Opening may show a page of the file itself: an array, a name of one, or going there alone."""
    if isinstance(opened, dict) and (_named(opened, "/S") != "/GoTo" or "/Next" in opened):
        raise Refused(Why.ACTIVE)


def _named(part: dict[str, object], key: str) -> str:
    value = dict.get(part, key)
    if isinstance(value, generic.IndirectObject):
        value = value.get_object()  # type: ignore[no-untyped-call]
    return str(value) if isinstance(value, generic.NameObject) else ""


def _leaves(reader: PdfFileReader) -> Iterator[generic.DictionaryObject]:
    """Yield each page by the tree itself: the count that it claims is a claim."""
    waiting: list[generic.PdfObject] = [reader.root["/Pages"]]
    seen: set[int] = set()
    found = 0
    while waiting:
        node = waiting.pop()
        if not isinstance(node, generic.DictionaryObject) or id(node) in seen:
            raise Refused(Why.BROKEN)
        seen.add(id(node))
        if "/Kids" not in node:
            found += 1
            if found > PAGES_MAX:
                raise Refused(Why.PAGES)
            yield node
            continue
        kids = node["/Kids"]
        if not isinstance(kids, generic.ArrayObject):
            raise Refused(Why.BROKEN)
        waiting.extend(kids[place] for place in range(len(kids)))
