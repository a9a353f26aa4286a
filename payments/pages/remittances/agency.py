"""What an agency's finance sees: its own revenue and its own batches. Another's do not exist."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from kernel.country import country
from payments.models import Remittance
from payments.operations import remitting
from payments.pages.remittances import shown
from payments.pages.remittances.files import pdf_of, xlsx_of
from payments.pages.remittances.listing import after
from payments.pages.words import words as in_words
from payments.policies import VIEW_REVENUE
from payments.queries import agency as money
from payments.queries import remittances as queries
from places import queries as places


@never_cache
@require_safe
@sessions.staff_required
def agencies(request: HttpRequest) -> HttpResponse:
    """Lead to the agency whose money she may see, or let her choose."""
    now = timezone.now()
    account_id = sessions.signed_in(request).pk
    codes = grants.beneficiaries(account_id=account_id, act=VIEW_REVENUE.code, at=now)
    if not codes:
        raise grants.NotGranted(account_id=account_id, act=VIEW_REVENUE.code)
    names = places.beneficiaries(None if grants.ANY in codes else codes)
    if len(names) == 1:
        return redirect("payments:agency", next(iter(names)))
    choices = sorted((in_words(texts).text, code) for code, texts in names.items())
    return render(request, "payments/agency/agencies.html", {"choices": choices})


@never_cache
@require_safe
@sessions.staff_required
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """Show what it was paid today and this month, and what waits for its next batch."""
    now = timezone.now()
    context = _own(request, code, now)
    local = now.astimezone(country().zone)
    revenue = money.revenue(
        beneficiary_code=code,
        today=local.date(),
        month_began_at=local.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
    )
    context |= {
        "revenue": [
            (one, [shown.Fee(in_words(line.names), line) for line in one.by_fee]) for one in revenue
        ],
        "waiting": queries.waiting(
            cut_off=remitting.settlement().last_cut_off(now), beneficiary_code=code
        ),
        "today": local.date(),
        "now": now,
    }
    return render(request, "payments/agency/agency.html", context)


@never_cache
@require_safe
@sessions.staff_required
def batches(request: HttpRequest, code: str) -> HttpResponse:
    """Show its batches, the newest first."""
    context = _own(request, code, timezone.now())
    rows, older = queries.batches(beneficiary_code=code, before_id=after(request))
    context |= {"batches": [shown.row(one) for one in rows], "older": older}
    return render(request, "payments/agency/batches.html", context)


@never_cache
@require_safe
@sessions.staff_required
def batch(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Show one of its batches."""
    context = _own(request, code, timezone.now())
    one = _batch(code, key)
    fees = shown.fees(one)
    context |= {
        "batch": one,
        "row": shown.row(one),
        "fees": fees,
        "payments": sum(fee.line.payments for fee in fees),
        "story": shown.story(one, with_people=False),
    }
    return render(request, "payments/agency/batch.html", context)


@never_cache
@require_safe
@sessions.staff_required
def advice_pdf(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    _own(request, code, timezone.now())
    return pdf_of(request, _batch(code, key), "payments:agency_batch", code)


@never_cache
@require_safe
@sessions.staff_required
def advice_xlsx(request: HttpRequest, code: str, key: UUID) -> HttpResponseBase:
    _own(request, code, timezone.now())
    return xlsx_of(_batch(code, key))


def own(account_id: int, code: str, at: datetime) -> bool:
    """Say whether this beneficiary's money is hers to see."""
    return grants.may(
        account_id=account_id,
        act=VIEW_REVENUE.code,
        area_code=None,
        beneficiary_code=code,
        at=at,
    )


def _own(request: HttpRequest, code: str, at: datetime) -> dict[str, object]:
    """Return what every page of an agency shows; another's is not there, as one that is none."""
    if not own(sessions.signed_in(request).pk, code, at):
        raise Http404
    try:
        beneficiary = places.beneficiary(code)
    except places.NoBeneficiary:
        raise Http404 from None
    return {"code": code, "beneficiary": in_words(beneficiary.names)}


def _batch(code: str, key: UUID) -> Remittance:
    try:
        found = queries.remittance(key, beneficiary_code=code)
    except queries.NoRemittance:
        raise Http404 from None
    if found.approved_at is None:
        raise Http404
    return found
