"""A delivery remembers its handler by a name that outlives the file in which the handler lies."""

from collections import defaultdict

from workers import messages, processes, staff
from workers.relay import handler_name
from workers.routes import ROUTES


def test_a_handler_is_named_by_its_room_and_not_by_its_file() -> None:
    assert handler_name(messages.tell_paid) == "workers.messages.tell_paid"
    assert handler_name(messages.tell_key_ended) == "workers.messages.tell_key_ended"
    assert handler_name(processes.route_case) == "workers.processes.route_case"
    assert handler_name(staff.tell_pages_wait) == "workers.staff.tell_pages_wait"


def test_no_two_handlers_have_one_name() -> None:
    named = defaultdict(set)
    for handlers in ROUTES.values():
        for handler in handlers:
            named[handler_name(handler)].add(handler)
    assert {name: len(which) for name, which in named.items() if len(which) > 1} == {}
