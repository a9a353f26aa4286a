"""What breaks outside stops the story where it is, and it goes on when the world is well again."""

import shutil

import pytest

from applications.models import Application
from config.journey.play import Record
from config.journey.world import wait_for
from documents.models import Paper, PaperFile
from payments.models import Bill, Movement, PaymentAttempt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def applied(story):
    """Return the record and the pay page of a citizen who has applied."""
    record = Record()
    story.citizen.sign_in()
    return record, story._apply(record)


def asked_to_pay(story, page):
    form = next(f for f in page.forms if "/prompt/" in f.action and "mine" in f.names)
    story.citizen.browser.send(page, form, mine="1")


def test_a_callback_whose_status_query_says_otherwise_pays_nothing(play, world):
    world.faults(mtn_callback="lies")
    story = play()
    record, page = applied(story)
    asked_to_pay(story, page)
    phone = story.citizen.phone
    prompt = wait_for("prompt", lambda: story.sandbox.pending_prompt(phone), seconds=20)

    # She says no; the callback says that she has paid.
    world.post(f"/phone/{phone[1:]}/prompts/{prompt['id']}/answer", {"refuse": True})

    attempt = wait_for(
        "end of the attempt",
        lambda: PaymentAttempt.objects.filter(state="FAILED").first(),
        seconds=30,
    )
    assert attempt.bill_id == Bill.objects.get().pk
    assert Bill.objects.get().paid_minor == Movement.objects.count() == 0
    assert story.citizen.state(record.number) == "AWAITING_PAYMENT"


def test_a_callback_that_never_comes_is_asked_after(play, world):
    world.faults(mtn_callback="never")

    record = play().run()

    assert record.pdf


def test_a_network_that_is_gone_leaves_the_payment_open_and_not_failed(play, world):
    story = play()
    record, page = applied(story)
    world.faults(mtn="down")
    asked_to_pay(story, page)
    assert not wait_or_none(PaymentAttempt.objects.filter(state__in=["FAILED", "SUCCEEDED"]).exists)
    assert story.citizen.state(record.number) == "AWAITING_PAYMENT"

    world.faults()
    # The reference is open all the while: any other road pays it.
    told = story.sandbox.pay(story.citizen.phone, record.reference, story.citizen.pin)
    assert told["state"] == "NOTIFIED", told
    story._arrive(record, "officer", {"IN_QUEUE", "UNDER_REVIEW"})
    assert Movement.objects.count() == 1


def test_without_a_signer_the_case_waits_and_heals(play, settings):
    story = play()
    record, page = applied(story)
    story._pay(page, record)
    wait_for("officer", lambda: story.desk.approve(record.number), seconds=30)
    story._arrive(record, "drawn paper", {"AWAITING_SIGNATURE"})
    keys, hidden = settings.PKI_DIR, settings.VAR_DIR / "hidden"
    shutil.move(keys, hidden)

    assert story.desk.sign_waiting() == 1
    assert not wait_or_none(
        lambda: PaperFile.objects.filter(
            paper__is_slip=False, step__in=["signed", "sealed"]
        ).exists()
    )
    assert story.citizen.state(record.number) == "AWAITING_SIGNATURE"

    shutil.move(hidden, keys)
    story._arrive(record, "issued paper", {"ISSUED"})
    assert Paper.objects.filter(is_slip=False).count() == 1
    assert Application.objects.get().paper_id == Paper.objects.get(is_slip=False).pk


def wait_or_none(look, seconds=3):
    try:
        return wait_for("what must not come", look, seconds=seconds)
    except TimeoutError:
        return None
