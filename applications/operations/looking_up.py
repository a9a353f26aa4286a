"""
Whether a register agrees with what an applicant typed: counted, kept with the draft, and traced.

A number of somebody else is no way to read a register: it says yes or no to what she typed, the
page repeats her own words, and each question costs her one of a few in an hour. Whoever types
wrong for one number, under whatever account, soon gets no answer about it at all.
"""

import json
from datetime import datetime, timedelta

from django.db import transaction

from accounts.limits import HOUR, Limit
from accounts.operations import budgets
from applications.models import Application, Lookup, LookupOutcome
from applications.operations.drafting import require_holder
from applications.operations.moving import lock, require_status
from applications.states import Status
from catalogue import lookups
from catalogue.definition import Definition
from catalogue.lookups import Question
from kernel import audit
from kernel.crypto import keyed_hash

BY_ACCOUNT = Limit("lookup.account", 10, HOUR)
# Of nos only: a number about which many are right is no secret to them.
BY_NUMBER = Limit("lookup.number", 5, timedelta(days=1))


def outcomes(application: Application, definition: Definition) -> dict[str, LookupOutcome]:
    """
    Return what registers said to the answers as they stand now, by the code of the field.

    What was not asked, or not as it stands, is unchecked.
    """
    asked = list(lookups.questions(definition, application.given)) if definition.lookups else []
    if not asked:
        return {}
    rows = Lookup.objects.filter(application=application)
    known = {(row.field_code, bytes(row.about)): LookupOutcome(row.outcome) for row in rows}
    return {
        one.code: known.get((one.code, _about(application, one)), LookupOutcome.UNCHECKED)
        for one in asked
    }


def agree(application: Application, definition: Definition) -> bool:
    """Say whether registers agreed to all that they are asked about; true where that is nothing."""
    told = outcomes(application, definition).values()
    return all(outcome is LookupOutcome.AGREES for outcome in told)


def spend_lookup(*, account_id: int, national_id: str, at: datetime) -> None:
    """
    Count a question before the register is asked, so that questions at the same moment count too.

    Call it outside a transaction.

    :raises accounts.operations.BudgetSpent: after ten in an hour, or five nos about this number
        within a day by anybody
    """
    budgets.spend(BY_ACCOUNT, str(account_id), at=at)
    budgets.spend(BY_NUMBER, national_id, at=at)


def return_lookup(*, national_id: str) -> None:
    """Uncount it for the number: the answer was yes, or there was none."""
    budgets.give_back(BY_NUMBER, national_id)


def record_lookup(
    *,
    application_id: int,
    holder_id: int,
    question: Question,
    outcome: LookupOutcome,
    by_id: int,
    at: datetime,
) -> None:
    """
    Keep what a register answered, and in the trace that it was asked.

    Of two answers at the same moment the first stands.

    :raises NotHers: if another person asks
    :raises NotNow: if the case is no longer a draft
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.DRAFT)
        if outcome is not LookupOutcome.UNCHECKED:
            row = Lookup(
                application=application,
                field_code=question.code,
                about=_about(application, question),
                outcome=outcome,
                asked_by_id=by_id,
                at=at,
            )
            Lookup.objects.bulk_create([row], ignore_conflicts=True)
        audit.record(
            act="case.looked_up",
            actor_id=by_id,
            subject="applications.application",
            subject_id=application.pk,
            at=at,
            detail={
                "field": question.code,
                "register": question.register,
                "outcome": outcome.value,
            },
        )


def _about(application: Application, question: Question) -> bytes:
    said = json.dumps([question.register, sorted(question.typed.items())], ensure_ascii=False)
    return keyed_hash("applications.lookup", f"{application.number}:{question.code}:{said}")
