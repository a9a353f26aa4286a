from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import operations
from accounts.models import Account, Visit
from accounts.pages import devices
from tests.accounts.browsing import NATIONAL_ID, prove, sign_in, staff_in, text
from tests.accounts.conftest import entry
from tests.accounts.people import PASSWORD, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
OPENED = "2026-11-23T07:00:00Z"


def is_in(browser: Client) -> bool:
    return browser.get("/account/visits/").status_code == 200


def test_signing_in_draws_a_new_key_each_time_and_leaves_one_visit():
    browser, account = Client(), staff()
    browser.get("/staff/?next=/desk/")
    keys = set()
    for _ in range(3):
        staff_in(browser, account)
        keys.add(browser.session.session_key)
    assert len(keys) == 3
    assert Visit.objects.filter(account=account, ended_at=None).count() == 1


def test_a_key_planted_before_signing_in_opens_nothing_afterwards():
    thief, account = Client(), staff()
    sign_in(thief)
    planted = thief.cookies["sessionid"].value
    victim = Client()
    victim.cookies["sessionid"] = planted
    staff_in(victim, account)
    assert is_in(victim)
    assert not is_in(thief)


def test_a_page_shows_where_one_is_signed_in_and_ends_it(client):
    account = staff()
    elsewhere = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="196.12.3.77")
    staff_in(elsewhere, account)
    staff_in(client, account)
    shown = text(client.get("/account/visits/"))
    assert "Firefox, Linux" in shown
    assert "196.12.3.0/24" in shown
    assert "196.12.3.77" not in shown
    other = Visit.objects.get(device="Firefox, Linux")
    stranger = Client()
    staff_in(stranger, staff())
    stranger.post(f"/account/visits/{other.pk}/end/")
    assert is_in(elsewhere)
    client.post(f"/account/visits/{other.pk}/end/")
    assert not is_in(elsewhere)
    assert is_in(client)


def test_all_others_end_and_this_one_stays(client):
    account = staff()
    others = [Client(), Client()]
    for browser in (*others, client):
        staff_in(browser, account)
    assert client.get("/account/visits/others/").status_code == 405
    client.post("/account/visits/others/")
    assert [is_in(browser) for browser in (*others, client)] == [False, False, True]


def test_a_desk_is_over_after_half_an_hour_idle_and_after_twelve_hours_of_work(client):
    with time_machine.travel(OPENED, tick=False) as clock:
        staff_in(client, staff())
        for _ in range(28):
            clock.shift(25 * 60)
            assert is_in(client)
        clock.shift(25 * 60)
        assert not is_in(client)
        assert Visit.objects.get().end_reason == "over"
        staff_in(client, staff())
        clock.shift(31 * 60)
        assert not is_in(client)
        assert Visit.objects.latest("pk").end_reason == "idle"


def test_a_phone_stays_signed_in_for_hours_but_forgets_who_held_it(client, register):
    register.people[NATIONAL_ID] = entry()
    with time_machine.travel(OPENED, tick=False) as clock:
        sign_in(client)
        prove(client)
        clock.shift(50 * 60)
        client.get("/account/visits/")
        assert "accounts.person" in client.session
        clock.shift(61 * 60)
        client.get("/account/visits/")
        assert "accounts.person" not in client.session
        assert is_in(client)
        clock.shift(4 * 3600 + 60)
        assert not is_in(client)


def test_being_seen_is_written_at_most_once_a_minute(client, django_assert_num_queries):
    with time_machine.travel(OPENED, tick=False) as clock:
        staff_in(client, staff())
        began = Visit.objects.get().seen_at
        clock.shift(50)
        client.get("/account/visits/")
        assert Visit.objects.get().seen_at == began
        clock.shift(20)
        client.get("/account/visits/")
        assert Visit.objects.get().seen_at == began + timedelta(seconds=70)
        with django_assert_num_queries(3):
            client.get("/account/visits/")


def test_a_new_password_ends_every_visit_but_the_one_where_it_was_set(client):
    account = staff()
    elsewhere = Client()
    for browser in (elsewhere, client):
        staff_in(browser, account)
    wrong = {"password": "not hers", "new": "a kite in the reeds at dawn"}
    assert "error-summary" in text(client.post("/staff/password/", wrong))
    weak = {"password": PASSWORD, "new": "password1234"}
    assert "error-summary" in text(client.post("/staff/password/", weak))
    before = client.session.session_key
    right = {"password": PASSWORD, "new": "a kite in the reeds at dawn"}
    assert client.post("/staff/password/", right).status_code == 302
    assert is_in(client)
    assert client.session.session_key != before
    assert not is_in(elsewhere)
    account.refresh_from_db()
    assert account.check_password("a kite in the reeds at dawn")


def test_postgresql_ends_the_sessions_of_an_account_that_is_closed_by_any_road(client):
    account = staff()
    staff_in(client, account)
    with connection.cursor() as sql:
        sql.execute("UPDATE accounts_account SET is_active = false WHERE id = %s", [account.pk])
    assert not Visit.objects.filter(ended_at=None).exists()
    Account.objects.update(is_active=True)
    assert not is_in(client)
    assert SESSION_KEY not in client.session


def test_a_browser_that_was_shut_is_shown_no_more_and_its_visit_ends(client):
    account = staff()
    with time_machine.travel(OPENED, tick=False) as clock:
        staff_in(Client(headers={"user-agent": FIREFOX}), account)
        clock.shift(31 * 60)
        staff_in(client, account)
        assert "Firefox" not in text(client.get("/account/visits/"))
        clock.shift(4 * 3600)
        at = timezone.now()
    assert operations.forget_old(now=at, limit=500) >= 2
    assert set(Visit.objects.values_list("end_reason", flat=True)) == {"idle"}
    operations.forget_old(now=at + timedelta(days=91), limit=500)
    assert not Visit.objects.exists()


def test_postgresql_lets_no_visit_begin_again(refused_by):
    visit_id = operations.begin_visit(
        account_id=staff().pk,
        session_key="k",
        strength=["password"],
        device="",
        network="",
        at=NOON,
    )
    visit = Visit.objects.get(pk=visit_id)
    assert operations.end_visit(
        visit_id=visit_id, account_id=visit.account_id, reason="ended", at=NOON
    )
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Visit.objects.update(ended_at=None, end_reason="", session_key="k")
    assert refused_by(refused.value) == "visit_ended_once"
    assert not operations.see_visit(visit_id=visit_id, session_key="k", at=NOON)


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A047F) Chrome/129.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/129.0 Safari/537.36 Edg/129.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (Mobile; Nokia_105; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
            "Firefox, KaiOS",
        ),
        ("curl/8", ""),
        ("", ""),
        ("x" * 100_000, ""),
    ],
)
def test_of_a_browser_only_its_kind_is_kept(user_agent, kind):
    assert devices.kind(user_agent) == kind


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("196.12.3.77", "196.12.3.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unknown", ""),
    ],
)
def test_of_an_address_only_its_network_is_kept(address, network):
    assert devices.network(address) == network
