"""Where staff begin their day, and which doors the desk shows to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tests.accounts import people
from tests.accounts.browsing import staff_in, text

pytestmark = pytest.mark.django_db
DOORS = {
    "accounts:people": {"staff.invite", "staff.manage"},
    "accounts:rights": {"rights.give", "rights.confirm"},
    "accounts:agent_licences": {"agent.register", "agent.confirm"},
    "accounts:citizens": {"person.meet", "person.guard", "person.mend"},
    "accounts:erasures": {"privacy.ask", "privacy.erase"},
    "applications:openings": {"case.supervise"},
    "applications:help_holds": {"case.supervise"},
    "applications:help_agents": {"case.supervise", "agent.register", "agent.confirm"},
    "applications:look_questions": {"privacy.answer"},
    "applications:open_case": {"case.break_glass"},
    "workers:board": {"operations.watch"},
}


def holds(*acts: str) -> Account:
    ago = timezone.now() - timedelta(days=30)
    return Account.objects.get(pk=people.officer(*acts, at=ago))


@pytest.mark.parametrize(
    ("acts", "page"),
    [
        ((), "applications:queue"),
        (("operations.watch",), "workers:board"),
        (("rights.give",), "accounts:rights"),
        (("rights.confirm",), "accounts:rights"),
        (("staff.invite", "staff.manage"), "accounts:people"),
        (("agent.register",), "accounts:agent_licences"),
        (("privacy.answer",), "applications:look_questions"),
        (("case.decide", "person.meet"), "applications:queue"),
        (("case.receive", "person.meet"), "applications:queue"),
        (("money.view",), "applications:queue"),
    ],
)
def test_staff_begin_on_the_first_page_that_they_may_use(acts, page):
    browser = Client()
    assert staff_in(browser, holds(*acts))["Location"] == reverse(page)
    assert browser.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("act", sorted(set().union(*DOORS.values())))
def test_the_desk_shows_the_doors_that_open_and_no_other(act):
    browser = Client()
    browser.force_login(holds(act))
    shown = text(browser.get(reverse("applications:queue")))
    for page, acts in DOORS.items():
        door = reverse(page)
        assert (f'href="{door}"' in shown) == (act in acts), door
        assert (browser.get(door).status_code == 200) == (act in acts), door


def test_the_doors_cost_one_question_however_many_open(django_assert_num_queries):
    few, many = Client(), Client()
    few.force_login(holds("case.decide"))
    many.force_login(holds("case.decide", "privacy.answer", "person.meet", "operations.watch"))
    many.get("/desk/")
    with django_assert_num_queries(_queries(few)):
        many.get("/desk/")


def _queries(browser: Client) -> int:
    browser.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/desk/")
    return len(asked)
