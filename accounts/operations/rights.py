"""
Rights: given by one person, confirmed by another, ended by either.

What is refused stands in `right_rules`, and a second time in PostgreSQL (accounts/sql).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts import policies
from accounts.models import Account, Grant
from accounts.operations.right_rules import (
    Wanted,
    breadth,
    refuse_apart,
    refuse_bad,
    refuse_same_person,
    refuse_unfit,
    refuse_unknown,
)
from kernel import audit
from places import queries as places

log = structlog.get_logger()


class GrantNotOpen(Exception):
    """The grant is confirmed already, or has ended."""


class GiverWithoutRight(Exception):
    """Whoever proposed the right may no longer give it: somebody who may proposes it anew."""


class AlreadyFounded(Exception):
    """Somebody may give rights and somebody confirm them: from then on rights come from rights."""


class LastHolder(Exception):
    """Without this grant nobody in the country could give rights any more, or confirm them."""


FOUNDING = frozenset({policies.GIVE_RIGHTS.code, policies.CONFIRM_RIGHTS.code})


def grant(
    *,
    account_id: int,
    act: str,
    given_by_id: int,
    at: datetime,
    from_at: datetime,
    until_at: datetime | None = None,
    service_code: str = policies.ANY,
    area_code: str | None = None,
    rail_code: str = policies.ANY,
    beneficiary_code: str = policies.ANY,
    because: str = "",
) -> int:
    """
    Give a right and return the grant's id; where the act asks for two people it counts only once
    confirmed. "*" means every service, rail or beneficiary, no area the whole country.

    The giver must hold `rights.give` over at least that area: nobody gives wider than she has.

    :param because: why, in at most 200 characters; it names no citizen
    :raises PersonUnknown: if the act asks for two people, and the account names no person
    :raises HandsApart: if she has, or was offered, an act that is kept apart from this one
    :raises NotGranted, SamePerson, NotForThisAccount, BadPeriod, accounts.acts.UnknownAct:
    """
    over = policies.Breadth(service_code, area_code, rail_code, beneficiary_code)
    wanted = Wanted(account_id, act, over, from_at, until_at, because)
    return give([wanted], given_by_id=given_by_id, at=at)[0]


def give(all_wanted: Sequence[Wanted], *, given_by_id: int, at: datetime) -> list[int]:
    """
    Give several rights, all or none, and return the grants' ids; what `grant` refuses, this does.
    """
    with transaction.atomic():
        lock_accounts(given_by_id, *(wanted.account_id for wanted in all_wanted))
        given = []
        for wanted in all_wanted:
            refuse_bad(wanted, given_by_id, at=at)
            given.append(_give(_as_grant(wanted, given_by_id, at=at)))
        return given


def check(wanted: Wanted, *, given_by_id: int, at: datetime) -> None:
    """Refuse what `grant` would refuse, and write nothing: for a page that shows it before."""
    refuse_bad(wanted, given_by_id, at=at)


def confirm_grant(*, grant_id: int, confirmed_by_id: int, at: datetime) -> None:
    """
    Let the grant count.

    :raises GrantNotOpen: if it is confirmed or has ended
    :raises NotGranted: if the confirmer does not hold `rights.confirm` there
    :raises SamePerson: if she gave it or would receive it
    :raises GiverWithoutRight: if whoever gave it could not give it now
    :raises HandsApart: if she has an act that is kept apart from this one
    :raises PersonUnknown: if the account that would receive it names no person
    """
    with transaction.atomic():
        given = _locked(grant_id, confirmed_by_id)
        if given.confirmed_at is not None or given.ended_at is not None:
            raise GrantNotOpen(grant_id)
        refuse_same_person(given.account_id, given.given_by_id, confirmed_by_id)
        refuse_unknown(given.account_id)
        _require_over(given, confirmed_by_id, policies.CONFIRM_RIGHTS.code, at=at)
        try:
            _require_over(given, given.given_by_id, policies.GIVE_RIGHTS.code, at=at)
        except policies.NotGranted:
            raise GiverWithoutRight(grant_id) from None
        refuse_apart(
            given.account_id,
            given.act,
            breadth(given),
            from_at=given.from_at,
            until_at=given.until_at,
        )
        _confirm(given, confirmed_by_id, at=at)


def end_grant(*, grant_id: int, ended_by_id: int, at: datetime, because: str = "") -> None:
    """
    End the grant now, or decline one that nobody has confirmed.

    One person suffices: what takes power away needs no second one.

    :param because: why, in at most 200 characters; it names no citizen
    :raises GrantNotOpen: if it has ended
    :raises NotGranted: if she holds neither `rights.give` nor `rights.confirm` there
    :raises LastHolder: if nobody else could give rights, or confirm them, over the whole country
    """
    with transaction.atomic():
        given = _locked(grant_id, ended_by_id)
        if given.ended_at is not None:
            raise GrantNotOpen(grant_id)
        try:
            _require_over(given, ended_by_id, policies.CONFIRM_RIGHTS.code, at=at)
        except policies.NotGranted:
            _require_over(given, ended_by_id, policies.GIVE_RIGHTS.code, at=at)
        refuse_last([given], at=at)
        given.ended_by_id = ended_by_id
        given.ended_at = at
        given.ended_because = because
        given.save(update_fields=["ended_by", "ended_at", "ended_because"])
        _record("grant.ended", given, by_id=ended_by_id, at=at)


def found_rights(*, giver_id: int, confirmer_id: int, witness_id: int, at: datetime) -> None:
    """
    Give the very first rights: one account may give rights, another confirm them.

    Each gives the other's, and the witness confirms both; she receives none. It works while nobody
    could give rights or nobody confirm them over the whole country: at the beginning, and after
    every such right has lapsed. Only whoever can run commands on the server can call it.

    :raises AlreadyFounded: if both are held
    :raises SamePerson, NotForThisAccount, PersonUnknown:
    """
    with transaction.atomic():
        # Two commands at once would each find an empty table: the first account lets one pass.
        first_id = Account.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        lock_accounts(first_id, giver_id, confirmer_id, witness_id)
        if set(_over_country(at).values_list("act", flat=True)) == FOUNDING:
            raise AlreadyFounded
        refuse_same_person(giver_id, confirmer_id, witness_id)
        pairs = [
            (giver_id, policies.GIVE_RIGHTS.code, confirmer_id),
            (confirmer_id, policies.CONFIRM_RIGHTS.code, giver_id),
        ]
        for account_id, act, given_by_id in pairs:
            refuse_unfit(account_id)
            refuse_unknown(account_id)
            first = Grant(
                account_id=account_id, act=act, from_at=at, given_by_id=given_by_id, given_at=at
            )
            _give(first)
            _confirm(first, witness_id, at=at)


def refuse_last(ending: Sequence[Grant], *, at: datetime) -> None:
    """
    Refuse to end the last grants by which rights are given or confirmed over the whole country.

    Two who end at once wait for each other, here and in the trigger that says the same.

    :raises LastHolder:
    """
    ids = {one.pk for one in ending}
    acts = {one.act for one in ending} & FOUNDING
    if not acts:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts_grant_last'), 0)")
    holding = list(_over_country(at).filter(act__in=acts).values_list("pk", "act"))
    left = {act for pk, act in holding if pk not in ids}
    if {act for pk, act in holding if pk in ids} - left:
        raise LastHolder


def _over_country(at: datetime) -> QuerySet[Grant]:
    """Return by which grants somebody may give or confirm any right now."""
    return Grant.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at),
        act__in=FOUNDING,
        area=None,
        service_code=policies.ANY,
        rail_code=policies.ANY,
        beneficiary_code=policies.ANY,
        confirmed_at__lte=at,
        from_at__lte=at,
        ended_at=None,
        account__is_active=True,
    )


def _give(new: Grant) -> int:
    new.save()
    _record("grant.given", new, by_id=new.given_by_id, at=new.given_at)
    return new.pk


def _confirm(given: Grant, confirmed_by_id: int, *, at: datetime) -> None:
    given.confirmed_by_id = confirmed_by_id
    given.confirmed_at = at
    given.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("grant.confirmed", given, by_id=confirmed_by_id, at=at)


def lock_accounts(*account_ids: int) -> None:
    """
    Lock the accounts, with every other login of their persons.

    Accounts before grants, in the order of their ids: as the trigger does.
    """
    named = Account.objects.filter(pk__in=account_ids)
    known = named.filter(person__isnull=False).values("person_id")
    rows = Account.objects.select_for_update(no_key=True).filter(
        Q(pk__in=account_ids) | Q(person_id__in=known)
    )
    list(rows.order_by("pk").values_list("pk"))


def _locked(grant_id: int, by_id: int) -> Grant:
    # Whom a grant names never changes, so it may be read before it is locked.
    named = Grant.objects.values_list("account_id", "given_by_id").get(pk=grant_id)
    lock_accounts(*named, by_id)
    return Grant.objects.select_for_update(of=("self",)).select_related("area").get(pk=grant_id)


def _require_over(given: Grant, account_id: int, act: str, *, at: datetime) -> None:
    policies.require(account_id=account_id, act=act, at=at, **asdict(breadth(given)))


def _as_grant(wanted: Wanted, given_by_id: int, *, at: datetime) -> Grant:
    over = wanted.over
    return Grant(
        account_id=wanted.account_id,
        act=wanted.act,
        service_code=over.service_code,
        area_id=places.area(over.area_code).pk if over.area_code else None,
        rail_code=over.rail_code,
        beneficiary_code=over.beneficiary_code,
        from_at=wanted.from_at,
        until_at=wanted.until_at,
        given_because=wanted.because,
        given_by_id=given_by_id,
        given_at=at,
    )


def _record(act: str, given: Grant, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.grant",
        subject_id=given.pk,
        detail={
            "account_id": given.account_id,
            "act": given.act,
            "service_code": given.service_code,
            "area_id": given.area_id,
            "rail_code": given.rail_code,
            "beneficiary_code": given.beneficiary_code,
        },
        at=at,
    )
    log.info(act, grant_id=given.pk, account_id=given.account_id, by_id=by_id)
