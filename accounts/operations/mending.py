"""A lost phone, mended at a counter: one officer asks, a second one confirms."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import policies
from accounts.models import Account, Person, PhoneChange
from accounts.moving import MEND_LASTS
from accounts.operations.contacts import (
    NoSuchChange,
    NotReachedHere,
    begin,
    bound_to,
    complete,
    give_up,
    locked,
    opened,
    stop,
)
from accounts.operations.guardians import refuse_own
from accounts.operations.inviting import require_over
from accounts.operations.using_up import consume_step_up
from kernel.crypto import blind_index
from registers.entries import PersonEntry

NOTE_MAX = 300
CONFIRM_PURPOSE = "person.mend"


def mend_phone(
    *, entry: PersonEntry, phone: str, document: str, note: str, by_id: int, at: datetime
) -> int:
    """
    Begin the move of a person who stands at the counter, her phone lost; a second officer confirms.

    :param document: with which the officer compared her, one of `accounts.states.SeenDocument`
    :raises accounts.policies.NotGranted: without `person.mend` over the officer's own office
    :raises SamePerson: nobody mends her own
    :raises NotReachedHere: if no phone is hers: she proves herself from any
    :raises SamePhone: if it is the same number
    :raises ChangeWaits: if another office mends it

    Whatever was asked for from the old phone is stopped: whoever holds that may be a thief.
    """
    with transaction.atomic():
        officer = Account.objects.get(pk=by_id)
        require_over(officer.office_id, by_id, policies.MEND_PHONE.code, at=at)
        index = blind_index("national_id", entry.national_id)
        person = Person.objects.filter(national_id_index=index).first()
        if person is None:
            raise NotReachedHere
        refuse_own(by_id, person.pk)
        give_up(person.pk, Q(at_counter=False) | _lapsed(at), by_id=by_id, at=at)
        old_id = bound_to(person.pk).first()
        if old_id is None:
            raise NotReachedHere
        made = begin(
            person.pk, old_id, phone, officer.language, by_id=by_id, at=at,
            at_counter=True, document=document, note=note[:NOTE_MAX],
        )  # fmt: skip
    return made.pk


def confirm_mend(*, change_id: int, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Confirm as the second officer what the first has seen: the old phone ends at once.

    :param step_up_id: that she has just proved who she is, for `CONFIRM_PURPOSE`
    :raises StepUpRefused: without a fresh proof
    :raises NoSuchChange: if it does not wait, or the new number has not shown itself
    :raises accounts.policies.NotGranted: without `person.mend` over the first officer's office
    :raises SamePerson: whoever asked, and whose phone it is, do not confirm
    """
    with transaction.atomic():
        change = _mended(locked(change_id, proven=True, at=at), by_id, at=at)
        refuse_own(by_id, change.person_id, maker_id=change.asked_by_id)
        consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=CONFIRM_PURPOSE, at=at)
        change.confirmed_by_id, change.confirmed_at = by_id, at
        complete(change, by_id=by_id, at=at)


def decline_mend(*, change_id: int, by_id: int, at: datetime) -> None:
    """
    As `confirm_mend`, and nothing changes: whoever asked can, and the number need not be shown.
    """
    with transaction.atomic():
        stop(_mended(locked(change_id, at=at), by_id, at=at), by_id=by_id, at=at)


def lapse_mends(*, now: datetime, limit: int) -> int:
    """Stop what nobody has confirmed within `accounts.moving.MEND_LASTS`; return how many."""
    due = opened().filter(_lapsed(now)).order_by("asked_at", "pk")
    stopped = 0
    for change_id in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            change = due.select_for_update(skip_locked=True).filter(pk=change_id).first()
            if change is not None:
                stop(change, by_id=change.asked_by_id, at=now)
                stopped += 1
    return stopped


def _mended(change: PhoneChange, by_id: int, *, at: datetime) -> PhoneChange:
    if not change.at_counter:
        raise NoSuchChange(change.pk)
    office_id = Account.objects.get(pk=change.asked_by_id).office_id
    require_over(office_id, by_id, policies.MEND_PHONE.code, at=at)
    refuse_own(by_id, change.person_id)
    return change


def _lapsed(at: datetime) -> Q:
    return Q(at_counter=True, asked_at__lte=at - MEND_LASTS)
