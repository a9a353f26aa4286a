"""The one place where a look at somebody's case is written down, for the trace and for her."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest

from accounts import sessions
from applications import operations
from applications.models import Application, Seen, Why
from applications.models.looks import LISTED_SECONDS
from applications.queries import looks
from kernel import audit


def looked(
    request: HttpRequest,
    application: Application,
    *,
    seen: Seen,
    at: datetime,
    reason: str = "",
    why: Why | None = None,
    attachment_id: int | None = None,
) -> Why:
    """
    Write down that whoever is at the browser sees something of the case; return by what right.

    :param reason: for the trace alone, what it was done for: "print", "sitting"
    :param why: by what right she looks; found out for those at the desk
    """
    account = sessions.signed_in(request)
    right = why or looks.why(application, account.pk, at=at)
    operations.look(
        cases=[(application.pk, right)],
        account_id=account.pk,
        office_id=account.office_id,
        seen=seen,
        at=at,
    )
    act = {Seen.ATTACHMENT: "case.attachment_read", Seen.SLIP: "case.slip_read"}
    audit.record(
        act=act.get(seen, "case.read"),
        actor_id=account.pk,
        subject="applications.attachment" if attachment_id else "applications.application",
        subject_id=attachment_id or application.pk,
        reason=reason,
        detail={"case": application.pk, "why": right.value},
        at=at,
    )
    return right


def found_in_search(request: HttpRequest, cases: Sequence[Application], *, at: datetime) -> None:
    """Write down whose names a search showed, with one insert; the search is in the trace."""
    account = sessions.signed_in(request)
    operations.look(
        cases=[
            (case.pk, Why.DECIDING if case.officer_id == account.pk else Why.COLLEAGUE)
            for case in cases
        ],
        account_id=account.pk,
        office_id=account.office_id,
        seen=Seen.LINE,
        at=at,
    )


def listed(
    request: HttpRequest, cases: Sequence[Application], *, at: datetime, why: Why | None = None
) -> None:
    """
    Write down whose names a list showed, once a day each, with one insert.

    Of what she has in hand herself the pages that she opens tell more.

    :param why: by what right, where the list is not of those who decide
    """
    account = sessions.signed_in(request)
    others = [case for case in cases if case.officer_id != account.pk]
    if not others:
        return
    operations.look(
        # What nobody has she may take next.
        cases=[
            (case.pk, why or (Why.COLLEAGUE if case.officer_id else Why.DECIDING))
            for case in others
        ],
        account_id=account.pk,
        office_id=account.office_id,
        seen=Seen.LINE,
        at=at,
        once_in_seconds=LISTED_SECONDS,
    )
