"""Her order to sign: deciding and signing are separate grants, and the list is what she saw."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from accounts import policies as rights
from applications import policies
from applications.models import Application
from applications.operations.moving import lock_all, require_status
from applications.operations.review import desk_of
from applications.states import WITH_PAPER, Status
from documents import operations as documents
from documents import orders
from kernel import audit

log = structlog.get_logger()


class NotHerSignature(Exception):
    """A paper on the list is to be signed by another officer, or belongs to no case."""


def order_signatures(
    *, paper_hashes: Mapping[int, str], by_id: int, step_up_id: int, until: datetime, at: datetime
) -> int:
    """
    Order that exactly these files be signed with the officer's key until then.

    What she has ordered before, in another window perhaps, is left as it is.

    :param paper_hashes: the SHA-256 that she saw listed, by the id of the paper
    :return: how many papers are ordered now
    :raises NotHerSignature: if one of the cases is not hers to sign
    :raises NotNow: if one of them does not wait for a signature
    :raises accounts.policies.NotGranted: if she may not sign for one of the offices
    :raises documents.operations.MandateRefused: if a file is no longer what she saw
    """
    with transaction.atomic():
        listed = Application.objects.filter(paper_id__in=list(paper_hashes))
        applications = lock_all(listed.values_list("pk", flat=True))
        if len(applications) != len(paper_hashes):
            raise NotHerSignature
        if any(application.officer_id != by_id for application in applications):
            raise NotHerSignature
        waiting = [one for one in applications if not _is_ordered(one, at=at)]
        for application in waiting:
            require_status(application, Status.AWAITING_SIGNATURE)
        _require_signer(waiting, by_id, at=at)
        if waiting:
            mandate_id = documents.mandate(
                paper_hashes={
                    paper_id: sha256
                    for paper_id, sha256 in paper_hashes.items()
                    if paper_id in {one.paper_id for one in waiting}
                },
                officer_id=by_id,
                step_up_id=step_up_id,
                until=until,
                at=at,
            )
            Application.objects.filter(pk__in=[one.pk for one in waiting]).update(
                signing_until=until
            )
            _record("case.signature_ordered", waiting, by_id, mandate_id=mandate_id, at=at)
    log.info("case.signatures_ordered", cases=len(waiting), ordered_before=len(applications))
    return len(waiting)


def stop_signing(*, mandate_id: int, by_id: int, at: datetime) -> int:
    """
    Take her order back for what is not signed yet, and return for how many papers.

    They wait for her key again, untouched; what is signed stays signed, and is sealed.

    :raises documents.operations.NothingToWithdraw: if it is not hers, was taken back, or is done
    """
    order = orders.order(mandate_id, officer_id=by_id)
    if order is None:
        raise documents.NothingToWithdraw(mandate_id)
    with transaction.atomic():
        # First the cases, then their papers, as whoever orders does.
        listed = Application.objects.filter(paper_id__in=[one.paper_id for one in order.papers])
        applications = lock_all(listed.values_list("pk", flat=True))
        unsigned = set(documents.withdraw_mandate(mandate_id=mandate_id, by_id=by_id, at=at))
        left = [one for one in applications if one.paper_id in unsigned]
        Application.objects.filter(pk__in=[one.pk for one in left]).update(signing_until=None)
        _record("case.signature_order_withdrawn", left, by_id, mandate_id=mandate_id, at=at)
    log.info("case.signing_stopped", cases=len(left))
    return len(left)


def _record(
    act: str, applications: list[Application], by_id: int, *, mandate_id: int, at: datetime
) -> None:
    """One line a paper: whoever asks what became of one finds it under its case."""
    for application in applications:
        audit.record(
            act=act,
            actor_id=by_id,
            subject="applications.application",
            subject_id=application.pk,
            detail={"paper_id": application.paper_id, "mandate_id": mandate_id},
            at=at,
        )


def _is_ordered(application: Application, *, at: datetime) -> bool:
    """Say whether her order for this paper stands, or has been carried out."""
    if application.status == Status.AWAITING_SIGNATURE:
        return application.signing_until is not None and application.signing_until > at
    return application.status in WITH_PAPER and application.signing_until is not None


def _require_signer(applications: list[Application], by_id: int, *, at: datetime) -> None:
    # A sitting of two hundred is of a few offices and services: each is asked once.
    desks = {(one.service_code, one.deciding_office_id): one for one in applications}
    for application in desks.values():
        rights.require(
            account_id=by_id,
            act=policies.SIGN.code,
            service_code=application.service_code,
            area_code=desk_of(application).area_code,
            at=at,
        )
