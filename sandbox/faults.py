"""What goes wrong on purpose. Kept in memory only: a restart is a good day again."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ALLOWED: dict[str, frozenset[str]] = {
    "mtn": frozenset({"down", "slow"}),
    "mtn.callback": frozenset({"twice", "never", "lies", "late"}),
    "sms": frozenset({"down", "silent"}),
    "population": frozenset({"down", "slow"}),
    "civil": frozenset({"down", "slow"}),
    "bank": frozenset({"twice", "forged", "wrong_amount", "wrong_currency"}),
}
# Longer than anybody should wait for us.
SLOW_SECONDS = 6.0


class Faults(dict[str, str]):
    def is_on(self, where: str, what: str) -> bool:
        return self.get(where) == what


async def show(request: Request) -> Response:
    return JSONResponse(request.app.state.faults)


async def switch(request: Request) -> Response:
    """Switch faults on; an empty value switches one off. Others stay as they are."""
    wanted = await request.json()
    if not isinstance(wanted, dict):
        return JSONResponse({"error": "an object is needed"}, status_code=400)
    for where, what in wanted.items():
        if where not in ALLOWED or (what and what not in ALLOWED[where]):
            known = {name: sorted(values) for name, values in ALLOWED.items()}
            return JSONResponse({"error": "no such fault", "known": known}, status_code=400)
    faults: Faults = request.app.state.faults
    for where, what in wanted.items():
        if what:
            faults[where] = what
        else:
            faults.pop(where, None)
    return JSONResponse(faults)


async def clear(request: Request) -> Response:
    request.app.state.faults.clear()
    return JSONResponse({})


routes = [
    Route("/faults", show, methods=["GET"]),
    Route("/faults", switch, methods=["POST"]),
    Route("/faults", clear, methods=["DELETE"]),
]
