"""
A mail server that delivers nowhere: it takes by SMTP, and shows what came at /mail.

It listens where `SANDBOX_MAIL_PORT` says, and speaks as much of RFC 5321 as a client needs: no
encryption, no passwords. Kept in memory only.
"""

import asyncio
import contextlib
import email
import email.policy
from collections import deque
from dataclasses import dataclass
from email.message import EmailMessage

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.pages import page
from sandbox.store import now

_KEPT_MAX = 200
_MESSAGE_BYTES_MAX = 1024 * 1024
_LINE_SECONDS = 10


@dataclass(frozen=True)
class Mail:
    at: float
    to: str
    subject: str
    text: str


async def listen(app: Starlette, port: int) -> None:
    """Take mail on this port until cancelled."""
    server = await asyncio.start_server(lambda r, w: _serve(app, r, w), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def box(app: Starlette) -> deque[Mail]:
    if not hasattr(app.state, "mail"):
        app.state.mail = deque(maxlen=_KEPT_MAX)
    found: deque[Mail] = app.state.mail
    return found


async def show(request: Request) -> Response:
    return page(request, "mail.html", {"mails": list(box(request.app))})


async def tell(request: Request) -> Response:
    """The same for machines."""
    return JSONResponse(
        [{"to": one.to, "subject": one.subject, "text": one.text} for one in box(request.app)]
    )


async def _serve(
    app: Starlette, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(ConnectionError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        await _say(writer, "220 sandbox")
        to: list[str] = []
        while line := await _line(reader):
            word = line[:4].upper()
            if word == "QUIT":
                await _say(writer, "221 bye")
                break
            if word in {"EHLO", "HELO"}:
                await _say(writer, "250 sandbox")
            elif word == "RCPT":
                await _recipient(app, writer, line, to)
            elif word == "DATA":
                await _say(writer, "354 go on")
                _keep(app, to, await _data(reader))
                to = []
                if app.state.faults.is_on("mail", "silent"):
                    break  # It was taken, and nobody says so.
                await _say(writer, "250 taken")
            else:
                await _say(writer, "250 well")
    writer.close()


async def _recipient(
    app: Starlette, writer: asyncio.StreamWriter, line: str, to: list[str]
) -> None:
    if app.state.faults.is_on("mail", "busy"):
        await _say(writer, "451 later")
    elif app.state.faults.is_on("mail", "refuses"):
        await _say(writer, "550 nobody here")
    else:
        to.append(line.partition("<")[2].partition(">")[0])
        await _say(writer, "250 well")


async def _data(reader: asyncio.StreamReader) -> bytes:
    taken = await asyncio.wait_for(reader.readuntil(b"\r\n.\r\n"), _LINE_SECONDS)
    return taken[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")


def _keep(app: Starlette, to: list[str], raw: bytes) -> None:
    message = email.message_from_bytes(raw[:_MESSAGE_BYTES_MAX], policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    for one in to:
        box(app).appendleft(Mail(now(), one, str(message["subject"]), text))


async def _line(reader: asyncio.StreamReader) -> str:
    raw = await asyncio.wait_for(reader.readline(), _LINE_SECONDS)
    return raw.decode("utf-8", "replace").strip()


async def _say(writer: asyncio.StreamWriter, answer: str) -> None:
    writer.write(f"{answer}\r\n".encode())
    await writer.drain()


routes = [Route("/mail", show), Route("/mail.json", tell)]
