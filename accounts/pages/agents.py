"""Agents: found by whoever sits before one; registered, confirmed and stopped by officers."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import licences, operations, policies, sessions
from accounts.licences import Licence
from accounts.operations import agents as licensing
from accounts.pages import stepping
from accounts.pages.agent_forms import FindAgentForm, RegisterForm, StopForm
from accounts.pages.rights.refusals import stepped_up
from accounts.pages.stepping import StepUpForm
from kernel.country import country
from kernel.money import Money
from places import queries as places

ACTS = (policies.REGISTER_AGENTS.code, policies.CONFIRM_AGENTS.code)
TONES = {
    licences.VALID: "good",
    licences.SUSPENDED: "bad",
    licences.WAITING: "warn",
    licences.TO_COME: "warn",
    licences.OVER: "",
}
STATES = {
    licences.VALID: _("valid"),
    licences.SUSPENDED: _("suspended"),
    licences.WAITING: _("waits for a second person"),
    licences.TO_COME: _("begins later"),
    licences.OVER: _("over"),
}
_REFUSALS = {
    licensing.LicenceTaken: _("A licence of this number is open already."),
    licensing.BadTerm: _("A licence ends after it begins, and lasts three years at most."),
    licensing.NoAgency: _("Choose an agency."),
    licensing.LicenceNotOpen: _("Somebody has confirmed, suspended or ended it in the meantime."),
    policies.NotGranted: _("Your own right does not reach that far."),
    operations.SamePerson: _("It takes somebody else: nobody does this for herself."),
    operations.NotForThisAccount: _("This account can hold no right."),
    operations.PersonUnknown: _("Nobody has said yet which person this account is."),
    operations.StepUpRefused: _("Prove again who you are."),
}
REFUSALS: tuple[type[Exception], ...] = (*_REFUSALS, licensing.FeeTooHigh)


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Tell anybody whether a licence is good, and who helps near a place."""
    now = timezone.now()
    form = FindAgentForm(request.GET or None)
    found: list[Licence] = []
    asked = form.is_valid()
    if asked and form.cleaned_data["licence"]:
        found = licences.numbered(form.cleaned_data["licence"], at=now, language=_language())
    elif asked:
        found = licences.near(form.cleaned_data["area"], at=now, language=_language())
    context = {"form": form, "asked": asked, "lines": [line(one) for one in found]}
    return render(
        request, "accounts/agents.html", context, status=200 if asked or not form.is_bound else 422
    )


@never_cache
@require_safe
@sessions.staff_required
def overseen(request: HttpRequest) -> HttpResponse:
    """List the licences of her area; those that wait for somebody come first."""
    now = timezone.now()
    scopes = _scopes(request, ACTS, at=now)
    paths = None
    if all(scope.area_code is not None for scope in scopes):
        known = places.area_paths({scope.area_code for scope in scopes if scope.area_code})
        paths = list(known.values())
    lines = [line(one) for one in licences.overseen(paths, at=now, language=_language())]
    may = policies.held(account_id=_own(request), act_codes=ACTS, at=now)
    context = {"lines": lines, "may_register": policies.REGISTER_AGENTS.code in may}
    return render(request, "accounts/agent_licences.html", context)


@never_cache
@sensitive_post_parameters("email", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def register(request: HttpRequest) -> HttpResponse:
    """Propose a licence for somebody who has a login."""
    now = timezone.now()
    _scopes(request, ACTS[:1], at=now)
    form = RegisterForm(request.POST or None, today=timezone.localdate(), told_in=_language())
    if form.is_valid():
        account_id = licensing.login_of(form.cleaned_data["email"])
        if account_id is None:
            form.add_error("email", gettext("No active login has this address. Invite her first."))
        else:
            try:
                agent_id = licensing.register_agent(
                    account_id=account_id, by_id=_own(request), at=now, **form.proposed(now)
                )
            except REFUSALS as error:
                _refuse(form, error)
            else:
                messages.success(request, gettext("Registered. A second person must confirm it."))
                return redirect("accounts:agent_licence", agent_id)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/agent_register.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def licence(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Show a licence; let a second person confirm it with her password."""
    now, confirming = timezone.now(), policies.CONFIRM_AGENTS.code
    one = _one(request, agent_id, at=now)
    form = StepUpForm(request.POST or None)
    if form.is_valid():
        step = stepped_up(request, form, purpose=confirming, at=now)
        if step is not None:
            try:
                licensing.confirm_agent(
                    agent_id=agent_id, by_id=_own(request), step_up_id=step, at=now
                )
            except REFUSALS as error:
                _refuse(form, error)
            else:
                messages.success(request, gettext("Confirmed. She may help from its first day."))
                return redirect("accounts:agent_licence", agent_id)
    stepping.fit(request, confirming, form)
    context = {
        **line(one),
        "form": form,
        "is_own": one.registered_by_id == _own(request),
        "may_confirm": _reaches(request, confirming, one, at=now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/agent_licence.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def stop(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Suspend a licence at once, or end it for good; one person, with a reason and her proof."""
    now = timezone.now()
    one = _one(request, agent_id, at=now)
    form = StopForm(request.POST or None, may_suspend=one.state in {"valid", "to come"})
    if form.is_valid():
        step = stepped_up(request, form, purpose=licensing.STOP_PURPOSE, at=now)
        if step is not None and _stopped(request, form, agent_id, step, at=now):
            messages.success(request, gettext("It counts no more, from this moment."))
            return redirect("accounts:agent_licence", agent_id)
    stepping.fit(request, licensing.STOP_PURPOSE, form)
    status = 422 if form.is_bound else 200
    context = {**line(one), "form": form}
    return render(request, "accounts/agent_stop.html", context, status=status)


def line(one: Licence) -> dict[str, object]:
    """Return a licence as the templates show it."""
    return {
        "one": one,
        "state": STATES[one.state],
        "tone": TONES[one.state],
        "fee": one.fee.format(_language()),
        "fees": [(code, fee.format(_language())) for code, fee in one.service_fees.items()],
    }


def _stopped(
    request: HttpRequest, form: StopForm, agent_id: int, step_up_id: int, *, at: datetime
) -> bool:
    suspends = form.cleaned_data["how"] == StopForm.SUSPEND
    act = licensing.suspend_agent if suspends else licensing.end_agent
    because = form.cleaned_data["because"]
    try:
        act(agent_id=agent_id, by_id=_own(request), because=because, step_up_id=step_up_id, at=at)
    except REFUSALS as error:
        _refuse(form, error)
        return False
    return True


def _one(request: HttpRequest, agent_id: int, *, at: datetime) -> Licence:
    """Return a licence of her area; to her any other is not there."""
    found = licences.one(agent_id, at=at, language=_language())
    if found is None or not any(_reaches(request, act, found, at=at) for act in ACTS):
        raise Http404
    return found


def _reaches(request: HttpRequest, act: str, one: Licence, *, at: datetime) -> bool:
    return policies.may(account_id=_own(request), act=act, area_code=one.area_code, at=at)


def _scopes(request: HttpRequest, acts: tuple[str, ...], *, at: datetime) -> list[policies.Scope]:
    found = policies.scopes(account_id=_own(request), act_codes=acts, at=at)
    if not found:
        raise policies.NotGranted(account_id=_own(request), act=acts[0])
    return found


def _refuse(form: RegisterForm | StepUpForm | StopForm, error: Exception) -> None:
    if isinstance(error, licensing.FeeTooHigh):
        most = Money(country().helper_fee_minor_max, country().currency).format(_language())
        form.add_error("fee", gettext("At most %(most)s may be asked for.") % {"most": most})
        return
    form.add_error(None, str(_REFUSALS[type(error)]))


def _own(request: HttpRequest) -> int:
    return int(sessions.signed_in(request).pk)


def _language() -> str:
    return get_language() or country().default_language
