"""Every page takes as many queries for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.applications.scenes import PAGES, browser_of

pytestmark = pytest.mark.django_db

QUERIES_MAX = 30
"""
A page that needs more has not been thought about; the desk shows all of a case on one, and writes
down who looked.
"""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_the_same_queries_for_one_row_and_for_many(scene, page):
    who, ask, more = PAGES[page]
    browser = browser_of(who, scene)
    assert ask(browser, scene).status_code == 200  # Whatever is read once a process is read.
    with CaptureQueriesContext(connection) as one:
        ask(browser, scene)
    for what in more:
        getattr(scene, what)()
    with CaptureQueriesContext(connection) as many:
        assert ask(browser, scene).status_code == 200
    seen_of_one, seen_of_many = looks(one), looks(many)
    # Whose names she sees is written down, of all of them at once.
    assert seen_of_many <= max(1, seen_of_one)
    assert len(many) - seen_of_many == len(one) - seen_of_one, [query["sql"] for query in many]
    assert len(one) <= QUERIES_MAX


def looks(captured: CaptureQueriesContext) -> int:
    return sum('INSERT INTO "applications_look"' in query["sql"] for query in captured)
