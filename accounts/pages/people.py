"""The people of an area: who is invited, who is active, who has left; and one person's login."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import operations, policies, sessions, staffing
from accounts.operations import BudgetSpent
from accounts.pages import reach
from accounts.pages.people_forms import FindForm, InviteForm
from accounts.pages.refusals import too_often
from kernel.country import country
from registers import gateways
from registers.gateways import RegisterUnavailable

_PAGES_MAX = 200
_PAGE_DIGITS_MAX = 6


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def people(request: HttpRequest) -> HttpResponse:
    """Show who works in her area; what she looks for, and its pages, stand in no address."""
    within = reach.over(request, at=timezone.now())
    form = FindForm(request.POST)
    found = form.cleaned_data if form.is_valid() else {}
    page = _page(request.POST.get("page", ""))
    rows, more = staffing.people(
        within,
        language=reach.language(),
        typed=found.get("q", ""),
        state=found.get("state", ""),
        page=page,
    )
    context = {
        "form": form,
        "rows": rows,
        "found": found,
        "is_filtered": any(found.values()),
        "newer": page - 1,
        "older": page + 1 if more and page < _PAGES_MAX else 0,
        "may_invite": bool(reach.over_by(request, policies.INVITE_STAFF.code, at=timezone.now())),
    }
    return render(request, "accounts/people.html", context)


@never_cache
@sensitive_post_parameters("national_id", "born_on")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody whom the register knows."""
    at = timezone.now()
    by_id = int(sessions.signed_in(request).pk)
    within = reach.over_by(request, policies.INVITE_STAFF.code, at=at)
    if not within:
        raise policies.NotGranted(account_id=by_id, act=policies.INVITE_STAFF.code)
    form = InviteForm(
        request.POST or None,
        today=timezone.localdate(),
        within=within,
        told_in=reach.language(),
        initial={"language": country().default_language},
    )
    if form.is_valid():
        try:
            account_id = _invite(form, by_id, at=at)
        except BudgetSpent as spent:
            return too_often(request, spent)
        if account_id is not None:
            messages.success(request, gettext("Invited. The link is on its way by email."))
            return redirect("accounts:person", account_id)
    context = {"form": form, "has_mail": bool(settings.GATEWAYS["mail"]["host"])}
    return render(request, "accounts/invite.html", context)


@never_cache
@require_safe
@sessions.staff_required
def person(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show one login: where she works, her state, where she is signed in."""
    at = timezone.now()
    line = reach.one(request, account_id, at=at)
    may = {act: reach.may(request, account_id, act, at=at) for act in reach.ACTS}
    context = {
        "line": line,
        "invitation": staffing.open_invitation(account_id, at=at),
        "visits": staffing.live_visits(account_id, idle=settings.STAFF_IDLE, at=at),
        "is_in_directory": staffing.is_in_directory(account_id),
        "may_invite": may[policies.INVITE_STAFF.code],
        "may_manage": may[policies.MANAGE_STAFF.code],
        "has_mail": bool(settings.GATEWAYS["mail"]["host"]),
        "is_herself": account_id == sessions.signed_in(request).pk,
    }
    return render(request, "accounts/person.html", context)


def _invite(form: InviteForm, by_id: int, *, at: datetime) -> int | None:
    """Return the account's id, or None after saying in the form what is wrong."""
    told = form.cleaned_data
    national_id = told["national_id"]
    # By her account alone: no stranger's tries with this number keep her from inviting.
    operations.allow_proof(account_id=by_id, national_id=None, at=at)
    try:
        entry = gateways.population().person(national_id=national_id)
    except RegisterUnavailable:
        operations.return_proof(account_id=by_id, national_id=None)
        form.add_error(
            None, gettext("The population register does not answer now. Try again in a while.")
        )
        return None
    if entry is None or entry.born_on != told["born_on"]:
        form.add_error(
            "national_id", gettext("The register knows nobody of this number, born on this day.")
        )
        return None
    operations.return_proof(account_id=by_id, national_id=None)
    try:
        return operations.invite(
            by_id=by_id,
            email=told["email"],
            name=f"{entry.given_names} {entry.family_name}".strip(),
            entry=entry,
            office_id=told["office"],
            language=told["language"],
            at=at,
        )
    except operations.EmailTaken:
        form.add_error("email", gettext("Somebody has an account with this address."))
    except (operations.SamePerson, operations.PersonHasAccount) as error:
        form.add_error(None, str(reach.REFUSALS[type(error)]))
    return None


def _page(typed: str) -> int:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _PAGE_DIGITS_MAX
    return max(1, min(int(typed), _PAGES_MAX)) if is_number else 1
