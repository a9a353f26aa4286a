import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import ContactPoint
from kernel.crypto import blind_index
from notifications import gateways, operations
from notifications.gateways import GatewayUnavailable, MaybeSent, NotSent, Refused
from notifications.models import Message
from tests.notifications.conftest import PHONE
from tests.sandbox_process import SandboxProcess, free_port
from tests.world import NOON
from workers.errands.messages import send_messages

TOKEN = "the gateway's token"


@pytest.fixture(scope="session")
def _carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    state = tmp_path_factory.mktemp("sms")
    with SandboxProcess({"SANDBOX_STATE": str(state), "SMS_TOKEN": TOKEN}) as sandbox:
        yield sandbox


@pytest.fixture
def carrier(_carrier: SandboxProcess, settings: Settings) -> Iterator[SandboxProcess]:
    point_to(settings, _carrier.url)
    _carrier.faults()
    yield _carrier
    _carrier.faults()


def point_to(settings: Settings, url: str, token: str = TOKEN) -> None:
    door = {"base_url": f"{url}/sms", "token": token, "receipt_token": "a receipt"}
    settings.GATEWAYS = {**settings.GATEWAYS, "sms": door}


def inbox(carrier: SandboxProcess) -> list[str]:
    messages = carrier.get(f"/phone/{PHONE}/inbox.json").json()["messages"]
    return [message["text"] for message in messages]


@contextmanager
def carrier_that_hangs_up() -> Iterator[str]:
    """Reads what it is told and closes without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


def test_a_message_arrives_and_is_known_afterwards(carrier: SandboxProcess) -> None:
    key = uuid4()
    assert gateways.sms().send(key=key, to=PHONE, text="Guichet: it works")
    assert inbox(carrier)[0] == "Guichet: it works"
    assert gateways.sms().ask(key=key) == "delivered"


def test_a_repeat_of_the_key_is_one_message_on_the_phone(carrier: SandboxProcess) -> None:
    key = uuid4()
    ids = {gateways.sms().send(key=key, to=PHONE, text=f"once {key}") for _ in range(2)}
    assert len(ids) == 1
    assert inbox(carrier).count(f"once {key}") == 1


def test_nothing_is_known_of_what_was_never_sent(carrier: SandboxProcess) -> None:
    assert gateways.sms().ask(key=uuid4()) is None


def test_a_gateway_that_is_down_or_gone_has_surely_not_sent(
    carrier: SandboxProcess, settings: Settings
) -> None:
    carrier.faults(sms="down")
    with pytest.raises(NotSent):
        gateways.sms().send(key=uuid4(), to=PHONE, text="x")
    with pytest.raises(GatewayUnavailable):
        gateways.sms().ask(key=uuid4())
    point_to(settings, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSent):
        gateways.sms().send(key=uuid4(), to=PHONE, text="x")


def test_our_own_wrong_token_keeps_the_message(carrier: SandboxProcess, settings: Settings) -> None:
    point_to(settings, carrier.url, token="wrong")
    with pytest.raises(NotSent):
        gateways.sms().send(key=uuid4(), to=PHONE, text="x")


def test_a_number_that_cannot_be_is_refused_for_good(carrier: SandboxProcess) -> None:
    with pytest.raises(Refused) as refused:
        gateways.sms().send(key=uuid4(), to="+999", text="x")
    assert "999" not in str(refused.value)


def test_a_gateway_that_hangs_up_may_have_sent(settings: Settings) -> None:
    with carrier_that_hangs_up() as url:
        point_to(settings, url)
        with pytest.raises(MaybeSent):
            gateways.sms().send(key=uuid4(), to=PHONE, text="x")


@pytest.mark.slow
def test_a_silent_gateway_may_have_sent_and_the_phone_has_it_once(carrier: SandboxProcess) -> None:
    carrier.faults(sms="silent")
    key = uuid4()
    with pytest.raises(MaybeSent):
        gateways.sms().send(key=key, to=PHONE, text=f"silent {key}")
    carrier.faults()
    assert gateways.sms().ask(key=key) == "delivered"
    assert inbox(carrier).count(f"silent {key}") == 1


# --- receipts, as the gateway tells them -------------------------------------------------------


def tell(client: Client, body: object, token: str = "a receipt") -> int:
    return client.post(
        "/callbacks/sms/receipts",
        data=body if isinstance(body, (bytes, str)) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).status_code


@pytest.fixture
def sent(queued, settings: Settings) -> UUID:  # type: ignore[no-untyped-def]
    point_to(settings, "http://127.0.0.1:1")
    message_id = queued()
    [out] = operations.claim_messages(limit=1, now=NOON, until=NOON)
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id="sm-1")], at=NOON
    )
    return out.key


def test_a_receipt_is_recorded(client: Client, sent: UUID) -> None:
    assert tell(client, {"id": str(sent), "status": "DELIVERED"}) == 204
    assert Message.objects.get(key=sent).state == "DELIVERED"


def test_a_receipt_of_failure_is_recorded(client: Client, sent: UUID) -> None:
    assert tell(client, {"id": str(sent), "status": "FAILED"}) == 204
    assert Message.objects.get(key=sent).state == "FAILED"


def test_a_forged_receipt_changes_nothing(client: Client, sent: UUID) -> None:
    for token in ("guess", "", "a receipt "[:-2], "é"):
        assert tell(client, {"id": str(sent), "status": "DELIVERED"}, token) == 401
    assert Message.objects.get(key=sent).state == "SENT"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b'{"id": 7}', b'{"id": "x", "status": "DELIVERED"}', b"\xff\xfe",
        b"[" * 4000,
    ],
)  # fmt: skip
def test_a_receipt_that_says_nothing_is_refused(client: Client, sent: UUID, body: bytes) -> None:
    assert tell(client, body) == 400


def test_a_receipt_too_long_or_about_nothing_of_ours(client: Client, sent: UUID) -> None:
    assert tell(client, b" " * 5000) == 413
    assert tell(client, {"id": str(uuid4()), "status": "DELIVERED"}) == 204
    assert client.get("/callbacks/sms/receipts").status_code == 405


def test_from_the_queue_to_the_phone_and_back(carrier: SandboxProcess, queued, client) -> None:  # type: ignore[no-untyped-def]
    message_id = queued("code", code="739204", minutes="10")
    [out] = operations.claim_messages(limit=1, now=NOON, until=NOON)
    provider_id = gateways.sms().send(key=out.key, to=out.to, text=out.text)
    operations.record_sent(
        [operations.Accepted(message_id=message_id, provider_id=provider_id)], at=NOON
    )
    assert "739204" in inbox(carrier)[0]
    assert httpx.get(f"{carrier.url}/deliveries.json").json()["deliveries"]
    assert tell(client, {"id": str(out.key), "status": "DELIVERED"}) == 204
    message = Message.objects.get(pk=message_id)
    assert (message.state, message.provider_id, message.body) == ("DELIVERED", provider_id, None)


# --- the errand, which sends several at the same time -------------------------------------------


def test_what_is_sent_together_has_each_an_answer_of_its_own(
    carrier: SandboxProcess,
    queued,  # type: ignore[no-untyped-def]
) -> None:
    wrong = ContactPoint.objects.create(
        kind="phone", value="+999", value_index=blind_index("phone", "+999"), language="en"
    )
    news, code = queued(key="news"), queued("code", key="code", code="739204", minutes="10")
    nobody = operations.send(
        contact_id=wrong.pk,
        template="approved",
        language="en",
        context={"number": "BC-26-48201937"},
        dedupe_key="nobody",
        at=NOON,
    )

    assert send_messages(lambda: NOON) == 3

    became = {m.pk: (m.state, bool(m.provider_id), m.body is None) for m in Message.objects.all()}
    assert became == {
        news: ("SENT", True, False),
        code: ("SENT", True, True),
        nobody: ("FAILED", False, False),
    }
    assert send_messages(lambda: NOON) == 0


def test_a_gateway_that_is_down_leaves_all_that_were_sent_together_in_the_queue(
    carrier: SandboxProcess,
    queued,  # type: ignore[no-untyped-def]
) -> None:
    carrier.faults(sms="down")
    for key in ("one", "two", "three"):
        queued(key=key)

    assert send_messages(lambda: NOON) == 3

    assert set(Message.objects.values_list("state", "attempts")) == {("QUEUED", 1)}
    assert not Message.objects.filter(due_at__lte=NOON).exists()
