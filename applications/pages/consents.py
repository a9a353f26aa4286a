"""Consents to help: seen by a witness, looked at again by a supervisor, ended by the person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import seeing, sessions
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import HelpConsent, Seen, Why
from applications.pages.apply import language, of_holder
from applications.pages.attachments import FILE_POLICY
from applications.pages.collection import NumberForm
from applications.pages.looking import looked
from applications.queries import assisting
from applications.states import SampleOutcome
from catalogue import queries as catalogue
from kernel import files
from kernel.country import country
from places import queries as places


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def slips(request: HttpRequest) -> HttpResponse:
    """List the signed slips that wait for a second member of staff; end a help at her word."""
    now, account_id = timezone.now(), sessions.signed_in(request).pk
    if not assisting.witness_may(account_id=account_id, at=now):
        raise NotGranted(account_id=account_id, act=policies.RECEIVE.code)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["number"].strip().upper()
        try:
            operations.end_help(number=number, by_id=account_id, at=now)
        except operations.NotHelping:
            form.add_error("number", gettext("Nobody of this office helps with such a case."))
        else:
            messages.success(request, gettext("The help is ended."))
            return redirect("applications:help_slips")
    waiting = assisting.waiting_slips(account_id=account_id, at=now)
    context = {"lines": _lines(waiting), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "applications/help_slips.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def witness(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Confirm that the slip was read aloud and signed in her presence."""
    now, account_id = timezone.now(), sessions.signed_in(request).pk
    found = assisting.waiting_slip(consent_id, account_id=account_id, at=now)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            operations.witness_consent(
                consent_id=found.pk,
                scan_sha256=request.POST.get("scan", ""),
                by_id=account_id,
                at=now,
            )
        except operations.NoSuchConsent:
            messages.error(request, gettext("Another scan has come meanwhile. Look at it first."))
            return redirect("applications:help_witness", found.pk)
        except (operations.WitnessIsHelper, NotGranted):
            raise Http404 from None
        except operations.HelpHeld:
            messages.error(
                request,
                gettext("The helper waits for a supervisor: too many persons, one phone."),
            )
        except (operations.AlreadyHelped, operations.TooManyDrafts):
            messages.error(
                request,
                gettext("A request for this service is begun already. It must be finished first."),
            )
        else:
            messages.success(request, gettext("You have confirmed the consent."))
        return redirect("applications:help_slips")
    return render(request, "applications/help_witness.html", {"line": _lines([found])[0]})


@never_cache
@require_GET
@sessions.staff_required
def scan(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Show a signed slip to whoever witnesses it, or looks at it again; it is recorded."""
    now, account_id = timezone.now(), sessions.signed_in(request).pk
    seen = [
        *assisting.waiting_slips(account_id=account_id, at=now),
        *(assisting.sample(account_id=account_id, at=now) if _supervises(account_id) else []),
    ]
    found = next((one for one in seen if one.pk == consent_id), None)
    if found is None or found.scan_id is None:
        raise Http404
    case = found.assistance.application
    if case is not None:
        why = Why.SUPERVISING if _supervises(account_id) else Why.COUNTER
        looked(request, case, seen=Seen.ATTACHMENT, at=now, reason="help slip", why=why)
    else:  # Nothing of hers is begun: the person is looked at, not a case.
        seeing.look(
            person_ids=[found.assistance.holder_id],
            account_id=account_id,
            seen=seeing.Seen.PROOF,
            at=now,
        )
    answer = HttpResponse(files.read(found.scan_id), content_type=files.media_type(found.scan_id))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = FILE_POLICY
    answer["Content-Disposition"] = f'inline; filename="slip-{found.pk}"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def checks(request: HttpRequest) -> HttpResponse:
    """Show a supervisor the slips drawn last month, the phones that recur, and the shares."""
    now, account_id = timezone.now(), sessions.signed_in(request).pk
    if not _supervises(account_id):
        raise NotGranted(account_id=account_id, act=policies.SUPERVISE.code)
    if request.method == "POST":
        typed = request.POST.get("consent", "")
        try:
            operations.check_slip(
                consent_id=int(typed) if typed.isascii() and typed.isdigit() else 0,
                by_id=account_id,
                outcome=request.POST.get("outcome", ""),
                at=now,
            )
        except operations.NoSuchConsent:
            messages.error(request, gettext("Choose what you found."))
        except operations.WitnessIsHelper:
            messages.error(request, gettext("You had a part in it: somebody else must look."))
        else:
            messages.success(request, gettext("Your check is kept."))
        return redirect("applications:help_checks")
    phones = queries.recurring_phones(account_id=account_id, at=now)
    today = now.astimezone(country().zone).date()
    shares = assisting.shares_of(account_id=account_id, year=today.year, at=now)
    names = _offices({*(one.office_id for one in phones), *(one.office_id for one in shares)})
    context = {
        "drawn": _lines(assisting.sample(account_id=account_id, at=now)),
        "outcomes": SampleOutcome.choices,
        "phones": [(names.get(one.office_id, ""), one) for one in phones],
        "shares": [(names.get(one.office_id, ""), one) for one in shares],
        "persons_max": policies.PERSONS_OF_A_PHONE_MAX,
    }
    return render(request, "applications/help_checks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Let her end the help with her case; she is asked once more."""
    application = of_holder(request, number)
    help_ = queries.assistance_of(application.pk)
    if help_ is None:
        raise Http404
    if request.method == "POST":
        operations.revoke_consent(
            application_id=application.pk, holder_id=application.holder_id, at=timezone.now()
        )
        messages.success(request, gettext("The help is ended. Your case is yours alone."))
        return redirect("applications:case", number)
    context = {"application": application, "help": help_, "office": help_.office.told(language())}
    return render(request, "applications/help_end.html", context)


def _supervises(account_id: int) -> bool:
    return assisting.supervises(account_id=account_id, at=timezone.now())


def _lines(found: list[HelpConsent]) -> list[dict[str, object]]:
    names = catalogue.service_names({one.assistance.service_code for one in found}, language())
    return [
        {
            "id": one.pk,
            "name": names.get(one.assistance.service_code, ""),
            "office": one.assistance.office.told(language()),
            "at": one.given_at or one.asked_at,
            "scan": one.scan_id,
            "found": _found(one),
        }
        for one in found
    ]


def _found(one: HelpConsent) -> str:
    check = getattr(one, "check_up", None)
    return check.get_outcome_display() if check else ""


def _offices(office_ids: set[int]) -> dict[int, str]:
    return {one.pk: one.told(language()) for one in places.offices(office_ids)}
