"""The second officer: she sees what the first one saw, the scan of a paper act too, and decides."""

from functools import partial
from mimetypes import guess_extension

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import sessions
from applications import operations, queries
from applications.models import Application, Seen
from applications.pages.acting import Operation, action, kept, version
from applications.pages.attachments import FILE_POLICY
from applications.pages.decisions import read_otherwise
from applications.pages.desk import at_desk
from applications.pages.looking import looked
from applications.pages.reading import read
from catalogue import queries as catalogue
from kernel import files


@action("approve_second", _("%s is approved by both of you."))
def approve_second(request: HttpRequest, application: Application) -> Operation | HttpResponse:
    """Read the register once more, unless the first officer has cited the paper register."""
    definition = catalogue.version(application.service_version_id).definition
    asked_at, seen = timezone.now(), request.POST.get("entry", "")
    reading = read(application, definition, wanted=seen)
    if other := read_otherwise(request, application, reading, seen):
        return other
    return partial(
        operations.approve_second,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        entry=None if reading.on_paper else reading.entry,
        at=asked_at,
    )


@action("decline_second", _("%s goes back to the officer who approved it."))
def decline_second(request: HttpRequest, application: Application) -> Operation:
    return partial(
        operations.decline_second,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        text=kept(request).note,
        at=timezone.now(),
    )


@never_cache
@require_GET
@sessions.staff_required
def scan(request: HttpRequest, number: str) -> HttpResponse:
    """Show the page of the paper register behind the act that the case cites; it is recorded."""
    application = at_desk(request, number)
    sha256 = queries.scan_on_paper(application)
    if sha256 is None:
        raise Http404
    looked(request, application, seen=Seen.SCAN, at=timezone.now(), reason="scan")
    media_type = files.media_type(sha256)
    answer = HttpResponse(files.read(sha256), content_type=media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = FILE_POLICY
    answer["Content-Disposition"] = (
        f'inline; filename="{application.number}-scan{guess_extension(media_type) or ""}"'
    )
    return answer
