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


def allow_proof(*, account_id: int, national_id: str, at: datetime) -> None:
    """
    Count a try before the register is asked, so that tries at the same moment count too.

    :raises BudgetSpent: after five in an hour, or ten on this number by anybody
    """
    budgets.spend(limit("proof.account"), str(account_id), at=at)
    budgets.spend(limit("proof.number"), national_id, at=at)


def return_proof(*, account_id: int, national_id: str) -> None:
    """Uncount the try: it was right, or the register did not answer."""
    budgets.give_back(limit("proof.account"), str(account_id))
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
        person = _locked_person(entry.national_id, entry.family_name, entry.given_names)
        live = person.contacts.filter(until_at__isnull=True)
        if live.exclude(contact_id=account.contact_id).exists():
            raise BoundToAnotherPhone(person.pk)
        _write(person, entry, at=at)
        PersonContact.objects.get_or_create(
            person=person,
            contact_id=account.contact_id,
            until_at=None,
            defaults={"from_at": at},
        )
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
        live = person.contacts.filter(until_at__isnull=True)
        if live.exclude(contact_id=account.contact_id).exists():
            raise BoundToAnotherPhone(person.pk)
        PersonContact.objects.get_or_create(
            person=person,
            contact_id=account.contact_id,
            until_at=None,
            defaults={"from_at": at},
        )
        audit.record(
            act="person.proven",
            actor_id=account_id,
            subject="accounts.person",
            subject_id=person.pk,
            at=at,
        )


def know_person(*, entry: PersonEntry, at: datetime) -> int:
    """
    Write down a person of the register, for a staff account to name, and return her id.

    She is bound to no phone by it: her first proof from one finds the same person.
    """
    with transaction.atomic():
        person = _locked_person(entry.national_id, entry.family_name, entry.given_names)
        _write(person, entry, at=at)
    return person.pk


def name_person(*, national_id: str, family_name: str, given_names: str) -> int:
    """Return the id of the person of this number; if she is new, these are her names until proof.

    For the demonstration, which is made before any register answers.
    """
    with transaction.atomic():
        return _locked_person(national_id, family_name, given_names).pk


def _locked_person(national_id: str, family_name: str, given_names: str) -> Person:
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


def _write(person: Person, entry: PersonEntry, *, at: datetime) -> None:
    person.family_name = entry.family_name
    person.given_names = entry.given_names
    person.born_on = entry.born_on
    person.sex = entry.sex
    # Having been met at a counter is worth more than a match, and is not lost by one.
    if person.assurance != Assurance.COUNTER:
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
