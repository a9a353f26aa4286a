"""
What happens to the synthetic people after their papers were issued: the registers tell of it.

The civil register tells of deaths and marriages, the population register of moves; a correction
is told by the register that keeps the entry. What has happened shows in the entries too.
"""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.population import digits
from sandbox.store import now

SCHEMA = """
CREATE TABLE IF NOT EXISTS happening (
    id INTEGER PRIMARY KEY AUTOINCREMENT, register TEXT NOT NULL, kind TEXT NOT NULL,
    told TEXT NOT NULL, facts TEXT NOT NULL
);
"""
PAGE = 50
_KINDS = frozenset({"death", "marriage", "move", "correction"})
_ENTRIES = frozenset({"birth", "marriage", "population", "criminal"})


class CannotHappen(Exception):
    """An unknown kind, somebody who does not live here, or no day."""


def after(app: Starlette, register: str, cursor: str) -> dict[str, Any]:
    """Return the next page of events after the cursor, as the register tells them."""
    faults = app.state.faults
    last = int(cursor) if cursor.isdigit() and not faults.is_on("events", "repeats") else 0
    rows = app.state.store.rows(
        "SELECT id, told FROM happening WHERE register = ? AND id > ? ORDER BY id LIMIT ?",
        register,
        last,
        PAGE,
    )
    events = [json.loads(row["told"]) | {"id": f"{register}-{row['id']}"} for row in rows]
    if faults.is_on("events", "backwards"):
        events.reverse()
    return {"events": events, "cursor": str(rows[-1]["id"]) if rows else cursor}


def happen(app: Starlette, said: dict[str, Any]) -> str:
    """
    Let something happen: {"kind", "national_ids", "happened_on"?, "entry_kind"?, "facts"?}.

    `facts` are what the entry says from now on: the new residence, the mended name.

    :return: the id that the register gives it
    :raises CannotHappen: if it cannot
    """
    world = app.state.world
    today = datetime.fromtimestamp(now(), ZoneInfo(world.network.time_zone))
    people = [str(number) for number in said.get("national_ids") or []]
    entry_kind = str(said.get("entry_kind") or "")
    kind = str(said.get("kind"))
    if (
        kind not in _KINDS
        or not people
        or any(number not in world.by_number for number in people)
        or (kind == "correction" and entry_kind not in _ENTRIES)
    ):
        raise CannotHappen
    try:
        day = date.fromisoformat(str(said.get("happened_on") or today.date()))
    except ValueError:
        raise CannotHappen from None
    told = {
        "kind": kind,
        "entry_kind": entry_kind if kind == "correction" else "",
        "happened_on": day.isoformat(),
        "recorded_at": today.isoformat(),
        "national_ids": people,
    }
    register = "population" if kind == "move" else "civil"
    if kind == "correction" and entry_kind in {"population", "criminal"}:
        register = entry_kind
    row = app.state.store.row(
        "INSERT INTO happening (register, kind, told, facts) VALUES (?, ?, ?, ?) RETURNING id",
        register,
        kind,
        json.dumps(told),
        json.dumps(said.get("facts") or {}),
    )
    return f"{register}-{row['id']}"


def entry_now(app: Starlette, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a person's entry with what has happened to her since."""
    known = dict(entry)
    for told, facts in _about(app, known["national_id"]):
        if told["kind"] == "marriage":
            known["marital_status"] = "married"
            married = [one for one in told["national_ids"] if one != known["national_id"]]
            family = known["relatives"]
            known["relatives"] = family | {"spouses": [*family["spouses"], *married]}
        elif told["kind"] == "death":
            known["vital_status"] = "dead"
        elif told["kind"] == "move" or told["entry_kind"] == "population":
            told_anew = facts.keys() & known.keys() - {"relatives"}
            known |= {name: str(facts[name]) for name in told_anew}
    return known


def act_now(app: Starlette, act: dict[str, Any]) -> dict[str, Any]:
    """Return an act with its corrections."""
    facts = dict(act["facts"])
    for told, mended in _about(app, *act["national_ids"]):
        if told["kind"] == "correction" and told["entry_kind"] == act["kind"]:
            facts |= {name: str(value) for name, value in mended.items() if name in facts}
    return {**act, "facts": facts}


def record_now(app: Starlette, record: dict[str, Any]) -> dict[str, Any]:
    """Return what the criminal register holds of a person, with its corrections."""
    known = dict(record)
    for told, mended in _about(app, known["national_id"]):
        if told["entry_kind"] == "criminal":
            known |= {name: value for name, value in mended.items() if name in known}
    return known


def _about(app: Starlette, *people: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    rows = app.state.store.rows("SELECT told, facts FROM happening ORDER BY id")
    found = [(json.loads(row["told"]), json.loads(row["facts"])) for row in rows]
    return [(told, facts) for told, facts in found if set(told["national_ids"]) & set(people)]


async def tell(request: Request) -> Response:
    """The same for machines, as JSON."""
    try:
        said = await request.json()
        return JSONResponse({"id": happen(request.app, said if isinstance(said, dict) else {})})
    except (ValueError, CannotHappen):
        return JSONResponse({"error": "this cannot happen"}, status_code=400)


async def press(request: Request) -> Response:
    """The buttons beside a person: she dies, marries, moves, or her birth entry is mended."""
    form = await request.form()
    number = digits(str(form.get("national_id", "")))
    fact, value = str(form.get("fact", "")), str(form.get("value", ""))[:100].strip()
    said: dict[str, Any] = {"kind": form.get("kind"), "national_ids": [number]}
    if said["kind"] == "move":
        said["facts"] = {"residence_code": value}
    if said["kind"] == "correction":
        said |= {"entry_kind": "birth", "facts": {fact or "given_names": value}}
    try:
        happen(request.app, said)
    except CannotHappen:
        return RedirectResponse("/?said=cannot", status_code=303)
    return RedirectResponse("/?said=told", status_code=303)


routes = [
    Route("/happenings.json", tell, methods=["POST"]),
    Route("/happenings", press, methods=["POST"]),
]
