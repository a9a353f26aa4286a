"""A note about a case: for colleagues only, and it stays."""

from datetime import datetime

from django.db import transaction

from accounts import policies as rights
from accounts.acts import Act
from applications import policies
from applications.models import Application, CaseNote
from applications.operations.moving import NotNow, lock
from applications.operations.review import desk_of, require_officer

NOTE_CHARACTERS_MAX = 2000


class TextRefused(Exception):
    """A text of 1 to `most` characters is wanted; what was written is not repeated."""

    def __init__(self, most: int) -> None:
        super().__init__(f"1 to {most} characters")
        self.most = most


def note(*, application_id: int, by_id: int, text: str, at: datetime) -> int:
    """
    Write a note for whoever works on the case, and return its id. The applicant never sees it.

    :param text: 1 to 2000 characters
    :raises TextRefused: if it is empty or longer
    :raises NotNow: before the case lies before an office
    :raises policies.OwnCase: if she has an interest
    :raises accounts.policies.NotGranted: if no act of the desk is hers in this case
    """
    words = bounded(text, NOTE_CHARACTERS_MAX)
    with transaction.atomic():
        application = lock(application_id)
        if application.deciding_office_id is None:
            raise NotNow(application.pk, application.status)
        require_desk(application, by_id, at=at)
        written = CaseNote.objects.create(application=application, by_id=by_id, text=words, at=at)
    return int(written.pk)


def bounded(text: str, most: int, *, least: int = 1) -> str:
    """
    Return the text without the space around it, and with one kind of line end.

    :raises TextRefused: if it is shorter, or longer than `most` characters, or no text
    """
    words = text.replace("\r\n", "\n").strip()
    if not least <= len(words) <= most or "\0" in words:
        raise TextRefused(most)
    return words


def require_desk(
    application: Application, by_id: int, *, at: datetime, also: Act | None = None
) -> None:
    """As `require_officer`, by whichever act of the desk, or `also`, is hers in this case."""
    area_code = desk_of(application).area_code
    hers = [
        act
        for act in (*policies.AT_DESK, *([also] if also else []))
        if rights.may(
            account_id=by_id,
            act=act.code,
            service_code=application.service_code,
            area_code=area_code,
            at=at,
        )
    ]
    require_officer(application, by_id, at=at, act=hers[0] if hers else policies.DECIDE)
