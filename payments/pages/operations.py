"""The operator's page: what rings, what was checked, how the rails do, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from kernel.money import Money
from payments import queries
from payments.models import Alarm
from payments.operations import alarms, checking, health
from payments.pages.control.words import GIVEN_BY_HAND
from payments.pages.reasons import in_words
from payments.pages.rights import require_any
from payments.pages.words import Words, words
from payments.policies import CLEAR_ALARM, VIEW_MONEY
from payments.states import AlarmKind

KINDS: Mapping[str, tuple[Promise, Promise]] = {
    AlarmKind.INVARIANT_BROKEN: (
        _("The books do not agree"),
        _("Run check_invariants, look at the rows, and stop payouts until it is explained."),
    ),
    AlarmKind.DEBIT_UNEXPLAINED: (
        _("Money left an account, and nobody here ordered it"),
        _("Ask the provider at once what it was."),
    ),
    AlarmKind.CHARGE_NOT_TARIFF: (
        _("A charge is not what the tariff says"),
        _("Compare it with the contract, and claim the difference."),
    ),
    AlarmKind.RAIL_SILENT: (
        _("A network does not answer"),
        _("Bills wait for it by themselves. Tell the provider if it goes on."),
    ),
    AlarmKind.STATEMENT_GAP: (
        _("A statement does not follow on the one before"),
        _("Ask the bank for the days that are missing."),
    ),
    AlarmKind.STATEMENT_UNBALANCED: (
        _("A statement is held back"),
        _("Nothing of it is posted. See why, and ask the bank for a whole one."),
    ),
    AlarmKind.EVIDENCE_DISAGREES: (
        _("Two messages tell the same money differently"),
        _("The first one counts. Ask the provider which is right."),
    ),
    AlarmKind.MESSAGE_UNREADABLE: (
        _("Messages of a provider cannot be read"),
        _("They are kept word for word, and nothing of them is posted."),
    ),
    AlarmKind.REFUND_STUCK: (
        _("A refund hangs"),
        _("It is not sent again by itself. Ask the provider whether it was paid."),
    ),
    AlarmKind.NOT_ON_STATEMENT: (
        _("Money was reported that no statement shows"),
        _("Ask the bank whether it holds this money. Until then, nothing of it is sure."),
    ),
    AlarmKind.BALANCE_DIFFERS: (
        _("A network holds more or less money than the books say"),
        _("Import its newest statement. If it still differs, ask the provider what moved."),
    ),
    AlarmKind.REFUND_FAILED: (
        _("A refund has failed"),
        _("Its money stands in suspense again. Ask for it anew, or pay it back another way."),
    ),
    AlarmKind.RETIRED_RAIL_PAID: (
        _("Money came to a network or account that is retired"),
        _("Move it to an account in use, and find out who still shows payers the old one."),
    ),
    AlarmKind.SWEEP_UNREGISTERED: (
        _("A balance was swept, and nobody expected it"),
        _(
            "Ask where it went. Name the treasury's account on the page of spending control; a"
            " retired network is emptied by an order of two people there."
        ),
    ),
    AlarmKind.SWEEP_NOT_ARRIVED: (
        _("A balance was swept, and has not arrived"),
        _(
            "Look whether it stands under Did not match, where its bank told it before it was known"
            " here. If not, ask both the network and the treasury's bank where the money is."
        ),
    ),
    AlarmKind.MOVE_NOT_LEFT: (
        _("A retired network was to be emptied, and nothing has left it"),
        _("Ask whoever was to carry it out, and the network or bank. The order has its number."),
    ),
    AlarmKind.REMITTANCE_NOT_CONFIRMED: (
        _("A remittance was approved, and no statement shows it"),
        _("Ask the bank whether it was paid. If it was, say so of the debit, with its number."),
    ),
}


@dataclass(frozen=True)
class Ringing:
    """An open alarm in words."""

    id: int
    title: Promise
    advice: Promise
    subject: str
    rail_code: str
    facts: list[tuple[str, str]]
    raised_at: datetime
    must_answer: bool
    typed: "ClearForm | None" = None  # What she typed of it, and why it was not taken.


@dataclass(frozen=True)
class AsideLine:
    """Why messages were set aside, in words."""

    reason: Promise | str
    code: str
    messages: int
    last_at: datetime


@dataclass(frozen=True)
class Checked:
    code: str
    claim: str
    offending: int


@dataclass(frozen=True)
class RailLine:
    name: Words
    answered_at: datetime | None
    silent_since: datetime | None


class ClearForm(forms.Form):
    """Which alarm, and what she found out."""

    alarm = forms.IntegerField(min_value=1)
    answer = forms.ChoiceField(
        label=_("What you found out"), choices=[("", "—"), *GIVEN_BY_HAND], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=alarms.NOTE_CHARACTERS_MAX, required=False)


@never_cache
@require_safe
@sessions.staff_required
def operations(request: HttpRequest) -> HttpResponse:
    """Show how money does, to staff who may see it."""
    return _page(request)


def _page(
    request: HttpRequest, *, typed: ClearForm | None = None, status: int = 200
) -> HttpResponse:
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    checks = queries.last_check()
    claims = {each.code: each.claim for each in checking.stated()}
    context = {
        "alarms": [_ringing(alarm, typed) for alarm in queries.open_alarms()],
        "answers": GIVEN_BY_HAND,
        "typed": typed,
        "may_clear": grants.may(
            account_id=account.pk, act=CLEAR_ALARM.code, area_code=None, at=now
        ),
        "checked_at": checks[0].checked_at if checks else None,
        "checks": [Checked(one.code, claims.get(one.code, ""), one.offending) for one in checks],
        "broken": sum(bool(one.offending) for one in checks),
        "rails": [
            RailLine(words(rail.names), rail.answered_at, rail.silent_since)
            for rail in health.rails(now)
        ],
        "waiting": queries.inbox_waiting(now=now),
        "waiting_max": queries.WAITING_MAX,
        "aside": [
            AsideLine(in_words(one.reason), one.reason, one.messages, one.last_at)
            for one in queries.set_aside(now=now)
        ],
    }
    return render(request, "payments/operations.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def clear(request: HttpRequest) -> HttpResponse:
    """Note that she has looked into an alarm."""
    at = timezone.now()
    account_id = require_any(request, CLEAR_ALARM, at=at)
    form = ClearForm(request.POST)
    if not form.is_valid():
        return redirect("payments:operations")
    try:
        alarms.clear(
            alarm_id=form.cleaned_data["alarm"],
            answer=form.cleaned_data["answer"],
            note=form.cleaned_data["note"],
            by_id=account_id,
            at=at,
        )
    except (alarms.AlarmCleared, Alarm.DoesNotExist):
        messages.warning(request, gettext("Somebody has cleared this alarm already."))
    except alarms.NeedsAnswer:
        form.add_error("answer", gettext("Choose what you found out, and write a note."))
        return _page(request, typed=form, status=422)
    else:
        messages.success(request, gettext("The alarm is cleared."))
    return redirect("payments:operations")


def _ringing(alarm: Alarm, typed: ClearForm | None) -> Ringing:
    title, advice = KINDS[alarm.kind]
    is_typed = typed is not None and typed.cleaned_data.get("alarm") == alarm.pk
    return Ringing(
        id=alarm.pk,
        title=title,
        advice=advice,
        subject=alarm.subject,
        rail_code=alarm.rail_code,
        facts=_facts(alarm.facts),
        raised_at=alarm.raised_at,
        must_answer=alarm.kind in alarms.NEED_ANSWER,
        typed=typed if is_typed else None,
    )


def _facts(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return codes and amounts as they are kept: whoever looks knows the tables."""
    currency = str(facts.get("currency", ""))
    shown = []
    for name, value in facts.items():
        if name == "amount_minor" and currency and isinstance(value, int):
            shown.append((name.removesuffix("_minor"), str(Money(value, currency).format("en"))))
        elif name != "currency":
            shown.append((name, "" if value is None else str(value)))
    return shown
