"""Looking at the files of a case: her own, and at the desk; and an officer's scans."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications import operations, queries
from applications.models import Application, Seen
from applications.pages.apply import language, of_holder
from applications.pages.attached import (
    WORDS,
    AttachmentLine,
    attachment_lines,
    line,
)
from applications.pages.desk import at_desk
from applications.pages.giving import ACCEPTED, taken
from applications.pages.looking import looked
from applications.queries import attachments
from applications.queries.attachments import Attached
from catalogue import queries as catalogue
from kernel import files, uploads

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
# What a stranger gave runs nothing and loads nothing, even where a browser shows it as a page.
FILE_POLICY = "default-src 'none'; sandbox"


@never_cache
@require_GET
@sessions.person_required
def attachment(request: HttpRequest, number: str, attachment_id: int) -> HttpResponse:
    """Give her a file of hers back."""
    application = of_holder(request, number)
    return _file(application, _found(application, attachment_id), inline=True)


@never_cache
@require_GET
@sessions.staff_required
def desk_attachment(request: HttpRequest, number: str, attachment_id: int) -> HttpResponse:
    """Show an officer one file of a case that she may see."""
    application = at_desk(request, number)
    definition = catalogue.version(application.service_version_id).definition
    found = _found(application, attachment_id, shut=True)
    lines = attachment_lines(application, definition, staff=True)
    place = next(i for i, one in enumerate(lines) if one.id == found.id)
    context = {
        "application": application,
        "name": definition.name(language()),
        "found": found,
        "line": line(application, definition, found, staff=True),
        "place": place + 1,
        "count": len(lines),
        "earlier": _page_of(application, lines[place - 1]) if place else "",
        "later": _page_of(application, lines[place + 1]) if place + 1 < len(lines) else "",
    }
    return render(request, "applications/attachment.html", context)


@never_cache
@require_GET
@sessions.staff_required
def desk_file(request: HttpRequest, number: str, attachment_id: int) -> HttpResponse:
    """Give an officer the file itself; that is what is recorded as a reading."""
    application = at_desk(request, number)
    found = _found(application, attachment_id)
    looked(request, application, seen=Seen.ATTACHMENT, at=timezone.now(), attachment_id=found.id)
    return _file(application, found, inline=found.is_image or request.GET.get("open") == "1")


class ScanForm(forms.Form):
    file = forms.FileField(
        label=_("The scan"),
        help_text=_("A photo (JPEG or PNG) or a PDF, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(ACCEPTED.values())}),
        error_messages={"required": _("Choose a file."), "empty": WORDS[uploads.Why.EMPTY]},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def desk_attachments(request: HttpRequest, number: str) -> HttpResponse:
    """
    List the files of a case, and take an officer's scan of a paper that she was shown.

    Whoever only receives papers gives hers, and is shown no file.
    """
    application, decides = _to_scan_for(request, number)
    form = ScanForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            if taken(form, "file", lambda data: _attach_scan(request, application, data)):
                messages.success(request, gettext("The scan stands with the case."))
                there = "desk_case" if decides else "desk_attachments"
                return redirect(f"applications:{there}", number)
        except operations.OwnCase:
            raise Http404 from None
        except operations.NotNow:
            said = gettext("The case is not before the office now: it takes no scan.")
            messages.error(request, said)
            return redirect("applications:desk_attachments", number)
        except BudgetSpent as spent:
            return too_often(request, spent)
    definition = catalogue.version(application.service_version_id).definition
    context = {
        "application": application,
        "name": definition.name(language()),
        "attachments": attachment_lines(application, definition, staff=True) if decides else [],
        "decides": decides,
        "takes": application.status in operations.SCANNED_IN,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "applications/desk_attachments.html", context, status=status)


def _to_scan_for(request: HttpRequest, number: str) -> tuple[Application, bool]:
    """Return the case, and whether it is on her desk; at the counter its papers are received."""
    try:
        return at_desk(request, number), True
    except Http404:
        account = sessions.signed_in(request)
        found = queries.at_office(
            number, account_id=account.pk, person_id=account.person_id, at=timezone.now()
        )
        if found is None:
            raise
        return found, False


def _attach_scan(request: HttpRequest, application: Application, data: bytes) -> None:
    operations.attach_scan(
        application_id=application.pk,
        data=data,
        by_id=sessions.signed_in(request).pk,
        at=timezone.now(),
    )


def _found(application: Application, attachment_id: int, *, shut: bool = False) -> Attached:
    """Return a file of this case; with `shut` also one that nobody may open."""
    found = attachments.one(application.pk, attachment_id)
    if found is None or not (found.is_open or shut):
        raise Http404
    return found


def _page_of(application: Application, line: AttachmentLine) -> str:
    return reverse("applications:desk_attachment", args=[application.number, line.id])


def _file(application: Application, found: Attached, *, inline: bool) -> HttpResponse:
    ending = _ENDINGS[found.media_type]
    name = f"{application.number}-{found.code or 'scan'}-{found.id}.{ending}"
    response = HttpResponse(files.read(found.sha256), content_type=found.media_type)
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{name}"'
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
