"""The files that stand with a case, and which are still wanted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from applications.models import Attachment, CheckState, CompletionRequest
from catalogue import conditions
from catalogue.definition import Definition

ASKED = "attachment:"
"""Before the code of a slot, where an officer asks for it as for an answer."""


@dataclass(frozen=True)
class Attached:
    """A file as pages show it; `code` is "" for an officer's scan."""

    id: int
    code: str
    sha256: str
    media_type: str
    size_bytes: int
    pages: int
    attached_at: datetime
    attached_by: str
    state: CheckState

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def is_open(self) -> bool:
        """Whether it may be looked at: nothing is, before the scanner has spoken."""
        return self.state == CheckState.CLEAN


def of(application_id: int) -> list[Attached]:
    """Return the files that stand with a case, the oldest first."""
    return [_view(row) for row in _standing(application_id)]


def one(application_id: int, attachment_id: int) -> Attached | None:
    """Return a file of this case and of no other; what was taken back is not there."""
    row = _standing(application_id).filter(pk=attachment_id).first()
    return _view(row) if row else None


def missing(application_id: int, definition: Definition, given: Mapping[str, object]) -> list[str]:
    """Return the codes of slots that these answers require, without a file, in their order."""
    wanted = conditions.required_slots(definition, given)
    return _without_file(application_id, wanted) if wanted else []


def asked_for(completion: CompletionRequest) -> list[str]:
    """Return the codes of the slots that a completion asks for."""
    return [key.removeprefix(ASKED) for key in completion.asked if key.startswith(ASKED)]


def not_given_anew(completion: CompletionRequest) -> list[str]:
    """Return the codes that a completion asks for and for which no file has come since."""
    asked = asked_for(completion)
    return (
        _without_file(completion.application_id, asked, since=completion.asked_at) if asked else []
    )


def _without_file(
    application_id: int, codes: Collection[str], *, since: datetime | None = None
) -> list[str]:
    given = _standing(application_id).exclude(check_state=CheckState.HARMFUL)
    if since is not None:
        given = given.filter(attached_at__gt=since)
    there = set(given.values_list("code", flat=True))
    return [code for code in codes if code not in there]


def _standing(application_id: int) -> QuerySet[Attachment]:
    return (
        Attachment.objects.filter(
            application_id=application_id, removed_at=None, file__erased_at=None
        )
        .select_related("file", "attached_by")
        .order_by("pk")
    )


def _view(row: Attachment) -> Attached:
    return Attached(
        id=row.pk,
        code=row.code,
        sha256=row.file_id,
        media_type=row.file.media_type,
        size_bytes=row.file.size_bytes,
        pages=row.pages,
        attached_at=row.attached_at,
        attached_by=row.attached_by.display_name,
        state=CheckState(row.check_state),
    )
