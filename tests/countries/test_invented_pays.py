"""An invented country, from the application to money shared by three: no code knows its name."""

import json
import shutil
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from payments import posting
from payments.gateways import bycontract
from payments.models import BillLine, Movement
from tests.accounts import people
from tests.applications.browser import citizen_at, text_of
from tests.countries.packs import TINY
from tests.world import NOON
from workers import relay
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "of-the-island-bank"
ANSWERS = {
    "island": {"island": "N"},
    "mooring": {"mooring": "N1"},
    "boat": {"name": "Petrel", "colour": "red", "engine": "on"},
}


@pytest.fixture
def islands(db: None, tmp_path: Path, settings) -> Path:
    """The tiny country, with rupees of its own, as the country in force."""
    # The setting and not the function: whoever first imports it meanwhile would keep a double.
    settings.COUNTRIES = tmp_path
    folder = Path(shutil.copytree(TINY, tmp_path / "ty"))
    for file in folder.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("USD", "SCR"), encoding="utf-8")
    settings.COUNTRY_CODE = "ty"
    rail = {"kind": "bycontract", "rail_code": "bank-ty", "secret": [SECRET]}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"bank-ty": rail}}
    call_command("load_country", "ty", verbosity=0)
    return folder


def bank_tells(**told: str) -> int:
    """Tell of a payment as the bank does, and return the status of the answer."""
    body = json.dumps(told).encode()
    at = int(timezone.now().timestamp())
    answer = Client().post(
        "/callbacks/bank-ty/notification",
        body,
        content_type="application/json",
        headers={
            "X-Timestamp": str(at),
            "X-Signature": bycontract.sign(secret=SECRET, timestamp=at, body=body),
        },
    )
    return answer.status_code


def work() -> None:
    """Do what the poster and the workers do, until nothing is due."""
    now = timezone.now()
    while posting.post_inbox(now=now):
        pass
    while relay.fan_out(routes=ROUTES, now=now) + relay.drain(routes=ROUTES, now=now):
        pass


def test_from_the_application_to_money_that_three_beneficiaries_share(islands) -> None:
    with time_machine.travel(NOON, tick=False):
        citizen = people.citizen()
        browser = citizen_at(citizen)
        browser.post(reverse("applications:start", args=["boat-licence"]))
        number = Application.objects.get().number
        for group, typed in ANSWERS.items():
            browser.post(reverse("applications:group", args=[number, group]), typed)
        to_pay = browser.post(reverse("applications:review", args=[number]))
        bill = Application.objects.get().bill
        assert to_pay.url == reverse("payments:pay", args=[bill.key])
        assert "15.75 SCR" in text_of(browser.get(to_pay.url))
        assert (bill.total_minor, bill.currency) == (1575, "SCR")

        assert bank_tells(
            id="IB1",
            reference=bill.reference,
            amount="15.75",
            currency="SCR",
            paid_at=timezone.now().isoformat(),
        ) == 200  # fmt: skip
        work()

    case = Application.objects.get()
    assert (case.status, case.deciding_office.code) == ("IN_QUEUE", "parish-n1")
    lines = BillLine.objects.filter(bill=bill).values_list("beneficiary__code", "amount_minor")
    assert dict(lines) == {"island-N": 1050, "treasury": 25, "harbour": 500}
    assert Movement.objects.get().amount_minor == 1575
    call_command("check_invariants", verbosity=0)


def test_its_offices_its_agency_and_its_notice_board_are_served(islands, client) -> None:
    for path in (
        "/",
        "/services/boat-licence/",
        "/offices/",
        "/offices/?area=N",
        "/offices/parish-n1/",
        "/agencies/harbour/",
    ):
        assert client.get(path).status_code == 200
    board = text_of(client.get("/offices/parish-n1/wall/"))
    assert "Boat licence" in board
    assert "SCR" in board
