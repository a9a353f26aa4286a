"""Agents: registered by one, confirmed by another, suspended at once by either."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from accounts import policies
from accounts.models import Account, Agent, AgentFee
from accounts.operations import codes, stepping_up
from accounts.operations.right_rules import refuse_same_person, refuse_unfit, refuse_unknown
from accounts.operations.rights import lock_accounts
from kernel import audit
from kernel.country import country
from places import queries as places

log = structlog.get_logger()

TERM_MAX = timedelta(days=3 * 366)
"""Our assumption: who helps for money is looked at again every three years."""


STOP_PURPOSE = "agent.stop"
"""For what whoever suspends or ends a licence has just proved who she is."""


class LicenceTaken(Exception):
    """A licence of this number is open."""


class FeeTooHigh(Exception):
    """The declared fee is more than this country lets an agent take, or less than nothing."""


class BadTerm(Exception):
    """The licence ends before it begins or before now, or lasts longer than `TERM_MAX`."""


class NoAgency(Exception):
    """The pack knows no agency of this code."""


class LicenceNotOpen(Exception):
    """There is no such licence, or it has ended, is suspended or confirmed already."""


def register_agent(
    *,
    account_id: int,
    licence: str,
    business: str,
    agency_code: str,
    area_code: str,
    phone: str,
    fee_minor: int,
    service_fees: Mapping[str, int],
    from_at: datetime,
    until_at: datetime,
    by_id: int,
    at: datetime,
) -> int:
    """
    Propose a licence for a login of staff, and return its id. It counts once another confirms it.

    :param phone: of the business, E.164: through it nobody else is reached as a citizen
    :param fee_minor: what she takes for any service, `service_fees` for those that differ
    :raises policies.NotGranted: if the officer registers nobody in this area
    :raises FeeTooHigh, BadTerm, NoAgency, LicenceTaken: as they say
    :raises NotForThisAccount, PersonUnknown: if the login is no officer's, or nobody knows whose
    :raises SamePerson: if it is her own, under whatever account
    """
    most = country().helper_fee_minor_max
    if not all(0 <= fee <= most for fee in (fee_minor, *service_fees.values())):
        raise FeeTooHigh(most)
    if until_at <= max(from_at, at) or until_at - from_at > TERM_MAX:
        raise BadTerm
    agency = places.agency(agency_code)
    if agency is None:
        raise NoAgency(agency_code)
    with transaction.atomic():
        lock_accounts(account_id, by_id)
        policies.require(
            account_id=by_id, act=policies.REGISTER_AGENTS.code, area_code=area_code, at=at
        )
        refuse_same_person(account_id, by_id)
        refuse_unfit(account_id)
        refuse_unknown(account_id)
        made = _registered(
            Agent(
                account_id=account_id,
                licence=licence,
                business=business,
                agency=agency,
                area_id=places.area(area_code).pk,
                phone_id=codes.know_phone(phone=phone, language=country().default_language),
                fee_minor=fee_minor,
                fee_currency=country().currency,
                from_at=from_at,
                until_at=until_at,
                registered_by_id=by_id,
                registered_at=at,
            )
        )
        AgentFee.objects.bulk_create(
            AgentFee(agent=made, service_code=code, fee_minor=fee)
            for code, fee in sorted(service_fees.items())
        )
        _told("agent.registered", made, by_id, at=at)
    return int(made.pk)


def confirm_agent(*, agent_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Let a licence count.

    :raises LicenceNotOpen: if it is confirmed, suspended or over
    :raises policies.NotGranted: if she confirms nobody in this area
    :raises SamePerson: if she registered it or holds it, under whatever account
    :raises StepUpRefused: without a step-up of hers for "agent.confirm"
    """
    with transaction.atomic():
        _stepped_up(policies.CONFIRM_AGENTS.code, by_id, step_up_id, at=at)
        agent = _lock(agent_id)
        if agent.confirmed_at or agent.suspended_at or agent.until_at <= at:
            raise LicenceNotOpen(agent_id)
        _require(policies.CONFIRM_AGENTS.code, agent, by_id, at=at)
        refuse_same_person(by_id, agent.registered_by_id)
        refuse_same_person(by_id, agent.account_id)
        refuse_unfit(agent.account_id)
        agent.confirmed_by_id, agent.confirmed_at = by_id, at
        agent.save(update_fields=["confirmed_by", "confirmed_at"])
        _told("agent.confirmed", agent, by_id, at=at)


def suspend_agent(
    *, agent_id: int, by_id: int, because: str, step_up_id: int, at: datetime
) -> None:
    """
    Stop an agent at once: one person suffices. Lifting it takes a licence of after it, and two.

    :param because: in words that name no citizen
    :raises LicenceNotOpen: if it is suspended or over already
    :raises policies.NotGranted: if she neither registers nor confirms in this area
    :raises StepUpRefused: without a step-up of hers for `STOP_PURPOSE`
    """
    with transaction.atomic():
        _stepped_up(STOP_PURPOSE, by_id, step_up_id, at=at)
        agent = _lock(agent_id)
        if agent.suspended_at or not because.strip():
            raise LicenceNotOpen(agent_id)
        _require_either(agent, by_id, at=at)
        agent.suspended_by_id, agent.suspended_at = by_id, at
        agent.suspended_because = because.strip()
        agent.save(update_fields=["suspended_by", "suspended_at", "suspended_because"])
        _told("agent.suspended", agent, by_id, at=at)


def end_agent(*, agent_id: int, by_id: int, because: str, step_up_id: int, at: datetime) -> None:
    """End a licence for good, or decline one that nobody has confirmed; raises as the above."""
    with transaction.atomic():
        _stepped_up(STOP_PURPOSE, by_id, step_up_id, at=at)
        agent = _lock(agent_id)
        if not because.strip():
            raise LicenceNotOpen(agent_id)
        _require_either(agent, by_id, at=at)
        agent.ended_by_id, agent.ended_at, agent.ended_because = by_id, at, because.strip()
        agent.save(update_fields=["ended_by", "ended_at", "ended_because"])
        _told("agent.ended", agent, by_id, at=at)


def login_of(email: str) -> int | None:
    """Return the id of the active staff login of this address."""
    found = Account.objects.filter(login=email.strip().lower(), kind="staff", is_active=True)
    return found.values_list("pk", flat=True).first()


def _registered(new: Agent) -> Agent:
    """:raises LicenceTaken: where a licence of this number is open, also one of this moment"""
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        if "agent_licence_once" not in str(error):
            raise
        raise LicenceTaken(new.licence) from None
    return new


def _lock(agent_id: int) -> Agent:
    found = (
        Agent.objects.select_for_update(of=("self",))
        .select_related("area")
        .filter(pk=agent_id, ended_at=None)
        .first()
    )
    if found is None:
        raise LicenceNotOpen(agent_id)
    return found


def _stepped_up(purpose: str, by_id: int, step_up_id: int, *, at: datetime) -> None:
    stepping_up.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=purpose, at=at)


def _require(act: str, agent: Agent, by_id: int, *, at: datetime) -> None:
    policies.require(account_id=by_id, act=act, area_code=agent.area.code, at=at)


def _require_either(agent: Agent, by_id: int, *, at: datetime) -> None:
    """One may stop what takes two to begin; never the agent herself, who would end her trace."""
    refuse_same_person(by_id, agent.account_id)
    acts = (policies.REGISTER_AGENTS.code, policies.CONFIRM_AGENTS.code)
    if not any(
        policies.may(account_id=by_id, act=act, area_code=agent.area.code, at=at) for act in acts
    ):
        raise policies.NotGranted(account_id=by_id, act=policies.CONFIRM_AGENTS.code)


def _told(act: str, agent: Agent, by_id: int, *, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.agent",
        subject_id=agent.pk,
        detail={"account_id": agent.account_id, "area_id": agent.area_id},
        at=at,
    )
    log.info(act, agent_id=agent.pk, by_id=by_id)
