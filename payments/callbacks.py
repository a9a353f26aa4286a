"""
What providers say to us: plain views, outside DRF and sessions.

200 means that the bytes are committed, whatever they say: broken JSON and repeats too. 401 for a
signature that does not hold (the start is kept, for a while), 413 for more than 64 KiB, 503 with
Retry-After while the database is gone, 404 for a rail we do not know, 405 for another method.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from ipaddress import ip_address
from typing import Concatenate, ParamSpec
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from kernel.country import country
from kernel.money import to_decimal_text
from payments import queries
from payments.gateways import bycontract
from payments.gateways.base import Unreadable
from payments.operations import asking_after, intake
from payments.states import Auth

log = structlog.get_logger()

BODY_BYTES_MAX = 64 * 1024
RETRY_AFTER_SECONDS = 5
KEPT_HEADERS = (
    "Content-Type",
    "Content-Length",
    "Date",
    "User-Agent",
    "X-Timestamp",
    "X-Signature",
    "X-Forwarded-For",
    "X-Request-Id",
)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
# The rail's code, then the body, then what the address names besides.
Answer = Callable[Concatenate[HttpRequest, str, bytes, P], HttpResponse]

# A rail's kind never changes and rails are never deleted: asked once a process.
_kinds: dict[str, str] = {}


def _callback(*, kind: str, methods: tuple[str, ...]) -> Callable[[Answer[P]], Answer[P]]:
    """Check method, rail and size in front of a view, and say honestly when we cannot keep it."""

    def decorate(answer: Answer[P]) -> Answer[P]:
        @csrf_exempt
        @wraps(answer)
        def view(
            request: HttpRequest, rail_code: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            body = _body(request)
            if body is None:
                log.warning("callback.too_large", rail=rail_code)
                return JsonResponse({"status": "too_large"}, status=413)
            try:
                if _kind(rail_code) != kind:
                    return JsonResponse({"status": "unknown_rail"}, status=404)
                return answer(request, rail_code, body, *args, **kwargs)
            except (DatabaseError, InterfaceError) as error:
                log.exception("callback.not_kept", rail=rail_code, error=type(error).__name__)
                # The next request must not find this one's broken connection.
                connection.close()
                return JsonResponse(
                    {"status": "unavailable"},
                    status=503,
                    headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
                )

        return view  # type: ignore[return-value]

    return decorate


@_callback(kind="bycontract", methods=("POST",))
def inquiry(request: HttpRequest, rail_code: str, body: bytes) -> HttpResponse:
    """
    Answer what a reference asks, before the payer pays: service and amount, never a name.

    An inquiry tells of no money and is not kept.
    """
    refused = _refuse_unsigned(request, rail_code, "bycontract.inquiry", body)
    if refused is not None:
        return refused
    try:
        typed = bycontract.parse_inquiry(body)
    except Unreadable as unreadable:
        return JsonResponse({"payable": False, "reason": unreadable.reason}, status=400)
    return JsonResponse(_told(queries.payable(typed, at=timezone.now())))


@_callback(kind="bycontract", methods=("POST",))
def notification(request: HttpRequest, rail_code: str, body: bytes) -> HttpResponse:
    """Keep a signed notification of money; the poster reads it."""
    refused = _refuse_unsigned(request, rail_code, "bycontract.notification", body)
    if refused is not None:
        return refused
    _keep(request, rail_code, "bycontract.notification", body, auth=Auth.VALID, at=timezone.now())
    return JsonResponse({"status": "kept"})


@_callback(kind="mtn", methods=("POST", "PUT"))
def requesttopay(
    request: HttpRequest, rail_code: str, body: bytes, attempt_key: UUID
) -> HttpResponse:
    """
    Take MTN's unsigned hint: keep it, and ask MTN. It posts nothing.

    Which attempt it is about stands in the address that we gave MTN for it.
    """
    now, kind = timezone.now(), "mtn.callback"
    with transaction.atomic():
        if asking_after.hint(attempt_key=attempt_key, at=now):
            _keep(request, rail_code, kind, body, auth=Auth.ABSENT, hint=str(attempt_key), at=now)
        else:
            # Whoever knows no attempt of ours is not MTN: he must not fill the evidence.
            _refuse(request, rail_code, kind, body, reason="unknown_attempt", at=now)
    return JsonResponse({"status": "kept"})


def _refuse_unsigned(
    request: HttpRequest, rail_code: str, kind: str, body: bytes
) -> HttpResponse | None:
    now = timezone.now()
    try:
        bycontract.verify(
            secrets=settings.GATEWAYS["rails"].get(rail_code, {}).get("secrets", ()),
            timestamp=request.headers.get("X-Timestamp", ""),
            signature=request.headers.get("X-Signature", ""),
            body=body,
            at=now,
        )
    except bycontract.BadSignature as bad:
        log.warning("callback.bad_signature", rail=rail_code, kind=kind, reason=bad.reason)
        _refuse(request, rail_code, kind, body, reason=bad.reason, at=now)
        return JsonResponse({"status": "bad_signature"}, status=401)
    return None


def _keep(
    request: HttpRequest,
    rail_code: str,
    kind: str,
    body: bytes,
    *,
    auth: Auth,
    at: datetime,
    hint: str = "",
) -> None:
    intake.receive(
        rail_code=rail_code,
        kind=kind,
        body=body,
        headers=_headers(request),
        remote_ip=_remote_ip(request),
        auth=auth,
        external_hint=hint,
        at=at,
    )


def _refuse(
    request: HttpRequest, rail_code: str, kind: str, body: bytes, *, reason: str, at: datetime
) -> None:
    intake.refuse(
        rail_code=rail_code,
        kind=kind,
        body=body,
        headers=_headers(request),
        remote_ip=_remote_ip(request),
        reason=reason,
        at=at,
    )


def _told(payable: queries.Payable) -> dict[str, str | bool]:
    told: dict[str, str | bool] = {
        "reference": payable.reference,
        "payable": payable.is_payable,
        "reason": payable.reason,
    }
    if payable.is_payable:
        told["amount"] = to_decimal_text(payable.due_minor, payable.currency)
        told["currency"] = payable.currency
        told["service"] = _in_the_countrys_language(payable.description or {})
    return told


def _in_the_countrys_language(description: dict[str, str]) -> str:
    for language in (country().default_language, *country().languages):
        if description.get(language):
            return description[language]
    return next(iter(description.values()), "")


def _kind(rail_code: str) -> str | None:
    if rail_code not in _kinds:
        try:
            _kinds[rail_code] = queries.rail(rail_code).kind
        except queries.NoRail:
            return None
    return _kinds[rail_code]


def _body(request: HttpRequest) -> bytes | None:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > BODY_BYTES_MAX:
        return None
    body = request.read(BODY_BYTES_MAX + 1)
    return body if len(body) <= BODY_BYTES_MAX else None


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}


def _remote_ip(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
