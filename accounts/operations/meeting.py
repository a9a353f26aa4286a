"""Met at a counter: an officer has compared the person before her with a document."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import policies
from accounts.models import Account, Meeting
from accounts.operations.contacts import bound_to
from accounts.operations.guardians import refuse_own
from accounts.operations.inviting import require_over
from accounts.operations.persons import locked_person, write_person
from accounts.operations.using_up import consume_step_up
from accounts.queries import contact
from accounts.states import Assurance
from kernel import audit
from registers.entries import PersonEntry

log = structlog.get_logger()


class OtherPhone(Exception):
    """Another phone, or none, is bound to the person than the one that she says is hers."""


def meet_person(
    *,
    entry: PersonEntry,
    document: str,
    phone: str,
    by_id: int,
    step_up_id: int,
    at: datetime,
) -> int:
    """
    Note that this person of the register was met, and return her id; nothing is surer than that.

    It holds for the phone that is bound to her now: a stranger may have bound his before she came.

    :param document: one of `accounts.states.SeenDocument`
    :param phone: with which she signs in (E.164), as she says; "" if with none
    :param step_up_id: that the officer has just proved who she is, for `MEET_PERSON`
    :raises StepUpRefused: if she has not
    :raises OtherPhone: if that is not the one that is bound to her
    :raises accounts.policies.NotGranted: without `person.meet` over the officer's own office
    :raises SamePerson: nobody meets herself
    """
    with transaction.atomic():
        consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=policies.MEET_PERSON.code, at=at
        )
        officer = Account.objects.get(pk=by_id)
        require_over(officer.office_id, by_id, policies.MEET_PERSON.code, at=at)
        person = locked_person(entry.national_id, entry.family_name, entry.given_names)
        refuse_own(by_id, person.pk)
        contact_id = bound_to(person.pk).first()
        if phone != (contact(contact_id).value if contact_id is not None else ""):
            raise OtherPhone(person.pk)
        write_person(person, entry, at=at)
        Meeting.objects.create(
            person=person, contact_id=contact_id, document=document, by_id=by_id, at=at
        )
        person.assurance = Assurance.MET
        person.save(update_fields=["assurance"])
        audit.record(
            act="person.met",
            actor_id=by_id,
            subject="accounts.person",
            subject_id=person.pk,
            detail={"document": document},
            at=at,
        )
    log.info("person.met", person_id=person.pk, account_id=by_id)
    return person.pk
