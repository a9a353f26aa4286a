"""The files of a case as its pages list them, and why one is not taken, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.operations.drafting import DOCUMENTS
from applications.queries import attachments
from applications.queries.attachments import Attached
from catalogue import conditions
from catalogue.definition import Attachment, Definition
from catalogue.forms import Mistake
from catalogue.words import tell
from kernel.uploads import IMAGE, PDF, Why

WORDS = {
    Why.EMPTY: _("This file is empty. Choose another one."),
    Why.TOO_LARGE: _(
        "This file is too large. Take the photo again with a smaller picture size, or send fewer "
        "pages."
    ),
    Why.UNKNOWN: _("This is neither a PDF nor a photo (JPEG or PNG), whatever its name says."),
    Why.WRONG_KIND: _("A file of this kind is not taken here. See what is asked for above."),
    Why.BROKEN: _("This file cannot be read to its end. Save or scan it again."),
    Why.PIXELS: _("This picture is too large. Take it again with a smaller picture size."),
    Why.PAGES: _("This PDF has more than 50 pages. Send only the pages that are asked for."),
    Why.ENCRYPTED: _("This PDF is locked with a password. Save it without one."),
    Why.ACTIVE: _(
        "This PDF has a program or a form in it. Print it to a new PDF, and send that one."
    ),
    Why.EMBEDDED: _("This PDF has other files in it. Print it to a new PDF, and send that one."),
    Why.HIDDEN: _(
        "Something else stands behind the end of this PDF. Print it to a new PDF, and send that "
        "one."
    ),
    Why.VIRUS: _("A virus was found in this file. It was not kept."),
    Why.LIMITS: _("This file is too complicated to be checked. Save or scan it again."),
}


@dataclass(frozen=True)
class AttachmentLine:
    """`address` is "" while nobody may look at the file; `by` is "" on the citizen's pages."""

    id: int
    code: str
    label: str
    what: str
    at: datetime
    by: str
    address: str
    state: str
    tone: str


def attachment_lines(
    application: Application, definition: Definition, *, staff: bool = False
) -> list[AttachmentLine]:
    """Return the files that stand with a case, in the service's order, officers' scans last."""
    places = {code: place for place, code in enumerate(definition.slots)}
    found = attachments.of(application.pk)
    found.sort(key=lambda one: (places.get(one.code, len(places)), one.code == "", one.id))
    return [line(application, definition, one, staff=staff) for one in found]


def line(
    application: Application, definition: Definition, one: Attached, *, staff: bool
) -> AttachmentLine:
    view = "applications:desk_attachment" if staff else "applications:attachment"
    return AttachmentLine(
        id=one.id,
        code=one.code,
        label=slot_label(definition, one.code),
        what=what(one),
        at=one.attached_at,
        by=one.attached_by if staff and not one.code else "",
        address=reverse(view, args=[application.number, one.id]) if one.is_open else "",
        state="" if one.is_open else str(one.state.label),
        tone="" if one.is_open else ("bad" if one.state == "harmful" else "warn"),
    )


def what(one: Attached) -> str:
    """Return kind, pages and size: "PDF, 2 pages, 120.0 KB"."""
    size = filesizeformat(one.size_bytes)
    if one.is_image:
        return gettext("Photo, %s") % size
    pages = ngettext("%d page", "%d pages", one.pages) % one.pages
    return gettext("PDF, %(pages)s, %(size)s") % {"pages": pages, "size": size}


def slot_label(definition: Definition, code: str) -> str:
    """Return the name of a slot; of none: an officer's scan."""
    if not code:
        return gettext("Scan by the office")
    slot = definition.slots.get(code)
    return tell(slot.names, _language()).text if slot else code


def wanted(slot: Attachment) -> str:
    """Return what may be given there, in words."""
    kinds = gettext("A photo (JPEG or PNG) or a PDF, at most %s.")
    if PDF not in slot.types:
        kinds = gettext("A photo (JPEG or PNG), at most %s.")
    elif IMAGE not in slot.types:
        kinds = gettext("A PDF, at most %s.")
    return kinds % filesizeformat(slot.max_bytes)


def asked_like_answers(
    definition: Definition, lines: Sequence[AttachmentLine]
) -> list[tuple[str, str, str]]:
    """Return each slot as a completion asks for it: code, name, and what stands there, in words."""
    given = {one.code: one.what for one in lines}
    return [
        (
            f"{attachments.ASKED}{code}",
            slot_label(definition, code),
            given.get(code, gettext("Not given")),
        )
        for code in definition.slots
    ]


def review_rows(
    application: Application, definition: Definition
) -> list[tuple[str, str, str, str]]:
    """Return each slot with what was given there, for a summary list with links to change it."""
    page = reverse("applications:documents", args=[application.number])
    asked = conditions.slots(definition, application.given)
    return [
        (label, given, f"{page}#id_{key.removeprefix(attachments.ASKED)}", gettext("Change"))
        for key, label, given in asked_like_answers(
            definition, attachment_lines(application, definition)
        )
        if key.removeprefix(attachments.ASKED) in asked
    ]


def lacking(application: Application, definition: Definition) -> list[Mistake]:
    """Return each required file that lacks, as a mistake on the page that asks for it."""
    return [
        Mistake(DOCUMENTS, code, gettext("Give the file: %s.") % slot_label(definition, code))
        for code in attachments.missing(application.pk, definition, application.given)
    ]


def _language() -> str:
    return get_language() or "en"
