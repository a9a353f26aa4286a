"""The population, the civil and the criminal register of the synthetic country."""

import asyncio
import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import happenings
from sandbox.faults import SLOW_SECONDS

_KINDS = frozenset({"birth", "marriage"})


async def search_person(request: Request) -> Response:
    if refusal := await _refusal(request, "population"):
        return refusal
    question = await _question(request)
    entry = request.app.state.world.entry(question.get("national_id", ""))
    if entry is None:
        return JSONResponse({"error": "not found"}, status_code=404)
    return JSONResponse(happenings.entry_now(request.app, entry))


async def search_acts(request: Request) -> Response:
    if refusal := await _refusal(request, "civil"):
        return refusal
    question = await _question(request)
    kind = question.get("kind", "")
    if kind not in _KINDS:
        return JSONResponse({"error": "unknown kind of act"}, status_code=400)
    acts = request.app.state.world.acts_of(kind, question.get("national_id", ""))
    told = [happenings.act_now(request.app, act) | _parents(request, act) for act in acts]
    return JSONResponse({"acts": told})


def _parents(request: Request, act: dict[str, Any]) -> dict[str, list[str]]:
    """Whom an act of birth names as parents, by their numbers."""
    if act["kind"] != "birth":
        return {}
    return {"parents": request.app.state.world.parents_of(act["national_ids"][0])}


async def search_record(request: Request) -> Response:
    if refusal := await _refusal(request, "criminal"):
        return refusal
    question = await _question(request)
    record = request.app.state.world.record(question.get("national_id", ""))
    if record is None:
        return JSONResponse({"error": "not found"}, status_code=404)
    return JSONResponse(happenings.record_now(request.app, record))


async def population_events(request: Request) -> Response:
    return await _events(request, "population")


async def civil_events(request: Request) -> Response:
    return await _events(request, "civil")


async def criminal_events(request: Request) -> Response:
    return await _events(request, "criminal")


async def _events(request: Request, register: str) -> Response:
    if refusal := await _refusal(request, register):
        return refusal
    question = await _question(request)
    told: dict[str, Any] = happenings.after(request.app, register, question.get("after", ""))
    answer = JSONResponse(told)
    if request.app.state.faults.is_on("events", "garbled"):
        return Response(bytes(answer.body)[: len(answer.body) // 2], media_type="application/json")
    return answer


async def _refusal(request: Request, register: str) -> Response | None:
    faults = request.app.state.faults
    if faults.is_on(register, "down"):
        return JSONResponse({"error": "maintenance"}, status_code=503)
    if faults.is_on(register, "slow"):
        await asyncio.sleep(SLOW_SECONDS)
    expected = f"Bearer {request.app.state.settings.register_token}"
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return JSONResponse({"error": "unauthorised"}, status_code=401)
    return None


async def _question(request: Request) -> dict[str, str]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    if not isinstance(body, dict):
        return {}
    return {name: value for name, value in body.items() if isinstance(value, str)}


routes = [
    Route("/population/search", search_person, methods=["POST"]),
    Route("/civil/acts/search", search_acts, methods=["POST"]),
    Route("/criminal/search", search_record, methods=["POST"]),
    Route("/population/events", population_events, methods=["POST"]),
    Route("/civil/events", civil_events, methods=["POST"]),
    Route("/criminal/events", criminal_events, methods=["POST"]),
]
