"""Hand-overs between offices: what comes, what left, and sending something of one case."""

from collections.abc import Callable
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import Application
from applications.operations.handing import AT_ONCE_MAX
from applications.pages.apply import language
from applications.pages.cases import service_names
from applications.pages.giving_on import branch, wanted_place
from applications.pages.kept import key_of
from applications.queries import handing
from applications.states import Handed
from kernel import references
from places import queries as places

_ID_DIGITS_MAX = 18


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "/"}),
        error_messages={"required": _("Type the number of the case.")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def on_the_way(request: HttpRequest) -> HttpResponse:
    """Show what comes to her offices and what left them; find a case to send something of."""
    account, now = sessions.signed_in(request), timezone.now()
    if not handing.may_hand_over(account_id=account.pk, at=now):
        raise NotGranted(account_id=account.pk, act=policies.RECEIVE.code)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        number = references.normalise_case_number(form.cleaned_data["number"]) or ""
        if _found(request, number) is not None:
            return redirect("applications:hand_over", number)
        form.add_error("number", gettext("No case of your office has this number."))
    found = queries.on_the_way(account_id=account.pk, person_id=account.person_id, at=now)
    cases = [sent.application for sent in (*found.incoming, *found.outgoing)]
    context = {
        "form": form,
        "incoming": found.incoming,
        "outgoing": found.outgoing,
        "names": service_names(cases),
        "is_cut": max(len(found.incoming), len(found.outgoing)) >= handing.LISTED_MAX,
        "listed_max": handing.LISTED_MAX,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/on_the_way.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def arrived(request: HttpRequest) -> HttpResponse:
    """Ask once more what has arrived, or take it as acknowledged: all of it, or nothing."""
    account, now = sessions.signed_in(request), timezone.now()
    wanted = {
        int(text)
        for text in request.POST.getlist("sent")
        if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS_MAX
    }
    found = queries.on_the_way(account_id=account.pk, person_id=account.person_id, at=now)
    chosen = [sent for sent in found.incoming if sent.pk in wanted][:AT_ONCE_MAX]
    note, problem = request.POST.get("note", ""), ""
    if not wanted:
        messages.error(request, gettext("Choose what has arrived."))
        return redirect("applications:on_the_way")
    if "confirmed" in request.POST:
        problem = _refused(
            request,
            "handing.arrived",
            lambda: operations.acknowledge_arrivals(
                hand_over_ids=wanted, by_id=account.pk, note=note, at=now
            ),
        )
        if not problem:
            said = ngettext("%d arrival is acknowledged.", "%d arrivals are acknowledged.",
                            len(wanted)) % len(wanted)  # fmt: skip
            messages.success(request, said)
            return redirect("applications:on_the_way")
    context = {
        "chosen": chosen,
        "names": service_names([sent.application for sent in chosen]),
        "note": note,
        "problem": problem,
        "key": uuid4(),
    }
    return render(request, "applications/arrived.html", context, status=409 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Choose what of a case goes where, and send it."""
    account, now = sessions.signed_in(request), timezone.now()
    application = _found(request, number)
    if application is None:
        raise Http404
    office = _office(request)
    problem = ""
    if request.method == "POST":
        problem = _refused(
            request,
            f"handing.send:{application.pk}",
            lambda: operations.hand_over(
                application_id=application.pk,
                by_id=account.pk,
                to_office_id=office.pk if office else 0,
                what=request.POST.get("what", ""),
                at=now,
            ),
        )
        if not problem:
            messages.success(request, gettext("It is on its way: the other office confirms it."))
            return redirect("applications:on_the_way")
    things = handing.can_be_handed(application, account.pk, at=now)
    context = {
        "application": application,
        "name": service_names([application]).get(application.service_code, ""),
        "things": [(thing.value, thing.label, thing is Handed.CASE) for thing in things],
        "chosen": request.POST.get("what") or (things[0].value if len(things) == 1 else ""),
        "target": office,
        "target_name": office.told(language()) if office else "",
        "branch": None
        if office
        else branch(wanted_place(request, application), but_not=_only_place(application, things)),
        "sent": handing.hand_overs(application.pk),
        "problem": problem,
        "key": uuid4(),
    }
    return render(request, "applications/hand_over.html", context, status=409 if problem else 200)


def _refused(request: HttpRequest, act: str, operation: Callable[[], object]) -> str:
    """Do it once by the form's key; return why it was refused, "" where it was not."""
    account_id, key = sessions.signed_in(request).pk, key_of(request)
    try:
        with transaction.atomic():
            if key is None or operations.once(
                account_id=account_id, key=key, act=act, at=timezone.now()
            ):
                operation()
    except operations.OwnCase:
        raise Http404 from None
    except tuple(_says()) as refusal:
        return _says()[type(refusal)]
    return ""


def _says() -> dict[type[Exception], str]:
    return {
        operations.NotNow: gettext("This cannot be done in the state that the case is in now."),
        operations.NotHeld: gettext(
            "A colleague has the case in hand: it goes when she lays it down."
        ),
        operations.OnItsWay: gettext("Something of this case is on its way already."),
        operations.NoTarget: gettext("Choose what goes, and another office."),
        operations.OfficeClosed: gettext("That office is closed. Choose another one."),
        operations.NothingArrives: gettext("Somebody has acknowledged this before. Look again."),
        operations.SameHands: gettext(
            "You sent it yourself: another officer says that it arrived."
        ),
        operations.TextRefused: gettext("Write at most 300 characters."),
        operations.KeyUsed: gettext("This page is out of date. Open it again."),
    }


def _found(request: HttpRequest, number: str) -> Application | None:
    account = sessions.signed_in(request)
    return queries.at_office(
        number, account_id=account.pk, person_id=account.person_id, at=timezone.now()
    )


def _only_place(application: Application, things: list[Handed]) -> int | None:
    """Return the office that has all that can leave, which is no target; None for several."""
    offices = {handing.where(application, thing) for thing in things}
    return offices.pop() if len(offices) == 1 else None


def _office(request: HttpRequest) -> places.Office | None:
    typed = (request.POST if request.method == "POST" else request.GET).get("office", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _ID_DIGITS_MAX):
        return None
    return next(iter(places.offices({int(typed)})), None)
