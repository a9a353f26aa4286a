"""
Rights: given by one person, confirmed by another, ended by either.

The rules stand a second time in accounts/sql/rules.sql, where no code can get round them.
"""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import acts, policies
from accounts.models import Account, Grant
from accounts.queries import SamePerson
from accounts.states import AccountKind
from kernel import audit
from places import queries as places

log = structlog.get_logger()


class NotForThisAccount(Exception):
    """A citizen, a superuser or a closed account holds no grant."""


class PersonUnknown(Exception):
    """Whose account this is nobody knows, so nobody could keep her from her own case."""


class GrantNotOpen(Exception):
    """The grant is confirmed already, or has ended."""


class AlreadyFounded(Exception):
    """The first rights were given before; from then on rights come from rights."""


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
) -> int:
    """
    Give a right and return the grant's id; where the act asks for two people it counts only once
    confirmed. "*" means every service, rail or beneficiary, no area the whole country.

    The giver must hold `rights.give` over at least that area: nobody gives wider than she has.

    :raises PersonUnknown: if the act asks for two people, and the account names no person
    :raises NotGranted, SamePerson, NotForThisAccount, accounts.acts.UnknownAct:
    """
    two_people = acts.known(act).two_people
    with transaction.atomic():
        lock_accounts(account_id, given_by_id)
        _refuse_same_person(account_id, given_by_id)
        _refuse_unfit(account_id)
        if two_people:
            _refuse_unknown(account_id)
        policies.require(
            account_id=given_by_id,
            act=policies.GIVE_RIGHTS.code,
            service_code=service_code,
            area_code=area_code,
            rail_code=rail_code,
            beneficiary_code=beneficiary_code,
            at=at,
        )
        return _give(
            Grant(
                account_id=account_id,
                act=act,
                service_code=service_code,
                area_id=places.area(area_code).pk if area_code else None,
                rail_code=rail_code,
                beneficiary_code=beneficiary_code,
                from_at=from_at,
                until_at=until_at,
                given_by_id=given_by_id,
                given_at=at,
            )
        )


def confirm_grant(*, grant_id: int, confirmed_by_id: int, at: datetime) -> None:
    """
    Let the grant count.

    :raises GrantNotOpen: if it is confirmed or has ended
    :raises NotGranted: if the confirmer does not hold `rights.confirm` there
    :raises SamePerson: if she gave it or would receive it
    :raises PersonUnknown: if the account that would receive it names no person
    """
    with transaction.atomic():
        given = _locked(grant_id, confirmed_by_id)
        if given.confirmed_at is not None or given.ended_at is not None:
            raise GrantNotOpen(grant_id)
        _refuse_same_person(given.account_id, given.given_by_id, confirmed_by_id)
        _refuse_unknown(given.account_id)
        _require_over(given, confirmed_by_id, policies.CONFIRM_RIGHTS.code, at=at)
        _confirm(given, confirmed_by_id, at=at)


def end_grant(*, grant_id: int, ended_by_id: int, at: datetime) -> None:
    """
    End the grant now. One person suffices: what takes power away needs no second one.

    :raises GrantNotOpen: if it has ended
    :raises NotGranted: if she holds neither `rights.give` nor `rights.confirm` there
    """
    with transaction.atomic():
        given = _locked(grant_id, ended_by_id)
        if given.ended_at is not None:
            raise GrantNotOpen(grant_id)
        try:
            _require_over(given, ended_by_id, policies.CONFIRM_RIGHTS.code, at=at)
        except policies.NotGranted:
            _require_over(given, ended_by_id, policies.GIVE_RIGHTS.code, at=at)
        given.ended_by_id = ended_by_id
        given.ended_at = at
        given.save(update_fields=["ended_by", "ended_at"])
        _record("grant.ended", given, by_id=ended_by_id, at=at)


def found_rights(*, giver_id: int, confirmer_id: int, witness_id: int, at: datetime) -> None:
    """
    Give the very first rights: one account may give rights, another confirm them.

    Each gives the other's, and the witness confirms both; she receives none. It works once in the
    life of a database, and only whoever can run commands on the server can call it.

    :raises AlreadyFounded: if any right to give or confirm rights was ever given
    :raises SamePerson, NotForThisAccount, PersonUnknown:
    """
    with transaction.atomic():
        # Two commands at once would each find an empty table: the first account lets one pass.
        first_id = Account.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        lock_accounts(first_id, giver_id, confirmer_id, witness_id)
        founding = {policies.GIVE_RIGHTS.code, policies.CONFIRM_RIGHTS.code}
        if Grant.objects.filter(act__in=founding).exists():
            raise AlreadyFounded
        _refuse_same_person(giver_id, confirmer_id, witness_id)
        pairs = [
            (giver_id, policies.GIVE_RIGHTS.code, confirmer_id),
            (confirmer_id, policies.CONFIRM_RIGHTS.code, giver_id),
        ]
        for account_id, act, given_by_id in pairs:
            _refuse_unfit(account_id)
            _refuse_unknown(account_id)
            first = Grant(
                account_id=account_id, act=act, from_at=at, given_by_id=given_by_id, given_at=at
            )
            _give(first)
            _confirm(first, witness_id, at=at)


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
    """Accounts before grants, in the order of their ids: as the trigger does."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=account_ids)
    list(rows.order_by("pk").values_list("pk"))


def _locked(grant_id: int, by_id: int) -> Grant:
    # Whom a grant names never changes, so it may be read before it is locked.
    named = Grant.objects.values_list("account_id", "given_by_id").get(pk=grant_id)
    lock_accounts(*named, by_id)
    return Grant.objects.select_for_update(of=("self",)).select_related("area").get(pk=grant_id)


def _require_over(given: Grant, account_id: int, act: str, *, at: datetime) -> None:
    policies.require(
        account_id=account_id,
        act=act,
        service_code=given.service_code,
        area_code=given.area.code if given.area else None,
        rail_code=given.rail_code,
        beneficiary_code=given.beneficiary_code,
        at=at,
    )


def _refuse_unfit(account_id: int) -> None:
    account = Account.objects.get(pk=account_id)
    if account.kind != AccountKind.STAFF or account.is_superuser or not account.is_active:
        raise NotForThisAccount(account_id)


def _refuse_unknown(account_id: int) -> None:
    if Account.objects.get(pk=account_id).person_id is None:
        raise PersonUnknown(account_id)


def _refuse_same_person(*account_ids: int) -> None:
    people = Account.objects.filter(pk__in=account_ids).values_list("pk", "person_id")
    # One person with two accounts is still one pair of hands.
    hands = {("person", person) if person else ("account", pk) for pk, person in people}
    if len(hands) < len(account_ids):
        raise SamePerson


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
