"""What laws took off fees stands beside what was paid, with the law: on page and in file."""

import csv
import io
import re

import pytest
from django.db import DatabaseError, transaction

from applications.models import WaivedCharge
from payments.models import Movement
from payments.queries import bill as bill_by_id
from tests.applications import world as applied
from tests.applications.drafts.test_conditional_answers import PUPILS
from tests.applications.drafts.test_saved import new_version
from tests.payments.reversing import take_back
from tests.payments.world import make_world, post, telling
from tests.reports.people import agency, browser, watcher
from tests.reports.test_reports_page import PAGE
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

LAW = PUPILS["law"]
BY_SERVICE = {"report": "revenue", "by": "service", "unit": "month", "on": "2026-11-23"}


@pytest.fixture
def world():
    return make_world()


def sent_in(citizen, *, percent: int):
    """Send a pupil's case in, of whose 500 the law takes so much."""
    new_version(waivers=[PUPILS | {"percent": percent}])
    return applied.submit(citizen, applied.draft(citizen, reason="school"))


def pay(world, submitted) -> None:
    bill = bill_by_id(submitted.bill_id)
    post(telling(world.mtn, bill.reference, bill.total_minor))


def rows(account_id: int) -> list[dict[str, str]]:
    answer = browser(account_id).get(f"{PAGE}file.csv", BY_SERVICE)
    assert answer.status_code == 200
    told = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(told)))


def page(account_id: int) -> str:
    return re.sub(r"\s+", " ", browser(account_id).get(PAGE, BY_SERVICE).content.decode())


def test_what_a_law_left_a_part_of_stands_beside_what_was_paid(world, uwase) -> None:
    submitted = sent_in(uwase, percent=40)
    assert rows(watcher()) == []  # Billed, and not paid: no fee came less.
    pay(world, submitted)
    (row,) = rows(watcher())
    assert (row["received_minor"], row["waived_minor"], row["Waived by"]) == ("300", "200", LAW)
    assert f"Waived by {LAW}: 200" in page(watcher())


def test_what_was_paid_back_was_not_waived_either(world, uwase) -> None:
    pay(world, sent_in(uwase, percent=40))
    take_back(Movement.objects.get(), at=NOON)
    (row,) = rows(watcher())
    assert (row["revenue_minor"], row["waived_minor"], row["Waived by"]) == ("0", "0", "")


def test_what_a_law_took_off_altogether_is_on_no_bill_and_in_the_report(world, uwase) -> None:
    submitted = sent_in(uwase, percent=100)
    assert submitted.bill_id is None
    charge = WaivedCharge.objects.get()
    assert (charge.waived_minor, charge.law, charge.at) == (500, LAW, NOON)
    (row,) = rows(watcher())
    assert (row["received_minor"], row["waived_minor"], row["Waived by"]) == ("0", "500", LAW)
    # Nobody sees more of it than of the rest.
    assert rows(agency("rdb")) == []
    for change in (charge.delete, lambda: charge.save(update_fields=["law"])):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_fee_that_no_law_took_off_is_not_told(world, uwase) -> None:
    pay(world, applied.submit(uwase, applied.draft(uwase)))
    (row,) = rows(watcher())
    assert (row["waived_minor"], row["Waived by"]) == ("0", "")
    assert not WaivedCharge.objects.exists()
