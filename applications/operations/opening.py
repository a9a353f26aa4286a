"""Break-glass: a case opened for half an hour without the usual right, reviewed by another."""

from datetime import datetime, timedelta

import psycopg
import structlog
from django.db import IntegrityError, transaction

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies, queries
from applications.models import Application, Opening, OpeningReason
from applications.models.looks import OPEN_FOR
from applications.operations.looking import require_over
from applications.operations.moving import NoSuchCase
from applications.operations.noting import bounded
from applications.operations.review import UnknownReason
from applications.queries.desk import before_an_office
from kernel import audit
from places import queries as places
from places import working

log = structlog.get_logger()

OPENING_CHARACTERS_MIN = 10
OPENING_CHARACTERS_MAX = 500
OPENINGS_A_DAY_MAX = 10
"""Under all her accounts; the trigger `opening_within_limits` says the same."""
TEN_A_DAY = "opening_ten_a_day"
REVIEWED_WITHIN_DAYS = 2
"""Working days; our assumption, as no law names a term."""


class HersAnyway(Exception):
    """She may see the case without breaking any glass."""


class TooManyOpenings(Exception):
    """She opened as many in a day as anybody may."""


class NothingToReview(Exception):
    """There is no such opening, or it has been reviewed."""


class OpenedHerself(Exception):
    """Whoever opened a case does not review that."""


def open_case(*, number: str, by_id: int, reason_code: str, text: str, at: datetime) -> int:
    """
    Open a case that is not hers, to be read until half an hour later; return the opening's id.

    She may if she decides such cases elsewhere, or holds the right to break the glass here.

    :param reason_code: of `OpeningReason`; `text` says more, in 10 to 500 characters
    :raises UnknownReason: if there is no such reason
    :raises applications.operations.noting.TextRefused: if the text is shorter or longer
    :raises NoSuchCase: if no such case is before an office, or she has an interest in it
    :raises HersAnyway: if she may see it without
    :raises TooManyOpenings: after ten within a day
    :raises accounts.policies.NotGranted: if she may not
    """
    if reason_code not in OpeningReason.values:
        raise UnknownReason(reason_code)
    words = bounded(text, OPENING_CHARACTERS_MAX, least=OPENING_CHARACTERS_MIN)
    account = accounts.account(by_id)
    with transaction.atomic():
        if queries.at_desk(number, account_id=by_id, person_id=account.person_id, at=at):
            raise HersAnyway(number)
        application = before_an_office(number, account_id=by_id, person_id=account.person_id)
        if application is None:
            raise NoSuchCase(0)
        _require_breaker(application, by_id, at=at)
        hers = {by_id}
        if account.person_id is not None:
            hers |= accounts.accounts_of([account.person_id]).get(account.person_id, set())
        today = Opening.objects.filter(by__in=hers, opened_at__gt=at - timedelta(days=1))
        if today.count() >= OPENINGS_A_DAY_MAX:
            raise TooManyOpenings(by_id)
        opening = _written(application, by_id, reason_code, words, at=at)
        audit.record(
            act="case.opened",
            actor_id=by_id,
            subject="applications.application",
            subject_id=application.pk,
            reason=reason_code,
            detail={"opening": opening.pk},
            at=at,
        )
    log.warning("case.opened_outside_right", opening_id=opening.pk)
    return int(opening.pk)


def _written(
    application: Application, by_id: int, reason_code: str, words: str, *, at: datetime
) -> Opening:
    """:raises TooManyOpenings: if another of hers, at the same moment, was the tenth"""
    try:
        with transaction.atomic():
            return Opening.objects.create(
                application=application,
                by_id=by_id,
                reason_code=reason_code,
                text=words,
                opened_at=at,
                until_at=at + OPEN_FOR,
                due_at=working.add_working_days(at, REVIEWED_WITHIN_DAYS),
            )
    except IntegrityError as refused:
        told = refused.__cause__
        if isinstance(told, psycopg.Error) and told.diag.constraint_name == TEN_A_DAY:
            raise TooManyOpenings(by_id) from None
        raise


def review_opening(*, opening_id: int, by_id: int, accepted: bool, text: str, at: datetime) -> None:
    """
    Say, as a second person, whether a case was opened rightly; an objection is an alarm.

    :param text: why; needed for an objection, at most 500 characters
    :raises NothingToReview: if there is no such opening, or it has been reviewed
    :raises OpenedHerself: if she opened it, under any of her accounts
    :raises accounts.policies.NotGranted: if she does not supervise the case's office
    :raises applications.operations.noting.TextRefused: if the text is missing or longer
    """
    words = bounded(text, OPENING_CHARACTERS_MAX, least=0 if accepted else OPENING_CHARACTERS_MIN)
    with transaction.atomic():
        opening = Opening.objects.select_for_update().filter(pk=opening_id).first()
        if opening is None or opening.reviewed_at is not None:
            raise NothingToReview(opening_id)
        application = Application.objects.get(pk=opening.application_id)
        require_over(application, policies.SUPERVISE.code, by_id, at=at)
        if accounts.same_hands(opening.by_id, by_id):
            raise OpenedHerself(opening_id)
        opening.reviewed_by_id, opening.reviewed_at = by_id, at
        opening.accepted, opening.review_text = accepted, words
        opening.save(update_fields=["reviewed_by", "reviewed_at", "accepted", "review_text"])
        audit.record(
            act="case.opening_accepted" if accepted else "case.opening_objected",
            actor_id=by_id,
            subject="applications.application",
            subject_id=application.pk,
            detail={"opening": opening.pk, "opened_by": opening.by_id},
            at=at,
        )
    if not accepted:
        log.error("case.opening_objected", opening_id=opening.pk)


def _require_breaker(application: Application, account_id: int, *, at: datetime) -> None:
    office = places.office(application.deciding_office_id or 0)
    may_break = rights.may(
        account_id=account_id,
        act=policies.BREAK_GLASS.code,
        service_code=application.service_code,
        area_code=office.area.code if office.area else None,
        at=at,
    )
    elsewhere = rights.scopes(account_id=account_id, act_codes=[policies.DECIDE.code], at=at)
    if not may_break and not any(
        scope.service_code in {rights.ANY, application.service_code} for scope in elsewhere
    ):
        raise rights.NotGranted(account_id=account_id, act=policies.BREAK_GLASS.code)
