"""The phones as people use them, in the browser. Everything works without JavaScript."""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox import bank, phones, prompts, sms
from sandbox.population import digits
from sandbox.store import now
from sandbox.twins import Order

_HERE = Path(__file__).parent
_TOP_UP = Decimal(10_000)
_TEXT_LENGTH_MAX = 160

_SAID = {
    "SUCCESSFUL": ("good", "Paid. The network tells Guichet now."),
    "FAILED": ("bad", "Not paid."),
    "refused": ("", "You refused. Nothing was taken."),
    "pin": ("bad", "Wrong PIN. Nothing was taken."),
    "answered": ("bad", "This request had ended already."),
    "NOTIFIED": ("good", "Paid. Guichet has been told."),
    "WAITING": ("", "Paid. Guichet cannot be reached yet: the bank keeps telling it."),
    "REFUSED": ("bad", "The bank refused: nothing was taken."),
    "more": ("good", "Money added."),
    "texted": ("good", "Sent. The network tells Guichet now."),
    "empty": ("bad", "Write something first. Nothing was sent."),
}
_HAPPENED = {
    "told": ("good", "It has happened. The register tells Guichet within a minute."),
    "cannot": ("bad", "This cannot happen."),
}
_NETWORKS = {
    "mtn": "MTN",
    "airtel": "Airtel",
    "mpesa": "M-PESA",
    "tkash": "T-Kash",
    "lumicash": "Lumicash",
    "ecocash": "EcoCash",
}


async def index(request: Request) -> Response:
    if wanted := digits(request.query_params.get("number", "")):
        return RedirectResponse(f"/phone/{wanted}", status_code=303)
    world = request.app.state.world
    adults = [person for person in world.people if person["journeys"]]
    others = [person for person in world.people if not person["journeys"]]
    tone, words = _HAPPENED.get(request.query_params.get("said", ""), ("", ""))
    context = {"ready": adults, "others": others, "tone": tone, "words": words}
    return page(request, "index.html", context)


async def phone(request: Request) -> Response:
    msisdn = _msisdn(request)
    rows = phones.prompts_of(request.app, msisdn)
    return _phone_page(
        request,
        "phone.html",
        {
            "messages": phones.messages(request.app, msisdn),
            "pending": [row for row in rows if row["status"] == "PENDING"],
            "ended": [row for row in rows if row["status"] != "PENDING"],
            "payments": phones.payments(request.app, msisdn),
        },
    )


async def press(request: Request) -> Response:
    """The buttons of a prompt: accept with the PIN, or refuse."""
    form = await request.form()
    which = {"reference_id": request.path_params["id"], "msisdn": _msisdn(request)}
    try:
        if form.get("press") == "refuse":
            prompts.refuse(request.app, **which)
            said = "refused"
        else:
            said = prompts.accept(request.app, **which, pin=str(form.get("pin", "")))
    except prompts.WrongPin:
        said = "pin"
    except prompts.AnsweredAlready:
        said = "answered"
    return _back(request, said)


async def keypad(request: Request) -> Response:
    return _phone_page(request, "keypad.html", {"reference": "", "found": None})


async def keypad_ask(request: Request) -> Response:
    """Show service and amount before the PIN, as the network's menu does."""
    form = await request.form()
    reference = str(form.get("reference", ""))[:60].strip()
    found = await bank.inquire(request.app, reference)
    return _phone_page(request, "keypad.html", {"reference": reference, "found": found})


async def keypad_pay(request: Request) -> Response:
    form = await request.form()
    if str(form.get("pin", "")) != request.app.state.world.pin:
        return _back(request, "pin")
    order = Order(msisdn=_msisdn(request), reference=str(form.get("reference", "")))
    done = await bank.pay(request.app, order)
    return _back(request, done.state)


async def more_money(request: Request) -> Response:
    msisdn = _msisdn(request)
    opening = request.app.state.world.opening_balance(msisdn)
    request.app.state.store.top_up(msisdn, _TOP_UP, opening)
    return _back(request, "more")


async def send_text(request: Request) -> Response:
    """Send what is typed from this phone to Guichet's own number."""
    msisdn = _msisdn(request)
    form = await request.form()
    text = str(form.get("text", "")).strip()[:_TEXT_LENGTH_MAX]
    if text:
        sms.send(request.app, msisdn=msisdn, text=text)
        request.app.state.postman.hurry()
    return _back(request, "texted" if text else "empty")


async def not_found(request: Request, _error: Exception) -> Response:
    return page(request, "not_found.html", {}, status=404)


def _msisdn(request: Request) -> str:
    msisdn = digits(request.path_params["msisdn"])
    if not request.app.state.world.is_phone(msisdn):
        raise HTTPException(404)
    return msisdn


def _back(request: Request, said: str) -> Response:
    return RedirectResponse(f"/phone/{_msisdn(request)}?said={said}", status_code=303)


def _phone_page(request: Request, template: str, more: dict[str, Any]) -> Response:
    msisdn = _msisdn(request)
    world = request.app.state.world
    tone, words = _SAID.get(request.query_params.get("said", ""), ("", ""))
    return page(
        request,
        template,
        {
            "msisdn": msisdn,
            "number": phones.shown(msisdn),
            "network": _NETWORKS.get(world.network_of(msisdn) or "", "Phone"),
            "holders": world.by_phone.get(msisdn, []),
            "balance": phones.balance(request.app, msisdn),
            "currency": world.network.currency,
            "clock": _clock(world.network.time_zone, now()),
            "tone": tone,
            "words": words,
            **more,
        },
    )


def page(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    state = request.app.state
    zone = state.world.network.time_zone
    html = _TEMPLATES.get_template(template).render(
        faults=state.faults,
        guichet_url=state.settings.guichet_url,
        pin=state.world.pin,
        time=lambda at: _clock(zone, at),
        iso=lambda at: datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat(timespec="seconds"),
        **context,
    )
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def _clock(zone: str, at: float) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M")


def _amount(value: object) -> str:
    return f"{Decimal(str(value)):,f}"


def _grouped(national_id: str) -> str:
    """Return the number as it stands on the card: 1 1990 8 0000001 0 42."""
    cuts = (0, 1, 5, 6, 13, 14, 16)
    if len(national_id) != cuts[-1]:
        return national_id
    return " ".join(national_id[a:b] for a, b in pairwise(cuts))


_TEMPLATES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
_TEMPLATES.filters |= {"amount": _amount, "grouped": _grouped, "phone": phones.shown}
_TEMPLATES.filters["digits"] = digits

routes = [
    Route("/", index),
    Route("/phone/{msisdn}", phone),
    Route("/phone/{msisdn}/keypad", keypad, methods=["GET"]),
    Route("/phone/{msisdn}/keypad", keypad_ask, methods=["POST"]),
    Route("/phone/{msisdn}/keypad/pay", keypad_pay, methods=["POST"]),
    Route("/phone/{msisdn}/prompts/{id}/press", press, methods=["POST"]),
    Route("/phone/{msisdn}/texts", send_text, methods=["POST"]),
    Route("/phone/{msisdn}/more-money", more_money, methods=["POST"]),
    Mount("/static", StaticFiles(directory=_HERE / "static")),
]
