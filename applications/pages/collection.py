"""At the counter: what lies ready, who collects it, and a paper printed for who has no printer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries as accounts
from accounts import sessions
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import Application, Seen, Why
from applications.operations import Outcome
from applications.operations.collecting import (
    AUTHORITY_CHARACTERS_MAX,
    TELL_AFTER,
    is_physical,
    may_hand_out,
    require_counter,
)
from applications.pages.apply import language
from applications.pages.cases import pdf, service_names
from applications.pages.kept import key_of
from applications.pages.looking import looked
from applications.queries.collecting import LISTED_MAX
from applications.states import Collector, ProofKind, Status
from documents import queries as papers
from documents.listing import newest_of


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "/"}),
        error_messages={"required": _("Type the number of the case.")},
    )


class GiveForm(forms.Form):
    collector = forms.ChoiceField(
        label=_("Who collects it?"),
        choices=Collector.choices,
        widget=forms.RadioSelect,
        initial=Collector.HERSELF,
    )
    authority = forms.CharField(
        label=_("If it is somebody else: the name, and what gives the authority"),
        help_text=_("For instance: Mukamana Rose, letter signed by the applicant on 3 May."),
        max_length=AUTHORITY_CHARACTERS_MAX,
        required=False,
    )
    proof = forms.ChoiceField(label=_("Which paper did you see?"), choices=ProofKind.choices)
    ends = forms.CharField(
        label=_("Last three letters or digits of its number"),
        help_text=_("More of the number is not kept."),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("The code that was sent to the applicant's phone"),
        help_text=_("Six digits. Leave it empty if there is none: a second officer must look too."),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("collector") == Collector.ANOTHER and not typed.get("authority"):
            self.add_error(
                "authority", gettext("Say who it is, and what gives the authority to collect it.")
            )
        return typed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def waiting(request: HttpRequest) -> HttpResponse:
    """List what lies ready and what is to be laid out; a number leads to its paper."""
    now, account = timezone.now(), sessions.signed_in(request)
    if not queries.counter_may(account_id=account.pk, at=now):
        raise NotGranted(account_id=account.pk, act=policies.RECEIVE.code)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["number"].strip().upper()
        if _found(request, number, at=now) is not None:
            return redirect("applications:collection_paper", number)
        form.add_error("number", gettext("No issued paper of this counter has this number."))
    found = queries.waiting_papers(account_id=account.pk, person_id=account.person_id, at=now)
    names = service_names([*found.ready, *found.to_lay_out])
    context = {
        "form": form,
        "ready": [_line(case, names, at=now) for case in found.ready[:LISTED_MAX]],
        "to_lay_out": [_line(case, names, at=now) for case in found.to_lay_out[:LISTED_MAX]],
        "is_cut": max(len(found.ready), len(found.to_lay_out)) > LISTED_MAX,
        "listed_max": LISTED_MAX,
    }
    return render(
        request, "applications/collection.html", context, status=422 if form.errors else 200
    )


@never_cache
@require_GET
@sessions.staff_required
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Show one paper of the counter, with what can be done."""
    return _show(request, _case(request, number))


@never_cache
@require_POST
@sessions.staff_required
def ready(request: HttpRequest, number: str) -> HttpResponse:
    application, now = _case(request, number), timezone.now()
    done = gettext("Ready. The applicant is told where and when, with a code.")
    return _once(
        request,
        application,
        "collection.ready",
        lambda by_id: operations.ready(application_id=application.pk, by_id=by_id, at=now),
        done,
    )


@never_cache
@require_POST
@sessions.staff_required
def code(request: HttpRequest, number: str) -> HttpResponse:
    application, now = _case(request, number), timezone.now()
    return _once(
        request,
        application,
        "collection.code",
        lambda by_id: operations.ask_collection_code(
            application_id=application.pk, by_id=by_id, at=now
        ),
        gettext(
            "A new code is on its way to the applicant's phone; the last one is worth nothing."
        ),
    )


@never_cache
@sensitive_post_parameters("authority", "ends", "code")
@require_POST
@sessions.staff_required
def give(request: HttpRequest, number: str) -> HttpResponse:
    """Take the proof; what is wrong with a code is counted and said."""
    application = _case(request, number)
    form = GiveForm(request.POST)
    if not form.is_valid():
        return _show(request, application, form=form, status=422)
    typed, outcomes = form.cleaned_data, []
    answer = _once(
        request,
        application,
        "collection.give",
        lambda by_id: outcomes.append(
            operations.collect(
                application_id=application.pk,
                by_id=by_id,
                collector=typed["collector"],
                proof=operations.Proof(
                    kind=typed["proof"],
                    ends=typed["ends"],
                    code=typed["code"].strip(),
                    authority=typed["authority"],
                ),
                at=timezone.now(),
            )
        ),
        "",
        form=form,
    )
    outcome = outcomes[0] if outcomes else None
    if outcome in {Outcome.CODE_WRONG, Outcome.CODE_SPENT}:
        form.add_error("code", _CODE_SAYS[outcome]())
        return _show(request, application, form=form, status=422)
    if outcome is Outcome.COLLECTED:
        messages.success(request, gettext("Given. The applicant is told."))
    elif outcome is Outcome.WITNESS_WANTED:
        messages.success(
            request, gettext("Keep the paper: a second officer must see the proof and confirm it.")
        )
    return answer


@never_cache
@require_POST
@sessions.staff_required
def witness(request: HttpRequest, number: str) -> HttpResponse:
    application, now = _case(request, number), timezone.now()
    typed = request.POST.get("given", "")
    given_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    return _once(
        request,
        application,
        "collection.witness",
        lambda by_id: operations.witness(
            application_id=application.pk, given_id=given_id, by_id=by_id, at=now
        ),
        gettext("Confirmed: the paper may be given. The applicant is told."),
    )


@never_cache
@require_POST
@sessions.staff_required
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """Give the counter the paper of a citizen who has no printer; the reading is recorded."""
    application, now = _case(request, number), timezone.now()
    if application.paper_id is None:
        raise Http404
    account_id = sessions.signed_in(request).pk
    require_counter(application, account_id, at=now)
    try:
        data = papers.final_file(newest_of(application.paper_id))
    except papers.NotIssued:
        raise Http404 from None
    looked(request, application, seen=Seen.PAPER, at=now, reason="print", why=Why.COUNTER)
    return pdf(data, f"{application.number}.pdf", inline=True)


def _once(
    request: HttpRequest,
    application: Application,
    act: str,
    operation: Callable[[int], object],
    done: str,
    *,
    form: GiveForm | None = None,
) -> HttpResponse:
    """Do it once by the form's key, then show the paper's page; a refusal is told on it."""
    account_id, key = sessions.signed_in(request).pk, key_of(request)
    try:
        with transaction.atomic():
            if key is None or operations.once(
                account_id=account_id, key=key, act=f"{act}:{application.pk}", at=timezone.now()
            ):
                operation(account_id)
    except operations.OwnCase:
        raise Http404 from None
    except tuple(_says()) as refusal:
        problem = _says()[type(refusal)]
        return _show(request, _case(request, application.number), problem=problem, form=form)
    if done:
        messages.success(request, done)
    return redirect("applications:collection_paper", application.number)


def _says() -> dict[type[Exception], str]:
    return {
        operations.NotNow: gettext("This cannot be done in the state that the case is in now."),
        operations.NotPhysical: gettext("This service gives nothing that lies at a counter."),
        operations.CodeJustSent: gettext("A code went out a moment ago. Wait two minutes."),
        operations.NobodyWaits: gettext("There is a newer proof, or none: look again."),
        operations.SameHands: gettext("You took the proof yourself: another officer confirms it."),
        operations.ProofRefused: gettext(
            "Name the paper that you saw, and the last three letters or digits of its number."
        ),
        operations.KeyUsed: gettext("This page is out of date. Open the case again."),
    }


_CODE_SAYS: dict[Outcome, Callable[[], str]] = {
    Outcome.CODE_WRONG: lambda: gettext("This is not the code. Ask for it once more."),
    Outcome.CODE_SPENT: lambda: gettext("The code was guessed at too often: send a new one."),
}


def _show(
    request: HttpRequest,
    application: Application,
    *,
    form: GiveForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    account, now = sessions.signed_in(request), timezone.now()
    looked(request, application, seen=Seen.CASE, at=now, reason="counter", why=Why.COUNTER)
    given = queries.last_given(application.pk)
    names = service_names([application])
    physical = is_physical(application)
    # A supervisor reads what lies here, and hands out only with that right.
    acts = may_hand_out(application, account.pk, at=now)
    lies_ready = application.status == Status.READY_FOR_COLLECTION
    context = {
        "application": application,
        "line": _line(application, names, at=now),
        "holder": accounts.person(application.holder_id),
        "problem": problem,
        "form": form or GiveForm(),
        "given": given,
        "may_lay_out": acts and physical and application.status == Status.ISSUED,
        "may_give": acts and lies_ready,
        "waits_for_witness": lies_ready and given is not None,
        "may_witness": acts
        and given is not None
        and not accounts.same_hands(given.by_id, account.pk),
        "may_print": acts and application.paper_id is not None,
        "key": uuid4(),
    }
    return render(
        request,
        "applications/collection_paper.html",
        context,
        status=409 if problem else status,
    )


def _line(case: Application, names: dict[str, str], *, at: datetime) -> dict[str, object]:
    lies = case.status == Status.READY_FOR_COLLECTION
    since = case.ready_paper.ready_at if lies else None
    return {
        "number": case.number,
        "name": names.get(case.service_code, case.service_code),
        "office": case.handing_office.told(language()) if case.handing_office else "",
        "status": case.get_status_display(),
        "since": since,
        "is_long": since is not None and at - since >= TELL_AFTER,
    }


def _found(request: HttpRequest, number: str, *, at: datetime) -> Application | None:
    account = sessions.signed_in(request)
    return queries.at_counter(number, account_id=account.pk, person_id=account.person_id, at=at)


def _case(request: HttpRequest, number: str) -> Application:
    """Return the case of this counter; what is not the counter's does not exist for her."""
    found = _found(request, number, at=timezone.now())
    if found is None:
        raise Http404
    return found
