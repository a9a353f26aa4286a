"""Acting for another: a parent whom the register names, or a guardian whom an officer accepts."""

from datetime import date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from accounts import guarding, policies, seeing
from accounts.limits import Limit
from accounts.models import Guardianship, Person
from accounts.operations import budgets
from accounts.operations.persons import locked_person, write_person
from accounts.operations.using_up import consume_step_up
from accounts.queries import SamePerson, is_close_to, same_hands
from accounts.states import GuardianKind
from kernel import audit
from kernel.crypto import blind_index
from registers.entries import ActEntry, PersonEntry

log = structlog.get_logger()

# A child is added once in its life: more in a day is somebody who tries names.
BY_PERSON = Limit("guardian.person", 10, timedelta(days=1))
NOTE_MAX = 300
BECAUSE_MAX = 120  # As long as the trace keeps a reason.


class OfAge(Exception):
    """Whoever is of age acts for herself, unless an order says otherwise and until when."""


class GuardsAlready(Exception):
    """She may act for this person already, or has asked to."""


class NoSuchRequest(Exception):
    """It was decided meanwhile, ended, or never asked for."""


def is_parent(*, guardian_id: int, births: list[ActEntry]) -> bool:
    """Say whether the civil register names this person as father or mother in an act of birth."""
    number = Person.objects.get(pk=guardian_id).national_id
    return number is not None and any(number in act.parents for act in births)


def accept_parent(*, account_id: int, guardian_id: int, child: PersonEntry, at: datetime) -> int:
    """
    Let a parent, whom the register named as such, act for her child until it is of age.

    :raises OfAge: if it is
    :raises GuardsAlready: if she may, or has asked to
    :raises accounts.operations.BudgetSpent: after ten in a day
    """
    until_on = _until(child.born_on, None, GuardianKind.PARENT, at=at)
    budgets.spend(BY_PERSON, str(guardian_id), at=at)
    with transaction.atomic():
        made = _make(
            account_id, guardian_id, child, kind=GuardianKind.PARENT, until_on=until_on,
            approved=True, decided_at=at, at=at,
        )  # fmt: skip
        _record("guardian.accepted_by_register", made, by_id=account_id, at=at)
    return made.pk


def ask_guardianship(
    *,
    account_id: int,
    guardian_id: int,
    ward: PersonEntry,
    kind: str,
    until_on: date | None,
    proof_sha256: str,
    at: datetime,
) -> int:
    """
    Ask that somebody may act for another; an officer of where the ward lives decides.

    :param until_on: the end of the order; a minor's guardianship ends when she is of age anyway
    :param proof_sha256: the order or act, a checked file that `kernel.files` keeps
    :raises OfAge: for a parent of somebody of age, or an order for her without an end
    :raises GuardsAlready: if she may, or has asked to
    :raises accounts.operations.BudgetSpent: after ten in a day
    """
    ends_on = _until(ward.born_on, until_on, kind, at=at)
    budgets.spend(BY_PERSON, str(guardian_id), at=at)
    with transaction.atomic():
        made = _make(
            account_id, guardian_id, ward, kind=kind, until_on=ends_on,
            proof_sha256=proof_sha256, at=at,
        )  # fmt: skip
        _record("guardian.asked", made, by_id=account_id, at=at)
    return made.pk


def decide_guardianship(
    *, guardianship_id: int, approved: bool, note: str, by_id: int, step_up_id: int, at: datetime
) -> None:
    """
    Accept or refuse it, with a word for whoever asked.

    :param step_up_id: that she has just proved who she is, for `DECIDE_GUARDIANS`
    :raises StepUpRefused: if she has not
    :raises NoSuchRequest: if it does not wait
    :raises accounts.policies.NotGranted: without `person.guard` where the ward lives
    :raises SamePerson: nobody decides who is the guardian, the ward, or asked for it, or shares a
        phone with one of them
    """
    with transaction.atomic():
        _use_up(step_up_id, by_id, at=at)
        asked = Guardianship.objects.select_for_update().filter(pk=guardianship_id).first()
        if asked is None or asked.approved is not None or asked.ended_at is not None:
            raise NoSuchRequest(guardianship_id)
        policies.require(
            account_id=by_id, act=policies.DECIDE_GUARDIANS.code, area_code=asked.area_code, at=at
        )
        refuse_own(by_id, asked.guardian_id, asked.ward_id, maker_id=asked.asked_by_id)
        asked.approved, asked.decided_by_id, asked.decided_at = approved, by_id, at
        asked.note = note[:NOTE_MAX]
        asked.save(update_fields=["approved", "decided_by", "decided_at", "note"])
        _record("guardian.decided", asked, by_id=by_id, at=at)


def end_guardianship(
    *, guardianship_id: int, guardian_id: int, account_id: int, at: datetime
) -> None:
    """
    Act for this person no longer, or take the request back; from this moment on.

    :raises NoSuchRequest: if she does not, or it has ended
    """
    with transaction.atomic():
        rows = Guardianship.objects.select_for_update().exclude(approved=False)
        standing = rows.filter(pk=guardianship_id, guardian_id=guardian_id, ended_at=None).first()
        if standing is None:
            raise NoSuchRequest(guardianship_id)
        _end(standing, by_id=account_id, at=at)


def revoke_guardianship(
    *, guardianship_id: int, because: str, by_id: int, step_up_id: int, at: datetime
) -> None:
    """
    Let somebody act for another no longer, against or without her will; from this moment on.

    One person suffices: it takes power away.

    :param because: why, in words that name no citizen; auditors read it
    :param step_up_id: that she has just proved who she is, for `DECIDE_GUARDIANS`
    :raises StepUpRefused: if she has not
    :raises NoSuchRequest: if nobody acts by it
    :raises accounts.policies.NotGranted: without `person.guard` where the ward lives
    :raises SamePerson: nobody ends it for herself as guardian or ward by this door
    """
    with transaction.atomic():
        _use_up(step_up_id, by_id, at=at)
        rows = Guardianship.objects.select_for_update().filter(approved=True, ended_at=None)
        standing = rows.filter(pk=guardianship_id).first()
        if standing is None or not because.strip():
            raise NoSuchRequest(guardianship_id)
        policies.require(
            account_id=by_id, act=policies.DECIDE_GUARDIANS.code, area_code=standing.area_code,
            at=at,
        )  # fmt: skip
        refuse_own(by_id, standing.guardian_id, standing.ward_id)
        _end(standing, by_id=by_id, at=at, because=because.strip()[:BECAUSE_MAX])


def guardians_of(ward: PersonEntry, *, by_id: int, at: datetime) -> list[guarding.Ward]:
    """
    Return who acts for the register's person by what this officer may decide on; that she looked
    is written down.
    """
    index = blind_index("national_id", ward.national_id)
    person = Person.objects.filter(national_id_index=index).first()
    if person is None:
        return []
    act = policies.DECIDE_GUARDIANS.code
    found = [
        one
        for one in guarding.guardians(person.pk, at=at)
        if policies.may(account_id=by_id, act=act, area_code=one.area_code, at=at)
    ]
    if not found:
        return []
    seen = [person.pk, *(one.person_id for one in found)]
    seeing.look(person_ids=seen, account_id=by_id, seen=seeing.Seen.GUARDIANS, at=at)
    return found


def refuse_of_age(*, born_on: date, until_on: date | None, kind: str, at: datetime) -> None:
    """:raises OfAge: by what was typed alone: nothing of the register is told by it"""
    _until(born_on, until_on, kind, at=at)


def refuse_own(by_id: int, *person_ids: int, maker_id: int | None = None) -> None:
    """
    :param maker_id: the account that asked for what is decided now
    :raises SamePerson: if the officer is one of these persons or whoever asked, under whatever
        account, or shares a phone with one of them
    """
    if is_close_to(by_id, *person_ids) or same_hands(maker_id, by_id):
        raise SamePerson


def _use_up(step_up_id: int, by_id: int, *, at: datetime) -> None:
    consume_step_up(
        step_up_id=step_up_id, account_id=by_id, purpose=policies.DECIDE_GUARDIANS.code, at=at
    )


def _until(born_on: date, until_on: date | None, kind: str, *, at: datetime) -> date:
    of_age, today = guarding.majority(born_on), guarding.today(at)
    if of_age > today:
        ends_on = min(until_on or of_age, of_age)
    elif kind == GuardianKind.GUARDIAN and until_on is not None:
        ends_on = until_on
    else:
        raise OfAge
    if ends_on <= today:
        raise OfAge
    return ends_on


def _make(
    account_id: int, guardian_id: int, entry: PersonEntry, *, at: datetime, **told: object
) -> Guardianship:
    ward = locked_person(entry.national_id, entry.family_name, entry.given_names)
    write_person(ward, entry, at=at)
    if ward.pk == guardian_id:
        raise GuardsAlready(ward.pk)
    over = Guardianship.objects.filter(
        guardian_id=guardian_id, ward=ward, ended_at=None, until_on__lte=guarding.today(at)
    )
    for one in over.exclude(approved=False):
        _end(one, by_id=account_id, at=at)
    try:
        with transaction.atomic():
            return Guardianship.objects.create(
                guardian_id=guardian_id,
                ward=ward,
                area_code=entry.residence_code,
                asked_by_id=account_id,
                asked_at=at,
                **told,
            )
    except IntegrityError as error:
        if "guardian_once" not in str(error):
            raise
        raise GuardsAlready(ward.pk) from None


def _end(standing: Guardianship, *, by_id: int, at: datetime, because: str = "") -> None:
    standing.ended_by_id, standing.ended_at = by_id, at
    standing.save(update_fields=["ended_by", "ended_at"])
    _record("guardian.ended", standing, by_id=by_id, at=at, because=because)


def _record(act: str, one: Guardianship, *, by_id: int, at: datetime, because: str = "") -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.guardianship",
        subject_id=one.pk,
        detail={
            "guardian_id": one.guardian_id,
            "ward_id": one.ward_id,
            "kind": str(one.kind),
            "approved": one.approved,
        },
        reason=because,
        at=at,
    )
    log.info(act, guardianship_id=one.pk)
