"""What the tests of the banks' doors share: a request, a context, the samples of the reference."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from payments.gateways.base import Context, Heard, Payable
from tests.world import NOON

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples" / "callbacks"
HEARD_AT = Context(received_at=NOON, external_hint="")

PAYABLE = Payable(
    reference="858961326965",
    reason="",
    due_minor=100_000,
    currency="KES",
    service="Certificate of birth",
)


def sample(name: str) -> bytes:
    """Return a provider's published message; skip aloud where the samples are not at hand."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name}: the reference stands outside of the repository")
    return path.read_bytes()


def heard(path: str, body: object = b"", *, method: str = "POST", **headers: str) -> Heard:
    """Return a request to /callbacks/<rail>/<path>; `x_timestamp` names X-Timestamp."""
    return Heard(
        method=method,
        path=tuple(path.split("/")),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        at=NOON,
    )


def changed_by_one_byte(data: bytes):
    """Yield each of the texts that differ from this one in one bit of one byte."""
    for place in range(len(data)):
        for bit in range(8):
            yield data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]
