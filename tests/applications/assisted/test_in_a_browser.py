"""The pages of help as a browser shows them, small and large, without a breach."""

import pytest
from django.db import transaction
from django.urls import reverse

from tests.accounts.people import Citizen
from tests.applications.assisted.world import (
    agreed_on_paper,
    begin,
    client,
    fill_in,
    helper,
    scan,
    send_in,
)
from tests.applications.browser import citizen_at, officer_at
from tests.applications.packing import HOME
from tests.applications.test_in_a_browser import enter
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_help_can_be_read_by_everybody(live_server, db, small_pack, width):
    with transaction.atomic():
        load(small_pack)
    esther = helper(HOME, "case.assist", "case.supervise")
    chantal = helper(HOME, "case.receive")
    sent, draft = (agreed_on_paper(esther, client(), chantal) for _ in range(2))
    send_in(sent, esther)
    fill_in(draft, esther)
    by_code = begin(esther, client())
    on_paper = begin(esther, client(), kind="slip")
    scan(on_paper, esther)
    hers = Citizen(sent.account_id, sent.contact_id, sent.holder_id, "")
    pages = {
        esther: [
            ("help",),
            ("help_begin",),
            ("help_consent", by_code.pk),
            ("help_consent", on_paper.pk),
            ("help_case", sent.number),
            ("help_group", draft.number, "parents"),
            ("help_review", draft.number),
            ("help_checks",),
        ],
        chantal: [("help_slips",), ("help_witness", on_paper.pk)],
    }
    seen = [(officer_at(who), one) for who, names in pages.items() for one in names]
    seen += [(citizen_at(hers), (one, sent.number)) for one in ("case", "help_end")]
    with opened(width=width) as page:
        for browser, (name, *args) in seen:
            enter(page, live_server, browser)
            page.goto(live_server.url + reverse(f"applications:{name}", args=args))
            assert (name, breaches(page), overhang(page)) == (name, [], 0)
