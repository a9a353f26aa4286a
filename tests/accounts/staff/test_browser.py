"""The pages of people and of one's own login, as a browser shows them: at 1280 and at 360 px."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from tests.accounts.browsing import staff_in
from tests.accounts.people import staff
from tests.accounts.staff.people import invite, mailed
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_pages_of_people_can_be_read_by_everybody(
    live_server, width, scheme, it_officer, office
):
    at = timezone.now()
    for name in ("Vestine Isuzuma", "Patrick Habyarimana", "Jean de Dieu Nshimiyimana Rukundo"):
        hers = staff(office=office, display_name=name, last_login=at)
    staff(office=office, display_name="Claude Mugabo", is_active=False)
    invited_id = invite(it_officer, office.pk, at=at)
    token = mailed(at).token
    staff_in(Client(headers={"user-agent": "Firefox/131.0 Linux"}), hers)
    browser = Client()
    staff_in(Client(), Account.objects.get(pk=it_officer))
    staff_in(browser, Account.objects.get(pk=it_officer))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    pages = [
        "/staff/people/",
        "/staff/people/invite/",
        f"/staff/people/{hers.pk}/",
        f"/staff/people/{invited_id}/",
        f"/staff/people/{hers.pk}/link/",
        f"/staff/people/{hers.pk}/close/",
        "/account/visits/",
        "/staff/password/",
        "/staff/directory/left/",
        f"/staff/invitation/{token}/",
    ]
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for path in pages:
            page.goto(live_server.url + path)
            assert (path, breaches(page), overhang(page)) == (path, [], 0)
        page.goto(f"{live_server.url}/staff/invitation/{token}/")
        page.get_by_label("New password").fill("seen by its typist")
        page.get_by_role("button", name="Show").click()
        assert page.get_by_label("New password").get_attribute("type") == "text"
