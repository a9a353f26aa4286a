"""What the SMS gateway says later: delivered, or not; and what phones send to us."""

import hmac
import json
import re
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.operations import texts
from notifications import operations

log = structlog.get_logger()

_BODY_BYTES_MAX = 4096
_KEY = re.compile(r"[\w.:\-]{1,80}", re.ASCII)
_STATUSES = {"SENT": "sent", "DELIVERED": "delivered", "FAILED": "failed"}


@csrf_exempt
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """
    Take one delivery receipt: {"id": "<our key>", "status": "SENT|DELIVERED|FAILED"}.

    Answers 204; 401 to a wrong token, 413 to a body too long, 400 to one that says nothing. A
    message that we do not know is answered 204 too: asking again would not help the gateway.
    """
    if (refusal := _refusal(request)) is not None:
        return refusal
    try:
        body = json.loads(request.body)
        key, status = UUID(body["id"]), _STATUSES[body["status"]]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return HttpResponse(status=400)
    if not operations.record_receipt(key=key, status=status, at=timezone.now()):
        log.warning("notifications.receipt.unknown")
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def text(request: HttpRequest) -> HttpResponse:
    """
    Take one text from a phone: {"id": "<the gateway's key>", "from": "+250...", "text": "..."}.

    It is kept before it is read; what is done about it, the outbox does. Answers as `receipt`;
    told again it is the same text, and one from a number that nobody here has is answered 204 too.
    """
    if (refusal := _refusal(request)) is not None:
        return refusal
    try:
        body = json.loads(request.body)
        key, sender, words = (body[name] for name in ("id", "from", "text"))
        f"{key}{sender}{words}".encode()  # Half of a character is nobody's word.
    except (KeyError, TypeError, ValueError, RecursionError):
        return HttpResponse(status=400)
    if not all(isinstance(one, str) for one in (key, sender, words)) or not _KEY.fullmatch(key):
        return HttpResponse(status=400)
    texts.keep_text(gateway_id=key, sender=sender, text=words, at=timezone.now())
    return HttpResponse(status=204)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if not _is_the_gateway(request):
        log.warning("notifications.callback.unauthorised")
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if int(request.headers.get("Content-Length") or 0) > _BODY_BYTES_MAX:
        return HttpResponse(status=413)
    return None


def _is_the_gateway(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.GATEWAYS['sms']['receipt_token']}"
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), expected.encode())
