"""The slips of a case: the applicant downloads hers, an officer all of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import sessions
from applications import operations, queries
from applications.models import Application, Seen
from applications.pages.apply import of_holder
from applications.pages.cases import pdf
from applications.pages.desk import at_desk
from applications.pages.looking import looked
from applications.states import SlipKind
from documents import queries as papers


@never_cache
@require_GET
@sessions.person_required
def slip(request: HttpRequest, number: str, kind: str, version: int) -> HttpResponse:
    """Give her a slip that was written to her."""
    return _file(of_holder(request, number), kind, version, staff=False)


@never_cache
@require_GET
@sessions.staff_required
def desk_slip(request: HttpRequest, number: str, kind: str, version: int) -> HttpResponse:
    application = at_desk(request, number)
    looked(request, application, seen=Seen.SLIP, at=timezone.now())
    return _file(application, kind, version, staff=True)


@never_cache
@require_POST
@sessions.staff_required
def write_control_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Write who has held the case until now."""
    application = at_desk(request, number)
    operations.write_slip(
        kind=SlipKind.CONTROL_SLIP,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        at=timezone.now(),
    )
    messages.success(request, gettext("The control slip is being made; it is here in a moment."))
    return redirect("applications:desk_case", number)


def _file(application: Application, kind: str, version: int, *, staff: bool) -> HttpResponse:
    for one in queries.slips(application.pk, staff=staff):
        if (one.kind, one.version) == (kind, version) and one.is_out:
            name = f"{application.number}-{one.kind.replace('_', '-')}.pdf"
            return pdf(papers.final_file(one.paper_id), name)
    raise Http404
