"""What needs somebody: each sign stands when it should, and docs/running.md explains it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from applications.queries.looks import Wanting
from documents.watching import KeyEnd, Lists, Waiting
from notifications.watching import Traffic
from payments.operations.health import RailState
from registers.watching import Heard
from tests.world import NOON
from workers import signs
from workers.certificates import Certificate
from workers.pages.words import SAID
from workers.parking import Group
from workers.signs import Sign
from workers.watching import Books, Broken, Disk, Job, Outside, Queue, Relay, Seen, Trust

NONE = Waiting(0, None)
LATE = Waiting(3, NOON - timedelta(days=1))
DAY_AGO = NOON - timedelta(days=1)
WELL = Seen(
    relay=Relay(0, None, 12.0, 0, None, 0),
    parked=[],
    unknown=[],
    jobs=[Job("workers.sweep", timedelta(seconds=2), NOON, None, "")],
    queues=[Queue("relay", NOON, 0)],
    broken=[],
    outside=Outside(
        rails=[],
        registers=[Heard("civil", NOON, "")],
        notices=Traffic(0, None, {}, NOON),
        to_draw=NONE,
        to_seal=NONE,
        to_stamp=NONE,
        lists=Lists(NONE, 0),
    ),
    books=Books(NOON, 30, {}, 0),
    trust=Trust(0, None, Wanting(0, 0, None), []),
    keys=[],
    certificates=[],
    disk=Disk(free=50, total=100),
    connections=10,
    connections_max=100,
)
RAIL = RailState("mtn-rw", {"en": "MTN"}, "mtn", DAY_AGO, DAY_AGO, None, pulls=True)


def outside(**more):
    return replace(WELL, outside=replace(WELL.outside, **more))


def trust(**more):
    return replace(WELL, trust=replace(WELL.trust, **more))


def lasting(*, days, left):
    begins_at = NOON + timedelta(days=left) - timedelta(days=days)
    return Certificate("OUTGOING_CERTIFICATE", begins_at, NOON + timedelta(days=left))


WRONG = {
    Sign.RELAY_LATE: replace(WELL, relay=Relay(5, DAY_AGO, 0.0, 0, None, 0)),
    Sign.DELIVERIES_LATE: replace(WELL, relay=Relay(0, None, 0.0, 5, DAY_AGO, 0)),
    Sign.PARKED: replace(WELL, parked=[Group("h", "KeyError", 2, 1, DAY_AGO, NOON)]),
    Sign.UNKNOWN_EVENTS: replace(WELL, unknown=[("payments.bill.sung", 2)]),
    Sign.JOB_LATE: replace(
        WELL, jobs=[Job("workers.sweep", timedelta(seconds=2), DAY_AGO, None, "")]
    ),
    Sign.JOB_BROKE: replace(WELL, broken=[Broken("expire_due", NOON, "KeyError")]),
    Sign.WORKER_SILENT: replace(WELL, queues=[Queue("relay", DAY_AGO, 0)]),
    Sign.BROKER_SILENT: replace(WELL, queues=[Queue("relay", NOON, None)]),
    Sign.QUEUE_LONG: replace(WELL, queues=[Queue("relay", NOON, 9000)]),
    Sign.RAIL_SILENT: outside(rails=[RAIL]),
    Sign.REGISTER_SILENT: outside(registers=[Heard("civil", DAY_AGO, "no answer")]),
    Sign.MESSAGES_LATE: outside(notices=Traffic(4, DAY_AGO, {}, None)),
    Sign.PAPERS_LATE: outside(to_draw=LATE),
    Sign.STAMPS_LATE: outside(to_stamp=LATE),
    Sign.LISTS_LATE: outside(lists=Lists(LATE, 0)),
    Sign.BOOKS_BROKEN: replace(WELL, books=Books(NOON, 30, {"I1": 2}, 0)),
    Sign.CHECK_LATE: replace(WELL, books=Books(DAY_AGO, 30, {}, 0)),
    Sign.MONEY_ALARMS: replace(WELL, books=Books(NOON, 30, {}, 2)),
    Sign.AUDIT_UNSEALED: trust(unsealed=7, unsealed_since=DAY_AGO),
    Sign.OPENINGS: trust(openings=Wanting(0, 2, DAY_AGO)),
    Sign.CODES_PUMPED: trust(pumped=["+250788"]),
    Sign.KEY_ENDS: replace(WELL, keys=[KeyEnd(1, "seal", "RW-1", NOON + timedelta(days=3))]),
    Sign.CERTIFICATE_ENDS: replace(WELL, certificates=[lasting(days=365, left=13)]),
    Sign.DISK_FULL: replace(WELL, disk=Disk(free=5, total=100)),
    Sign.CONNECTIONS: replace(WELL, connections=90),
}


def test_a_house_that_does_well_needs_nobody():
    assert signs.read(WELL, NOON) == []


@pytest.mark.parametrize("sign", Sign)
def test_each_sign_stands_alone_when_its_cause_does(sign):
    assert [raised.sign for raised in signs.read(WRONG[sign], NOON)] == [sign]


def test_what_is_bad_now_comes_before_what_can_wait():
    seen = replace(WRONG[Sign.KEY_ENDS], unknown=[("payments.bill.sung", 2)])
    raised = [one.sign for one in signs.read(seen, NOON)]
    assert raised == [Sign.UNKNOWN_EVENTS, Sign.KEY_ENDS]


def test_an_objection_and_an_opening_that_nobody_reviewed_are_two_lines_of_one_sign():
    raised = signs.read(trust(openings=Wanting(1, 2, DAY_AGO)), NOON)
    assert [(one.about, one.count, one.is_bad) for one in raised] == [
        ("objected", 1, False),
        ("overdue", 2, False),
    ]


def test_a_job_that_ran_after_it_broke_is_well_again():
    job = Job("workers.tidy", timedelta(minutes=1), NOON, NOON - timedelta(minutes=1), "KeyError")
    assert signs.read(replace(WELL, jobs=[job]), NOON) == []


@pytest.mark.parametrize(
    ("old", "found"), [(timedelta(minutes=90), []), (timedelta(minutes=123), [Sign.JOB_LATE])]
)
def test_a_job_that_never_ran_is_late_only_in_a_house_old_enough_to_have_run_it(old, found):
    job = Job("workers.hourly", timedelta(hours=1), None, None, "", known_at=NOON - old)
    raised = signs.read(replace(WELL, jobs=[job]), NOON)
    assert [one.sign for one in raised] == found


@pytest.mark.parametrize("sign", Sign)
def test_each_sign_has_words_and_a_paragraph_for_operators(sign):
    running = (Path(settings.BASE_DIR) / "docs" / "running.md").read_text(encoding="utf-8")
    assert sign in SAID
    assert re.search(rf"^#### {sign.value}\n\S", running, re.MULTILINE), sign


@pytest.mark.parametrize(
    ("certificate", "bad"),
    [
        (lasting(days=365, left=15), None),
        (lasting(days=14, left=7), None),  # The house's own, just about to be renewed.
        (lasting(days=14, left=3), False),
        (lasting(days=365, left=0), True),
        (Certificate("OUTGOING_CERTIFICATE", None, None), True),
    ],
)
def test_a_certificate_is_told_of_in_time_and_is_bad_once_it_has_ended(certificate, bad):
    raised = signs.read(replace(WELL, certificates=[certificate]), NOON)
    assert [one.is_bad for one in raised] == ([] if bad is None else [bad])
    assert {one.about for one in raised} <= {"OUTGOING_CERTIFICATE"}
