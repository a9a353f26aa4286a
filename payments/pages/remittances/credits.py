"""A payment in suspense that may be a batch come back: which one, of those that its bank paid."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import policies as grants
from accounts import sessions
from payments.models import Movement
from payments.operations import remitting
from payments.pages.remittances import shown, words
from payments.pages.remittances.batch import found
from payments.pages.remittances.forms import CameBackForm
from payments.pages.remittances.listing import may, require_view
from payments.pages.words import words as in_words
from payments.policies import ASK_REMITTANCE
from payments.states import Leg


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def credit(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Point at the batch that a payment is; another person decides on the batch's page."""
    at = timezone.now()
    account_id = require_view(request, at)
    rows = Movement.objects.select_related("rail")
    money = rows.filter(pk=movement_id, leg=Leg.CREDIT, suspense_items__isnull=False).first()
    if money is None:
        raise Http404
    batches = shown.batch_choices(money)
    form = CameBackForm(request.POST or None, batches=batches)
    if form.is_valid():
        batch = found(UUID(form.cleaned_data["batch"]))
        try:
            remitting.ask_sent_back(
                remittance_id=batch.pk,
                movement_id=money.pk,
                reason=form.cleaned_data["reason"],
                by_id=account_id,
                at=at,
            )
        except grants.NotGranted:
            raise
        except words.SAID as refused:
            form.add_error(None, words.refusal(refused, get_language() or "en"))
        else:
            messages.success(request, gettext("Asked for. Another person decides now."))
            return redirect("payments:remittance", batch.key)
    context = {
        "credit": money,
        "rail": in_words(money.rail.names),
        "batches": batches,
        "form": form,
        "may_ask": may(account_id, ASK_REMITTANCE.code, at, rail_code=money.rail.code),
    }
    status = 422 if form.is_bound else 200
    return render(request, "payments/remittances/credit.html", context, status=status)
