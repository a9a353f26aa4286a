"""One citizen's case, from application to signed paper, through every real part of the house."""

import pytest
from django.core.management import call_command

from applications import operations as applications
from applications.models import Application, CaseSlip, RegisterQuestion, StatusChange
from config.journey.play import Record
from config.journey.world import wait_for
from documents.models import Paper
from kernel.models import Delivery, DeliveryState
from notifications.models import Message
from payments.models import Movement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def history(number):
    return list(
        StatusChange.objects.filter(application__number=number)
        .order_by("id")
        .values_list("target", flat=True)
    )


@pytest.mark.parametrize(
    ("service", "by_prompt"), [("birth", True), ("marriage", False), ("single", True)]
)
def test_from_application_to_a_paper_that_a_stranger_finds_genuine(play, service, by_prompt):
    record = play(service, by_prompt=by_prompt).run()

    assert record.pdf.read_bytes().startswith(b"%PDF")
    assert [step for step in history(record.number) if step != "DRAFT"] == [
        "AWAITING_PAYMENT",
        "PAID",
        "IN_QUEUE",
        "UNDER_REVIEW",
        "APPROVED",
        "AWAITING_SIGNATURE",
        "ISSUED",
    ]
    assert Movement.objects.count() == 1
    assert Paper.objects.filter(is_slip=False).count() == 1
    assert [slip.kind for slip in CaseSlip.objects.all()] == ["acknowledgement"]
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    call_command("check_invariants", verbosity=0)


def test_a_paper_that_the_register_issues_needs_no_officer(play):
    record = play("identity").run()

    assert record.pdf.read_bytes().startswith(b"%PDF")
    assert [step for step in history(record.number) if step != "DRAFT"] == [
        "AWAITING_PAYMENT",
        "PAID",
        "APPROVED",
        "ISSUED",
    ]
    paper = Paper.objects.get()
    assert (paper.sealed_only, paper.officer_id, paper.state) == (True, None, "ISSUED")
    assert RegisterQuestion.objects.get().answer == "issued"
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    call_command("check_invariants", verbosity=0)


def test_a_register_that_was_away_issues_when_it_is_back(play, world):
    story = play("identity")
    story.citizen.sign_in()  # By the same register.
    world.faults(population="down")
    record = Record()
    story._pay(story._apply(record), record)
    wait_for(
        "question that was asked in vain",
        lambda: RegisterQuestion.objects.filter(attempts__gte=1, answer=""),
        seconds=30,
    )
    assert story.citizen.state(record.number) == "PAID"

    world.faults()
    wait_for("issued paper", lambda: story.citizen.state(record.number) == "ISSUED", seconds=60)


def test_a_criminal_record_lists_the_judgment(play):
    record = play("criminal").run()

    paper = Paper.objects.get(is_slip=False)
    assert paper.facts["judgments"] == "1"
    assert paper.facts["judgment_1_on"] == "2019-05-14"
    assert paper.valid_until is not None
    assert record.pdf.read_bytes().startswith(b"%PDF")


def test_every_callback_twice_is_one_movement_and_each_message_goes_once(play, world):
    world.faults(mtn_callback="twice")

    play().run()

    assert Movement.objects.count() == 1
    told = list(Message.objects.order_by("id").values_list("template", flat=True))
    assert told == ["code", "submitted", "paid", "approved", "issued"]


def test_a_broken_router_never_loses_a_payment(play, house, monkeypatch):
    def broken(**_):
        raise RuntimeError("no office is listening")

    monkeypatch.setattr(applications, "route", broken)
    story = play()
    citizen = story.citizen
    citizen.sign_in()

    record = Record()
    story._pay(story._apply(record), record)
    wait_for(
        "delivery that failed",
        lambda: Delivery.objects.filter(handler="workers.processes.route_case", attempts__gt=0),
        seconds=20,
    )
    # The money is safe, and the story has stopped where a person can see it.
    assert citizen.state(record.number) == "PAID"
    stuck = Delivery.objects.get(handler="workers.processes.route_case")
    assert stuck.last_error == "builtins.RuntimeError"

    # Mended, it goes on from there.
    monkeypatch.undo()
    wait_for(
        "case in the queue",
        lambda: citizen.state(record.number) in {"IN_QUEUE", "UNDER_REVIEW"},
        seconds=30,
    )
    assert Application.objects.get().bill.paid_minor == Application.objects.get().bill.total_minor
