"""The order to the bank, given out while a batch is approved and not yet handed in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from kernel import audit, exports
from kernel.money import Money
from payments.models import Remittance
from payments.operations import remitting
from payments.orders import pain001
from payments.pages.remittances import words
from payments.pages.remittances.batch import found
from payments.pages.remittances.listing import require_view
from payments.policies import ASK_REMITTANCE
from payments.queries import aftermath
from payments.states import RemittanceState as M


@never_cache
@require_safe
@sessions.staff_required
def order_xml(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give the order as pain.001, while it is approved and not yet handed in."""
    return _order(request, key, "xml")


@never_cache
@require_safe
@sessions.staff_required
def order_csv(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give the same order as CSV, for a bank that takes no pain.001."""
    return _order(request, key, "csv")


def _order(request: HttpRequest, key: UUID, form: str) -> HttpResponseBase:
    now = timezone.now()
    account_id = require_view(request, now)
    batch = found(key)
    grants.require(
        account_id=account_id,
        act=ASK_REMITTANCE.code,
        area_code=None,
        rail_code=batch.rail.code,
        at=now,
    )
    if batch.state != M.APPROVED or aftermath.waiting_refusal(batch.pk) is not None:
        # Once-only: what was handed in is not given out again, nor what somebody takes back.
        return _refused(request, batch, remitting.RemittanceMoved())
    try:
        order = remitting.order_of(batch)
        data = pain001.write(order)
    except (remitting.NoOwnAccount, pain001.CannotOrder) as refused:
        return _refused(request, batch, refused)
    audit.record(
        act="payments.remittance.order_taken",
        actor_id=account_id,
        subject="payments.remittance",
        subject_id=batch.pk,
        detail={"form": form},
        at=now,
    )
    if form == "csv":
        return exports.csv_response(batch.number, _ORDER_HEADER, [_order_row(order)])
    response = HttpResponse(data, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{batch.number}.xml"'
    return response


_ORDER_HEADER = (
    "message_id", "end_to_end_id", "pay_on", "currency", "amount_minor", "amount",
    "debtor_name", "debtor_account", "creditor_name", "creditor_account", "creditor_bank",
    "creditor_bic", "remark",
)  # fmt: skip


def _order_row(order: pain001.Order) -> tuple[object, ...]:
    payee, payer = order.payee, order.payer
    return (
        order.message_id, order.end_to_end_id, order.pay_on, order.currency, order.amount_minor,
        Money(order.amount_minor, order.currency), payer.name,
        payer.iban or payer.account_number, payee.name, payee.iban or payee.account_number,
        payee.bank_name, payee.bic, order.remark,
    )  # fmt: skip


def _refused(request: HttpRequest, batch: Remittance, error: Exception) -> HttpResponse:
    messages.warning(request, words.refusal(error, get_language() or "en"))
    return redirect("payments:remittance", batch.key)
