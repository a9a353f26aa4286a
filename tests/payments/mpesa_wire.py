"""
M-Pesa's twin beside our doors, for tests.

What M-Pesa tells by itself is caught on its way and handed to the door by the test, which so
decides what arrives, and when.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.utils import timezone

from payments import callbacks, ledger
from payments.gateways.base import Heard, Reply
from payments.models import Rail
from payments.operations import inquiring
from payments.queries import BillView
from tests.payments.world import issue, make_world
from tests.sandbox_process import SandboxProcess

PAYER = "254708374149"
RAIL = "mpesa-ke"
SECRET = "a-secret-segment-of-tests"
KEYS = {
    "CONSUMER_KEY": "consumer",
    "CONSUMER_SECRET": "consumer secret",
    "SHORT_CODE": "600966",
    "PASSKEY": "passkey",
    "INITIATOR": "guichet",
    "SECURITY_CREDENTIAL": "credential",
}
LEASE = timedelta(seconds=30)
# M-Pesa's own clock is in its messages: its stories happen now.
NOW = timezone.now()


class Wire:
    """What is on its way to our doors."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []
        self.url = ""

    def next(self, where: str) -> tuple[str, bytes]:
        """Take the next call whose address holds `where`."""
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            for call in self.calls:
                if where in call[0]:
                    self.calls.remove(call)
                    return call
            time.sleep(0.02)
        raise AssertionError(f"nothing came to {where}")

    def arrives(self, where: str, at: datetime = NOW) -> None:
        """Let the next call to this address reach our door, and be answered with 200."""
        path, body = self.next(where)
        assert say(path, body, at).status == 200


@contextmanager
def caught() -> Iterator[Wire]:
    """Catch what the twin tells, until the block ends."""
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            wire.calls.append((self.path, raw))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    wire.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield wire
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def twin(wire: Wire, folder: Path) -> Iterator[SandboxProcess]:
    """Run a sandbox in Kenya whose payer is rich."""
    env = {
        "SANDBOX_STATE": str(folder),
        "SANDBOX_COUNTRY": "ke",
        "GUICHET_URL": wire.url,
        "MPESA_CALLBACK_KEY": SECRET,
        **{f"MPESA_{name}": value for name, value in KEYS.items()},
    }
    with SandboxProcess(env) as process:
        process.post(f"/phone/{PAYER}/top-up", {"amount": "100000"})
        yield process


def make_kenya(settings: Any, wire: Wire, process: SandboxProcess) -> None:
    """A good day on one pay bill number, with nothing on its way."""
    make_world()
    settings.COUNTRY_CODE = "ke"
    rail = Rail.objects.create(
        code=RAIL,
        kind="mpesa",
        provider="Safaricom",
        names={"en": "M-PESA"},
        currency="KES",
        prefixes=["+25470"],
        steps={},
        by_contract=False,
        active=True,
        position=0,
    )
    ledger.open_rail_accounts([(rail.pk, "KES")])
    ledger.open_days(NOW.date() - timedelta(days=2), NOW.date() + timedelta(days=2))
    contract = {
        "kind": "mpesa",
        "rail_code": RAIL,
        "callback_base": wire.url,
        "url": f"{process.url}/mpesa",
        "callback_key": [SECRET],
        "door": "",
        "response_type": "Completed",
        "pull_number": "254700000000",
        **{name.lower(): value for name, value in KEYS.items()},
    }
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {RAIL: contract}}
    process.faults()
    wire.calls.clear()


def say(path: str, body: bytes, at: datetime = NOW) -> Reply:
    """Say something at the door that this path names."""
    _, _, door, *rest = path.split("/")
    heard = Heard(method="POST", path=tuple(rest), headers={}, body=body, at=at)
    return callbacks.take(heard, rail_code=door, remote_ip=None)


def asks(at: datetime = NOW) -> None:
    """Let whoever asks providers about movements do so."""
    for inquiry_id in inquiring.claim_inquiries(limit=10, now=at, until=at + LEASE):
        inquiring.ask_provider(inquiry_id=inquiry_id, clock=lambda: at)


def bill(*amounts: int) -> BillView:
    return issue(*amounts, currency="KES", at=NOW)


def pays(process: SandboxProcess, reference: str, amount: str = "500", **how: Any) -> Any:
    order = {"network": "mpesa", "pin": "1234", "reference": reference, "amount": amount, **how}
    return process.post(f"/phone/{PAYER}/pay", order).json()
