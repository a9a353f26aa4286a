"""The pages by which people find something, as a browser shows them, and without script."""

import pytest
from django.db import transaction

from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/services/certificate-being-single/",
    "/services/certificate-being-single/print/",
    "/services/certificate-being-single/before/",
    "/services/certificate-being-single/right/",
    "/services/",
    "/search/?q=passeport",
    "/search/?q=xqzwk",
    "/glossary/",
    "/faq/",
    "/digitisation/",
)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_every_page_can_be_read_by_everybody(light_rw, live_server, width, scheme) -> None:
    with transaction.atomic():
        load(light_rw)
    found = {}
    with opened(width=width, scheme=scheme) as page:
        for path in PAGES:
            page.goto(live_server.url + path)
            found[path] = (breaches(page), overhang(page))
    assert found == dict.fromkeys(PAGES, ([], 0))


def test_the_way_from_a_question_to_an_answer_needs_no_script_and_no_mouse(
    light_rw, live_server
) -> None:
    with transaction.atomic():
        load(light_rw)
    with opened(width=PHONE, script=False) as page:
        page.goto(live_server.url + "/search/")
        page.get_by_role("searchbox").focus()
        page.keyboard.type("celibataire")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Certificate of being single").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Is this for me?").focus()
        page.keyboard.press("Enter")
        for answer in ("Never", "A Rwandan identity card"):
            page.get_by_label(answer).focus()
            page.keyboard.press("Space")
        page.get_by_role("button", name="See the answer").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="You may apply").wait_for()
        assert page.get_by_text("500 RWF").count()
