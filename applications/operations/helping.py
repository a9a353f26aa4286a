"""What a helper does with a citizen's case while the consent lasts: as the citizen, and no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import queries as accounts
from applications.models import Application, Assistance, ConsentCheck, HelpConsent
from applications.operations import attaching, completing, drafting, steps, submitting
from applications.operations.assisting import (
    NoSuchConsent,
    NotHelping,
    WitnessIsHelper,
    require_help,
)
from applications.operations.moving import lock
from applications.queries import assisting
from applications.states import SampleOutcome, Status


def save_answers_for(
    *, application_id: int, helper_id: int, given: Mapping[str, Any], at: datetime
) -> None:
    """
    Keep answers of a draft, as `save_answers`.

    :raises NotHelping: if she does not help with it, or no longer
    """
    with transaction.atomic():
        application, help_ = _helped(application_id, helper_id, at=at)
        before = application.given
        drafting.save_answers(
            application_id=application_id, holder_id=application.holder_id, given=given
        )
        steps.typed(help_, before, given, at=at)


def renew_draft_for(*, application_id: int, helper_id: int, at: datetime) -> bool:
    """Put a draft under the version in force, as `renew_draft`. :raises NotHelping: as above"""
    with transaction.atomic():
        holder_id = _helped(application_id, helper_id, at=at)[0].holder_id
        return drafting.renew_draft(application_id=application_id, holder_id=holder_id)


def submit_for(*, application_id: int, helper_id: int, at: datetime) -> submitting.Submitted:
    """Send a draft in, as `submit`; the bill goes to her phone. :raises NotHelping: as above"""
    with transaction.atomic():
        holder_id = _helped(application_id, helper_id, at=at)[0].holder_id
        return submitting.submit(
            application_ids=[application_id], holder_id=holder_id, by_id=helper_id, at=at
        )


def attach_for(*, application_id: int, helper_id: int, code: str, data: bytes, at: datetime) -> int:
    """Put a file under a slot, as `attach`. :raises NotHelping: as above"""
    with transaction.atomic():
        application, help_ = _helped(application_id, helper_id, at=at)
    attachment_id = attaching.attach(
        application_id=application_id,
        holder_id=application.holder_id,
        code=code,
        data=data,
        by_id=helper_id,
        at=at,
    )
    steps.gave_file(help_, code, at=at)
    return attachment_id


def complete_for(
    *, application_id: int, helper_id: int, given: Mapping[str, Any], at: datetime
) -> None:
    """
    Mend what was asked for, as `complete`, with the consent to just that.

    :raises NotHelping: if she does not help with it, or the person has not agreed to this
    """
    with transaction.atomic():
        application, help_ = _helped(application_id, helper_id, at=at)
        before = application.given
        completing.complete(
            application_id=application_id,
            holder_id=application.holder_id,
            by_id=helper_id,
            given=given,
            at=at,
        )
        steps.typed(help_, before, given, at=at)


def look_for(*, application_id: int, helper_id: int, page: str, at: datetime) -> None:
    """Write down that she opened a page of the case. :raises NotHelping: as above"""
    with transaction.atomic():
        application = lock(application_id)
        steps.looked(require_help(application, helper_id, at=at), page, at=at)


def _helped(application_id: int, helper_id: int, *, at: datetime) -> tuple[Application, Assistance]:
    """Return the case, locked, and the help with it, if what its turn needs is agreed to."""
    application = lock(application_id)
    help_ = require_help(application, helper_id, at=at)
    if application.status == Status.AWAITING_COMPLETION and not (
        HelpConsent.objects.filter(
            assistance=help_,
            completion__answered_at=None,
            completion__isnull=False,
            given_at__isnull=False,
        ).exists()
    ):
        raise NotHelping(application_id)
    return application, help_


def check_slip(*, consent_id: int, by_id: int, outcome: str, at: datetime) -> None:
    """
    Say what a second look at a signed slip found; said twice, the first word stands.

    :param outcome: of `SampleOutcome`
    :raises NoSuchConsent: if it is none of the slips that are looked at again this month
    :raises WitnessIsHelper: if she helped, was the witness, or is the person
    """
    drawn = assisting.sample(account_id=by_id, at=at)
    consent = next((one for one in drawn if one.pk == consent_id), None)
    if consent is None or outcome not in SampleOutcome.values:
        raise NoSuchConsent(consent_id)
    help_ = consent.assistance
    if accounts.account(by_id).person_id is None or accounts.is_close_to(by_id, help_.holder_id):
        raise WitnessIsHelper(consent_id)
    if any(accounts.same_hands(one, by_id) for one in (help_.helper_id, consent.witness_id)):
        raise WitnessIsHelper(consent_id)
    ConsentCheck.objects.get_or_create(
        consent=consent, defaults={"outcome": outcome, "by_id": by_id, "at": at}
    )
