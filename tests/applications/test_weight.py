"""No page of a case is heavy, however long its lists."""

import pytest
from django.urls import reverse

from payments import queries as bills
from tests import weighing
from tests.applications import world
from tests.applications.scenes import PAGES, browser_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_heavy_with_its_style(scene, page):
    who, ask, more = PAGES[page]
    for what in more * 2:
        getattr(scene, what)()
    weighing.refuse_heavy(ask(weighing.squeezing(browser_of(who, scene)), scene), page)


def test_the_page_where_she_pays_is_not_heavy(scene):
    drafts = [world.draft(scene.uwase, service) for service in (world.SINGLE, world.MARRIAGE)]
    sent = world.submit(scene.uwase, *drafts)
    browser = weighing.squeezing(browser_of("citizen", scene))
    address = reverse("payments:pay", args=[bills.bill(sent.bill_id).key])
    weighing.refuse_heavy(browser.get(address), "pay")
