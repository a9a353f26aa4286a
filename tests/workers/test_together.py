"""What comes by the hundred is handled in one go, and one that breaks stops none of the others."""

import pytest

from kernel.models import Delivery, DeliveryState
from tests.workers import tales
from tests.workers.tales import TaleTold
from tests.workers.test_relay import heard, tell
from tests.world import NOON
from workers import relay
from workers.routes import ROUTES, TOGETHER

pytestmark = pytest.mark.django_db
BY_TWO = {TaleTold: (tales.write_down, tales.write_down_too)}
BREAKING = {TaleTold: (tales.stumble_over_two,)}


def test_many_are_handled_at_once_and_other_handlers_one_by_one() -> None:
    tell(1, 2, 3)
    relay.fan_out(routes=BY_TWO, now=NOON)
    claimed = relay.deliver(
        routes=BY_TWO, now=NOON, together={tales.write_down: tales.write_down_all}
    )
    assert len(claimed) == 6
    assert heard() == heard("tale.heard.too") == [1, 2, 3]
    assert heard("tale.together") == [3]
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


def test_one_alone_goes_its_own_way() -> None:
    tell(1)
    relay.fan_out(routes=BY_TWO, now=NOON)
    relay.deliver(routes=BY_TWO, now=NOON, together={tales.write_down: tales.write_down_all})
    assert (heard(), heard("tale.together")) == ([1], [])


def test_one_that_breaks_is_tried_again_later_and_the_others_get_through() -> None:
    tell(1, 2, 3)
    relay.fan_out(routes=BREAKING, now=NOON)
    relay.deliver(
        routes=BREAKING, now=NOON, together={tales.stumble_over_two: tales.stumble_together}
    )
    assert heard() == [1, 3]
    stuck = Delivery.objects.get(state=DeliveryState.PENDING)
    assert (stuck.attempts, stuck.last_error) == (1, "builtins.RuntimeError")
    assert stuck.due_at > NOON


def test_whatever_is_handled_together_has_a_handler_for_one() -> None:
    routed = {handler for handlers in ROUTES.values() for handler in handlers}
    assert TOGETHER.keys() <= routed
