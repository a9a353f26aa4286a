"""
Odd questions at every operation of the API: no answer is an error, or one that the schema omits.

The suite asks a few of each, in this process; `make scan` asks for minutes, over the wire.
"""

from collections.abc import Callable, Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import negative_data_rejection
from schemathesis.specs.openapi.schemas import OpenApiSchema

from accounts.models import Budget
from applications.models import Application
from config.stack.home import ROOT
from kernel.throttling import ForgivingThrottle
from tests.applications import world
from tests.applications.browser import citizen_at
from tests.security import scan_hooks
from tests.security.roles import agency

pytestmark = pytest.mark.django_db
assert scan_hooks  # A PDF is sent as bytes.
# As long as Django's, the same in cookie and header: what a script of our own pages would send.
TOKEN = "a" * 32
FEW = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
# Without a wire schemathesis asks for gzip, and does not read it.
PLAIN = {"Accept-Encoding": "identity"}
SCOPES = ("inquiry", "verification", "track")
Ask = Callable[[schemathesis.Case], None]


@pytest.fixture
def schema(monkeypatch) -> Iterator[OpenApiSchema]:
    # Who asks too often is a test of its own (test_throttles.py).
    monkeypatch.setattr(ForgivingThrottle, "THROTTLE_RATES", dict.fromkeys(SCOPES))
    told = SchemathesisConfig.from_path(ROOT / "config" / "schemathesis.toml")
    # The test's own connection is in a transaction, and no request's to close.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield from_wsgi("/api/schema/", get_wsgi_application(), config=told)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def known(uwase, staffed, registers) -> dict[str, str]:
    """What an address may be made of, so that not every odd question is about nothing."""
    drawn = world.drawn(uwase, staffed.aline)
    case = Application.objects.select_related("bill").get(pk=drawn.pk)
    return {
        "number": case.number,
        "reference": case.bill.reference,
        "verification_id": "7QK3M0ZB94TVX2HD",
        "agencies": "district-12",
        "services": case.service_code,
    }


def everything(schema: OpenApiSchema, ask: Ask, mode: GenerationMode) -> None:
    """Ask a few odd questions of each operation."""
    for found in schema.get_all_operations():
        operation = found.ok()

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def asked(case: schemathesis.Case) -> None:
            Budget.objects.all().delete()
            ask(case)

        try:
            asked()
        except Unsatisfiable:  # An operation of which nothing can be asked wrongly.
            assert mode == GenerationMode.NEGATIVE


def as_somebody(browser: Client, known: dict[str, str]) -> Ask:
    """Ask about what there is, however odd the rest; an odd address is anybody's test."""
    held = {name: morsel.value for name, morsel in browser.cookies.items()} | {"csrftoken": TOKEN}
    cookies = "; ".join(f"{name}={value}" for name, value in held.items())
    headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, **PLAIN}

    def ask(case: schemathesis.Case) -> None:
        for name in case.path_parameters or {}:
            kind = case.path.split("/")[2] if name == "code" else name
            if kind in known:
                case.path_parameters[name] = known[kind]
        case.call_and_validate(headers=headers, excluded_checks=[negative_data_rejection])

    return ask


@pytest.mark.parametrize("mode", GenerationMode)
def test_what_anybody_asks_is_answered_as_the_schema_says(schema, mode):
    everything(schema, lambda case: case.call_and_validate(headers=PLAIN), mode)


def test_what_a_citizen_asks_about_her_own_is_answered_as_the_schema_says(schema, known, uwase):
    everything(schema, as_somebody(citizen_at(uwase), known), GenerationMode.POSITIVE)


def test_what_an_agency_asks_about_its_own_is_answered_as_the_schema_says(schema, known):
    everything(schema, as_somebody(agency("district-12"), known), GenerationMode.POSITIVE)
