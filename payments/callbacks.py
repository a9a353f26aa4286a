"""
What providers say to us, whatever road the request took.

`judge` makes of a request what its vendor says, without the database; `take` also carries it out.
The view below is one road, the process of `config/callbacks.py` the other.

200 means that the bytes are committed, whatever they say: broken JSON and repeats too. 401 for a
signature that does not hold (the start is kept, for a while), 413 for more than 256 KiB, 503 with
Retry-After while the database is gone, 404 for a rail or an address we do not know, 405 for
another method.
"""

import json
from collections.abc import Mapping
from ipaddress import ip_address

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from payments import gateways, queries
from payments.gateways.base import (
    Answered,
    BadSignature,
    Heard,
    Hint,
    News,
    NoSuchDoor,
    Question,
    Reply,
    Unreadable,
    Verdict,
)
from payments.operations import asking_after, inquiring, intake, repaying
from payments.states import Auth

log = structlog.get_logger()

BODY_BYTES_MAX = 256 * 1024
RETRY_AFTER_SECONDS = 5
KEPT_HEADERS = (
    "content-type",
    "content-length",
    "date",
    "user-agent",
    "x-timestamp",
    "x-signature",
    "signature",
    "x-forwarded-for",
    "x-request-id",
    "x-correlationid",
)


class Refused(Exception):
    """The request is not heard; `reply` says why. With a `reason`, its start is kept."""

    def __init__(self, reply: Reply, *, reason: str = "") -> None:
        super().__init__(reason)
        self.reply = reply
        self.reason = reason


def judge(heard: Heard, *, rail_code: str) -> Verdict:
    """
    Return what the rail's vendor makes of a request. Needs no database.

    :raises Refused: with the answer, if there is nothing to carry out
    """
    contract = gateways.contract(gateways.behind(rail_code))
    vendor = gateways.VENDORS.get(contract["kind"]) if contract else None
    if contract is None or vendor is None or vendor.hear is None:
        raise Refused(_said(404, "unknown_rail"))
    try:
        return vendor.hear(heard, contract)
    except NoSuchDoor as none:
        raise Refused(_said(405 if none.methods else 404, "unknown_address")) from None
    except BadSignature as bad:
        raise Refused(_said(401, "bad_signature"), reason=bad.reason) from None
    except Unreadable as unreadable:
        told = {"payable": False, "reason": unreadable.reason}
        raise Refused(Reply(400, json.dumps(told).encode())) from None


def take(heard: Heard, *, rail_code: str, remote_ip: str | None) -> Reply:
    """
    Hear a request and do what follows of it; the answer may be sent once this returns.

    :raises django.db.DatabaseError, django.db.InterfaceError: if it could not be kept
    """
    rail_code = gateways.behind(rail_code)
    kept = _Kept(heard, rail_code, remote_ip)
    try:
        verdict = judge(heard, rail_code=rail_code)
    except Refused as refused:
        if refused.reason:
            log.warning("callback.refused", rail=rail_code, reason=refused.reason)
            kept.refuse(_kind(rail_code), reason=refused.reason)
        return refused.reply
    match verdict:
        case News():
            kept.receive(verdict.kind, auth=Auth.VALID)
        case Hint():
            _follow(verdict, kept)
        case Answered():
            _conclude(verdict, kept)
        case Question():
            return verdict.reply(queries.payable(verdict.reference, at=heard.at))
    return verdict.reply


class _Kept:
    """One request on its way into the tables."""

    def __init__(self, heard: Heard, rail_code: str, remote_ip: str | None) -> None:
        self.heard = heard
        self.rail_code = rail_code
        self.remote_ip = remote_ip

    def receive(self, kind: str, *, auth: Auth, hint: str = "") -> None:
        intake.receive(
            rail_code=self.rail_code,
            kind=kind,
            body=self.heard.body,
            headers=headers_kept(self.heard.headers),
            remote_ip=self.remote_ip,
            auth=auth,
            external_hint=hint,
            at=self.heard.at,
        )

    def refuse(self, kind: str, *, reason: str) -> None:
        intake.refuse(
            rail_code=self.rail_code,
            kind=kind,
            body=self.heard.body,
            headers=headers_kept(self.heard.headers),
            remote_ip=self.remote_ip,
            reason=reason,
            at=self.heard.at,
        )


def _follow(hint: Hint, kept: _Kept) -> None:
    """Keep what proves nothing, and want the provider to be asked."""
    at, about = kept.heard.at, str(hint.attempt_key or hint.movement or hint.handle)
    with transaction.atomic():
        if hint.attempt_key or hint.handle:
            known = asking_after.hint(
                rail_code=kept.rail_code, key=hint.attempt_key, handle=hint.handle, at=at
            )
            if not known:
                # Whoever knows no attempt of ours is not the network, and fills no evidence.
                kept.refuse(hint.kind, reason="unknown_attempt")
                return
        if hint.movement:
            try:
                inquiring.want(
                    rail_code=kept.rail_code, external_id=hint.movement, told=hint.told, at=at
                )
            except inquiring.TooManyQuestions:
                log.warning("callback.too_many_questions", rail=kept.rail_code)
                kept.refuse(hint.kind, reason="too_many_questions")
                return
        kept.receive(hint.kind, auth=Auth.ABSENT, hint=about)


def _conclude(answer: Answered, kept: _Kept) -> None:
    """Keep the answer to a question or an order of ours; it is proof, as nobody else knew where."""
    at = kept.heard.at
    rail_code, key, handle = kept.rail_code, answer.key, answer.handle
    with transaction.atomic():
        told = inquiring.answered(rail_code=rail_code, key=key, handle=handle, at=at)
        if told is None and repaying.answered(
            rail_code=rail_code, key=key, handle=handle, body=kept.heard.body, at=at
        ):
            told = str(key)
        if told is None:
            kept.refuse(answer.kind, reason="unknown_question")
            return
        kept.receive(answer.kind, auth=Auth.VALID, hint=told)


@csrf_exempt
def callback(request: HttpRequest, rail_code: str, address: str) -> HttpResponse:
    """Answer one provider on the site itself; `config/callbacks.py` does the same, faster."""
    body = _body(request)
    if body is None:
        log.warning("callback.too_large", rail=rail_code)
        return _response(_said(413, "too_large"))
    heard = Heard(
        method=request.method or "",
        path=tuple(address.strip("/").split("/")),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        at=timezone.now(),
    )
    try:
        reply = take(heard, rail_code=rail_code, remote_ip=_remote_ip(request))
    except (DatabaseError, InterfaceError) as error:
        log.exception("callback.not_kept", rail=rail_code, error=type(error).__name__)
        # The next request must not find this one's broken connection.
        connection.close()
        return _response(unavailable())
    return _response(reply)


def unavailable() -> Reply:
    """Return the answer while nothing can be kept; it goes with Retry-After."""
    return _said(503, "unavailable")


def headers_kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers that are kept beside the bytes; passwords are not among them."""
    return {name: headers[name] for name in KEPT_HEADERS if name in headers}


def _kind(rail_code: str) -> str:
    contract = gateways.contract(rail_code)
    return f"{contract['kind']}.refused" if contract else "refused"


def _said(status: int, word: str) -> Reply:
    return Reply(status, json.dumps({"status": word}).encode())


def _response(reply: Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
    if reply.status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _body(request: HttpRequest) -> bytes | None:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > BODY_BYTES_MAX:
        return None
    body = request.read(BODY_BYTES_MAX + 1)
    return body if len(body) <= BODY_BYTES_MAX else None


def _remote_ip(request: HttpRequest) -> str | None:
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
