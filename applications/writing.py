"""What slips say of a case: the facts that their wordings declare, from what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import queries as accounts
from applications import queries, story
from applications.models import Application, CompletionRequest, HandOver, StatusChange
from applications.queries import attachments, handing
from applications.states import SlipKind, Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from catalogue.words import tell
from documents.rendering import newest
from kernel import references
from kernel.country import country
from kernel.money import Money
from payments import queries as bills

Facts = dict[str, str | Sequence[Mapping[str, str]]]

_ENDS = (Status.ISSUED, Status.REFUSED, Status.WITHDRAWN)
_ASKED_MAX = 15  # What the wordings have room for.
_DESKS_MAX = 200
_TEXT_MAX = 400
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def language_for(kind: str, wanted: str) -> str:
    """Return the language in which a slip's own words stand, where its reader's is not known."""
    return newest(kind).pair(wanted, country().languages)[0]


def facts(
    kind: SlipKind, application: Application, *, language: str, due_at: datetime | None = None
) -> Facts:
    """
    Return what a slip says of this case; the caller has set the language for our own words.

    :param due_at: the new date that an apology promises
    """
    definition = catalogue.version(application.service_version_id).definition
    common: Facts = {
        "case_number": application.number,
        "service": definition.name(language),
        "applicant": accounts.person(application.holder_id).name,
    }
    match kind:
        case SlipKind.ACKNOWLEDGEMENT:
            return common | _acknowledgement(application, language)
        case SlipKind.COMPLETION_REQUEST:
            return common | _completion(application, definition, language)
        case SlipKind.REFUSAL:
            return common | _refusal(application, definition, language)
        case SlipKind.APOLOGY:
            return common | _apology(application, due_at)
        case SlipKind.CONTROL_SLIP:
            return common | _control(application, language)


def moment(at: datetime | None) -> str:
    """Return the moment in the country's time to the minute, "" for none."""
    return at.astimezone(country().zone).isoformat(timespec="minutes") if at else ""


def day(at: datetime | None) -> str:
    return at.astimezone(country().zone).date().isoformat() if at else ""


def _acknowledgement(application: Application, language: str) -> Facts:
    said: Facts = {
        "received_at": moment(application.received_at or application.submitted_at),
        "fee": _("Nothing to pay"),
        "due_on": day(application.promised_at),
        "collect_at": _("On this site: %s") % settings.SITE_URL.partition("://")[2],
        "items": [],  # Nothing is handed in on this site.
    }
    if application.bill_id is None:
        return said
    bill = bills.bill(application.bill_id)
    own = f"applications.case:{application.pk}:"
    fee = sum(line.amount_minor for line in bill.lines if line.charge_key.startswith(own))
    return said | {
        "fee": Money(fee, bill.currency).format(language),
        "payment_reference": references.spaced(bill.reference),
        "paid_at": moment(bill.paid_at),
    }


def _completion(application: Application, definition: Definition, language: str) -> Facts:
    asked = CompletionRequest.objects.filter(application=application).order_by("-pk")[0]
    rows = [
        {"name": _label(definition, code, language), "reason": _reason(definition, why, language)}
        for code, why in asked.asked.items()
    ]
    if len(rows) > _ASKED_MAX:
        more = len(rows) - _ASKED_MAX + 1
        said = ngettext("and %d more answer", "and %d more answers", more) % more
        rows = [*rows[: _ASKED_MAX - 1], {"name": said, "reason": _("see your case on this site")}]
    return {"asked_at": moment(asked.asked_at), "items": rows}


def _refusal(application: Application, definition: Definition, language: str) -> Facts:
    refusal = queries.last_refusal(application.pk)
    if refusal is None:
        return {}
    why = _reason(definition, refusal.reason_code, language)
    with_note = f"{why} {refusal.note}".strip()
    return {
        "decided_at": moment(refusal.at),
        "reason": with_note if len(with_note) <= _TEXT_MAX else why,
        **_appeal(application, definition, language),
    }


def _appeal(application: Application, definition: Definition, language: str) -> Facts:
    """Say where a refusal is appealed, and until when; nothing where nobody has published it."""
    if queries.appeal_of(application.pk) is not None:
        return {
            "appeal_how": _(
                "This is the answer to your appeal. At the offices there is no further one."
            )
        }
    term = queries.term(application, definition, language=language)
    if term is None:
        return {}
    told: Facts = {
        "appeal_body": term.body,
        "appeal_until": term.last_day.isoformat(),
        "appeal_how": _("At your case on this site: %s") % settings.SITE_URL.partition("://")[2],
    }
    return told | ({"law": term.law} if term.law else {})


def _apology(application: Application, due_at: datetime | None) -> Facts:
    return {
        "received_at": moment(application.received_at or application.submitted_at),
        "promised_on": day(application.promised_at),
        "reason": _("The case has waited at the office for longer than was promised."),
        "due_on": day(due_at),
    }


def _control(application: Application, language: str) -> Facts:
    moves = queries.history(application.pk)[-_DESKS_MAX:]
    office = application.deciding_office
    texts = story.tell(
        moves,
        status=application.status,
        office=office.told(language) if office else "",
        promised_at=None,
        staff=True,
    )
    ends = [move.changed_at for move in moves[1:]] + [None]
    names = _officers(moves)
    seconds = _seconds(moves)
    desks = [
        {
            "name": names.get(move.pk) or _desk(move, language),
            "act": " · ".join(filter(None, [item["text"], seconds.get(move.pk)])),
            "from": moment(move.changed_at),
            "to": moment(end),
            "held": _held(move.changed_at, end),
        }
        for move, item, end in zip(moves, texts, ends, strict=False)
    ]
    desks += [_on_its_way(each, language) for each in handing.hand_overs(application.pk)]
    return {
        "received_at": moment(application.received_at or application.submitted_at),
        "due_on": day(application.promised_at),
        "ended_at": moment(moves[-1].changed_at) if application.status in _ENDS else "",
        # The moment is written so that its text sorts as time does.
        "desks": sorted(desks, key=lambda desk: desk["from"])[-_DESKS_MAX:],
    }


def _on_its_way(sent: HandOver, language: str) -> dict[str, str]:
    """Return the line of something that went to another office: how long it was on its way."""
    names = {"what": sent.get_what_display(), "office": sent.from_office.told(language)}
    return {
        "name": sent.to_office.told(language),
        "act": _("%(what)s, handed over by %(office)s") % names,
        "from": moment(sent.at),
        "to": moment(sent.arrived_at),
        "held": _held(sent.at, sent.arrived_at),
    }


def _officers(moves: Sequence[StatusChange]) -> dict[int, str]:
    """Return who had the case in hand after a move; in a queue the office has it, and nobody."""
    with_her = {
        move.pk: move.officer_id
        for move in moves
        if move.officer_id and move.target in {Status.UNDER_REVIEW, Status.AWAITING_SIGNATURE}
    }
    names = {one.id: one.display_name for one in accounts.accounts(sorted(set(with_her.values())))}
    return {pk: names[officer_id] for pk, officer_id in with_her.items() if officer_id in names}


def _seconds(moves: Sequence[StatusChange]) -> dict[int, str]:
    """Return who spoke as the second officer: she never has the case in hand."""
    spoke = {
        move.pk: move.changed_by_id
        for move in moves
        if move.source == Status.AWAITING_SECOND and move.changed_by_id
    }
    names = {one.id: one.display_name for one in accounts.accounts(sorted(set(spoke.values())))}
    return {pk: names[account_id] for pk, account_id in spoke.items() if account_id in names}


def _desk(move: StatusChange, language: str) -> str:
    if story.turn(move.target) is story.Turn.APPLICANT:
        return _("The applicant")
    return move.office.told(language) if move.office else _("This site")


def _held(since: datetime, until: datetime | None) -> str:
    """Return how long, in minutes, in hours with their minutes, or in days with their hours."""
    if until is None:
        return ""
    seconds = int((until - since).total_seconds())
    if seconds < _HOUR:
        return _("%d min") % (seconds // _MINUTE)
    if seconds < _DAY:
        hours, minutes = divmod(seconds // _MINUTE, 60)
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
    days, hours = divmod(seconds // _HOUR, 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}


def _label(definition: Definition, code: str, language: str) -> str:
    field = definition.fields.get(code)
    if field:
        return tell(field.labels, language).text
    slot = definition.slots.get(code.removeprefix(attachments.ASKED))
    return tell(slot.names, language).text if slot else code


def _reason(definition: Definition, code: str, language: str) -> str:
    reason = definition.reason(code)
    return reason.label(language).text if reason else code
