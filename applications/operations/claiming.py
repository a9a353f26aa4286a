"""A saved draft becomes a case: its answers go along, once she has proved who she is."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.models import Application, SavedDraft, UnsentAnswers
from applications.operations.drafting import require_holder, write_answers
from applications.operations.moving import lock as lock_case
from applications.operations.moving import require_status
from applications.operations.saving import end_saved, given_in, lock_saved
from applications.states import Status
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.definition import Definition


def claim_saved(*, key: UUID, number: str, holder_id: int, at: datetime) -> None:
    """
    Put the answers of a draft into a case that its holder has begun, and end the draft.

    What the case's version does not ask is left out. An answer of the case itself is not replaced.
    What was typed on a page and not sent goes along, where the case has such a page.

    :raises NoSuchDraft: if it has ended
    :raises NotHers: if the case is another's
    :raises NotNow: if the case is no draft
    """
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        found = Application.objects.get(number=number, service_code=draft.service_code)
        application = lock_case(found.pk)
        require_holder(application, holder_id)
        require_status(application, Status.DRAFT)
        before = catalogue.version(draft.service_version_id).definition
        now = catalogue.version(application.service_version_id).definition
        brought = conditions.carried(before, now, given_in(draft))
        write_answers(application, brought | application.given)
        application.save(update_fields=["answers", "private_answers"])
        _carry_unsent(draft, application, now)
        end_saved(draft, at=at, application_id=application.pk)


def _carry_unsent(draft: SavedDraft, application: Application, definition: Definition) -> None:
    pages = [group.code for group in definition.form]
    known = UnsentAnswers.objects.filter(application=application).values("group_code")
    found = UnsentAnswers.objects.filter(draft=draft, group_code__in=pages)
    found.exclude(group_code__in=known).update(draft=None, application=application)
