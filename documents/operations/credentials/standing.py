"""Which credential signs now, and the one function that walks a credential along its life."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from documents.models import Credential, CredentialState
from documents.states import CREDENTIAL_LIFECYCLE, OVER
from kernel import outbox

log = structlog.get_logger()


def believed() -> QuerySet[Credential]:
    """
    Return the credentials that count: in production, those alone that two people wanted.

    Nobody asks for development's own, and PostgreSQL, which knows no production, lets them in.
    """
    if settings.PRODUCTION:
        return Credential.objects.filter(request__isnull=False)
    return Credential.objects.all()


def in_force(
    purpose: str, *, at: datetime, account_id: int | None = None, office_id: int | None = None
) -> Credential | None:
    """
    Return the credential of this owner that signs at `at`, or none.

    `account_id` names an officer, `office_id` an office; neither, one of the state's own.
    """
    owner: dict[str, Any] = {"account_id": account_id, "office_id": office_id}
    return (
        believed()
        .filter(
            **owner,
            purpose=purpose,
            state=CredentialState.ACTIVE,
            not_before__lte=at,
            not_after__gte=at,
        )
        .first()
    )


def all_in_force(
    purpose: str,
    *,
    at: datetime,
    account_ids: Collection[int] = (),
    office_ids: Collection[int] = (),
) -> dict[int, Credential]:
    """Return by owner the credentials that sign at `at`; who has none is not there."""
    found = believed().filter(
        Q(account_id__in=account_ids) | Q(office_id__in=office_ids),
        purpose=purpose,
        state=CredentialState.ACTIVE,
        not_before__lte=at,
        not_after__gte=at,
    )
    return {owner: each for each in found if (owner := each.account_id or each.office_id)}


def lock(credential_id: int) -> Credential:
    """:raises Credential.DoesNotExist: for an unknown id"""
    return Credential.objects.select_for_update().get(pk=credential_id)


def move(
    credential: Credential, target: CredentialState, *, at: datetime, reason: str = ""
) -> None:
    """
    Walk one edge; the credential is locked by the caller.

    :raises kernel.lifecycle.IllegalTransition: if there is no such edge
    """
    news = CREDENTIAL_LIFECYCLE.event_for(CredentialState(credential.state), target)
    credential.state = target
    if target in OVER:
        credential.ended_at, credential.end_reason = at, reason
    credential.save(update_fields=["state", "ended_at", "end_reason"])
    outbox.publish(news(subject_id=credential.pk, occurred_at=at))
    log.info("credential.moved", credential_id=credential.pk, state=target)
