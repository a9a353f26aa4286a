"""The operators' board: who may see it, what it shows, and trying parked work again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kernel.models import AuditEntry, Delivery, DeliveryState, Pulse
from tests.accounts import people
from tests.applications.browser import officer_at, text_of
from tests.operators.world import HANDLER, everybody_works, everything_goes_wrong, parked
from tests.world import NOON
from workers import parking, pulses
from workers.errands.carrying import alone

pytestmark = pytest.mark.django_db

BOARD = reverse("workers:board")


@pytest.fixture
def operator():
    return officer_at(people.officer("operations.watch", "operations.retry"))


def test_the_board_is_for_those_who_may_watch_and_for_no_superuser(client):
    assert client.get(BOARD).status_code == 302
    assert officer_at(people.officer("money.view")).get(BOARD).status_code == 403
    superuser = people.staff(is_superuser=True, is_staff=True)
    assert officer_at(superuser.pk).get(BOARD).status_code == 403
    assert officer_at(people.officer("operations.watch")).get(BOARD).status_code == 200


def test_an_idle_house_needs_nobody_but_whoever_must_check_it(operator):
    everybody_works(timezone.now())
    page = text_of(operator.get(BOARD))
    assert "The system has given up on nothing." in page
    assert "docs/running.md#worker-silent" not in page
    assert "docs/running.md#check-late" in page  # Nothing has been checked yet.


def test_what_goes_wrong_is_told_with_what_to_do(operator):
    everything_goes_wrong(timezone.now())
    page = text_of(operator.get(BOARD))
    for sign in (
        "relay-late", "parked", "unknown-events", "job-late", "job-broke", "worker-silent",
    ):  # fmt: skip
        assert f"docs/running.md#{sign}" in page, sign
    assert "expire_due" in page
    assert "tests.tale.forgotten" in page


def test_the_board_asks_as_much_however_much_is_wrong(operator, django_assert_num_queries):
    with CaptureQueriesContext(connection) as quiet:
        operator.get(BOARD)
    everything_goes_wrong(timezone.now())
    with django_assert_num_queries(len(quiet)):
        operator.get(BOARD)


def test_a_screen_on_a_wall_looks_again_only_when_told_to(operator):
    assert 'http-equiv="refresh"' not in text_of(operator.get(BOARD))
    assert '<meta http-equiv="refresh" content="30">' in text_of(operator.get(f"{BOARD}?again=1"))


def test_a_parked_delivery_is_shown_without_a_person_and_retried_with_a_trace(operator):
    one = parked(at=NOON)
    page = text_of(operator.get(reverse("workers:parked"), {"handler": HANDLER}))
    assert "payments.bill.paid #17" in page
    assert one.event.request_id in page

    answer = operator.post(reverse("workers:retry"), {"delivery": one.pk, "handler": HANDLER})

    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.attempts) == (DeliveryState.PENDING, 0)
    entry = AuditEntry.objects.get(act="delivery.retried")
    assert (entry.subject_id, entry.detail["handler"]) == (one.pk, HANDLER)


def test_all_of_a_handler_is_retried_after_a_question_and_nothing_else(operator):
    mine = [parked(at=NOON, subject_id=n) for n in (1, 2)]
    others = parked(at=NOON, handler="workers.messages.tell_paid")

    question = operator.get(reverse("workers:ask_all"), {"handler": HANDLER})
    assert "Retry 2 pieces of work?" in text_of(question)
    operator.post(reverse("workers:retry_all"), {"handler": HANDLER})

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert {states[one.pk] for one in mine} == {DeliveryState.PENDING}
    assert states[others.pk] == DeliveryState.PARKED
    assert AuditEntry.objects.get(act="delivery.retried_all").detail["count"] == 2


def test_who_may_only_watch_retries_nothing():
    one = parked(at=NOON)
    watcher = officer_at(people.officer("operations.watch"))
    assert "Retry" not in text_of(watcher.get(reverse("workers:parked"), {"handler": HANDLER}))
    assert watcher.get(reverse("workers:ask_all"), {"handler": HANDLER}).status_code == 403
    for address, typed in (("retry", {"delivery": one.pk}), ("retry_all", {"handler": HANDLER})):
        assert watcher.post(reverse(f"workers:{address}"), typed).status_code == 403
    one.refresh_from_db()
    assert one.state == DeliveryState.PARKED


@pytest.mark.parametrize("typed", ["", "x", "²", "9" * 30, "-1"])
def test_a_number_that_is_none_is_no_delivery(operator, typed):
    assert operator.post(reverse("workers:retry"), {"delivery": typed}).status_code == 404


def test_what_is_parked_no_more_is_said_to_be_so(operator):
    one = parked(at=NOON)
    parking.retry(delivery_id=one.pk, by_id=people.officer("operations.retry"), at=NOON)
    answer = operator.post(reverse("workers:retry"), {"delivery": one.pk}, follow=True)
    assert "It is not parked any more." in text_of(answer)
    again = operator.get(reverse("workers:parked"), {"handler": HANDLER}, follow=True)
    assert "Nothing of it is parked any more." in text_of(again)


def test_jobs_show_life_and_their_steps_show_what_broke():
    begun = timezone.now()
    pulses.keep()
    known = dict(Pulse.objects.values_list("name", "times"))
    for _ in range(3):
        pulses.worked(task="workers.tidy", queue="relay")
    pulses.keep()
    counted = dict(Pulse.objects.values_list("name", "times"))
    more = {name: times - known.get(name, 0) for name, times in counted.items()}
    assert {name: n for name, n in more.items() if n} == {"workers.tidy": 3, "queue:relay": 3}
    assert Pulse.objects.get(name="workers.tidy").ran_at >= begun - timedelta(seconds=5)

    def stumble() -> None:
        raise ValueError("+250788000101 is not for a log")

    assert alone({"expire_due": stumble, "other": lambda: 2}) == 2
    step = Pulse.objects.get(name="step:expire_due")
    assert (step.trouble, step.ran_at) == ("ValueError", None)
