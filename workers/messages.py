"""Which news is worth a message, to whom, and in which words."""

from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts import forgotten
from accounts import moving as phones
from accounts import operations as accounts
from accounts import policies as rights
from accounts import queries as account_queries
from accounts.events import CodeRequested, FactorChanged, PhoneChangeAsked, PhoneChanged
from accounts.queries import Reached
from applications import operations as cases
from applications import queries as applications
from applications.events import CaseEscalated, CaseLate, HelpTextUnclear
from applications.queries import Addressee
from documents import holding
from documents import queries as papers
from documents.events import CredentialEnded, CredentialEnding
from documents.policies import ISSUE_CREDENTIAL
from kernel import references
from kernel.country import country
from kernel.events import Event
from kernel.money import Money
from notifications import operations as notifications
from notifications import watching
from notifications.events import MessageFailed
from payments import queries as bills
from payments.events import BillOwed
from registers.events import FamilyUnknown

CODE_MINUTES = 10
# News of a case that changes what somebody does next. A code, or a reference, is asked for anew.
CALLED = frozenset(
    {
        "completion_asked",
        "refused",
        "refused_again",
        "appealed",
        "issued",
        "still_ready",
        "late",
        "payment_held",
        "paper_changed",
        "paper_ended",
    }
)


def send_code(event: CodeRequested, at: datetime) -> None:
    try:
        digits = accounts.mint_code(code_id=event.subject_id, at=at)
    except (accounts.CodeAlreadyMinted, accounts.CodeExpired):
        return  # On its way already, or too late to be of use.
    code = account_queries.code(event.subject_id)
    template, context = "code", {"code": digits, "minutes": str(CODE_MINUTES)}
    by_email = accounts.is_email_code(code.purpose)
    if by_email:
        template = "email_code"
    if code.purpose.startswith(cases.CONSENT):
        asked = applications.consent_words(int(code.purpose.removeprefix(cases.CONSENT)))
        if asked is None:
            return  # Agreed to, or given up, meanwhile.
        template = "consent"
        context = {"code": digits, "organisation": asked.organisation, "fee": asked.fee}
    notifications.send(
        contact_id=code.contact_id,
        template=template,
        language=code.language,
        context=context,
        dedupe_key=f"{event.name}:{event.subject_id}",
        by_email=by_email,
        at=at,
    )


def tell_factor_changed(event: FactorChanged, at: datetime) -> None:
    """Tell whose account it is: what she did not do herself, somebody else has done."""
    # One moment, one message: an app and its recovery codes come together.
    occasion = f"{event.name}:{event.subject_id}:{event.occurred_at.timestamp():.0f}"
    holder = account_queries.holder(event.subject_id, at=at)
    if holder is None:
        # Staff without a phone here are told at the address with which they sign in.
        holder = accounts.know_staff_email(account_id=event.subject_id)
        _send(holder, "factor_changed", occasion, by_email=True, at=at)
        return
    _send(holder, "factor_changed", occasion, at=at)


def _send(
    holder: Reached, template: str, occasion: str, *, by_email: bool = False, at: datetime
) -> None:
    notifications.send(
        contact_id=holder.contact_id,
        template=template,
        language=holder.language,
        context={},
        dedupe_key=occasion,
        by_email=by_email,
        at=at,
    )


def tell_phone_change(event: PhoneChangeAsked, at: datetime) -> None:
    """Tell the old number, which can stop it: whoever holds it did perhaps not ask."""
    change = phones.told(event.subject_id)
    if change is None:
        return  # Done or stopped meanwhile.
    until = change.effective_at.astimezone(country().zone)
    notifications.send(
        contact_id=change.old_contact_id,
        template="phone_change_counter" if change.at_counter else "phone_change",
        language=change.language,
        context={} if change.at_counter else {"until": f"{until:%d/%m/%Y %H:%M}"},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_phone_changed(event: PhoneChanged, at: datetime) -> None:
    change = phones.done(event.subject_id)
    notifications.send(
        contact_id=change.old_contact_id,
        template="phone_changed",
        language=change.language,
        context={},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_erasure(event: Event, at: datetime) -> None:
    """Tell whoever is to be forgotten how far it is: somebody else may have asked."""
    told = forgotten.told(event.subject_id)
    contact_id = account_queries.own_contact_id(told.person_id)
    if told.by_term or contact_id is None:
        return  # The term asked, or no phone is hers.
    template = f"erasure_{event.name.rpartition('.')[2]}"
    due_at = told.due_at.astimezone(country().zone) if told.due_at else None
    notifications.send(
        contact_id=contact_id,
        template=template,
        language=account_queries.contact(contact_id).language,
        context={"until": f"{due_at:%d/%m/%Y}"} if template == "erasure_approved" else {},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_helped(event: Event, at: datetime) -> None:
    """Tell her whose case it is, who helps with it, and how she ends that."""
    words = applications.helper_words(event.subject_id)
    if words is not None:
        word = stop_word(applications.addressee(event.subject_id).language)
        _tell(event, "helped", at=at, organisation=words.organisation, word=word)


def tell_help_ended(event: Event, at: datetime) -> None:
    _tell(event, "help_ended", at=at)


def tell_how_to_stop(event: HelpTextUnclear, at: datetime) -> None:
    """Answer a text that fits nothing, once a day: two machines must not write to each other."""
    text = account_queries.incoming_text(event.subject_id)
    day = at.astimezone(country().zone).date()
    notifications.send(
        contact_id=text.contact_id,
        template="how_to_stop",
        language=text.language,
        context={"word": stop_word(text.language)},
        dedupe_key=f"{event.name}:{text.contact_id}:{day}",
        at=at,
    )


def stop_word(language: str) -> str:
    """Return the word that ends a help, in the reader's language where we know one."""
    return cases.STOP_WORDS.get(language, cases.STOP_WORDS["en"])


def tell_what_to_pay(event: Event, at: datetime) -> None:
    case = applications.addressee(event.subject_id)
    if case.bill_id is None:
        return
    bill = bills.bill(case.bill_id)
    _tell_case(
        case,
        "submitted",
        context={
            "reference": references.spaced(bill.reference),
            "amount": Money(bill.total_minor, bill.currency).format(case.language),
            "until": f"{bill.expires_at.astimezone(country().zone):%d/%m/%Y}",
        },
        # By bill and not by case: many cases on one bill are one message.
        dedupe_key=f"{event.name}:bill:{case.bill_id}",
        at=at,
    )


def tell_paid(event: Event, at: datetime) -> None:
    _tell(event, "paid", at=at)


def tell_payment_held(event: Event, at: datetime) -> None:
    case = applications.addressee(event.subject_id)
    if case.bill_id is None:
        return
    _tell_due(
        case,
        "payment_held",
        context={"number": case.number},
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def tell_payment_restored(event: Event, at: datetime) -> None:
    _tell(event, "payment_restored", at=at, once=False)


def tell_debt(event: BillOwed, at: datetime) -> None:
    first = next(iter(applications.on_bill(event.subject_id)), None)
    if first is None:
        return  # A bill for something else than cases.
    _tell_due(
        applications.addressee(first.pk),
        "debt",
        context={},
        # By bill and not by case: many papers on one bill are one message.
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def _tell_due(
    case: Addressee, template: str, *, context: dict[str, str], dedupe_key: str, at: datetime
) -> None:
    bill = bills.bill(case.bill_id or 0)
    if not bill.due_minor:
        return  # Paid again before we came.
    _tell_case(
        case,
        template,
        context={
            **context,
            "reference": references.spaced(bill.reference),
            "amount": Money(bill.due_minor, bill.currency).format(case.language),
        },
        dedupe_key=dedupe_key,
        at=at,
    )


def tell_completion_asked(event: Event, at: datetime) -> None:
    number = applications.addressee(event.subject_id).number
    # It names the case and nobody; whoever opens it has to sign in first.
    link = settings.SITE_URL + reverse("applications:case", args=[number])
    _tell(event, "completion_asked", at=at, once=False, link=link)


def tell_approved(event: Event, at: datetime) -> None:
    _tell(event, "approved", at=at)


def tell_refused(event: Event, at: datetime) -> None:
    final = applications.appeal_of(event.subject_id) is not None
    _tell(event, "refused_again" if final else "refused", at=at, once=False)


def tell_appealed(event: Event, at: datetime) -> None:
    _tell(event, "appealed", at=at)


def tell_ready(event: Event, at: datetime) -> None:
    """Tell where the paper lies, with a code; each time with a new one."""
    code = cases.mint_collection_code(application_id=event.subject_id, asked_at=event.occurred_at)
    if code is None:
        return  # Collected meanwhile, or on its way already.
    case = applications.addressee(event.subject_id)
    notifications.send(
        contact_id=case.contact_id,
        template="ready",
        language=case.language,
        context={
            "number": case.number,
            "office": applications.handing_office(event.subject_id, case.language),
            "code": code,
        },
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def tell_still_ready(event: Event, at: datetime) -> None:
    _tell(event, "still_ready", at=at)


def tell_collected(event: Event, at: datetime) -> None:
    _tell(event, "collected", at=at)


def tell_late(event: CaseLate, at: datetime) -> None:
    until = applications.new_date(event.subject_id)
    if until is not None:
        local = until.astimezone(country().zone)
        _tell(event, "late", at=at, once=False, until=f"{local:%d/%m/%Y}")


def tell_escalated(event: CaseEscalated, at: datetime) -> None:
    """Tell each supervisor once a day, however many cases of hers wait for too long."""
    day = at.astimezone(country().zone).date()
    for escalation in applications.escalations_at(event.subject_id, at=event.occurred_at):
        told = applications.overseers(escalation, at=at)
        for head in account_queries.reached(told, at=at):
            _send_to_head(head, "escalated", {}, f"{event.name}:{day}", at)


def tell_hand_over_overdue(event: Event, at: datetime) -> None:
    """Tell whoever supervises either office, once a day: the desk says what it is about."""
    day = at.astimezone(country().zone).date()
    told = applications.supervisors_of_hand_over(event.subject_id, at=at)
    for head in account_queries.reached(told, at=at):
        _send_to_head(head, "hand_over_overdue", {}, f"{event.name}:{day}", at)


def tell_issued(event: Event, at: datetime) -> None:
    if applications.is_collected(event.subject_id):
        return  # She is told when it lies ready.
    _tell(event, "issued", at=at)


def tell_paper_changed(event: Event, at: datetime) -> None:
    _tell_of_paper(event, "paper_changed", at=at)


def tell_paper_ended(event: Event, at: datetime) -> None:
    _tell_of_paper(event, "paper_ended", at=at)


def tell_key_ending(event: CredentialEnding, at: datetime) -> None:
    area_code, ends_at = holding.ends_of(event.subject_id)
    until = f"{ends_at.astimezone(country().zone):%d/%m/%Y}"
    _tell_heads(area_code, "key_ending", {"until": until}, f"{event.name}:{event.subject_id}", at)


def tell_key_ended(event: CredentialEnded, at: datetime) -> None:
    area_code, _ = holding.ends_of(event.subject_id)
    _tell_heads(area_code, "key_ended", {}, f"{event.name}:{event.subject_id}", at)


def tell_unassigned(event: Event, at: datetime) -> None:
    """Tell whoever supervises the office, once a day: her list has the rest."""
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(head, "case_unassigned", {}, f"{event.name}:{day}", at)


def tell_uncollected(event: Event, at: datetime) -> None:
    """Tell whoever supervises the counter, once a day: the counter's list has them all."""
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(head, "uncollected", {}, f"{event.name}:{day}", at)


def tell_transferred_often(event: Event, at: datetime) -> None:
    """Tell whoever supervises the office, each time: the case goes round until she decides."""
    for head in account_queries.reached(applications.supervisors(event.subject_id, at=at), at=at):
        _send_to_head(
            head, "transferred_often", {"number": applications.addressee(event.subject_id).number},
            f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}", at,
        )  # fmt: skip


def tell_family_unknown(event: FamilyUnknown, at: datetime) -> None:
    """Tell whoever supervises her office, once a day: the register is silent about its officers."""
    day = at.astimezone(country().zone).date()
    told = applications.supervisors_of_person(event.subject_id, at=at)
    for head in account_queries.reached(told, at=at):
        _send_to_head(head, "family_unknown", {}, f"{event.name}:{day}", at)


def tell_papers_wait(*, at: datetime) -> int:
    """Tell whoever answers for an area, once a day, that papers wait there for a key."""
    waiting: dict[int, int] = defaultdict(int)
    for area_code, papers_there in holding.papers_without_key_by_area(at=at).items():
        for account_id in _heads(area_code, at):
            waiting[account_id] += papers_there
    day = at.astimezone(country().zone).date()
    for head in account_queries.reached(waiting, at=at):
        _send_to_head(
            head, "papers_without_key", {"count": str(waiting[head.account_id])},
            f"documents.papers_without_key:{day}", at,
        )  # fmt: skip
    return len(waiting)


def ask_for_call(event: MessageFailed, at: datetime) -> None:
    """Put on the office's list of calls what reached nobody by SMS, and is worth a call."""
    failed = watching.undelivered(event.subject_id)
    if failed is None or failed.by_email or failed.template not in CALLED:
        return
    # As `_tell` and `_tell_of_paper` made it: the news, and the id of its case or paper.
    news, subject_id, *_ = failed.dedupe_key.split(":")
    application_id: int | None = int(subject_id)
    if news.startswith("documents."):
        application_id = applications.id_by_paper(papers.first_of(int(subject_id)))
    if application_id is not None:
        cases.ask_call(application_id=application_id, template=failed.template, at=at)


def _tell_heads(
    area_code: str | None, template: str, context: dict[str, str], occasion: str, at: datetime
) -> None:
    for head in account_queries.reached(_heads(area_code, at), at=at):
        _send_to_head(head, template, context, occasion, at)


def _heads(area_code: str | None, at: datetime) -> list[int]:
    """Return who may ask for a new key there; whoever has no phone here reads it at the desk."""
    return rights.holders(act=ISSUE_CREDENTIAL.code, area_code=area_code, at=at)


def _send_to_head(
    head: Reached, template: str, context: dict[str, str], occasion: str, at: datetime
) -> None:
    notifications.send(
        contact_id=head.contact_id,
        template=template,
        language=head.language,
        context=context,
        dedupe_key=f"{occasion}:{head.account_id}",
        at=at,
    )


def _tell_of_paper(event: Event, template: str, *, at: datetime) -> None:
    if papers.is_copy(event.subject_id):
        return  # It goes with its original, of which she is told.
    application_id = applications.id_by_paper(papers.first_of(event.subject_id))
    if application_id is None:
        return  # A paper for something else than a case.
    case = applications.addressee(application_id)
    _tell_case(
        case,
        template,
        context={"number": case.number},
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def _tell(event: Event, template: str, *, at: datetime, once: bool = True, **context: str) -> None:
    case = applications.addressee(event.subject_id)
    # What can happen twice to one case is told each time; the moment tells the two apart.
    occasion = "" if once else f":{event.occurred_at.isoformat()}"
    _tell_case(
        case,
        template,
        context={"number": case.number, **context},
        dedupe_key=f"{event.name}:{event.subject_id}{occasion}",
        at=at,
    )


def _tell_case(
    case: Addressee, template: str, *, context: dict[str, str], dedupe_key: str, at: datetime
) -> None:
    """Tell whoever applied by SMS; by email too where she has proved an address."""
    roads = [(case.contact_id, dedupe_key, False)]
    mail_id = account_queries.mail_of(case.person_id)
    if mail_id is not None:
        roads.append((mail_id, f"{dedupe_key}:email", True))
    for contact_id, key, by_email in roads:
        if not account_queries.contact(contact_id).value:
            continue  # She was forgotten; her paper lives on, and there is nobody to tell or call.
        notifications.send(
            contact_id=contact_id,
            template=template,
            language=case.language,
            context=context,
            dedupe_key=key,
            by_email=by_email,
            at=at,
        )
