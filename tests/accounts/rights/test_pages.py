"""The rights desk in a browser, and the bad people who sit down at it."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Grant
from kernel.models import AuditEntry
from tests.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]
DESK = "/staff/rights/"
AGO = timedelta(days=30)


def at_desk(account_id: int) -> Client:
    browser = Client()
    browser.force_login(Account.objects.get(pk=account_id))
    return browser


def holds(*acts: str, **more) -> int:
    return people.officer(*acts, at=timezone.now() - AGO, **more)


@pytest.fixture
def giver() -> int:
    return holds("rights.give", area_code="12", display_name="Jeanne Gives")


@pytest.fixture
def confirmer() -> int:
    return holds("rights.confirm", area_code="12", display_name="Paul Confirms")


@pytest.fixture
def officer() -> int:
    return people.staff(display_name="Alice Officer").pk


def typed(**more) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "area": "1209",
        "service": "*",
        "rail": "*",
        "beneficiary": "*",
        "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=100)).isoformat(),
        "because": "the desk has a new officer",
        "step": "give",
        "password": people.PASSWORD,
        **more,
    }


def give(browser: Client, account_id: int, act: str = "case.decide", **more):
    return browser.post(f"{DESK}people/{account_id}/give/{act}/", typed(**more))


def proposed(giver: int, officer: int, **more) -> Grant:
    answer = give(at_desk(giver), officer, **more)
    assert answer.status_code == 302, answer.content.decode()
    return Grant.objects.get(account_id=officer, given_by_id=giver)


def test_a_right_is_proposed_looked_at_again_and_confirmed_by_another(giver, confirmer, officer):
    desk = at_desk(giver)
    assert "Decide cases" in desk.get(f"{DESK}people/{officer}/give/").content.decode()
    asked = give(desk, officer, step="review")
    assert asked.status_code == 200
    assert "Is this right?" in asked.content.decode()
    assert not Grant.objects.filter(account_id=officer).exists()
    right = proposed(giver, officer)
    assert (right.given_because, right.confirmed_at) == ("the desk has a new officer", None)
    second = at_desk(confirmer)
    assert "Alice Officer" in second.get(f"{DESK}waiting/").content.decode()
    page = f"{DESK}{right.pk}/"
    assert second.post(page, {"password": "wrong"}).status_code == 422
    assert second.post(page, {"password": people.PASSWORD}).status_code == 302
    right.refresh_from_db()
    assert right.confirmed_by_id == confirmer
    asked = {"act": "case.decide", "area": "Kimironko"}
    assert "Alice Officer" in second.get(DESK, asked).content.decode()
    assert "Nobody may do this" in second.get(DESK, {**asked, "area": "1213"}).content.decode()


def test_only_who_gives_or_confirms_rights_comes_in(giver, confirmer, officer):
    right = proposed(giver, officer)
    addresses = ["", "waiting/", "ending/", "export.csv", f"people/{officer}/", f"{right.pk}/"]
    stranger = at_desk(holds("case.decide"))
    for address in addresses:
        assert Client().get(DESK + address).status_code == 302
        assert stranger.get(DESK + address).status_code == 403
        assert at_desk(giver).get(DESK + address).status_code == 200
        assert at_desk(confirmer).get(DESK + address).status_code == 200
    for address in (f"people/{officer}/give/", f"people/{officer}/copy/"):
        assert at_desk(confirmer).get(DESK + address).status_code == 403
    citizen = people.citizen().account_id
    for address in (f"people/{citizen}/", "people/999999/", "999999/", "999999/end/"):
        assert at_desk(giver).get(DESK + address).status_code == 404
    assert at_desk(giver).get(f"{DESK}people/{officer}/give/tests.none/").status_code == 404


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"area": "13"}, "does not reach that far"),
        ({"area": ""}, "This field is required"),
        ({"area": "Atlantis"}, "No area is called so"),
        ({"from_on": "2020-01-01"}, "does not begin in the past"),
        ({"until_on": "2020-01-01"}, "before the first"),
        ({"until_on": ""}, "This field is required"),
        ({"because": ""}, "This field is required"),
        ({"service": "not-a-service"}, "Select a valid choice"),
        ({"rail": "mtn-xx"}, "Select a valid choice"),
        ({"password": "guess"}, "This is not your password"),
        ({"password": ""}, "Type your password"),
    ],
    ids=str,
)
def test_what_may_not_be_given_is_refused_in_words(giver, officer, more, said):
    answer = give(at_desk(giver), officer, **more)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Grant.objects.filter(account_id=officer).exists()


@pytest.mark.parametrize("narrow", [{"service_code": "a"}, {"rail_code": "b"}], ids=str)
def test_nobody_gives_another_service_or_rail_than_her_own(officer, narrow):
    narrow_giver = holds("rights.give", **narrow)
    for everything in ({}, {"service": "", "rail": ""}):
        answer = give(at_desk(narrow_giver), officer, area="", **everything)
        assert answer.status_code == 422
    assert not Grant.objects.filter(account_id=officer).exists()


def test_an_officer_cannot_raise_her_own_rights(giver):
    assert give(at_desk(giver), giver).status_code == 422
    login = people.staff(person=Account.objects.get(pk=giver).person)
    answer = give(at_desk(giver), login.pk)
    assert "nobody does this for herself" in answer.content.decode()
    assert not Grant.objects.filter(account=login).exists()


def test_a_supervisor_cannot_confirm_her_own_gift_nor_by_another_login(giver, officer):
    right = proposed(giver, officer)
    other_login = people.staff(person=Account.objects.get(pk=giver).person)
    for account_id in (giver, other_login.pk, officer):
        answer = at_desk(account_id).post(f"{DESK}{right.pk}/", {"password": people.PASSWORD})
        assert answer.status_code in {403, 422}
    right.refresh_from_db()
    assert right.confirmed_at is None


def test_a_right_is_not_confirmed_after_its_giver_lost_hers(giver, confirmer, officer):
    right = proposed(giver, officer)
    Grant.objects.filter(account_id=giver).update(ended_by=confirmer, ended_at=timezone.now())
    answer = at_desk(confirmer).post(f"{DESK}{right.pk}/", {"password": people.PASSWORD})
    assert answer.status_code == 422
    assert "may no longer give it" in answer.content.decode()


def because(why: str) -> dict[str, str]:
    return {"because": why, "password": people.PASSWORD}


def test_the_last_who_gives_rights_in_the_country_is_not_ended(giver):
    last = Grant.objects.get(account_id=holds("rights.give"))
    confirmer = holds("rights.confirm")
    desk = at_desk(confirmer)
    answer = desk.post(f"{DESK}{last.pk}/end/", because("she moves on"))
    assert answer.status_code == 422
    assert "Let another hold it first" in answer.content.decode()
    with pytest.raises(IntegrityError, match="over the whole country"), transaction.atomic():
        Grant.objects.filter(pk=last.pk).update(ended_by=confirmer, ended_at=timezone.now())
    holds("rights.give")
    assert desk.post(f"{DESK}{last.pk}/end/", because("she moves on")).status_code == 302


def test_whom_she_looks_for_is_sent_and_stands_in_no_address(giver, officer):
    desk = at_desk(giver)
    assert "Alice Officer" in desk.post(DESK, {"q": "alice"}).content.decode()
    assert "Alice Officer" not in desk.get(f"{DESK}?q=alice").content.decode()
    whose = f"{DESK}people/{giver}/copy/"
    assert "Alice Officer" in desk.post(whose, {"q": "alice"}).content.decode()
    assert "Alice Officer" not in desk.get(f"{whose}?q=alice").content.decode()
    assert desk.post(DESK, {"q": "a\x00b"}).status_code == 200


def test_a_right_until_the_end_of_time_is_refused_in_words(giver, officer):
    address = f"{DESK}people/{officer}/give/case.decide/"
    answer = at_desk(giver).post(address, typed(until_on="9999-12-31"))
    assert "ten years at most" in answer.content.decode()


def test_what_a_form_does_not_ask_for_is_not_read(giver, confirmer, officer):
    more = {
        "given_by": str(confirmer),
        "given_by_id": str(confirmer),
        "confirmed_by": str(confirmer),
        "confirmed_at": "2026-01-01",
        "account_id": str(giver),
        "act": "rights.give",
        "from_at": "2020-01-01",
        "until_at": "2099-01-01",
    }
    address = f"{DESK}people/{officer}/give/case.decide/"
    assert at_desk(giver).post(address, typed() | more).status_code == 302
    right = Grant.objects.get(account_id=officer)
    assert (right.given_by_id, right.account_id, right.act) == (giver, officer, "case.decide")
    assert right.confirmed_at is None
    assert right.from_at == right.given_at
    assert right.until_at.year < 2099


def test_a_right_is_ended_with_a_reason_by_one_person(giver, confirmer, officer):
    right = proposed(giver, officer)
    end = f"{DESK}{right.pk}/end/"
    elsewhere = at_desk(holds("rights.confirm", area_code="13"))
    assert elsewhere.post(end, because("I do not like it")).status_code == 404
    desk = at_desk(confirmer)
    assert desk.post(end, because("")).status_code == 422
    assert desk.post(end, {"because": "not her work"}).status_code == 422
    assert desk.post(end, because("not her work") | {"password": "guessed"}).status_code == 422
    right.refresh_from_db()
    assert right.ended_at is None
    assert desk.post(end, because("not her work")).status_code == 302
    right.refresh_from_db()
    assert (right.ended_by_id, right.ended_because) == (confirmer, "not her work")
    assert desk.post(end, because("once more")).status_code == 422
    assert "not her work" in desk.get(f"{DESK}{right.pk}/").content.decode()


def test_a_colleagues_rights_are_proposed_and_each_is_confirmed(giver, confirmer, officer):
    colleague = holds("case.decide", "case.sign", area_code="1209")
    holds("case.receive", area_code="13")
    page = f"{DESK}people/{officer}/copy/?from={colleague}"
    desk = at_desk(giver)
    assert "Sign papers" in desk.get(page).content.decode().replace("sign papers", "Sign papers")
    hers = list(Grant.objects.filter(account_id=colleague).values_list("pk", flat=True))
    others = Grant.objects.exclude(account_id=colleague).first().pk
    asked = because("the same desk")
    assert desk.post(page, {**asked, "which": [*hers, others]}).status_code == 422
    assert desk.post(page, {**asked, "which": hers}).status_code == 302
    made = Grant.objects.filter(account_id=officer)
    assert sorted(made.values_list("act", flat=True)) == ["case.decide", "case.sign"]
    assert not made.filter(confirmed_at__isnull=False).exists()
    assert "nothing that you could copy" in desk.get(page).content.decode()


def test_acts_that_are_kept_apart_are_refused_with_the_act_that_is_in_the_way(giver):
    finance = holds("refund.decide")
    answer = give(at_desk(giver), finance)
    assert answer.status_code == 422
    assert "approve refunds" in answer.content.decode()


def test_rights_are_taken_away_as_a_file_that_no_spreadsheet_obeys(giver, confirmer):
    evil = people.staff(display_name="=HYPERLINK(1)").pk
    proposed(giver, evil)
    answer = at_desk(confirmer).get(f"{DESK}export.csv", {"area": "Kimironko"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert "'=HYPERLINK(1)" in {row["Who"] for row in rows}
    assert AuditEntry.objects.filter(act="rights.exported", actor_id=confirmer).exists()
    elsewhere = at_desk(confirmer).get(f"{DESK}export.csv", {"area": "1301"})
    assert b"HYPERLINK" not in b"".join(elsewhere)


def test_what_ends_within_thirty_days_is_listed(giver, officer):
    soon = (timezone.localdate() + timedelta(days=9)).isoformat()
    proposed(giver, officer, act="case.receive", until_on=soon)
    assert "Alice Officer" in at_desk(giver).get(f"{DESK}ending/").content.decode()
    assert "ends soon" not in at_desk(giver).get(f"{DESK}ending/").content.decode()


def test_a_list_costs_the_same_however_long(giver, officer, django_assert_max_num_queries):
    browser = at_desk(giver)
    for act in ("case.decide", "case.sign", "case.receive", "paper.copy", "paper.revoke"):
        give(browser, officer, act)
    with django_assert_max_num_queries(20):
        browser.get(f"{DESK}waiting/")
    with django_assert_max_num_queries(20):
        browser.get(f"{DESK}people/{officer}/")
