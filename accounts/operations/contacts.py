"""From one phone to another, by herself and in three days; at a counter: `mending`."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts import events
from accounts.models import Account, Passkey, PersonContact, PhoneChange
from accounts.moving import MEND_LASTS
from accounts.operations.codes import check_code, know_phone, request_code
from accounts.operations.persons import bind
from accounts.operations.visiting import end_visits
from kernel import audit, outbox
from kernel.country import country

log = structlog.get_logger()

NEW_PHONE = "phone_new:"
OLD_PHONE = "phone_old:"
"""How the purpose of a code begins that the new, or the old, number of a change shows."""


class NotReachedHere(Exception):
    """The person is not bound to the old phone, so that there is nothing to change from it."""


class SamePhone(Exception):
    """The new number is the old one."""


class ChangeWaits(Exception):
    """A change of hers waits already: it is stopped, or done, before another begins."""


class NoSuchChange(Exception):
    """It is done, stopped or not so far, or was never asked for."""


def ask_phone_change(*, person_id: int, account_id: int, phone: str, at: datetime) -> int:
    """
    Begin her move from the phone that is signed in to another (E.164); return the change's id.

    One that has not shown its new number yet is given up for it.

    :raises NotReachedHere: if she is not bound to this phone
    :raises SamePhone: if it is the same number
    :raises ChangeWaits: if one waits
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        old_id = bound_to(person_id).filter(contact_id=account.contact_id).first()
        if old_id is None:
            raise NotReachedHere(person_id)
        # Of hers alone: what officers began for who stood before them, the old phone cannot stop.
        give_up(person_id, Q(at_counter=False, proven_at=None), by_id=account_id, at=at)
        return begin(person_id, old_id, phone, account.language, by_id=account_id, at=at).pk


def send_phone_code(
    *, change_id: int, to_new: bool, binding: str, language: str, address: str, at: datetime
) -> int:
    """
    Send a code to the new or the old number of a change; return the code's id.

    :raises NoSuchChange: if it does not wait
    :raises accounts.operations.BudgetSpent: after too many codes
    """
    change = opened().select_related("old_contact", "new_contact").filter(pk=change_id).first()
    if change is None:
        raise NoSuchChange(change_id)
    contact = change.new_contact if to_new else change.old_contact
    return request_code(
        phone=contact.value,
        purpose=f"{NEW_PHONE if to_new else OLD_PHONE}{change_id}",
        binding=binding,
        language=language,
        address=address,
        at=at,
    )


def prove_new_phone(
    *, change_id: int, code_id: int, typed: str, binding: str, at: datetime
) -> None:
    """
    Take the code of the new number: from now on the old one is told, and can stop it for a while.

    :raises CodeWrong, CodeExpired, TooManyAttempts: as `check_code`
    :raises NoSuchChange: if it does not wait, or the code is of another number
    """
    account = check_code(
        code_id=code_id, typed=typed, binding=binding, at=at, act="phone.new_shown"
    )
    with transaction.atomic():
        change = locked(change_id, at=at)
        if change.new_contact_id != account.contact_id or change.proven_at is not None:
            raise NoSuchChange(change_id)
        change.proven_at, change.effective_at = at, at + country().phone_change_wait
        change.save(update_fields=["proven_at", "effective_at"])
        record("phone.change_proven", change, by_id=change.asked_by_id, at=at)
        outbox.publish(events.PhoneChangeAsked(subject_id=change.pk, occurred_at=at))


def confirm_by_old_phone(
    *, change_id: int, code_id: int, typed: str, binding: str, at: datetime
) -> None:
    """
    Take the code of the old number, and change at once.

    :raises CodeWrong, CodeExpired, TooManyAttempts: as `check_code`
    :raises NoSuchChange: if it does not wait, the new number has not shown itself, or the code is
        of another number
    """
    account = check_code(
        code_id=code_id, typed=typed, binding=binding, at=at, act="phone.old_shown"
    )
    with transaction.atomic():
        change = locked(change_id, proven=True, at=at)
        if change.at_counter or change.old_contact_id != account.contact_id:
            raise NoSuchChange(change_id)
        change.confirmed_by, change.confirmed_at = account, at
        complete(change, by_id=account.pk, at=at)


def stop_phone_change(*, change_id: int, account_id: int, at: datetime) -> None:
    """
    Stop a change: whoever is signed in with the old phone can, until it is done.

    What two officers do for somebody who stood before them, a lost phone cannot stop.

    :raises NoSuchChange: if it does not wait, or is of another phone
    """
    with transaction.atomic():
        change = locked(change_id, at=at)
        account = Account.objects.get(pk=account_id)
        if change.at_counter or change.old_contact_id != account.contact_id:
            raise NoSuchChange(change_id)
        stop(change, by_id=account_id, at=at)


def finish_phone_changes(*, now: datetime, limit: int) -> int:
    """Change those that nobody has stopped in time; return how many."""
    due = opened().filter(at_counter=False, effective_at__lte=now).order_by("effective_at")
    done = 0
    for change_id in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            change = due.select_for_update(skip_locked=True).filter(pk=change_id).first()
            if change is not None:
                complete(change, by_id=change.asked_by_id, at=now)
                done += 1
    return done


def give_up(person_id: int, which: Q, *, by_id: int, at: datetime) -> None:
    """Stop the changes of a person that wait and are such."""
    for given_up in opened().select_for_update().filter(which, person_id=person_id):
        stop(given_up, by_id=by_id, at=at)


def begin(
    person_id: int,
    old_id: int,
    phone: str,
    language: str,
    *,
    by_id: int,
    at: datetime,
    **told: object,
) -> PhoneChange:
    new_id = know_phone(phone=phone, language=language)
    if new_id == old_id:
        raise SamePhone
    try:
        with transaction.atomic():
            change = PhoneChange.objects.create(
                person_id=person_id,
                old_contact_id=old_id,
                new_contact_id=new_id,
                asked_by_id=by_id,
                asked_at=at,
                **told,
            )
    except IntegrityError as error:
        if "phone_change_once" not in str(error):
            raise
        raise ChangeWaits(person_id) from None
    record("phone.change_asked", change, by_id=by_id, at=at)
    return change


def complete(change: PhoneChange, *, by_id: int, at: datetime) -> None:
    # Before the binding: PostgreSQL asks there whether two officers have met her.
    change.done_at = at
    change.save(update_fields=["confirmed_by", "confirmed_at", "done_at"])
    PersonContact.objects.filter(
        person_id=change.person_id, contact__kind="phone", until_at=None
    ).exclude(contact_id=change.new_contact_id).update(until_at=at)
    bind(change.person_id, change.new_contact_id, stays_met=change.at_counter, at=at)
    # Of the whole old phone: which of its browsers had opened her cases nobody can tell.
    for account_id in Account.objects.filter(contact_id=change.old_contact_id).values_list("pk"):
        end_visits(account_id=account_id[0], reason="ended", at=at)
    _forget_passkeys(change.old_contact_id, at=at)
    record("phone.changed", change, by_id=by_id, at=at)
    outbox.publish(events.PhoneChanged(subject_id=change.pk, occurred_at=at))


def _forget_passkeys(contact_id: int, *, at: datetime) -> None:
    """A number that nobody has any more may go to a stranger, to whom no passkey opens it."""
    if not PersonContact.objects.filter(contact_id=contact_id, until_at=None).exists():
        kept = Passkey.objects.filter(account__contact_id=contact_id, removed_at=None)
        kept.update(removed_at=at)


def stop(change: PhoneChange, *, by_id: int, at: datetime) -> None:
    change.stopped_by_id, change.stopped_at = by_id, at
    change.save(update_fields=["stopped_by", "stopped_at"])
    record("phone.change_stopped", change, by_id=by_id, at=at)


def opened() -> QuerySet[PhoneChange]:
    return PhoneChange.objects.filter(done_at=None, stopped_at=None)


def locked(change_id: int, *, proven: bool = False, at: datetime) -> PhoneChange:
    """:raises NoSuchChange: if it does not wait (any longer), or has to be proven and is not"""
    lapsed = Q(at_counter=True, asked_at__lte=at - MEND_LASTS)
    rows = opened().select_for_update().filter(~lapsed, pk=change_id)
    change: PhoneChange | None = rows.first()
    if change is None or (proven and change.proven_at is None):
        raise NoSuchChange(change_id)
    return change


def bound_to(person_id: int) -> QuerySet[PersonContact, int]:
    rows = PersonContact.objects.filter(person_id=person_id, until_at=None, contact__kind="phone")
    return rows.order_by("-from_at", "-pk").values_list("contact_id", flat=True)


def record(act: str, change: PhoneChange, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.person",
        subject_id=change.person_id,
        detail={"phone_change_id": change.pk, "at_counter": change.at_counter},
        at=at,
    )
    log.info(act, phone_change_id=change.pk, person_id=change.person_id)
