from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import operations
from accounts.models import Account, Invitation
from tests.accounts.browsing import staff_in, text
from tests.accounts.people import PASSWORD, officer, staff
from tests.accounts.staff.people import BEATRICE, NEW_PASSWORD, invite, mailed
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(it_officer) -> Client:
    browser = Client()
    staff_in(browser, Account.objects.get(pk=it_officer))
    return browser


def typed(at_office, **more: object) -> dict[str, object]:
    return {
        "national_id": BEATRICE.national_id,
        "born_on": "02/05/1990",
        "email": "beatrice@gasabo.example",
        "office": at_office.pk,
        "language": "en",
        **more,
    }


def test_from_invitation_to_desk(desk, office, register):
    register.people[BEATRICE.national_id] = BEATRICE
    answer = desk.post("/staff/people/invite/", typed(office), follow=True)
    assert "Béatrice Mukamana" in text(answer)
    assert "invited" in text(answer)
    mail = mailed(timezone.now())
    hers = Client()
    answer = hers.get(f"/staff/invitation/{mail.token}/")
    assert (answer.status_code, answer["Location"]) == (302, "/staff/invitation/")
    assert answer["Referrer-Policy"] == "no-referrer"
    for _ in range(2):  # Looking at it uses nothing up.
        page = hers.get("/staff/invitation/")
        assert page.status_code == 200
        assert mail.token not in text(page)
        assert "no-store" in page["Cache-Control"]
    assert "error-summary" in text(hers.post("/staff/invitation/", {"password": "short"}))
    answer = hers.post("/staff/invitation/", {"password": NEW_PASSWORD})
    assert answer["Location"] == "/staff/"
    assert hers.get("/staff/invitation/").status_code == 410
    account = Account.objects.get(login="beatrice@gasabo.example")
    assert staff_in(hers, account, NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize("why", ["accepted", "revoked", "expired", "unknown"])
def test_a_link_that_is_over_says_why(why, it_officer, office, client):
    at = timezone.now() - timedelta(hours=73) if why == "expired" else timezone.now()
    account_id = invite(officer("staff.invite", at=NOON - timedelta(days=99)), office.pk, at=at)
    token = mailed(at).token
    if why == "accepted":
        operations.accept_invitation(token=token, password=NEW_PASSWORD, at=at)
    if why == "revoked":
        by_id = officer("staff.invite", area_code="12")
        operations.revoke_invitation(account_id=account_id, by_id=by_id, at=at)
    if why == "unknown":
        token = token[:-1]
    page = client.get(f"/staff/invitation/{token}/", follow=True)
    assert page.status_code == 410
    said = {"accepted": "used already", "revoked": "good no more", "expired": "has expired"}
    assert said.get(why, "opens nothing") in text(page)


def test_nobody_is_invited_whom_the_register_does_not_know(desk, office, register):
    for wrong in ({}, {"born_on": "03/05/1990"}):
        page = desk.post("/staff/people/invite/", typed(office, **wrong))
        assert "error-summary" in text(page)
    register.gone = True
    assert "does not answer" in text(desk.post("/staff/people/invite/", typed(office)))
    assert not Invitation.objects.exists()


def test_trying_numbers_at_the_form_is_limited(desk, office, register):
    codes = [desk.post("/staff/people/invite/", typed(office)).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_an_office_out_of_reach_cannot_be_named(desk, office, register, country_tree):
    register.people[BEATRICE.national_id] = BEATRICE
    other = type(office).objects.create(
        code="sector-1301", names={"en": "Gahanga"}, area=country_tree["1301"], level="sector"
    )
    for office_id in (other.pk, 0, 10**9, "x"):
        page = desk.post("/staff/people/invite/", typed(office, office=office_id))
        assert page.status_code == 200
        assert "error-summary" in text(page)
    assert not Invitation.objects.exists()


def test_only_people_of_ones_area_are_shown_and_found(desk, office, it_officer):
    hers = staff(office=office, display_name="Vestine Isuzuma")
    stranger = staff(display_name="Somebody Elsewhere")
    page = text(desk.get("/staff/people/"))
    assert "Vestine Isuzuma" in page
    assert "Elsewhere" not in page
    assert "Vestine" in text(desk.post("/staff/people/", {"q": "isuz", "state": "active"}))
    assert "Vestine" not in text(desk.post("/staff/people/", {"q": "isuz", "state": "closed"}))
    assert desk.get(f"/staff/people/{hers.pk}/").status_code == 200
    for page in ("", "link/", "close/"):
        assert desk.get(f"/staff/people/{stranger.pk}/{page}").status_code == 404
    for page in ("link/", "close/", "revoke/"):
        assert desk.post(f"/staff/people/{stranger.pk}/{page}").status_code == 404


def test_whom_she_looks_for_stands_in_no_address(desk, office, it_officer):
    staff(office=office, display_name="Vestine Isuzuma")
    assert "Vestine" in text(desk.get("/staff/people/?q=nobody"))
    found = desk.post("/staff/people/", {"q": "isuz"})
    assert "Vestine" in text(found)
    assert "?q=" not in found.content.decode()


@pytest.mark.parametrize("page", ["1234567x", "0", "-1", "9" * 40, "²", "\x00"])
def test_an_odd_page_number_is_the_first_or_the_last(desk, office, it_officer, page):
    assert desk.post("/staff/people/", {"page": page}).status_code == 200
    assert desk.post("/staff/people/", {"q": "\x00", "page": page}).status_code == 200


def test_whoever_has_no_right_sees_no_list(client, office):
    hers = staff(office=office)
    pages = ["/staff/people/", "/staff/people/invite/", f"/staff/people/{hers.pk}/"]
    for page in pages:
        assert client.get(page)["Location"].startswith("/staff/?next=")
    staff_in(client, Account.objects.get(pk=officer("case.decide", area_code="12")))
    for page in pages:
        assert client.get(page).status_code == 403


def test_an_it_officer_of_a_district_mends_logins_and_sees_no_case(desk, office):
    hers = staff(office=office)
    browser = Client()
    staff_in(browser, hers)
    assert desk.get("/desk/").status_code == 200
    assert "lost" in text(desk.get(f"/staff/people/{hers.pk}/link/"))
    assert desk.post(f"/staff/people/{hers.pk}/link/").status_code == 422
    assert browser.get("/account/visits/").status_code == 200
    desk.post(f"/staff/people/{hers.pk}/link/", {"password": PASSWORD})
    assert browser.get("/account/visits/").status_code == 302
    assert staff_in(browser, hers, PASSWORD).status_code == 200
    assert "Close the account" in text(desk.get(f"/staff/people/{hers.pk}/close/"))
    page = desk.post(f"/staff/people/{hers.pk}/close/", {"password": "wrong"})
    assert page.status_code == 422
    assert "error-summary" in text(page)
    desk.post(f"/staff/people/{hers.pk}/close/", {"password": PASSWORD})
    hers.refresh_from_db()
    assert not hers.is_active
    assert "closed" in text(desk.get(f"/staff/people/{hers.pk}/"))


def test_a_list_costs_the_same_however_long_it_is(desk, office, django_assert_max_num_queries):
    for _ in range(30):
        staff(office=office)
    with django_assert_max_num_queries(9):
        page = text(desk.get("/staff/people/"))
    assert "Next page" in page
    assert "Previous page" in text(desk.post("/staff/people/", {"page": "2"}))
    with django_assert_max_num_queries(16):
        desk.get(f"/staff/people/{staff(office=office).pk}/")
