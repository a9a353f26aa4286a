"""The board tells the morning, and every figure of it leads down to the bytes."""

import html
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.models import AuditEntry
from payments import posting
from payments.models import Evidence, Journal, Movement, SuspenseRule
from payments.models.releases import Release
from payments.operations import alarms
from payments.operations.rolling_up import roll_up
from payments.pages.board import summing
from payments.pages.board.words import (
    BILL_STATES,
    FIGURES,
    KINDS,
    LEGS,
    REASONS,
    ROLES,
    STATES,
)
from payments.queries.figures import OF_BENEFICIARY, OF_RAIL, STANDING
from payments.states import (
    AccountRole,
    AlarmKind,
    BillState,
    Leg,
    RefundState,
    RemittanceState,
    SuspenseReason,
)
from tests.accounts import people
from tests.payments.board.desk import BOARD, finance, link, movement_page, text
from tests.payments.settling import released
from tests.payments.test_poster import receive
from tests.payments.world import debit, give_back, in_flight, issue, make_world, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

TODAY = NOON.date()


def eventful():
    """A bill paid and overpaid, money of nobody, a reversal, refunds paid and failed, a charge."""
    world = make_world()
    bill, reversed_bill = issue(500, 250), issue(300)
    post(
        telling(world.mtn, bill.reference, 800, external_id="C1"),
        telling(world.mtn, reversed_bill.reference, 300, external_id="C2"),
        telling(world.mtn, "nobody's", 90, external_id="C3"),
        telling(world.mtn, "nobody's", 70, external_id="C4"),
        debit(world.mtn, Leg.REVERSAL, 100, original="C2"),
        debit(world.mtn, Leg.CHARGE, 9, original="C1"),
        debit(world.mtn, Leg.SWEEP, 200),
        debit(world.mtn, Leg.WITHDRAWAL, 7),
    )
    paid_back = in_flight(world.mtn, "C3", 90)
    post(debit(world.mtn, Leg.PAYOUT, 90, key=paid_back.key))
    in_flight(world.mtn, "C1", 20)
    give_back(in_flight(world.mtn, "C4", 70))
    return world, bill


def figures_of(row: summing.Row) -> dict[str, int]:
    return {name: figure.amount_minor for name, figure in row.figures.items()}


def test_the_day_of_a_rail_adds_up_and_says_what_stands():
    eventful()
    told = summing.summed(TODAY)
    mtn = next(row for row in told.rails if row.code == "mtn-rw")
    assert figures_of(mtn) == {
        "received": 1_260,
        "taken_back": 100,
        "allocated": 950,  # 750, and 200 that are left of the one that was taken back.
        "suspended": 100,
        "set_apart": 20,
        "refunded": 90,
        "released": 0,
        "charges": 9,
        "in_suspense": 100,
        "refunds_under_way": 20,
        "unexplained": 7,
        "held": 854,
    }
    assert mtn.difference_minor == 0
    by_code = {row.code: figures_of(row) for row in told.beneficiaries}
    assert sum(row["payable"] for row in by_code.values()) == 950
    [sums] = told.sums
    assert figures_of(sums)["allocated"] == 950
    assert [figure.amount_minor for figure in told.house] == [200]


def test_what_leaves_suspense_for_other_accounts_than_the_rails_adds_up_too():
    world = make_world()
    post(
        telling(world.bank, "from MTN", 200, external_id="C1"),
        telling(world.bank, "nobody's", 50, external_id="C2"),
        debit(world.mtn, Leg.SWEEP, 200, external_id="SW-0001"),
    )
    known = {one.external_id: one for one in Movement.objects.all()}
    released(known["C1"], "arrived", 200, sweep=known["SW-0001"])
    released(known["C2"], "unclaimed", 50)
    told = summing.summed(TODAY)
    [bank] = (row for row in told.rails if row.code == "bank-rw")
    assert (figures_of(bank)["released"], bank.difference_minor) == (250, 0)
    assert sum(figure.amount_minor for figure in told.house) == 0
    evidence = html.unescape(text(finance(), bank.figures["released"].url))
    assert all(str(KINDS[kind]) in evidence for kind in ("arrived", "unclaimed"))


def test_what_came_in_yesterday_stands_today_and_is_not_of_today():
    world = make_world()
    yesterday = NOON - timedelta(days=1)
    post(telling(world.mtn, "nobody's", 90, occurred_at=yesterday), at=yesterday)
    [mtn] = (row for row in summing.summed(TODAY).rails if row.code == "mtn-rw")
    assert (figures_of(mtn)["received"], figures_of(mtn)["in_suspense"]) == (0, 90)
    [mtn] = (row for row in summing.summed(TODAY - timedelta(days=1)).rails if row.code == "mtn-rw")
    assert figures_of(mtn)["received"] == 90


def test_every_figure_leads_to_journals_that_make_it():
    eventful()
    browser = finance()
    told = summing.summed(TODAY)
    shown = 0
    for row in (*told.rails, *told.beneficiaries):
        for name, figure in row.figures.items():
            if figure.amount_minor and name not in STANDING:
                page = text(browser, figure.url)
                shown += 1
                amounts = [
                    int(line.split(b",")[6])
                    for line in browser.get(figure.url.replace("/?", ".csv?"))
                    .getvalue()
                    .splitlines()[1:]
                ]
                assert sum(amounts) == figure.amount_minor, name
                assert str(FIGURES[name]) in page
    assert shown >= 9


def test_the_story_from_a_figure_to_the_bytes_and_to_the_bill():
    world = make_world()
    bill = issue(500, 250)
    receive(bill.reference, 800, "B1")
    posting.post_inbox(now=NOON)
    browser = finance()

    board = text(browser, BOARD)
    figure = text(browser, link(board, "figures/received"))
    assert "800" in figure
    journal = text(browser, link(figure, "/board/journals/"))
    assert "Payment received" in journal
    assert "suspense:bank-rw:RWF" not in journal  # Accounts are told in words.
    assert "More than was due" not in journal
    movement = text(browser, link(journal, "/board/movements/"))
    assert "More than was due" in movement
    assert "clearing:bank-rw:RWF" in movement
    told_before = AuditEntry.objects.count()
    message_url = link(movement, "/messages/")
    message = text(browser, message_url)
    assert "&quot;id&quot;: &quot;B1&quot;" in message  # Escaped, as it came.
    assert "the bytes agree with it" in message
    raw = browser.get(link(message, "/raw"))
    kept = Movement.objects.get().evidence.get()
    assert raw.content == bytes(_body_of(kept))
    assert raw["Content-Type"] == "application/octet-stream"
    assert raw["Content-Disposition"].startswith("attachment")
    assert raw["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.count() == told_before + 2
    assert set(AuditEntry.objects.values_list("act", flat=True)) >= {"message.read"}

    proof = text(browser, link(movement, "/proof/"))
    assert bill.reference[:4] in proof
    assert "test:" in proof  # The charge, where no page of a case leads upwards.
    assert link(proof, "/messages/") == message_url
    assert world.bank.code in proof


def test_every_journal_shows_the_fact_that_it_is_about():
    eventful()
    maker, checker = people.staff(display_name="Maker M."), people.staff(display_name="Checker C.")
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=500)
    release = Release.objects.create(
        movement=Movement.objects.get(external_id="C4"),
        kind="write_off",
        currency="RWF",
        amount_minor=70,
        reason="too small for a letter",
        maker=maker,
        asked_at=NOON,
    )
    with transaction.atomic():
        decided = {"checker_id": checker.pk, "approved": True, "decided_at": NOON}
        Release.objects.filter(pk=release.pk).update(**decided)
        posting.release(release.pk, at=NOON)
    browser = finance()
    for journal in Journal.objects.all():
        page = text(browser, reverse("payments:board_journal", args=[journal.pk]))
        assert str(KINDS[journal.kind]) in html.unescape(page)
        text(browser, link(page, "/board/movements/"))
    page = text(browser, reverse("payments:board_journal", args=[Journal.objects.last().pk]))
    for said in ("Written off", "too small for a letter", "Maker M.", "Checker C."):
        assert said in page
    [mtn] = (row for row in summing.summed(TODAY).rails if row.code == "mtn-rw")
    assert (mtn.figures["released"].amount_minor, mtn.difference_minor) == (70, 0)


def test_a_bill_is_found_by_its_reference_and_the_address_never_carries_it():
    make_world()
    bill = issue(500)
    browser = finance()
    search = reverse("payments:board_search")
    found = browser.post(search, {"reference": f"RF {bill.reference}"[3:]})
    assert found.status_code == 302
    assert bill.reference not in found.url
    assert "No money has come for this bill." in text(browser, found.url)
    refused = browser.post(search, {"reference": "858961326965"})
    assert refused.status_code == 422
    assert "No bill has this reference." in refused.content.decode()
    assert "858961326965" in refused.content.decode()


def test_a_quiet_house_says_so():
    page = text(finance(), BOARD)
    for said in (
        "No alarm is open.",
        "Every day before today is closed.",
        "No message waits.",
        "No network or bank is in use.",
        "No agency has money here, and none came for one.",
        "Nothing stands in suspense, and no refund is open.",
    ):
        assert said in page
    assert "Nothing has been posted yet." in text(finance(), reverse("payments:board_accounts"))


def test_what_is_open_stands_there_by_age():
    world = make_world()
    for age, amount in ((0, 10), (2, 20), (3, 30), (6, 40), (30, 50)):
        at = NOON - timedelta(days=age)
        post(telling(world.mtn, "nobody's", amount, occurred_at=NOON), at=at)
    page = text(finance(), BOARD)
    row = page[page.index("How old what is open is") :]
    row = row[: row.index("</table>")]
    for said in ("<b>1</b> <small>10<", "<b>2</b> <small>50<", "<b>1</b> <small>40<"):
        assert said in row


def test_what_rings_and_what_is_not_closed_stand_there():
    make_world()
    alarms.raise_(
        kind=AlarmKind.DEBIT_UNEXPLAINED,
        subject="movement:1",
        rail_code="mtn-rw",
        facts={},
        at=NOON,
    )
    page = text(finance(), BOARD)
    assert "1 alarm rings" in page
    assert "Money left an account, and nobody here ordered it" in page
    assert "3 days are not closed" in page


def test_the_region_follows_the_books():
    world = make_world()
    browser = finance()
    page = text(browser, BOARD)
    region = browser.get(f"{BOARD}now/").json()
    assert region["version"] in page
    assert browser.get(f"{BOARD}now/").json() == region
    post(telling(world.mtn, "nobody's", 90))
    after = browser.get(f"{BOARD}now/").json()
    assert after["version"] != region["version"]
    assert "90" in after["html"]
    assert after["over"] is False


@pytest.mark.parametrize("day", ["", "x", "9999-12-31", "2026-11-20", "'"])
def test_a_made_up_day_is_today(day):
    make_world()
    assert finance().get(BOARD, {"day": day}).status_code == 200


def test_what_does_not_exist_is_not_found():
    eventful()
    browser = finance()
    for address in (
        "figures/received/",
        "figures/received/?rail=nobody&currency=RWF",
        "figures/nothing/?rail=mtn-rw&currency=RWF",
        "figures/remitted/?rail=mtn-rw&currency=RWF",
        "accounts/99999999/",
        "accounts/99999999999999999999999/",
        f"accounts/{Journal.objects.first().pk}/2026-13-40/",
        "journals/99999999/",
        "journals/99999999999999999999999/",
        "movements/99999999/",
        "movements/99999999/messages/1/",
        f"movements/{Movement.objects.first().pk}/lines/1/",
        "proof/99999999/",
    ):
        assert browser.get(BOARD + address).status_code == 404, address


def test_a_message_is_read_only_through_the_movement_that_it_tells_of():
    make_world()
    receive(issue(500).reference, 500, "B1")
    receive(issue(300).reference, 300, "B2")
    posting.post_inbox(now=NOON)
    first, second = Movement.objects.order_by("pk")
    other = Evidence.objects.get(movement=second).source_id
    before = AuditEntry.objects.count()
    address = f"{movement_page(first.pk)}messages/{other}/"
    assert finance().get(address).status_code == 404
    assert AuditEntry.objects.filter(act="message.read").count() == 0
    assert AuditEntry.objects.count() >= before


def test_others_see_nothing():
    eventful()
    movement = movement_page(Movement.objects.first().pk)
    journal = reverse("payments:board_journal", args=[Journal.objects.first().pk])
    addresses = (
        BOARD, f"{BOARD}now/", f"{BOARD}board.csv", f"{BOARD}accounts/", f"{BOARD}accounts.csv",
        f"{BOARD}proof/", journal, movement, f"{movement}messages/1/", f"{movement}messages/1/raw",
    )  # fmt: skip
    for address in addresses:
        assert finance("case.decide").get(address).status_code == 403, address
        assert finance("revenue.view").get(address).status_code == 403, address
        assert Client().get(address).status_code == 302, address


def test_many_take_as_many_queries_as_one():
    world = make_world()
    browser = finance()
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500), telling(world.mtn, "nobody's", 5))
    addresses = [
        BOARD,
        summing.figure_url("received", TODAY, "RWF", rail="mtn-rw"),
        f"{BOARD}accounts/",
        reverse("payments:board_account", args=[_account("suspense:mtn-rw:RWF")]),
        reverse(
            "payments:board_account_day", args=[_account("clearing:mtn-rw:RWF"), TODAY.isoformat()]
        ),
        reverse("payments:board_proof", args=[bill.id]),
    ]
    for address in addresses:
        text(browser, address)
    one = {address: _queries(browser, address) for address in addresses}
    more = [issue(500, 250) for _ in range(8)]
    post(*(telling(world.mtn, each.reference, 750) for each in more))
    post(*(telling(world.bank, "nobody's", 5) for _ in range(8)))
    post(telling(world.bank, bill.reference, 500), telling(world.mtn, bill.reference, 100))
    roll_up(NOON)
    for number in range(8):
        alarms.raise_(
            kind=AlarmKind.DEBIT_UNEXPLAINED, subject=f"x:{number}", rail_code="", facts={}, at=NOON
        )
    assert {address: _queries(browser, address) for address in addresses} == one
    assert one[BOARD] <= 14


def test_a_figure_is_paged_by_key():
    world = make_world()
    post(*(telling(world.mtn, "nobody's", 1) for _ in range(120)))
    browser = finance()
    address, seen = summing.figure_url("received", TODAY, "RWF", rail="mtn-rw"), []
    for _ in range(3):
        page = text(browser, address)
        found = page.count("/board/journals/")
        seen.append(found)
        if found == 50:
            address = link(page, "before=")
    assert seen == [50, 50, 20]


def test_everything_has_its_words():
    assert set(ROLES) == set(AccountRole)
    assert set(LEGS) == set(Leg)
    assert set(REASONS) == set(SuspenseReason)
    assert set(BILL_STATES) == set(BillState)
    assert set(STATES) == {*RefundState, *RemittanceState}
    assert set(FIGURES) >= {*OF_RAIL, *OF_BENEFICIARY, *STANDING} - {"between_accounts"}
    eventful()
    assert set(Journal.objects.values_list("kind", flat=True)) <= set(KINDS)


def _queries(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        text(browser, address)
    return len(counted)


def _account(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM payments_ledger_account WHERE code = %s", [code])
        return cursor.fetchone()[0]


def _body_of(evidence: Evidence) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM payments_inbound_message WHERE id = %s", [evidence.source_id]
        )
        return cursor.fetchone()[0]
