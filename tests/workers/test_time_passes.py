"""What time brings goes on when one step of it breaks."""

import pytest
import structlog

from applications import operations as applications
from payments import operations as payments
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db


def test_a_step_that_breaks_stops_no_other_that_time_brings(monkeypatch):
    def broken(**_told):
        raise RuntimeError("a name that must not be logged")

    done = []
    monkeypatch.setattr(payments, "expire_due", broken)
    monkeypatch.setattr(applications, "release_holds", lambda **_told: done.append(1))

    with structlog.testing.capture_logs() as logs:
        errands.let_time_pass(now=NOON)

    assert done == [1]
    [told] = [line for line in logs if line["event"] == "step.broke"]
    assert told["step"] == "expire_due"
    assert told["log_level"] == "error"
    assert "a name" not in str(told)
