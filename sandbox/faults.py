"""What goes wrong on purpose. Kept in memory only: a restart is a good day again."""

import random
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED: dict[str, frozenset[str]] = {
    "sms": frozenset({"down", "silent"}),
    "population": frozenset({"down", "slow"}),
    "civil": frozenset({"down", "slow"}),
    "criminal": frozenset({"down", "slow"}),
    "events": frozenset({"repeats", "backwards", "garbled"}),
    "directory": frozenset(
        {"down", "nonce", "none", "audience", "issuer", "expired", "key", "stale"}
    ),
    "mail": frozenset({"busy", "refuses", "silent"}),
}
# Longer than anybody should wait for us.
SLOW_SECONDS = 30.0
# Of a provider that "errs", what becomes of one request: answered, not even read, or done and lost.
_ERRING = ("well", "unread", "done")


# Of the one request that is being served: "this payment's callback never comes".
_scripted: ContextVar[Mapping[str, str]] = ContextVar("scripted", default={})  # noqa: B039


class Faults(dict[str, str]):
    """What is switched on for everybody; what is scripted for one request goes before it."""

    def get(self, where: str, usual: Any = None, /) -> Any:
        return _scripted.get().get(where) or super().get(where, usual)

    def is_on(self, where: str, what: str) -> bool:
        return bool(self.get(where) == what)


def script(app: Starlette, wanted: object) -> bool:
    """Let these faults be of the request that is being served; False if one is not known."""
    if not isinstance(wanted, dict) or not _are_known(app, wanted):
        return False
    _scripted.set(wanted)
    return True


async def show(request: Request) -> Response:
    return JSONResponse(request.app.state.faults)


async def switch(request: Request) -> Response:
    """Switch faults on; an empty value switches one off. Others stay as they are."""
    wanted = await request.json()
    if not isinstance(wanted, dict):
        return JSONResponse({"error": "an object is needed"}, status_code=400)
    if not _are_known(request.app, wanted):
        known = {name: sorted(values) for name, values in _allowed(request.app).items()}
        return JSONResponse({"error": "no such fault", "known": known}, status_code=400)
    faults: Faults = request.app.state.faults
    for where, what in wanted.items():
        if what:
            faults[where] = what
        else:
            faults.pop(where, None)
    return JSONResponse(faults)


def _are_known(app: Starlette, wanted: Mapping[str, str]) -> bool:
    allowed = _allowed(app)
    return all(
        where in allowed and (not what or what in allowed[where]) for where, what in wanted.items()
    )


def _allowed(app: Starlette) -> dict[str, frozenset[str]]:
    allowed = dict(ALLOWED)
    for kind, twin in app.state.twins.items():
        allowed |= twin.faults
        if kind in twin.faults:
            allowed[kind] = twin.faults[kind] | {"errs"}
    return allowed


class Erring:
    """A provider that errs: two of three requests to it answer 500, whether it has acted or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        what = "well"
        if scope["type"] == "http":
            kind, _, path = scope["path"].lstrip("/").partition("/")
            # The portal is another machine of the provider's.
            if scope["app"].state.faults.is_on(kind, "errs") and not path.startswith("portal/"):
                what = random.choice(_ERRING)  # noqa: S311

        async def lose(message: Message) -> None:
            """Drop the answer of what was done."""

        if what != "unread":
            await self._app(scope, receive, send if what == "well" else lose)
        if what != "well":
            await Response(status_code=500)(scope, receive, send)


async def clear(request: Request) -> Response:
    request.app.state.faults.clear()
    return JSONResponse({})


routes = [
    Route("/faults", show, methods=["GET"]),
    Route("/faults", switch, methods=["POST"]),
    Route("/faults", clear, methods=["DELETE"]),
]
