"""The page behind the link of an invitation: it shows, and only a post accepts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import operations
from accounts.gateways import directory
from accounts.pages.people_forms import AcceptForm

TOKEN = "accounts.invitation"  # noqa: S105


@never_cache
@sensitive_variables("token")
@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address, so that no page, log or referrer repeats it."""
    request.session[TOKEN] = token
    answer = redirect("accounts:invitation")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Let her set her password."""
    token = str(request.session.get(TOKEN, ""))
    at = timezone.now()
    try:
        invited = operations.invited(token=token, at=at)
        form = AcceptForm(request.POST or None)
        if form.is_valid():
            operations.accept_invitation(token=token, password=form.cleaned_data["password"], at=at)
            request.session.pop(TOKEN, None)
            messages.success(request, gettext("Your password is set. Sign in with it."))
            return redirect("accounts:staff_sign_in")
    except ValidationError as weak:
        form.add_error("password", weak)
    except operations.InvitationOver as over:
        return render(request, "accounts/invitation_over.html", {"why": over.why}, status=410)
    context = {"form": form, "invited": invited, "has_directory": directory.is_configured()}
    return render(request, "accounts/invitation.html", context)
