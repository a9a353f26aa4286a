"""The desk of statements as a browser shows it, and as it runs while somebody watches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.models import StatementFile
from payments.operations.importing import running
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.statements.books import DAY, Account, Booking, bring, written
from tests.payments.world import issue, make_world

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

LIST = "/desk/money/statements/"


@pytest.fixture
def desk(live_server) -> dict[str, str]:
    """The cookie of an officer who may bring statements, and books with all that can be wrong."""
    make_world()
    account, now = Account(balance=2000), timezone.now()
    today = (now.date() - DAY).days
    for day in (-9, -8, -5, -4):
        since = today + day
        bring(
            account.statement(
                Booking(amount=500, id=f"FT{since}", text=issue(500).reference, day=since),
                day=since,
            ),
            at=now,
        )
    account.statement(Booking(amount=70, id="LOST", day=today - 3), day=today - 3)
    gap = account.statement(Booking(amount=30, id="FT9", day=today - 2), day=today - 2)
    bring(gap, at=now)
    bring(written(Booking(amount=500, id="X"), closing=900, day=today - 1, number=99), at=now)
    return signed_in(live_server)


def signed_in(live_server) -> dict[str, str]:
    browser = officer_at(people.officer("money.view", "statement.import"))
    cookie = browser.cookies["sessionid"].value
    return {"name": "sessionid", "value": cookie, "url": live_server.url}


def statement() -> bytes:
    return written(
        Booking(amount=500, id="FT700", text=issue(500).reference),
        Booking(amount=70, id="FT701", text="school"),
        Booking(amount=-20, id="FT702", text="cash"),
        account="5001",
        opening=1000,
        closing=1550,
    )


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_statement_goes_its_whole_way_and_everybody_can_read_it(
    live_server, desk, settings, width, scheme
):
    make_world().mtn.__class__.objects.filter(code="mtn-rw").update(accounts=["5001"])
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([desk])
        page.goto(live_server.url + LIST)
        assert (breaches(page), overhang(page)) == ([], 0)
        page.locator("#id_file").set_input_files(
            {"name": "november.xml", "mimeType": "text/xml", "buffer": statement()}
        )
        page.get_by_role("button", name="Read it").click()
        page.get_by_text("It waits its turn.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        # The page is not touched: it follows the server by itself.
        assert running.work_off(timezone.now) == 1
        page.get_by_text("It is in order.").wait_for()
        page.get_by_text("ask somebody else to look at it").wait_for()
        assert page.get_by_role("button", name="Confirm and post").count() == 0
        assert (breaches(page), overhang(page)) == ([], 0)
        page.context.clear_cookies()
        page.context.add_cookies([signed_in(live_server)])
        page.reload()
        page.get_by_role("button", name="Confirm and post").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        page.keyboard.press("p")
        page.get_by_text("It waits its turn.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
        # The page is not touched: it follows the server by itself.
        assert running.work_off(timezone.now) == 1
        page.get_by_role("heading", name="What became of it").wait_for()
        page.get_by_text("It fits no bill, and waits for a person.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)


def test_what_is_wrong_with_a_file_is_told_where_it_was_chosen(live_server, desk):
    with opened() as page:
        page.context.add_cookies([desk])
        page.goto(live_server.url + LIST)
        page.locator("#id_file").set_input_files(
            {"name": "all.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04" + b"0" * 99}
        )
        page.get_by_role("button", name="Read it").click()
        page.get_by_role("link", name="archive or a spreadsheet").wait_for()
        assert breaches(page) == []
    assert not StatementFile.objects.filter(
        imported_at__gt=timezone.now() - timedelta(seconds=2), name="all.zip"
    ).exists()
