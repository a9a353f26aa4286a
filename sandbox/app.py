"""The sandbox as one ASGI application."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import (
    controls,
    directory,
    faults,
    happenings,
    mail,
    pages,
    prompts,
    registers,
    sms,
    truth,
)
from sandbox.population import World
from sandbox.postman import Postman
from sandbox.settings import Settings
from sandbox.store import Store
from sandbox.twins import found

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EXPIRY_SECONDS = 1.0


class Headers:
    """Gives every answer the same strict content policy as the product has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_policy)


def create(settings: Settings) -> Starlette:
    """:raises OSError, sqlite3.Error: if the folder of the state cannot be used"""
    twins = found()
    app = Starlette(
        routes=[
            *[route for twin in twins.values() for route in twin.routes],
            *sms.routes,
            *registers.routes,
            *happenings.routes,
            *directory.routes,
            *mail.routes,
            *faults.routes,
            *truth.routes,
            *controls.routes,
            *pages.routes,
        ],
        lifespan=_lifespan,
        exception_handlers={404: pages.not_found},
    )
    app.add_middleware(faults.Erring)
    app.add_middleware(Headers)
    app.state.settings = settings
    app.state.world = World.read(settings.country)
    app.state.faults = faults.Faults()
    app.state.twins = twins
    app.state.store = Store(
        settings.state, [happenings.SCHEMA, *(twin.schema for twin in twins.values())]
    )
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.postman = Postman(app)
    working = [
        asyncio.create_task(app.state.postman.run()),
        asyncio.create_task(_keep_expiring(app)),
    ]
    if app.state.settings.mail_port:
        working.append(asyncio.create_task(mail.listen(app, app.state.settings.mail_port)))
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await app.state.postman.close()
        app.state.store.close()


async def _keep_expiring(app: Starlette) -> None:
    while True:
        prompts.expire_due(app)
        await asyncio.sleep(_EXPIRY_SECONDS)
