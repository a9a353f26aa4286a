"""What another person decides; yes, behind her step-up."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import operations as accounts
from accounts import queries as account_queries
from accounts.queries import SamePerson
from documents.events import CredentialApproved
from documents.models import (
    Asked,
    CredentialDecision,
    CredentialRequest,
    CredentialState,
)
from documents.operations.credentials import standing
from documents.operations.credentials.asking import Owner, require_right
from documents.policies import ISSUE_CREDENTIAL, REVOKE_CREDENTIAL
from kernel import audit, outbox
from kernel.lifecycle import IllegalTransition

log = structlog.get_logger()

STEP_UP_PURPOSE = "credential.decide"


class OwnKey(Exception):
    """Nobody decides what concerns her own key: declined, its revocation would be hers to stop."""


class DecidedAlready(Exception):
    """Somebody has decided it, or what it asks for cannot be any more."""


def decide(
    *,
    request_id: int,
    approved: bool,
    by_id: int,
    at: datetime,
    step_up_id: int | None = None,
    session_key: str | None = None,
) -> None:
    """
    Approve or decline. A revocation or a new start is done at once; a new credential's key is
    made next, by an errand.

    :raises accounts.queries.SamePerson: if she asked for it herself
    :raises OwnKey: if it is about her own key
    :raises DecidedAlready: if it is decided, or overtaken
    :raises accounts.policies.NotGranted: without the right over the owner's area
    :raises accounts.operations.StepUpRefused: if she approves without a good step-up
    """
    with transaction.atomic():
        request = (CredentialRequest.objects.select_for_update().exclude(asked=Asked.SUSPEND)).get(
            pk=request_id
        )
        owner = Owner.of(request)
        act = ISSUE_CREDENTIAL if request.asked == Asked.ISSUE else REVOKE_CREDENTIAL
        require_right(owner, act.code, by_id=by_id, at=at)
        if account_queries.same_hands(request.asked_by_id, by_id):
            raise SamePerson
        if account_queries.same_hands(request.account_id, by_id):
            raise OwnKey
        if CredentialDecision.objects.filter(request=request).exists():
            raise DecidedAlready
        if approved:
            accounts.consume_step_up(
                step_up_id=step_up_id or 0,
                account_id=by_id,
                purpose=STEP_UP_PURPOSE,
                session_key=session_key,
                at=at,
            )
        CredentialDecision.objects.create(
            request=request,
            approved=approved,
            decided_by_id=by_id,
            decided_at=at,
            step_up_id=step_up_id if approved else None,
        )
        if approved:
            _carry_out(request, at=at)
        audit.record(
            act="credential.approved" if approved else "credential.declined",
            actor_id=by_id,
            subject="documents.credentialrequest",
            subject_id=request.pk,
            detail={"asked": request.asked, "credential": request.credential_id},
            at=at,
        )


def _carry_out(request: CredentialRequest, *, at: datetime) -> None:
    if request.credential_id is None:
        outbox.publish(CredentialApproved(subject_id=request.pk, occurred_at=at))
        return
    credential = standing.lock(request.credential_id)
    target = CredentialState.REVOKED if request.asked == Asked.REVOKE else CredentialState.ACTIVE
    try:
        standing.move(credential, target, at=at, reason=request.reason)
    except IllegalTransition:
        raise DecidedAlready from None
