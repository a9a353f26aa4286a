"""Starting a case and filling it in: only the holder's turn, and nobody else's business yet."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import guarding
from accounts import queries as accounts
from accounts.limits import Limit
from accounts.operations import budgets
from accounts.states import Assurance
from applications import answers, policies, queries
from applications.models import Application
from applications.operations import crowding
from applications.operations.moving import begin, lock, require_status
from applications.queries import attachments
from applications.states import Status
from catalogue import conditions, forms
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel import references
from kernel.country import country

DRAFTS_MAX = 20
# A case that is begun stays for ever, so beginning one is not free.
BY_PERSON = Limit("draft.person", 20, timedelta(hours=1))
_NUMBERS_TRIED_MAX = 8
DOCUMENTS = "documents"
"""The page of an application that asks for files, beside the groups of its form."""


class NotApplicable(Exception):
    """This service cannot be applied for here; its page says where."""


class TooManyDrafts(Exception):
    """So many unfinished cases of one service are no help to anybody: finish or withdraw some."""


class AgentsPhoneFull(TooManyDrafts):
    """More persons than a family has begin cases on the phone of an agent's business."""


class NumbersExhausted(Exception):
    """Several random case numbers in a row were taken: the series of this year is nearly full."""


class NotHers(Exception):
    """The case belongs to another person."""


class NotSureEnough(Exception):
    """The service wants to be surer of who applies than we are; `wanted` says how sure."""

    def __init__(self, wanted: Assurance) -> None:
        super().__init__(wanted.value)
        self.wanted = wanted


class Incomplete(Exception):
    """An answer or a file is missing or wrong; `group_code` says on which page of the form."""

    def __init__(self, application_id: int, group_code: str) -> None:
        super().__init__(f"case {application_id}: {group_code}")
        self.application_id = application_id
        self.group_code = group_code


def start_draft(
    *,
    service_code: str,
    holder_id: int,
    account_id: int,
    contact_id: int,
    language: str,
    at: datetime,
    guardian_id: int | None = None,
) -> str:
    """
    Open a case of the service's current version for a person who has proved herself.

    :param guardian_id: who has proved herself instead of a holder for whom she may act

    A draft of it without any answer is as good as a new one, and is used again.

    :return: the case number
    :raises NotApplicable: if the service takes no applications
    :raises NotHers: if she may not act for the holder
    :raises NotSureEnough: if the service wants to be surer of her
    :raises TooManyDrafts: if she has that many unfinished ones of it
    :raises accounts.operations.BudgetSpent: after that many new ones in an hour
    """
    service = catalogue.current(service_code)
    if not service.definition.applicable:
        raise NotApplicable(service_code)
    require_guardian(guardian_id, holder_id, at=at)
    require_sure(service.definition, guardian_id or holder_id)
    begun = queries.drafts(holder_id, service_code, guardian_id=guardian_id)
    for draft in begun:
        if draft.service_version_id == service.id and not draft.given:
            return draft.number
    if len(begun) >= DRAFTS_MAX:
        raise TooManyDrafts(service_code)
    if crowding.is_crowded_agents_phone(contact_id=contact_id, holder_id=holder_id, at=at):
        raise AgentsPhoneFull(service_code)
    budgets.spend(BY_PERSON, str(guardian_id or holder_id), at=at)
    with transaction.atomic():
        application = Application(
            number=free_number(service.definition.case_prefix, at),
            service_version_id=service.id,
            service_code=service.service_code,
            holder_id=holder_id,
            guardian_id=guardian_id,
            account_id=account_id,
            contact_id=contact_id,
            language=language,
            created_at=at,
        )
        begin(application)
    return application.number


def save_answers(*, application_id: int, holder_id: int, given: Mapping[str, Any]) -> None:
    """
    Keep answers of a draft beside those that it has; an answer given again replaces the old.

    :param given: values by field code, as the catalogue's form cleaned them
    :raises NotHers: if another person asks
    :raises NotNow: if the case is no longer a draft
    :raises answers.UnknownField: if the service's form has no such field
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.DRAFT)
        write_answers(application, given)
        application.save(update_fields=["answers", "private_answers"])


def renew_draft(*, application_id: int, holder_id: int) -> bool:
    """
    Put a draft under the version of its service that is in force, and say whether it changed.

    :raises NotHers: if another person asks
    :raises NotNow: if the case is no longer a draft
    :raises NotApplicable: if the service takes no applications any more
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        require_status(application, Status.DRAFT)
        return follow_service(application)


def follow_service(application: Application) -> bool:
    """
    Do as `renew_draft` does, on a locked draft.

    Answers that the new form does not ask for, or asks for as something else, are dropped; those
    that it adds are missing.
    """
    try:
        service = catalogue.current(application.service_code)
    except catalogue.NoService:
        raise NotApplicable(application.service_code) from None
    if not service.definition.applicable:
        raise NotApplicable(application.service_code)
    if service.id == application.service_version_id:
        return False
    before = catalogue.version(application.service_version_id).definition
    kept = conditions.carried(before, service.definition, application.given)
    application.service_version_id = service.id
    application.answers, application.private_answers = answers.split(service.definition, kept)
    application.save(update_fields=["service_version", "answers", "private_answers"])
    return True


def write_answers(application: Application, given: Mapping[str, Any]) -> None:
    """Put the answers beside the others of a locked case, without saving it."""
    definition = catalogue.version(application.service_version_id).definition
    application.answers, application.private_answers = answers.split(
        definition, application.given | dict(given)
    )


def require_holder(application: Application, holder_id: int) -> None:
    """:raises NotHers: if the case belongs to another person"""
    if application.holder_id != holder_id:
        raise NotHers(application.pk)


def require_guardian(guardian_id: int | None, holder_id: int, *, at: datetime) -> None:
    """:raises NotHers: if somebody applies for a holder for whom she may not act now"""
    if guardian_id is not None and not guarding.guards(
        guardian_id=guardian_id, ward_id=holder_id, at=at
    ):
        raise NotHers(holder_id)


def require_sure(definition: Definition, person_id: int) -> None:
    """:raises NotSureEnough: if the service wants to be surer of who this is"""
    held = accounts.person(person_id).assurance
    if not policies.is_sure_enough(held, definition.assurance_wanted):
        raise NotSureEnough(definition.assurance_wanted)


def require_complete(application: Application, definition: Definition, *, at: datetime) -> None:
    """:raises Incomplete: if the form would not accept the answers, or a required file lacks"""
    given, today = application.given, at.astimezone(country().zone).date()
    for mistake in forms.mistakes(definition, given, application.language, today=today):
        raise Incomplete(application.pk, mistake.group)
    if attachments.missing(application.pk, definition, given):
        raise Incomplete(application.pk, DOCUMENTS)


def free_number(prefix: str, at: datetime) -> str:
    for _ in range(_NUMBERS_TRIED_MAX):
        number = references.new_case_number(prefix, at.year)
        if not Application.objects.filter(number=number).exists():
            return number
    raise NumbersExhausted(prefix)
