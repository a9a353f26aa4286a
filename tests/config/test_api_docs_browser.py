"""The page on which people read and try the API, under the policy that every page has."""

import pytest
from django.urls import reverse

from tests.design.browser import needs_chromium, opened

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def test_the_api_can_be_read_in_a_browser_without_a_breach(live_server, monkeypatch):
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with opened() as page:
        page.goto(live_server.url + reverse("api_docs"))
        page.get_by_role("heading", name="Guichet").wait_for()
        page.get_by_text("/api/health/").wait_for()
        page.get_by_text("/api/health/").click()
        page.get_by_text("Content-Type").or_(page.get_by_text("Responses")).first.wait_for()
