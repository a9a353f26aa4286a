"""An officer's browser at one case: what these tests press again and again."""

import re
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from applications.models import Application
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.browser import text_of
from tests.applications.registers_server import Registers
from tests.applications.world import birth_act


def at(case: Application, name: str = "desk_case") -> str:
    return reverse(f"applications:{name}", args=[case.number])


def page(browser: Client, case: Application) -> str:
    answer = browser.get(at(case))
    assert answer.status_code == 200
    return text_of(answer)


def press(browser: Client, name: str, case: Application, **typed: object) -> HttpResponse:
    """Send a form as the case's page has it: with its version, and with a key of its own."""
    typed = {"version": world.fresh(case).version, "key": str(uuid4())} | typed
    return browser.post(at(case, name), typed)


def hold(registers: Registers, citizen: Citizen, **changed: str) -> None:
    act = birth_act(citizen, **changed)
    registers.acts["birth", act.national_ids[0]] = [world.act_as_json(act)]


def entry_on(text: str) -> str:
    """Return the key of the entry that a page shows."""
    found = re.search(r'name="entry" value="(\w+)"', text)
    assert found is not None
    return found[1]


def offers(text: str, name: str, case: Application) -> bool:
    """Say whether the page leads to an act."""
    return f'"{at(case, name)}"' in text
