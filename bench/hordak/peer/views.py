"""One notification, one transaction."""

import json
import os
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from hordak.models import Leg, Transaction
from moneyed import Money

from bench.hordak.peer.models import Bill, Event, Outbox
from payments.gateways import bycontract

SECRET = os.environ["BANK_SECRET"]


@csrf_exempt
def notification(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    bycontract.verify(
        secrets=[SECRET],
        timestamp=request.headers.get("X-Timestamp", ""),
        signature=request.headers.get("X-Signature", ""),
        body=request.body,
        at=now,
    )
    _post(json.loads(request.body), now)
    return JsonResponse({"status": "kept"})


def _post(told: dict[str, Any], now: datetime) -> None:
    amount = Money(told["amount"], "RWF")
    with transaction.atomic():
        _, is_new = Event.objects.get_or_create(
            external_id=told["id"], defaults={"body": told, "received_at": now}
        )
        if not is_new:
            return
        bill = Bill.objects.select_for_update(no_key=True).get(reference=told["reference"])
        journal = Transaction.objects.create(date=now.date(), description=told["id"])
        # 1 is the rail's clearing account.
        Leg.objects.create(transaction=journal, account_id=1, debit=amount)
        Leg.objects.create(transaction=journal, account_id=bill.account_id, credit=amount)
        bill.paid_at = now
        bill.save(update_fields=["paid_at"])
        Outbox.objects.create(topic="bill.paid", key=bill.pk, at=now)


urlpatterns = [path("callbacks/bank-rw/notification", notification)]
