"""What proves nothing starts a question; the answer makes the movement; silence is a state."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from payments import gateways, posting
from payments.gateways.base import (
    Answered,
    Asked,
    Collection,
    Hint,
    NoSuchDoor,
    Reply,
    Vendor,
)
from payments.gateways.prompt import NeverHeard, Unreachable
from payments.models import Bill, InboundMessage, Inquiry, Movement, RailHealth, RefusedMessage
from payments.operations import billing, health, inquiring
from tests.payments.world import issue, make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db

OK = Reply(200, b"{}")
SOON = NOON + timedelta(minutes=1)


class Provider:
    """A provider that signs nothing and can be asked; it says what a test tells it to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: Asked | Exception = Asked()
        self.lists: list[bytes] | Exception = []

    def ask(self, *, external_id, key):
        self.asked.append(external_id)
        self.key = key
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def pull(self, *, since, until):
        self.window = (since, until)
        if isinstance(self.lists, Exception):
            raise self.lists
        return self.lists


def parse(body, context):
    told = json.loads(body)
    return [
        Collection(
            external_id=one["id"],
            reference=one.get("reference", context.external_hint),
            amount_minor=one["amount"],
            currency="RWF",
            occurred_at=context.received_at,
        )
        for one in (told if isinstance(told, list) else [told])
    ]


def hear(heard, contract):
    told = json.loads(heard.body)
    match heard.path:
        case ("told",):
            return Hint(
                kind="unsigned.callback", reply=OK, movement=told["id"], told=told["reference"]
            )
        case ("answers", key):
            return Answered(
                kind="unsigned.inquiry", reply=OK, key=gateways.base.UUID(key), handle="H1"
            )
    raise NoSuchDoor


@pytest.fixture
def provider(monkeypatch, settings) -> Provider:
    """The rail mtn-rw, spoken to in a language of the test's own."""
    world = make_world()
    stand_in = Provider()
    vendor = Vendor(
        kind="mtn",
        hear=hear,
        inquiries=lambda code, contract: stand_in,
        pulls=lambda code, contract: stand_in,
    )
    monkeypatch.setitem(gateways.VENDORS, "mtn", vendor)
    for kind in ("mtn.inquiry", "unsigned.inquiry", "mtn.pull"):
        monkeypatch.setitem(gateways.PARSERS, kind, parse)
    contract = {"kind": "mtn", "rail_code": "mtn-rw"}
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"mtn-rw": contract}}
    stand_in.rail = type(world.mtn).objects.get(code="mtn-rw")
    return stand_in


def tell(client, reference: str, *, movement: str = "M1"):
    body = json.dumps({"id": movement, "reference": reference, "amount": 500})
    return client.post("/callbacks/mtn-rw/told", body, content_type="application/json")


def ask_all(at=SOON) -> None:
    now = max(at, timezone.now())
    for inquiry_id in inquiring.claim_inquiries(limit=9, now=now, until=now + timedelta(seconds=8)):
        inquiring.ask_provider(inquiry_id=inquiry_id, clock=lambda: now)


@pytest.mark.django_db(transaction=True)
def test_an_unsigned_message_posts_nothing_and_the_answer_does(provider, client):
    bill = issue(500)
    provider.says = Asked(body=b'{"id": "M1", "amount": 500}')

    assert tell(client, bill.reference).status_code == 200
    posting.post_inbox(now=timezone.now())
    assert not Movement.objects.exists()

    ask_all()
    posting.post_inbox(now=timezone.now())

    assert Movement.objects.get().external_id == "M1"
    assert Bill.objects.get(pk=bill.id).state == "PAID"
    auths = dict(InboundMessage.objects.values_list("kind", "auth"))
    assert auths == {"unsigned.callback": "absent", "mtn.inquiry": "valid"}


def test_the_same_message_is_one_question(provider, client):
    assert tell(client, "858961326965").status_code == 200
    assert tell(client, "858961326965").status_code == 200

    assert Inquiry.objects.count() == 1
    assert InboundMessage.objects.count() == 2


def test_a_forged_message_does_not_stand_in_the_way_of_the_true_one(provider, client):
    tell(client, "858961326965")
    tell(client, "111111111111")

    assert set(Inquiry.objects.values_list("told", flat=True)) == {"858961326965", "111111111111"}


@pytest.mark.parametrize("trouble", [NeverHeard(), Unreachable(), RuntimeError()])
def test_a_provider_that_gives_no_answer_is_asked_again_and_at_last_left_to_the_statement(
    provider, client, trouble
):
    tell(client, "858961326965")
    provider.says = trouble
    now = timezone.now() + timedelta(minutes=1)

    for _ in range(inquiring.TRIES_MAX):
        ask_all(at=now)
        now += timedelta(hours=2)

    assert Inquiry.objects.get().state == "GIVEN_UP"
    assert len(provider.asked) == inquiring.TRIES_MAX
    assert inquiring.claim_inquiries(limit=9, now=now, until=now) == []


@pytest.mark.django_db(transaction=True)
def test_an_answer_by_another_road_is_believed_where_only_the_provider_knew(provider, client):
    bill = issue(500)
    tell(client, bill.reference)
    provider.says = Asked(handle="H1")
    ask_all()
    key = Inquiry.objects.get().key

    def answer(at_key):
        body = b'{"id": "M1", "amount": 500}'
        address = f"/callbacks/mtn-rw/answers/{at_key}"
        return client.post(address, body, content_type="application/json").status_code

    assert answer(uuid4()) == 200
    assert RefusedMessage.objects.get().reason == "unknown_question"
    assert answer(key) == 200
    posting.post_inbox(now=timezone.now())

    assert Movement.objects.get().reference == bill.reference
    assert Inquiry.objects.get().state == "ANSWERED"
    assert answer(key) == 200  # Told twice, posted once.
    posting.post_inbox(now=timezone.now())
    assert Movement.objects.count() == 1


def test_an_answer_under_another_handle_is_nobodys(provider, client):
    tell(client, "858961326965")
    provider.says = Asked(handle="ANOTHER")
    ask_all()
    key = Inquiry.objects.get().key

    client.post(f"/callbacks/mtn-rw/answers/{key}", b"{}", content_type="application/json")

    assert RefusedMessage.objects.get().reason == "unknown_question"


def test_an_answer_before_the_question_is_nobodys(provider, client):
    tell(client, "858961326965")
    key = Inquiry.objects.get().key

    client.post(f"/callbacks/mtn-rw/answers/{key}", b"{}", content_type="application/json")

    assert RefusedMessage.objects.get().reason == "unknown_question"


def test_questions_of_a_minute_have_an_end(provider, client, monkeypatch):
    monkeypatch.setattr(inquiring, "WANTED_A_MINUTE_MAX", 2)
    for number in range(4):
        assert tell(client, "1", movement=f"M{number}").status_code == 200

    assert Inquiry.objects.count() == 2
    assert set(RefusedMessage.objects.values_list("reason", flat=True)) == {"too_many_questions"}


@pytest.mark.django_db(transaction=True)
def test_a_list_finds_what_no_message_told(provider):
    bill = issue(500)
    page = json.dumps([{"id": "P1", "reference": bill.reference, "amount": 500}]).encode()
    provider.lists = [page]

    [rail_id] = health.claim_pulls(limit=9, now=NOON, until=SOON)
    assert health.claim_pulls(limit=9, now=NOON, until=SOON) == []
    health.pull(rail_id=rail_id, clock=lambda: NOON)
    posting.post_inbox(now=NOON)

    assert Movement.objects.get().external_id == "P1"
    assert provider.window == (NOON - health.PULL_REACHES_BACK, NOON)
    assert RailHealth.objects.get().pulled_until == NOON


def test_a_list_that_cannot_be_had_is_read_from_where_it_ended(provider):
    [rail_id] = health.claim_pulls(limit=9, now=NOON, until=SOON)
    health.pull(rail_id=rail_id, clock=lambda: NOON)
    provider.lists = Unreachable()
    later = NOON + timedelta(hours=5)

    health.pull(rail_id=rail_id, clock=lambda: later)
    assert RailHealth.objects.get().pulled_until == NOON
    provider.lists = []
    health.pull(rail_id=rail_id, clock=lambda: later)

    assert provider.window == (NOON - health.PULL_REACHES_BACK, later)


def test_bills_do_not_expire_while_a_rail_is_silent(provider):
    bill = issue(500)
    late = bill.expires_at + timedelta(minutes=10)
    health.troubled(rail_id=provider.rail.pk, at=late - health.SILENT_AFTER)
    health.troubled(rail_id=provider.rail.pk, at=late)

    assert billing.expire_due(now=late, limit=9) == 0
    assert [rail.code for rail in health.silent(now=late)] == ["mtn-rw"]
    health.answered(rail_id=provider.rail.pk, at=late)
    assert billing.expire_due(now=late, limit=9) == 1


def test_a_moment_of_trouble_is_no_silence(provider):
    health.troubled(rail_id=provider.rail.pk, at=NOON)

    assert health.silent(now=NOON + timedelta(seconds=30)) == []


def test_old_trouble_says_nothing_about_now(provider):
    health.troubled(rail_id=provider.rail.pk, at=NOON)

    assert health.silent(now=NOON + health.TROUBLE_FRESH + timedelta(minutes=1)) == []
