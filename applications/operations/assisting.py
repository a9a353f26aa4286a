"""
Applying with a citizen: it begins with her consent, and ends when she says so.

Nothing is asked of the population register here: whoever calls has matched number and birthday.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from accounts import licences
from accounts import operations as people
from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.events import ConsentGiven, ConsentRevoked
from applications.models import Application, Assistance, CompletionRequest, HelpConsent
from applications.operations.crowding import require_room
from applications.operations.drafting import NotApplicable, require_holder, start_draft
from applications.operations.moving import NoSuchCase, lock, require_status
from applications.states import ConsentKind, Status
from catalogue import queries as catalogue
from kernel import audit, outbox
from kernel.country import country
from places import queries as places
from registers.entries import PersonEntry

log = structlog.get_logger()

PURPOSE = "consent:"
"""How the purpose of a code begins that says "I agree"; the consent's id follows."""
SAME_FORM = timedelta(minutes=10)
"""Within so long the same words are the same form, sent again after a cut."""


class NoSuchConsent(Exception):
    """There is no such consent, it is not this helper's to ask for, or it is not open any more."""


class NotHelping(Exception):
    """She does not help with this case, or no longer."""


class AlreadyHelped(Exception):
    """An empty draft of this service is already somebody's work with the same person."""


class WitnessIsHelper(Exception):
    """Whoever helps cannot have seen the signature for others too."""


class FeeRefused(Exception):
    """A fee is nothing, or no more than the country allows and this agent has declared."""

    def __init__(self, most_minor: int) -> None:
        super().__init__(most_minor)
        self.most_minor = most_minor


class AgentsPhone(Exception):
    """The phone is that of an agent's business: nobody whom she helps is reached there."""


def begin_assistance(
    *,
    helper_id: int,
    service_code: str,
    entry: PersonEntry,
    phone: str,
    language: str,
    fee_minor: int,
    kind: str,
    at: datetime,
) -> int:
    """
    Write that somebody wants to help a person of the register, and return the consent's id.

    Begun twice by the same form, it is one: what nobody has agreed to yet within ten minutes.

    With a slip, where the person has proved herself from a phone before, it is that one that is
    told, whatever phone (E.164) was named.

    :param fee_minor: what the helper takes for it, in the country's currency
    :param kind: of `ConsentKind`
    :raises FeeRefused: if it is more than the country allows, or than this agent has declared
    :raises AgentsPhone: if an agent's business is reached there
    :raises HelpHeld: if she has helped too many persons through this phone lately
    :raises NotApplicable: if the service takes no applications
    :raises accounts.policies.NotGranted: if she may not help with it at her office
    :raises policies.OwnCase: if she is that person, or the phone is her own
    :raises accounts.operations.BoundToAnotherPhone: if the person proves herself from another phone
    """
    try:
        service = catalogue.current(service_code)
    except catalogue.NoService:
        raise NotApplicable(service_code) from None
    if not service.definition.applicable:
        raise NotApplicable(service_code)
    office_id = require_helper(helper_id, service_code, at=at)
    _require_fee(helper_id, service_code, fee_minor, at=at)
    holder_id = people.know_person(entry=entry, at=at)
    contact_id = _contact(holder_id, phone, language, kind)
    helper = accounts.account(helper_id)
    if helper.person_id is None or accounts.is_close_to(helper_id, holder_id):
        raise policies.OwnCase(service_code)
    if accounts.is_reached_at(account_id=helper_id, contact_id=contact_id, at=at):
        raise policies.OwnCase(service_code)
    if licences.is_agents_phone(contact_id, at=at):
        raise AgentsPhone(service_code)
    require_room(
        helper_id=helper_id, contact_id=contact_id, holder_id=holder_id, office_id=office_id, at=at
    )
    same = {
        "helper_id": helper_id,
        "office_id": office_id,
        "service_code": service_code,
        "holder_id": holder_id,
        "contact_id": contact_id,
        "language": language,
        "fee_minor": fee_minor,
        "fee_currency": country().currency,
    }
    standing = HelpConsent.objects.filter(
        kind=kind, given_at=None, asked_at__gt=at - SAME_FORM, completion=None
    ).filter(**{f"assistance__{name}": value for name, value in same.items()})
    if (twin := standing.order_by("pk").first()) is not None:
        return int(twin.pk)
    with transaction.atomic():
        made = Assistance.objects.create(**same, begun_at=at)
        consent = HelpConsent.objects.create(assistance=made, kind=kind, asked_at=at)
    return int(consent.pk)


def ask_consent_code(
    *, consent_id: int, helper_id: int, binding: str, address: str, at: datetime
) -> None:
    """
    Send the person a code to say to the helper if she agrees; a new one ends the one before.

    :param binding: a secret of the helper's browser; `address` is the network address that asks
    :raises NoSuchConsent: if it is not hers to ask for, or given already
    :raises accounts.operations.BudgetSpent: as for any code
    """
    consent = _open(consent_id, helper_id, ConsentKind.CODE, at=at)
    code_id = people.request_code(
        phone=accounts.contact(consent.assistance.contact_id).value,
        purpose=f"{PURPOSE}{consent.pk}",
        binding=_bound(binding, consent_id),
        language=consent.assistance.language,
        address=address,
        at=at,
    )
    HelpConsent.objects.filter(pk=consent.pk, given_at=None).update(code_id=code_id)


def prove_consent(
    *, consent_id: int, helper_id: int, typed: str, binding: str, at: datetime
) -> str:
    """
    Take the code that the person said to the helper, and return the number of her case.

    :raises NoSuchConsent: if it is not hers to ask for, or no code was asked
    :raises accounts.operations.CodeWrong, CodeExpired, TooManyAttempts: as for any code
    :raises accounts.operations.BoundToAnotherPhone: if she proved herself elsewhere meanwhile
    :raises AlreadyHelped, TooManyDrafts, accounts.operations.BudgetSpent: if there is no room
    """
    consent = _open(consent_id, helper_id, ConsentKind.CODE, at=at)
    account = people.check_code(
        code_id=consent.code_id or 0,
        typed=typed,
        binding=_bound(binding, consent_id),
        act="citizen.consented",
        at=at,
    )
    return _give(consent, account_id=account.pk, witness_id=None, at=at)


def put_consent_scan(*, consent_id: int, helper_id: int, scan_sha256: str, at: datetime) -> None:
    """
    Put the scan of the signed slip with its consent; until a witness has spoken it can be replaced.

    :raises NoSuchConsent: if it is not hers to ask for, or given already
    """
    consent = _open(consent_id, helper_id, ConsentKind.SLIP, at=at)
    HelpConsent.objects.filter(pk=consent.pk, given_at=None).update(scan_id=scan_sha256)


def witness_consent(*, consent_id: int, scan_sha256: str, by_id: int, at: datetime) -> str:
    """
    Say, as a second member of staff, that the slip was read aloud and signed in one's presence.

    :param scan_sha256: the scan that the witness has looked at
    :raises NoSuchConsent: if none with this scan waits
    :raises WitnessIsHelper: if she helps herself, under whatever account, or is the person
    :raises accounts.policies.NotGranted: if she has no act of a counter at that office
    :return: the number of the case
    """
    consent = HelpConsent.objects.select_related("assistance").filter(
        pk=consent_id, kind=ConsentKind.SLIP, given_at=None, scan_id=scan_sha256
    )
    found = consent.first()
    if found is None:
        raise NoSuchConsent(consent_id)
    help_ = found.assistance
    require_witness(help_, by_id, at=at)
    account_id = people.account_at(contact_id=help_.contact_id, language=help_.language)
    return _give(found, account_id=account_id, witness_id=by_id, at=at)


def ask_to_mend(*, application_id: int, helper_id: int, at: datetime) -> int:
    """
    Ask for the consent to mend what an officer asks for, and return its id; asked again, the same.

    :raises NotHelping: if she does not help with it
    :raises NotNow: if nothing is asked for
    """
    with transaction.atomic():
        application = lock(application_id)
        help_ = require_help(application, helper_id, at=at)
        require_status(application, Status.AWAITING_COMPLETION)
        completion = CompletionRequest.objects.get(application=application, answered_at=None)
        kind = help_.consents.get(completion=None).kind
        asked, _ = HelpConsent.objects.get_or_create(
            completion=completion,
            defaults={"assistance": help_, "kind": kind, "asked_at": at},
        )
    return int(asked.pk)


def revoke_consent(*, application_id: int, holder_id: int, at: datetime) -> None:
    """
    End the help at once; what was done stays, and the case is hers alone. Ended twice is ended.

    :raises NotHers: if another person asks
    :raises NotHelping: if nobody helps with it
    """
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        found = Assistance.objects.select_for_update().filter(application=application).first()
        if found is None:
            raise NotHelping(application_id)
        end_locked(found, at=at)


def end_help(*, number: str, by_id: int, at: datetime) -> None:
    """
    End the help at the word of a person who is at the counter, and has no phone to say so.

    Whoever could witness her slip may; so may the helper. It is written down who did.

    :raises NotHelping: if nobody helps with a case of this number at her office
    """
    with transaction.atomic():
        case_id = Application.objects.values_list("pk", flat=True).filter(number=number).first()
        if case_id is None:
            raise NotHelping(number)
        lock(case_id)
        found = Assistance.objects.select_for_update().filter(application_id=case_id).first()
        if found is None or not (found.helper_id == by_id or _at_counter(found, by_id, at=at)):
            raise NotHelping(number)
        end_locked(found, at=at)
        audit.record(
            act="case.help_ended",
            actor_id=by_id,
            subject="applications.application",
            subject_id=case_id,
            at=at,
        )


# --- what they must be ------------------------------------------------------------------------


def require_helper(account_id: int, service_code: str, *, at: datetime) -> int:
    """
    Return the office for which she helps.

    :raises accounts.policies.NotGranted: if she may not help with this service there, or is an
        agent without a licence in force there
    """
    office_id = accounts.account(account_id).office_id
    if office_id is None:
        raise rights.NotGranted(account_id=account_id, act=policies.ASSIST.code)
    area = places.office(office_id).area
    rights.require(
        account_id=account_id,
        act=policies.ASSIST.code,
        service_code=service_code,
        area_code=area.code if area else None,
        at=at,
    )
    licences.require(
        account_id=account_id,
        act=policies.ASSIST.code,
        area_code=area.code if area else None,
        at=at,
    )
    return office_id


def require_help(application: Application, helper_id: int, *, at: datetime) -> Assistance:
    """
    Return the help with a locked case, while it lasts.

    :raises NotHelping: if she does not help with it, or the person has ended it
    :raises accounts.policies.NotGranted: if she may no longer help
    """
    found = Assistance.objects.filter(
        application=application, helper_id=helper_id, revoked_at=None
    ).first()
    if found is None:
        raise NotHelping(application.pk)
    require_helper(helper_id, application.service_code, at=at)
    return found


def require_witness(help_: Assistance, by_id: int, *, at: datetime) -> None:
    """:raises WitnessIsHelper, accounts.policies.NotGranted: if she cannot be the witness"""
    if accounts.account(by_id).person_id is None or accounts.is_close_to(by_id, help_.holder_id):
        raise WitnessIsHelper(help_.pk)
    if accounts.same_hands(help_.helper_id, by_id):
        raise WitnessIsHelper(help_.pk)
    if not _at_counter(help_, by_id, at=at):
        raise rights.NotGranted(account_id=by_id, act=policies.RECEIVE.code)


def _at_counter(help_: Assistance, by_id: int, *, at: datetime) -> bool:
    area = places.office(help_.office_id).area
    return any(
        rights.may(
            account_id=by_id,
            act=act.code,
            service_code=help_.service_code,
            area_code=area.code if area else None,
            at=at,
        )
        for act in policies.MAY_WITNESS
    )


def end_locked(help_: Assistance, *, at: datetime) -> None:
    """End a help whose case and row are locked; ended twice is ended."""
    if help_.revoked_at is not None:
        return
    help_.revoked_at = at
    help_.save(update_fields=["revoked_at"])
    outbox.publish(ConsentRevoked(subject_id=help_.application_id or 0, occurred_at=at))
    log.info("case.help_revoked", case_id=help_.application_id)


def _require_fee(helper_id: int, service_code: str, fee_minor: int, *, at: datetime) -> None:
    declared = licences.fee_max_minor(helper_id, service_code, at=at)
    allowed = country().helper_fee_minor_max
    most = allowed if declared is None else min(allowed, declared)
    if not 0 <= fee_minor <= most:
        raise FeeRefused(most)


def _contact(holder_id: int, phone: str, language: str, kind: str) -> int:
    own = accounts.own_contact_id(holder_id)
    if kind == ConsentKind.SLIP and own is not None:
        return own
    contact_id = people.know_phone(phone=phone, language=language)
    if kind == ConsentKind.CODE and own is not None and own != contact_id:
        raise people.BoundToAnotherPhone(holder_id)
    return contact_id


def _open(consent_id: int, helper_id: int, kind: ConsentKind, *, at: datetime) -> HelpConsent:
    found = (
        HelpConsent.objects.select_related("assistance")
        .filter(pk=consent_id, kind=kind, given_at=None, assistance__helper_id=helper_id)
        .filter(assistance__revoked_at=None)
        .first()
    )
    if found is None:
        raise NoSuchConsent(consent_id)
    require_helper(helper_id, found.assistance.service_code, at=at)
    return found


def _give(consent: HelpConsent, *, account_id: int, witness_id: int | None, at: datetime) -> str:
    help_ = consent.assistance
    number = ""
    if consent.completion_id is None:
        # Again, for many consents can be asked for before the first is given.
        require_room(
            helper_id=help_.helper_id,
            contact_id=help_.contact_id,
            holder_id=help_.holder_id,
            office_id=help_.office_id,
            at=at,
        )
        # Outside the transaction: beginning a case spends a budget that a refusal must not return.
        number = start_draft(
            service_code=help_.service_code,
            holder_id=help_.holder_id,
            account_id=account_id,
            contact_id=help_.contact_id,
            language=help_.language,
            at=at,
        )
    case_id = help_.application_id
    with transaction.atomic():
        application = _draft(number) if number else lock(case_id or 0)
        help_ = Assistance.objects.select_for_update().get(pk=help_.pk, revoked_at=None)
        locked = HelpConsent.objects.select_for_update().get(pk=consent.pk)
        if locked.given_at is not None:
            raise NoSuchConsent(consent.pk)
        locked.given_at, locked.witness_id = at, witness_id
        locked.save(update_fields=["given_at", "witness"])
        if number:
            if Assistance.objects.filter(application=application).exists():
                raise AlreadyHelped(application.pk)
            if witness_id is None:
                people.bind_person(account_id=account_id, person_id=help_.holder_id, at=at)
            help_.application = application
            help_.save(update_fields=["application"])
            outbox.publish(ConsentGiven(subject_id=application.pk, occurred_at=at))
    log.info("case.help_agreed", case_id=application.pk, consent_id=consent.pk)
    return application.number


def _draft(number: str) -> Application:
    found = Application.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NoSuchCase(number)
    return found


def _bound(binding: str, consent_id: int) -> str:
    # Never the sign-in's: no code of this kind opens a session.
    return f"{binding}:{PURPOSE}{consent_id}"
