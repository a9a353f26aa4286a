"""
What was told, byte for byte: read on a page or taken as a file.

It may name a payer, so whoever reads it is recorded, before she is shown it.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts import sessions
from kernel import audit
from payments.pages.board.access import money_page
from payments.queries import evidence

SHOWN_BYTES_MAX = 64 * 1024
_ROW = 16
_TEXT_CONTROLS = frozenset("\t\r\n")


@dataclass(frozen=True)
class Shown:
    """Bytes as text where they are text, else as hex; `is_cut` where the file says more."""

    text: str
    is_hex: bool
    is_cut: bool
    bytes: int


@require_safe
@money_page
def message(request: HttpRequest, movement_id: int, message_id: int) -> HttpResponse:
    """Show a provider's message as it came."""
    found = _message(request, movement_id, message_id)
    context = {"message": found, "movement_id": movement_id, "shown": shown(found.body)}
    return render(request, "payments/board/message.html", context)


@require_safe
@money_page
def message_raw(request: HttpRequest, movement_id: int, message_id: int) -> HttpResponse:
    """Hand a provider's message out as a file that no browser will run."""
    found = _message(request, movement_id, message_id)
    return _download(found.body, f"message-{message_id}.bin")


@require_safe
@money_page
def line(request: HttpRequest, movement_id: int, line_id: int) -> HttpResponse:
    """Show a line of a statement as it stands in its file."""
    found = _line(request, movement_id, line_id)
    context = {"line": found, "movement_id": movement_id, "shown": shown(found.body)}
    return render(request, "payments/board/line.html", context)


@require_safe
@money_page
def line_raw(request: HttpRequest, movement_id: int, line_id: int) -> HttpResponse:
    found = _line(request, movement_id, line_id)
    return _download(found.body, f"line-{line_id}.bin")


@require_safe
@money_page
def line_file(request: HttpRequest, movement_id: int, line_id: int) -> HttpResponse:
    """Hand out the whole file of the statement that a line stands in."""
    _line(request, movement_id, line_id)
    name, body = evidence.file_of(line_id)
    return _download(body, name)


def shown(body: bytes) -> Shown:
    """Return how bytes are shown to a person; the template escapes them. Pure."""
    cut = body[:SHOWN_BYTES_MAX]
    text = _text(cut) or (_text(body) or "")[:SHOWN_BYTES_MAX]
    return Shown(
        text=text or _hex(cut),
        is_hex=not text and bool(body),
        is_cut=len(body) > SHOWN_BYTES_MAX,
        bytes=len(body),
    )


def _text(body: bytes) -> str:
    """Return the text that the bytes are; "" where they are none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ""
    return text if all(one.isprintable() or one in _TEXT_CONTROLS for one in text) else ""


def _hex(body: bytes) -> str:
    rows = []
    for start in range(0, len(body), _ROW):
        row = body[start : start + _ROW]
        plain = "".join(chr(one) if 32 <= one < 127 else "." for one in row)
        rows.append(f"{start:08x}  {row.hex(' '):<{3 * _ROW}} {plain}")
    return "\n".join(rows)


def _message(request: HttpRequest, movement_id: int, message_id: int) -> evidence.MessageView:
    try:
        found = evidence.message(movement_id, message_id)
    except evidence.NoEvidence:
        raise Http404 from None
    _record(request, "message.read", "payments.inboundmessage", message_id)
    return found


def _line(request: HttpRequest, movement_id: int, line_id: int) -> evidence.LineView:
    try:
        found = evidence.line(movement_id, line_id)
    except evidence.NoEvidence:
        raise Http404 from None
    _record(request, "statement_line.read", "payments.statementline", line_id)
    return found


def _record(request: HttpRequest, act: str, subject: str, subject_id: int) -> None:
    audit.record(
        act=act,
        actor_id=sessions.signed_in(request).pk,
        subject=subject,
        subject_id=subject_id,
        at=timezone.now(),
    )


def _download(body: bytes, name: str) -> HttpResponse:
    # Whatever a provider sent: never a page, never a script, never kept.
    return HttpResponse(
        body,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
            or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
