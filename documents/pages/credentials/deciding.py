"""A request: decided by another person; its key's request fetched, its certificate handed in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations as accounts
from accounts import sessions
from accounts.pages import stepping
from accounts.policies import NotGranted
from accounts.queries import same_hands
from documents.models import Asked, CredentialRequest
from documents.operations import credentials
from documents.operations.credentials import Owner
from documents.operations.credentials.asking import is_overtaken
from documents.pages.credentials import reach, words
from documents.pages.credentials.forms import CertificateForm, PasswordForm
from documents.pages.credentials.showing import shown


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def asked(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show what is asked and what became of it; approve with a password, decline without."""
    found = reach.asked(request, request_id, at=timezone.now())
    form = PasswordForm(None)
    if request.method == "POST":
        if not reach.may(request, Owner.of(found), found.asked, at=timezone.now()):
            raise NotGranted(account_id=_me(request), act=f"credential.{found.asked}")
        if request.POST.get("decision") == "decline":
            return _decline(request, found)
        form = PasswordForm(request.POST)
        if form.is_valid() and _approve(request, found, form):
            return redirect("documents:credential_request", found.pk)
    return _page(request, found, form, CertificateForm(None))


@never_cache
@require_safe
@sessions.staff_required
def csr(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hand out what the authority is to sign: a public key and a name, nothing secret."""
    found = reach.asked(request, request_id, at=timezone.now())
    if not hasattr(found, "key"):
        raise Http404
    answer = HttpResponse(found.key.csr, content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="request-{found.pk}.csr"'
    return answer


@never_cache
@require_POST
@sessions.staff_required
def certificate(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take in the authority's answer."""
    now = timezone.now()
    found = reach.asked(request, request_id, at=now)
    form = CertificateForm(request.POST)
    if form.is_valid():
        try:
            credential_id = credentials.receive(
                request_id=found.pk, pem=form.cleaned_data["pem"], by_id=_me(request), at=now
            )
        except words.REFUSALS as error:
            form.add_error("pem", words.refusal(error))
        else:
            messages.success(request, gettext("The certificate is in force. The key signs now."))
            return redirect("documents:credential", credential_id)
    return _page(request, found, PasswordForm(None), form)


def _page(
    request: HttpRequest, found: CredentialRequest, form: PasswordForm, pem_form: CertificateForm
) -> HttpResponse:
    now, account_id = timezone.now(), _me(request)
    decision = getattr(found, "decision", None)
    overtaken = found.asked == Asked.ISSUE and is_overtaken(found)
    awaits = (
        decision is not None
        and decision.approved
        and hasattr(found, "key")
        and not hasattr(found, "credential_made")
        and not overtaken
    )
    may = reach.may(request, Owner.of(found), found.asked, at=now)
    stepping.fit(request, credentials.STEP_UP_PURPOSE, form)
    context = {
        "one": shown(found, now, overtaken=overtaken),
        "asked": found,
        "decision": decision,
        "name": words.ASKED[found.asked],
        "effect": words.EFFECTS[found.asked],
        "reason": words.REASONS.get(found.reason, ""),
        "rows": _said(found),
        "is_hers": same_hands(found.asked_by_id, account_id),
        "is_own_key": same_hands(found.account_id, account_id),
        "may_decide": may and decision is None,
        "awaits_certificate": awaits,
        "may_hand_in": awaits and may,
        "form": form,
        "pem_form": pem_form,
        "bound": form if form.is_bound else pem_form,
    }
    status = 422 if form.is_bound or pem_form.is_bound else 200
    return render(request, "documents/credentials/request.html", context, status=status)


def _decline(request: HttpRequest, found: CredentialRequest) -> HttpResponse:
    try:
        credentials.decide(
            request_id=found.pk, approved=False, by_id=_me(request), at=timezone.now()
        )
    except words.REFUSALS as error:
        messages.warning(request, words.refusal(error))
    else:
        messages.success(request, gettext("Declined. Nothing has changed."))
    return redirect("documents:credential_request", found.pk)


def _approve(request: HttpRequest, found: CredentialRequest, form: PasswordForm) -> bool:
    at = timezone.now()
    session_key = sessions.session_key(request)
    try:
        proof = form.cleaned_data["password"]
        step_up_id = stepping.step_up(request, proof, credentials.STEP_UP_PURPOSE, at=at)
        credentials.decide(
            request_id=found.pk,
            approved=True,
            by_id=_me(request),
            step_up_id=step_up_id,
            session_key=session_key,
            at=at,
        )
    except (accounts.WrongPassword, accounts.BudgetSpent) as refused:
        form.add_error("password", stepping.wrong(refused))
        return False
    except words.REFUSALS as error:
        form.add_error(None, words.refusal(error))
        return False
    messages.success(request, gettext("Approved."))
    return True


def _said(found: CredentialRequest) -> list[tuple[object, object]]:
    if found.asked != Asked.ISSUE:
        return []
    return [
        (gettext("Name in the certificate"), found.common_name),
        (gettext("Where the key lies"), words.CUSTODIES.get(found.custody, found.custody)),
        (gettext("Kind of key"), found.algorithm or found.key_ref),
    ]


def _me(request: HttpRequest) -> int:
    return int(sessions.signed_in(request).pk)
