"""What the SMS gateway says later: delivered, or not."""

import hmac
import json
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import operations

log = structlog.get_logger()

_BODY_BYTES_MAX = 4096
_STATUSES = {"SENT": "sent", "DELIVERED": "delivered", "FAILED": "failed"}


@csrf_exempt
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """
    Take one delivery receipt: {"id": "<our key>", "status": "SENT|DELIVERED|FAILED"}.

    Answers 204; 401 to a wrong token, 413 to a body too long, 400 to one that says nothing. A
    message that we do not know is answered 204 too: asking again would not help the gateway.
    """
    if not _is_the_gateway(request):
        log.warning("notifications.receipt.unauthorised")
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if int(request.headers.get("Content-Length") or 0) > _BODY_BYTES_MAX:
        return HttpResponse(status=413)
    try:
        body = json.loads(request.body)
        key, status = UUID(body["id"]), _STATUSES[body["status"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        return HttpResponse(status=400)
    if not operations.record_receipt(key=key, status=status, at=timezone.now()):
        log.warning("notifications.receipt.unknown")
    return HttpResponse(status=204)


def _is_the_gateway(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.GATEWAYS['sms']['receipt_token']}"
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), expected.encode())
