"""The day of an erasure: what names her here is emptied, once nothing above names her any more."""

import os
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import (
    Account,
    Agent,
    ContactPoint,
    Erasure,
    Guardianship,
    IncomingText,
    OneTimeCode,
    Passkey,
    Person,
    PersonContact,
    PhoneChange,
    Visit,
)
from accounts.operations.erasing import move
from accounts.operations.forgetting import INDEX_BYTES
from accounts.operations.visiting import end_visits
from accounts.states import Assurance, ContactKind, ErasureState
from kernel import erasing, files


def begin_due_erasures(*, now: datetime, limit: int) -> int:
    """
    Begin those whose waiting time is over; return how many ended or began.

    One whose data something keeps meanwhile ends with the reasons: she is told, and asks anew.
    """
    due = Erasure.objects.filter(state=ErasureState.WAITING, due_at__lte=now)
    done = 0
    for erasure_id in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            locked = due.select_for_update(skip_locked=True)
            if (erasure := locked.filter(pk=erasure_id).first()) is not None:
                _begin(erasure, at=now)
                done += 1
    return done


def claim_erasures(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Return erasures to carry out; nobody else gets them before `until`."""
    with transaction.atomic():
        running = Erasure.objects.select_for_update(skip_locked=True).filter(
            state=ErasureState.RUNNING
        )
        due = [
            each.pk for each in running.exclude(lease_until__gt=now).order_by("begun_at")[:limit]
        ]
        Erasure.objects.filter(pk__in=due).update(lease_until=until)
    return due


def let_go_erasure(erasure_id: int) -> None:
    """Give a claimed one back before its lease ends: the next turn goes on with it."""
    Erasure.objects.filter(pk=erasure_id, state=ErasureState.RUNNING).update(lease_until=None)


def own_contacts(person_id: int) -> list[int]:
    """Return the contact points that are, or were, hers alone: a family's stay as they are."""
    hers = PersonContact.objects.filter(person_id=person_id).values("contact_id")
    others = PersonContact.objects.filter(contact_id__in=hers).exclude(person_id=person_id)
    business = Agent.objects.filter(phone_id__in=hers)
    alone = ContactPoint.objects.filter(pk__in=hers)
    alone = alone.exclude(pk__in=others.values("contact_id"))
    return sorted(alone.exclude(pk__in=business.values("phone_id")).values_list("pk", flat=True))


def nobodys_contacts(contact_ids: Collection[int]) -> list[int]:
    """
    Return those of these phones at which nobody is, or was, reached: somebody else named one for
    her at a counter, and she has never signed in with it.
    """
    named = ContactPoint.objects.filter(pk__in=contact_ids, verified_at=None)
    named = named.exclude(pk__in=PersonContact.objects.values("contact_id"))
    return sorted(
        named.exclude(pk__in=Agent.objects.values("phone_id")).values_list("pk", flat=True)
    )


def empty_contacts(contact_ids: Collection[int], *, at: datetime) -> None:
    """Empty these contact points, with whatever hangs on them alone. Safe to repeat."""
    with transaction.atomic():
        _empty_contacts(contact_ids, at=at)


def erase_proofs(person_id: int, *, at: datetime) -> int:
    """
    Erase the files that showed for whom she acts, or who acts for her; return how many there were.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now
    """
    proofs = _guards(person_id).exclude(proof_sha256="").values_list("proof_sha256", flat=True)
    erased = 0
    for sha256 in sorted(set(proofs)):
        try:
            files.erase(sha256, at=at)
        except files.FileNeeded:
            continue  # The same file was given for something else.
        erased += 1
    return erased


def finish_erasure(erasure_id: int, *, at: datetime) -> None:
    """
    Empty what names her here: from now on she is a number, and PostgreSQL keeps it so.

    PostgreSQL refuses it as long as a case of hers is not emptied. Safe to repeat.
    """
    with transaction.atomic():
        running = Erasure.objects.select_for_update().filter(state=ErasureState.RUNNING)
        if (erasure := running.filter(pk=erasure_id).first()) is None:
            return  # Somebody else has come to its end.
        person_id = erasure.person_id
        alone = own_contacts(person_id)
        PhoneChange.objects.filter(person_id=person_id).exclude(note="").update(note="")
        _guards(person_id).exclude(note="").update(note="")
        PersonContact.objects.filter(person_id=person_id).delete()
        # What she did as an officer keeps her name, and leads to nothing that was hers.
        Account.objects.filter(person_id=person_id).update(person=None)
        _empty_contacts(alone, at=at)
        Person.objects.filter(pk=person_id).update(
            family_name=pseudonym(person_id),
            given_names="",
            born_on=None,
            sex="",
            national_id=None,
            national_id_index=None,
            assurance=Assurance.PHONE,
            matched_at=None,
        )
        erasure.reason = erasure.because = ""
        erasure.lease_until = None
        changed = ["reason", "because", "lease_until"]
        move(erasure, ErasureState.DONE, by_id=None, at=at, changed=changed)


def pseudonym(person_id: int) -> str:
    """Return what stands in place of a name: whoever reads two rows sees that they are one's."""
    return f"P-{person_id}"


def _begin(erasure: Erasure, *, at: datetime) -> None:
    # Whoever begins something for her waits for this row, and is refused after it.
    Person.objects.select_for_update().get(pk=erasure.person_id)
    if reasons := erasing.kept_by(erasure.person_id, at=at):
        erasure.kept_by = [reason.code for reason in reasons]
        move(erasure, ErasureState.KEPT, by_id=None, at=at, changed=["kept_by"])
        return
    contacts = PersonContact.objects.filter(person_id=erasure.person_id).values("contact_id")
    for account_id in Account.objects.filter(contact_id__in=contacts).values_list("pk", flat=True):
        # Of the whole phone: in which of its browsers she is open nobody can tell.
        end_visits(account_id=account_id, reason="closed", at=at)
    erasure.tombstone = ContactPoint.objects.create(
        kind=ContactKind.PHONE, value="", value_index=os.urandom(INDEX_BYTES), language=""
    )
    erasure.begun_at = at
    move(erasure, ErasureState.RUNNING, by_id=None, at=at, changed=["tombstone", "begun_at"])


def _empty_contacts(contact_ids: Collection[int], *, at: datetime) -> None:
    accounts = Account.objects.filter(contact_id__in=contact_ids)
    for contact_id in contact_ids:
        # An index of nothing that could be guessed: whoever has the number now is somebody new.
        ContactPoint.objects.filter(pk=contact_id).update(
            value="", value_index=os.urandom(INDEX_BYTES), verified_at=None
        )
    IncomingText.objects.filter(contact_id__in=contact_ids).delete()
    OneTimeCode.objects.filter(contact_id__in=contact_ids).delete()
    # What she called them may name her; of which device they are, a removed one tells nobody.
    passkeys = Passkey.objects.filter(account__in=accounts)
    passkeys.filter(removed_at=None).update(removed_at=at)
    passkeys.update(name=erasing.TOMBSTONE)
    Visit.objects.filter(account__in=accounts, ended_at__isnull=False).delete()
    accounts.update(is_active=False, display_name="")


def _guards(person_id: int) -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(Q(guardian_id=person_id) | Q(ward_id=person_id))
