"""
What was typed on a page of questions and not sent by its button: kept as it is, judged by nobody.

Whoever changes the language in the midst of a page, or leaves it, finds her words there again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.models import Application, SavedDraft, UnsentAnswers
from applications.operations.drafting import require_holder
from applications.operations.moving import lock as lock_case
from applications.operations.moving import require_status
from applications.operations.saving import lock_saved
from applications.states import Status
from catalogue import queries as catalogue

TYPED_MAX = 100_000
"""Characters of a page; no form of a service takes as many."""

Typed = Mapping[str, Sequence[str]]


class TooMuchTyped(Exception):
    """More than any page of questions takes: nothing of it is kept."""


def keep_of_draft(*, key: UUID, group_code: str, typed: Typed, at: datetime) -> None:
    """
    Keep what stands in the fields of one page of a saved draft, in place of what stood there.

    :param typed: the texts of each field by its name, as the browser sent them
    :raises applications.operations.saving.NoSuchDraft: if it has ended
    :raises TooMuchTyped: if it is longer than TYPED_MAX
    """
    told = _told(typed)
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        if catalogue.version(draft.service_version_id).definition.group(group_code):
            UnsentAnswers.objects.update_or_create(
                draft=draft, group_code=group_code, defaults={"typed": told, "typed_at": at}
            )


def keep_of_case(
    *, application_id: int, holder_id: int, group_code: str, typed: Typed, at: datetime
) -> None:
    """
    Keep what stands in the fields of one page of a case that is a draft.

    :raises applications.operations.NotHers: if another person asks
    :raises applications.operations.NotNow: if the case is no longer a draft
    :raises TooMuchTyped: if it is longer than TYPED_MAX
    """
    told = _told(typed)
    with transaction.atomic():
        application = lock_case(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.DRAFT)
        if catalogue.version(application.service_version_id).definition.group(group_code):
            UnsentAnswers.objects.update_or_create(
                application=application,
                group_code=group_code,
                defaults={"typed": told, "typed_at": at},
            )


def of_draft(draft: SavedDraft, group_code: str) -> Typed:
    """Return what stands on a page of a draft and was not sent; nothing where nothing does."""
    return _read(UnsentAnswers.objects.filter(draft=draft, group_code=group_code).first())


def of_case(application: Application, group_code: str) -> Typed:
    """Return what stands on a page of a case and was not sent; nothing where nothing does."""
    return _read(
        UnsentAnswers.objects.filter(application=application, group_code=group_code).first()
    )


def forget_of_draft(draft: SavedDraft, group_code: str) -> None:
    """The page was sent: what stood there before is no longer needed."""
    UnsentAnswers.objects.filter(draft=draft, group_code=group_code).delete()


def forget_of_case(application: Application, group_code: str) -> None:
    """As `forget_of_draft`."""
    UnsentAnswers.objects.filter(application=application, group_code=group_code).delete()


def _read(found: UnsentAnswers | None) -> Typed:
    told: dict[str, list[str]] = json.loads(found.typed) if found else {}
    return told


def _told(typed: Typed) -> str:
    told = json.dumps({name: list(texts) for name, texts in typed.items()}, ensure_ascii=False)
    if len(told) > TYPED_MAX:
        raise TooMuchTyped
    return told
