"""The desk's page: somebody stands there with an SMS, and an officer looks for her money."""

from datetime import datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import policies as grants
from accounts import sessions
from kernel import audit, references
from kernel.country import country
from payments.operations import claiming, prompting
from payments.pages.finding import words
from payments.pages.finding.forms import DeskForm, OpenForm
from payments.pages.words import words as in_words
from payments.policies import ASK_MATCH, ASK_REFUND, VIEW_MONEY
from payments.queries import finding
from payments.queries.finding import Whereabouts

FOUND_MAX = 20
CLAIMS_MAX = 50
# People remember the week, not the day.
AROUND = timedelta(days=3)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def find(request: HttpRequest) -> HttpResponse:
    """Look for money by whatever is known of it; show the claims that wait for an answer."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    form = DeskForm(_posted(request))
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        found = _found(form)
    except prompting.NotAPhone as refused:
        form.add_error("phone", words.refusal(refused))
        return _page(request, form, status=422)
    # Who looked is kept; what she typed is a person's and is not.
    audit.record(
        act="money.found",
        actor_id=account.pk,
        subject="payments.movement",
        subject_id=found[0].movement_id if found else None,
        detail={"found": len(found)},
        at=now,
    )
    return _page(request, form, found=found)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def open_claim(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Open a claim for whoever stands at the desk."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    found = finding.of_movements([movement_id])
    if not found:
        raise Http404
    form = OpenForm(_posted(request))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            number = claiming.open_at_desk(
                movement_id=movement_id, by_id=account.pk, at=now, **form.cleaned_data
            )
        except claiming.ClaimedAlready as known:
            number = known.number
        except words.SAID as refused:
            form.add_error(None, words.refusal(refused))
            number = ""
        if number:
            return redirect("payments:claim", finding.claim_id(number))
    context = {"form": form, "where": found[0], "rail": in_words(found[0].rail_names)}
    return render(request, "payments/finding/open.html", context, status=status)


def _found(form: DeskForm) -> list[Whereabouts]:
    typed = form.cleaned_data
    if typed["code"]:
        return finding.by_code(typed["code"])
    if typed["reference"]:
        meant = references.normalise(typed["reference"]) or typed["reference"]
        return finding.of_movements(finding.by_reference(meant, limit=FOUND_MAX))
    if typed["phone"]:
        phone = prompting.e164(typed["phone"])
        return finding.of_movements(finding.by_phone(phone, limit=FOUND_MAX))
    day = datetime.combine(typed["day"], time(), tzinfo=country().zone)
    ids = finding.in_suspense(
        typed["amount"], since=day - AROUND, until=day + AROUND + timedelta(days=1), limit=FOUND_MAX
    )
    return finding.of_movements(ids)


def _page(
    request: HttpRequest,
    form: DeskForm,
    *,
    found: list[Whereabouts] | None = None,
    status: int = 200,
) -> HttpResponse:
    account_id, now = sessions.signed_in(request).pk, timezone.now()
    context = {
        "form": form,
        "asked": found is not None,
        "found": [
            {
                "where": one,
                "rail": in_words(one.rail_names),
                "service": in_words(one.service),
                "why": words.why(one),
                "back": words.DESK_BACK.get(one.back_state, ""),
            }
            for one in found or []
        ],
        "claims": [
            {"claim": one, "state": words.CLAIM_STATES[one.state]}
            for one in finding.claims_waiting(limit=CLAIMS_MAX)
        ],
        "may_claim": _may(account_id, ASK_MATCH.code, now),
        "may_refund": _may(account_id, ASK_REFUND.code, now),
    }
    return render(request, "payments/finding/desk.html", context, status=status)


def _may(account_id: int, act: str, now: datetime) -> bool:
    return grants.may(account_id=account_id, act=act, area_code=None, at=now)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
