"""Where applying begins: who applies for what; or the questions first, and who she is later."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import guarding, sessions
from accounts import queries as accounts
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications import operations, policies, queries
from applications.models import SavedDraft
from applications.operations import claiming, saving
from applications.pages import open_drafts
from applications.pages.apply import holder_id, language
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.queries import ServiceVersionView
from catalogue.words import tell
from kernel.addresses import address

SAVED = "draft"
"""In the query and the form: the key of a draft whose answers go with her."""
SCREENED = "screened"
"""Name of the button under the yes of the questions before starting (`catalogue.pages.screening`).

Whoever comes by it has read what the start page says, and sees that page only to choose there.
"""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, service: str) -> HttpResponse:
    """Say what is applied for; a visitor may answer first, others begin or go on."""
    version = _applicable(service)
    brings = SAVED in request.GET or SAVED in request.POST
    if sessions.current_account(request) is None and not brings:
        return _visitor(request, version)
    return _person(request, service=service)


def _visitor(request: HttpRequest, version: ServiceVersionView) -> HttpResponse:
    here = open_drafts.open_here(request, version.service_code, at=timezone.now())
    if SCREENED in request.POST and here:
        return redirect("applications:start", version.service_code)
    if request.method == "POST":
        try:
            key = saving.begin_saved(
                service_code=version.service_code,
                language=language(),
                address=address(request),
                at=timezone.now(),
            )
        except BudgetSpent as spent:
            return too_often(request, spent)
        open_drafts.remember(request, key)
        return redirect("applications:saved_group", key, version.definition.form[0].code)
    context = {**_said(version), "drafts": here}
    return render(request, "applications/start_open.html", context)


@sessions.person_required
def _person(request: HttpRequest, *, service: str) -> HttpResponse:
    version = _applicable(service)
    account, person_id = sessions.signed_in(request), holder_id(request)
    wards = [one for one in guarding.wards(person_id, at=timezone.now()) if one.is_in_force]
    person = accounts.person(person_id)
    wanted = version.definition.assurance_wanted
    sure = policies.is_sure_enough(person.assurance, wanted)
    saved, drafts = _saved(request, service), queries.drafts(person_id, service)
    if SCREENED in request.POST and (wards or drafts):
        return redirect("applications:start", service)
    if request.method == "POST" and account.contact_id is not None and sure:
        answer = _begin(request, version, _for_whom(request, wards), saved)
        if answer is not None:
            return answer
    context = {
        **_said(version),
        "person": person,
        "wards": wards,
        "sure": sure,
        "wanted": wanted.label,
        "drafts": drafts,
        "saved": saved,
    }
    return render(request, "applications/start.html", context)


def _begin(
    request: HttpRequest,
    version: ServiceVersionView,
    chosen: int | None,
    saved: SavedDraft | None,
) -> HttpResponse | None:
    """Begin a case, with the answers that she brings; None where she cannot, with a message."""
    account, person_id = sessions.signed_in(request), holder_id(request)
    at = timezone.now()
    try:
        number = operations.start_draft(
            service_code=version.service_code,
            holder_id=chosen or person_id,
            guardian_id=person_id if chosen else None,
            account_id=account.pk,
            contact_id=account.contact_id or 0,
            language=language(),
            at=at,
        )
    except operations.TooManyDrafts:
        messages.error(request, gettext("Finish or take back one of your drafts first."))
        return None
    except BudgetSpent as spent:
        return too_often(request, spent)
    if saved is None:
        return redirect("applications:group", number, version.definition.form[0].code)
    try:
        given = saving.given_in(saved)
        claiming.claim_saved(key=saved.key, number=number, holder_id=chosen or person_id, at=at)
    except saving.NoSuchDraft:
        given = {}
    open_drafts.forget(request, saved.key)
    asked = conditions.first_open(version.definition, given)
    if asked is not None:
        return redirect("applications:group", number, asked.code)
    return redirect("applications:review", number)


def _saved(request: HttpRequest, service: str) -> SavedDraft | None:
    """Return the draft of this service that this browser has open, where the address names it."""
    try:
        key = UUID(request.POST.get(SAVED) or request.GET.get(SAVED, ""))
    except ValueError:
        return None
    draft = open_drafts.opened(request, key, at=timezone.now())
    return draft if draft is not None and draft.service_code == service else None


def _said(version: ServiceVersionView) -> dict[str, object]:
    return {
        "definition": version.definition,
        "name": version.definition.name(language()),
        "who_may_apply": tell(version.definition.who_may_apply, language()),
        "charges": [fee for fee in version.definition.fees if not fee.variant],
        "service_code": version.service_code,
    }


def _applicable(service: str) -> ServiceVersionView:
    try:
        version = catalogue.current(service)
    except catalogue.NoService:
        raise Http404 from None
    if not version.definition.applicable:
        raise Http404
    return version


def _for_whom(request: HttpRequest, wards: list[guarding.Ward]) -> int | None:
    """Return the person for whom she applies, of those for whom she may; None for herself."""
    typed = request.POST.get("for", "")
    return next((one.person_id for one in wards if str(one.person_id) == typed), None)
