"""A message did not arrive: the case's office calls, and says what came of it."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts import queries as accounts
from applications import policies
from applications.models import Application, Call, CallResult
from applications.models.calling import CALL_TRIES_MAX
from applications.queries.reaching import reach
from kernel import audit

log = structlog.get_logger()


CALL_KEPT = timedelta(days=365)
"""After its end a call is kept so long, for whoever asks whether her office tried."""


class NoSuchCall(Exception):
    """It is done, or is of no office where she works."""


def ask_call(*, application_id: int, template: str, at: datetime) -> None:
    """
    Put a case on its office's list of calls, once for what is to be told.

    :param template: of the message that did not arrive
    """
    with transaction.atomic():
        case = Application.objects.select_for_update(no_key=True).get(pk=application_id)
        if case.deciding_office_id is None:
            return  # No office has it: nobody would read the list.
        _, is_new = Call.objects.get_or_create(
            application=case, template=template, done_at=None, defaults={"asked_at": at}
        )
    if is_new:
        log.info("case.call_asked", case_id=application_id, template=template)


def record_call(*, call_id: int, result: CallResult, by_id: int, at: datetime) -> None:
    """
    Record what came of a call; where nobody answered it stays, until `CALL_TRIES_MAX` tries.

    :raises NoSuchCall: if it is done, or the case is of no office where she works, or hers
    """
    person_id = accounts.account(by_id).person_id
    over = reach(account_id=by_id, person_id=person_id, at=at, acts=policies.MAY_CALL)
    with transaction.atomic():
        call = Call.objects.select_for_update().filter(pk=call_id, done_at=None).first()
        reached = call and Application.objects.filter(over.covered, pk=call.application_id).exists()
        if call is None or not reached:
            raise NoSuchCall(call_id)
        call.tries += 1
        call.by_id, call.tried_at, call.result = by_id, at, result
        if result != CallResult.NO_ANSWER or call.tries >= CALL_TRIES_MAX:
            call.done_at = at
        call.save(update_fields=["tries", "by", "tried_at", "result", "done_at"])
        audit.record(
            act="case.called",
            actor_id=by_id,
            subject="applications.application",
            subject_id=call.application_id,
            detail={"call": call.pk, "result": str(result), "try": call.tries},
            at=at,
        )
    log.info("case.called", case_id=call.application_id, call_id=call.pk, result=str(result))


def old_calls(before: datetime) -> QuerySet[Call]:
    """Return the calls that ended before a moment."""
    return Call.objects.filter(done_at__lt=before)


def forget_calls(before: datetime, limit: int) -> int:
    """
    Delete at most so many calls that ended before a moment; return how many.

    What became of each stays in the trace. PostgreSQL refuses to delete one that is open.
    """
    few = list(old_calls(before).order_by("done_at").values_list("pk", flat=True)[:limit])
    return old_calls(before).filter(pk__in=few).delete()[0]
