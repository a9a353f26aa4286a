"""What a provider says it holds for us is asked hourly and compared with our books."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from payments import gateways, posting
from payments.gateways.base import (
    Answered,
    Asked,
    NoSuchDoor,
    Reply,
    Unreadable,
    Vendor,
    tells_balance,
)
from payments.gateways.prompt import Unreachable
from payments.models import (
    Alarm,
    InboundMessage,
    Inquiry,
    Rail,
    RailHealth,
    RefusedMessage,
    UnpostedMessage,
)
from payments.operations import balancing, inquiring, watching
from payments.states import InquiryState as I
from payments.states import Leg
from tests.payments import mpesa_wire
from tests.payments.mpesa_wire import RAIL, Wire, asks, bill, pays
from tests.payments.world import debit, make_world, post, telling
from tests.sandbox_process import SandboxProcess
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
OK = Reply(200, b"{}")


class Provider:
    """A provider that tells what it holds, at once or by another road, or not at all."""

    def __init__(self, rail: Rail) -> None:
        self.rail = rail
        self.says: Asked | Exception = Asked()
        self.keys: list[UUID] = []

    def holds(self, minor: int, currency: str = "RWF") -> None:
        self.says = Asked(body=json.dumps({"held": minor, "currency": currency}).encode())

    def balance(self, *, key: UUID) -> Asked:
        self.keys.append(key)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def read(body: bytes) -> tuple[int, str]:
    told = json.loads(body)
    if "held" not in told:
        raise Unreadable("no_balance")
    return told["held"], told["currency"]


def hear(heard, contract):
    match heard.path:
        case ("balance", key):
            return Answered(kind="mtn.balance", reply=OK, key=UUID(key), handle="H1")
    raise NoSuchDoor


@pytest.fixture
def provider(monkeypatch, settings) -> Provider:
    stand_in = Provider(make_world().mtn)
    vendor = Vendor(
        kind="mtn", hear=hear, balances=lambda code, contract: stand_in, read_balance=read
    )
    monkeypatch.setitem(gateways.VENDORS, "mtn", vendor)
    monkeypatch.setitem(gateways.PARSERS, "mtn.balance", tells_balance(read))
    contract = {"kind": "mtn", "rail_code": "mtn-rw"}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"mtn-rw": contract}}
    return stand_in


def ask_all(at) -> None:
    for inquiry_id in inquiring.claim_inquiries(limit=9, now=at, until=at + timedelta(seconds=8)):
        inquiring.ask_provider(inquiry_id=inquiry_id, clock=lambda: at)


def look(at) -> list[str]:
    """One look of the hour, and what then stands; the questions are answered after it."""
    balancing.want(at)
    watching.watch(at)
    ask_all(at)
    posting.post_inbox(now=at)
    found = Alarm.objects.filter(kind="balance_differs", cleared_at=None)
    return [f"{one.rail_code} {one.facts['off_minor']}" for one in found.order_by("pk")]


# --- asking


def test_a_rail_is_asked_once_an_hour(provider):
    assert balancing.want(NOON) == 1
    assert balancing.want(NOON + timedelta(minutes=10)) == 0
    assert balancing.want(NOON + HOUR) == 1


@pytest.mark.django_db(transaction=True)
def test_the_hourly_look_asks(provider):
    provider.holds(0)
    errands.look_after_money(now=NOON)
    assert errands.ask_about_movements(lambda: NOON) == 1
    assert len(provider.keys) == 1


def test_a_question_that_was_not_answered_ends_with_its_hour(provider):
    provider.says = Unreachable()
    look(NOON)
    look(NOON + HOUR)
    first, second = Inquiry.objects.order_by("pk")
    assert (first.state, second.state) == (I.GIVEN_UP, I.WAITING)


def test_a_contract_without_that_right_makes_no_rail_silent(provider):
    provider.says = Unreachable()
    look(NOON)
    assert not RailHealth.objects.exists()


def test_a_balance_is_kept_and_posts_nothing(provider):
    provider.holds(0)
    look(NOON)
    kept = InboundMessage.objects.get()
    assert (kept.kind, kept.auth, kept.received_at) == ("mtn.balance", "valid", NOON)
    assert UnpostedMessage.objects.get().reason == "tells_no_money"


def test_a_payer_who_calls_her_payment_balance_asks_for_none(provider):
    asked = Inquiry.objects.create(
        rail=provider.rail, external_id="SFX123", told="balance", created_at=NOON, next_at=NOON
    )
    assert not asked.is_about_balance


# --- comparing


def test_nothing_rings_while_the_books_agree(provider):
    post(telling(provider.rail, "nobody's", 500), at=NOON - HOUR)
    provider.holds(500)
    assert [look(NOON + n * HOUR) for n in range(4)] == [[], [], [], []]


def test_a_payment_that_nobody_told_rings_after_two_balances_and_settles(provider):
    provider.holds(700)
    assert look(NOON) == []
    assert look(NOON + HOUR) == []  # Once may be chance.
    assert look(NOON + 2 * HOUR) == ["mtn-rw 700"]
    post(telling(provider.rail, "nobody's", 700), at=NOON + 2 * HOUR + timedelta(minutes=20))
    assert look(NOON + 3 * HOUR) == ["mtn-rw 700"]  # Of the balance before it came.
    assert look(NOON + 4 * HOUR) == []


def test_money_that_left_and_that_nobody_told_rings(provider):
    post(telling(provider.rail, "nobody's", 500), at=NOON - HOUR)
    provider.holds(300)
    looks = [look(NOON + n * HOUR) for n in range(3)]
    assert looks[-1] == ["mtn-rw -200"]


def test_what_is_posted_around_the_answer_may_be_in_it_or_not(provider):
    post(telling(provider.rail, "nobody's", 500), at=NOON - HOUR)
    for n in range(3):
        now = NOON + n * HOUR
        provider.holds(500 + 100 * (n + 1))  # It had the money before we heard.
        assert look(now) == []
        post(telling(provider.rail, "nobody's", 100), at=now + timedelta(minutes=4))
    assert look(NOON + 3 * HOUR) == []


def test_off_on_one_side_and_then_on_the_other_is_no_loss(provider):
    post(telling(provider.rail, "nobody's", 500), at=NOON - HOUR)
    for n, held in enumerate((400, 600, 400, 600)):
        provider.holds(held)
        assert look(NOON + n * HOUR) == []


def test_a_rail_that_tells_no_more_neither_rings_nor_settles(provider):
    provider.holds(700)
    for n in range(3):
        rings = look(NOON + n * HOUR)
    provider.says = Unreachable()
    assert rings == look(NOON + 6 * HOUR) == ["mtn-rw 700"]
    assert balancing.compared(NOON + 6 * HOUR) == []


def test_a_charge_by_the_tariff_may_be_kept_before_it_is_told(provider):
    bands = {"bands": [{"up_to_minor": 1000, "charge_minor": 20}]}
    Rail.objects.filter(pk=provider.rail.pk).update(tariff=bands)
    post(telling(provider.rail, "nobody's", 500, external_id="C1"), at=NOON - HOUR)
    provider.holds(480)
    assert [look(NOON + n * HOUR) for n in range(3)][-1] == []
    post(debit(provider.rail, Leg.CHARGE, 20, original="C1"), at=NOON + 2 * HOUR + HOUR / 2)
    assert look(NOON + 3 * HOUR) == []
    provider.holds(460)  # Charged twice.
    assert [look(NOON + n * HOUR) for n in range(4, 8)][-1] == ["mtn-rw -20"]


def test_an_answer_that_tells_no_balance_rings_as_unreadable(provider):
    provider.says = Asked(body=b"{}")
    look(NOON)
    watching.watch(NOON + HOUR)
    assert Alarm.objects.get().subject == "no_balance"


# --- answers by another road


def answer(client, key: UUID, held: int) -> int:
    body = json.dumps({"held": held, "currency": "RWF"})
    address = f"/callbacks/mtn-rw/balance/{key}"
    status: int = client.post(address, body, content_type="application/json").status_code
    return status


@pytest.mark.parametrize("handle", ["H1", "ANOTHER"])
def test_a_balance_by_another_road_counts_under_its_handle_alone(provider, client, handle):
    provider.says = Asked(handle=handle)
    look(NOON)
    assert answer(client, uuid4(), 700) == 200  # Nobody's question.
    assert answer(client, Inquiry.objects.get().key, 700) == 200
    assert InboundMessage.objects.count() == (handle == "H1")
    refused = RefusedMessage.objects.values_list("reason", flat=True)
    assert list(refused) == ["unknown_question"] * (1 if handle == "H1" else 2)


# --- the twins


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with mpesa_wire.caught() as caught:
        yield caught


@pytest.fixture(scope="module")
def _process(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with mpesa_wire.twin(wire, tmp_path_factory.mktemp("mpesa")) as process:
        yield process


@pytest.fixture
def sandbox(_process: SandboxProcess, wire: Wire, settings: Any) -> SandboxProcess:
    mpesa_wire.make_kenya(settings, wire, _process)
    return _process


def test_mpesas_twin_and_our_books_agree_until_a_confirmation_is_lost(sandbox, wire):
    start = timezone.now()
    issued = bill(150_00)
    pays(sandbox, issued.reference, "150", blind=True)
    wire.arrives("/confirmation", start)
    asks(start)
    wire.arrives("/result/inquiry/", start)
    posting.post_inbox(now=start)

    def told(at) -> balancing.Compared:
        assert balancing.want(at) == 1
        asks(at)
        wire.arrives("/result/balance/", at)
        posting.post_inbox(now=at)
        watching.watch(at + timedelta(minutes=6))
        [compared] = balancing.compared(at + timedelta(minutes=6))
        return compared

    agreed = told(start + HOUR)
    assert (agreed.held_minor, agreed.off_minor) == (150_00, 0)
    assert Alarm.objects.count() == 0

    sandbox.faults(mpesa_callback="never")
    pays(sandbox, "a slip", "100", blind=True)
    assert (told(start + 2 * HOUR).off_minor, Alarm.objects.count()) == (100_00, 0)
    assert told(start + 3 * HOUR).persists
    alarm = Alarm.objects.get(kind="balance_differs")
    assert (alarm.rail_code, alarm.facts["off_minor"]) == (RAIL, 100_00)
