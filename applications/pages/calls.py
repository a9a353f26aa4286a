"""Whom to call: what we wrote did not arrive, and somebody says it by voice."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import queries as accounts
from accounts import sessions
from accounts.policies import NotGranted
from applications import policies, queries
from applications.models import Call, CallResult, Why
from applications.models.calling import CALL_TRIES_MAX
from applications.operations.calling import NoSuchCall, record_call
from applications.pages.cases import service_names
from applications.pages.looking import listed
from applications.queries.calling import CALLS_MAX, open_calls

SAY = {
    "completion_asked": _("Something is missing: she completes it on her case's page, or here."),
    "refused": _("It is refused; the letter says why, and where she can appeal."),
    "refused_again": _("The appeal is refused; the letter says why."),
    "appealed": _("Her appeal has arrived."),
    "issued": _("Her paper is issued."),
    "still_ready": _("Her paper lies ready, and is not collected yet."),
    "late": _("It takes longer than we promised; the new date stands in the case."),
    "payment_held": _("The payment was taken back: the case waits for it."),
    "paper_changed": _("Something about a paper of hers has changed."),
    "paper_ended": _("A paper of hers is no longer true."),
}
"""What is said for each message; it is said to the person alone, once she has said who she is."""


@dataclass(frozen=True)
class Line:
    id: int
    number: str
    service: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    language: str
    say: str
    since: datetime
    tries: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def calls(request: HttpRequest) -> HttpResponse:
    """List whom to call, and take what came of it."""
    account, at = sessions.signed_in(request), timezone.now()
    over = queries.reach(
        account_id=account.pk, person_id=account.person_id, at=at, acts=policies.MAY_CALL
    )
    if over.is_empty:
        raise NotGranted(account_id=account.pk, act=policies.RECEIVE.code)
    if request.method == "POST":
        _record(request, at=at)
        return redirect("applications:calls")
    found = open_calls(over)
    shown = found[:CALLS_MAX]
    listed(request, [one.application for one in shown], at=at, why=Why.COUNTER)
    context = {
        "lines": _lines(shown),
        "results": CallResult.choices,
        "is_cut": len(found) > CALLS_MAX,
        "tries_max": CALL_TRIES_MAX,
        "listed_max": CALLS_MAX,
    }
    return render(request, "applications/calls.html", context)


def _record(request: HttpRequest, *, at: datetime) -> None:
    typed, result = request.POST.get("call", ""), request.POST.get("result", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19) or (
        result not in CallResult.values
    ):
        messages.error(request, gettext("Say what came of the call."))
        return
    try:
        record_call(
            call_id=int(typed),
            result=CallResult(result),
            by_id=sessions.signed_in(request).pk,
            at=at,
        )
    except NoSuchCall:
        messages.warning(request, gettext("Somebody was here before you. This is how it is now."))
    else:
        messages.success(request, gettext("Written down."))


def _lines(shown: list[Call]) -> list[Line]:
    cases = [one.application for one in shown]
    names = service_names(cases)
    people = {one.id: one for one in accounts.persons([case.holder_id for case in cases])}
    phones = accounts.contacts({case.contact_id for case in cases})
    return [
        Line(
            id=one.pk,
            number=case.number,
            service=names[case.service_code],
            name=people[case.holder_id].name,
            phone=phones[case.contact_id].value,
            language=case.language,
            say=str(SAY.get(one.template, "")),
            since=one.asked_at,
            tries=one.tries,
        )
        for one, case in zip(shown, cases, strict=True)
    ]
