"""Who she is: the person behind a phone, proved against the population register."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts.limits import limit
from accounts.models import Account, Person, PersonContact
from accounts.operations import budgets
from accounts.states import Assurance
from kernel import audit
from kernel.crypto import blind_index
from registers.entries import PersonEntry

log = structlog.get_logger()


class BoundToAnotherPhone(Exception):
    """The person has proved herself from another phone; that binding is undone at a counter."""


def allow_proof(*, account_id: int, national_id: str | None, at: datetime) -> None:
    """
    Count a try before the register is asked, so that tries at the same moment count too.

    :param national_id: None where an officer asks by an act that was given to her: what strangers
        have tried with somebody's number does not turn her away at a counter
    :raises BudgetSpent: after five in an hour, or ten on this number by anybody
    """
    budgets.spend(limit("proof.account"), str(account_id), at=at)
    if national_id is not None:
        budgets.spend(limit("proof.number"), national_id, at=at)


def return_proof(*, account_id: int, national_id: str | None) -> None:
    """Uncount the try, told as `allow_proof`: it was right, or the register did not answer."""
    budgets.give_back(limit("proof.account"), str(account_id))
    if national_id is not None:
        budgets.give_back(limit("proof.number"), national_id)


def record_proof_refused(*, account_id: int, at: datetime) -> None:
    audit.record(
        act="person.proof_refused",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        at=at,
    )
    log.info("person.proof_refused", account_id=account_id)


def prove_person(*, account_id: int, entry: PersonEntry, at: datetime) -> Person:
    """
    Bind the register's person, to whom the applicant was matched, to the account's phone.

    Several persons may share the phone. A person who is bound to another phone is not bound to a
    second one by knowledge alone: number and birthday of a neighbour are no secret.

    :raises BoundToAnotherPhone: if she has a live binding elsewhere
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        person = locked_person(entry.national_id, entry.family_name, entry.given_names)
        _bind_here(person, account, at=at)
        write_person(person, entry, at=at)
        audit.record(
            act="person.proven",
            actor_id=account_id,
            subject="accounts.person",
            subject_id=person.pk,
            at=at,
        )
    log.info("person.proven", account_id=account_id, person_id=person.pk)
    return person


def bind_person(*, account_id: int, person_id: int, at: datetime) -> None:
    """
    Bind a person, matched to the register before, to the phone of the account that shows it now.

    :raises BoundToAnotherPhone: if she has a live binding elsewhere
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        person = Person.objects.select_for_update().get(pk=person_id)
        _bind_here(person, account, at=at)
        audit.record(
            act="person.proven",
            actor_id=account_id,
            subject="accounts.person",
            subject_id=person.pk,
            at=at,
        )


def bind(person_id: int, contact_id: int | None, *, stays_met: bool, at: datetime) -> None:
    """
    Bind a person to a phone; one who was met is met there no more.

    An officer has met who stood before her, not who types her number and birthday somewhere later.

    :param stays_met: for a phone that two officers gave her, who have met her themselves
    """
    _, is_new = PersonContact.objects.get_or_create(
        person_id=person_id, contact_id=contact_id, until_at=None, defaults={"from_at": at}
    )
    if is_new and not stays_met:
        met = Person.objects.filter(pk=person_id, assurance=Assurance.MET)
        met.update(assurance=Assurance.MATCHED)


def _bind_here(person: Person, account: Account, *, at: datetime) -> None:
    live = person.contacts.filter(until_at__isnull=True)
    if live.exclude(contact_id=account.contact_id).exists():
        raise BoundToAnotherPhone(person.pk)
    bind(person.pk, account.contact_id, stays_met=False, at=at)
    person.refresh_from_db(fields=["assurance"])


def know_person(*, entry: PersonEntry, at: datetime) -> int:
    """
    Write down a person of the register, for a staff account to name, and return her id.

    She is bound to no phone by it: her first proof from one finds the same person.
    """
    with transaction.atomic():
        person = locked_person(entry.national_id, entry.family_name, entry.given_names)
        write_person(person, entry, at=at)
    return person.pk


def name_person(*, national_id: str, family_name: str, given_names: str) -> int:
    """Return the id of the person of this number; if she is new, these are her names until proof.

    For the demonstration, which is made before any register answers.
    """
    with transaction.atomic():
        return locked_person(national_id, family_name, given_names).pk


def locked_person(national_id: str, family_name: str, given_names: str) -> Person:
    """Return the person of this number, locked; a new one is called so until she is proved."""
    index = blind_index("national_id", national_id)
    Person.objects.bulk_create(
        [
            Person(
                family_name=family_name,
                given_names=given_names,
                national_id=national_id,
                national_id_index=index,
            )
        ],
        ignore_conflicts=True,
    )
    return Person.objects.select_for_update().get(national_id_index=index)


def write_person(person: Person, entry: PersonEntry, *, at: datetime) -> None:
    """Write down what the register says of a locked person, who is matched to it now."""
    person.family_name = entry.family_name
    person.given_names = entry.given_names
    person.born_on = entry.born_on
    person.sex = entry.sex
    # Having been met at a counter is worth more than a match, and is not lost by one.
    if person.assurance != Assurance.MET:
        person.assurance = Assurance.MATCHED
    person.matched_at = at
    person.save(
        update_fields=[
            "family_name",
            "given_names",
            "born_on",
            "sex",
            "assurance",
            "matched_at",
        ]
    )
