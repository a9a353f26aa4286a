"""A case keeps the answers to what it was asked, and is priced and sent by them."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from applications.models import Application
from catalogue.models import Service
from payments import queries as bills
from payments.models import BillLine
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.drafts.test_saved import new_version

pytestmark = pytest.mark.django_db

CHILDREN = {
    "code": "children",
    "titles": {"en": "Your children"},
    "repeat": {"least": 1, "most": 2, "names": {"en": "Child"}},
    "when": {"field": "reason", "is": "travel"},
    "fields": [
        {"code": "child", "type": "text", "labels": {"en": "Name of the child"}},
        {"code": "child_phone", "type": "phone", "labels": {"en": "Phone"}, "required": False},
    ],
}
PUPILS = {
    "code": "pupils",
    "names": {"en": "Pupils pay nothing"},
    "law": "School Act, article 4",
    "when": {"field": "reason", "is": "school"},
    "percent": 100,
}


@pytest.fixture
def browser(uwase):
    service = Service.objects.select_related("current").get(code=world.BIRTH)
    new_version(form=[*service.current.definition["form"], CHILDREN], waivers=[PUPILS])
    return citizen_at(uwase)


def answer(browser, case: Application, group: str, **typed: str):
    return browser.post(reverse("applications:group", args=[case.number, group]), typed)


def review(browser, case: Application) -> str:
    return text_of(browser.get(reverse("applications:review", args=[case.number])))


def test_another_page_is_asked_where_an_answer_leads_to_it(browser, uwase) -> None:
    case = world.draft(uwase)
    on = answer(browser, case, "reason", reason="travel", declaration="on")
    assert on.url == reverse("applications:group", args=[case.number, "children"])
    added = {"children-count": "1", "children-0-child": "Keza"}
    answer(browser, case, "children", **added, **{"children-0-child_phone": "0788123456"})
    case.refresh_from_db()
    assert case.given["children"] == [{"child": "Keza", "child_phone": "+250788123456"}]
    assert "1. Name of the child: Keza, Phone: +250788123456" in review(browser, case)


def test_rows_with_a_phone_lie_sealed(browser, uwase) -> None:
    case = world.draft(uwase, reason="travel", children=[{"child": "Keza", "child_phone": ""}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM applications_application WHERE id = %s", [case.pk])
        assert "children" not in json.loads(cursor.fetchone()[0])
    assert case.given["children"][0]["child"] == "Keza"


def test_an_answer_to_what_is_no_longer_asked_is_not_kept(browser, uwase) -> None:
    case = world.draft(uwase, reason="other", other_reason="A statue of me")
    assert "A statue of me" in review(browser, case)
    answer(browser, case, "reason", reason="work", other_reason="A statue", declaration="on")
    case.refresh_from_db()
    assert "other_reason" not in case.given
    assert "A statue" not in review(browser, case)


def test_a_page_that_an_answer_made_idle_leads_to_the_review(browser, uwase) -> None:
    case = world.draft(uwase)
    gone = browser.get(reverse("applications:group", args=[case.number, "children"]))
    assert gone.url == reverse("applications:review", args=[case.number])


def test_a_waived_fee_is_shown_with_its_law_and_is_not_billed(browser, uwase) -> None:
    pupil = world.draft(uwase, reason="school")
    shown = review(browser, pupil)
    assert "School Act, article 4" in shown
    assert "Send and pay" not in shown
    browser.post(reverse("applications:review", args=[pupil.number]))
    pupil.refresh_from_db()
    assert (pupil.status, pupil.bill_id) == ("PAID", None)
    worker = world.draft(uwase, reason="work")
    assert "School Act" not in review(browser, worker)
    browser.post(reverse("applications:review", args=[worker.number]))
    worker.refresh_from_db()
    assert bills.bill(worker.bill_id).total_minor == 500


def test_a_fee_that_is_less_says_on_the_bill_by_which_law_and_how_much(browser, uwase) -> None:
    new_version(waivers=[PUPILS | {"percent": 40}])
    pupil = world.draft(uwase, reason="school")
    paid = browser.post(reverse("applications:review", args=[pupil.number])).url
    line = BillLine.objects.get()
    assert (line.amount_minor, line.waived_minor) == (300, 200)
    assert line.waived_by == "School Act, article 4"
    assert "less, by School Act, article 4" in text_of(browser.get(paid))
    with pytest.raises(IntegrityError, match="bill_line_waived_by_a_law"), transaction.atomic():
        BillLine.objects.create(
            bill_id=line.bill_id, line_no=2, charge_key="x", beneficiary_id=line.beneficiary_id,
            payable_id=line.payable_id, currency=line.currency, revenue_code="", legal_source="",
            legal_checked=False, names={}, amount_minor=1, waived_minor=1,
        )  # fmt: skip


def test_what_lacks_in_a_row_keeps_a_case_from_being_sent(browser, uwase) -> None:
    case = world.draft(uwase, reason="travel", children=[])
    address = reverse("applications:review", args=[case.number])
    assert "Give at least 1." in review(browser, case)
    browser.post(address)
    case.refresh_from_db()
    assert case.status == "DRAFT"


def test_the_page_shows_what_an_answer_leads_to_where_there_is_no_script(browser, uwase) -> None:
    case = world.draft(uwase)
    page = answer(browser, case, "reason", reason="other", declaration="on", _asked_reason="")
    assert page.status_code == 200
    said = text_of(page)
    assert "Your answers lead to another question" in said
    assert "catalogue/forms" in said
    asked = dict(page.context["form"].errors)
    assert asked == {}
