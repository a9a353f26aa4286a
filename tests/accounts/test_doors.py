from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import sessions
from accounts.models import Account
from accounts.pages.middleware import AccessMiddleware
from accounts.policies import NotGranted
from kernel.models import AuditEntry
from tests.accounts.browsing import (
    NATIONAL_ID,
    ask,
    prove,
    sign_in,
    text,
)
from tests.accounts.conftest import entry
from tests.accounts.people import citizen, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("door", "who", "leads_to"),
    [
        (sessions.citizen_required, "nobody", "/sign-in/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.citizen_required, "staff", "/sign-in/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.citizen_required, "citizen", None),
        (sessions.person_required, "nobody", "/sign-in/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.person_required, "citizen", "/sign-in/who/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.person_required, "person", None),
        (sessions.staff_required, "nobody", "/staff/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.staff_required, "citizen", "/staff/?next=%2Fx%2F%3Fa%3D1"),
        (sessions.staff_required, "staff", None),
    ],
)
def test_a_door_opens_for_its_own_and_sends_others_to_sign_in(door, who, leads_to, client):
    request = RequestFactory().get("/x/?a=1")
    request.session = client.session
    her = citizen()
    request.user = {
        "staff": staff,
        "citizen": lambda: Account.objects.get(pk=her.account_id),
        "person": lambda: Account.objects.get(pk=her.account_id),
        "nobody": lambda: None,
    }[who]()
    if who == "person":
        sessions.remember_person(request, her.person_id)
    answer = door(lambda request: HttpResponse("in"))(request)
    assert answer.get("Location") == leads_to


def test_a_refused_act_is_recorded_after_its_transaction():
    account = staff()
    middleware = AccessMiddleware(lambda request: HttpResponse())
    refusal = NotGranted(account_id=account.pk, act="case.decide")
    assert isinstance(refusal, PermissionDenied)
    middleware.process_exception(RequestFactory().get("/"), refusal)
    kept = AuditEntry.objects.get(act="access.refused")
    assert (kept.actor_id, kept.detail) == (account.pk, {"act": "case.decide"})


def test_nothing_of_a_person_is_in_logs_or_addresses(browser, register, capsys, caplog):
    register.people[NATIONAL_ID] = entry()
    sign_in(browser)
    prove(browser, born_on="01/01/1991")
    answer = prove(browser)
    logged = "".join(capsys.readouterr()) + caplog.text + answer["Location"]
    assert "person.proven" in logged
    for secret in ("788000101", NATIONAL_ID, "Mukamana", "Béatrice", "1990"):
        assert secret not in logged


@pytest.mark.parametrize("page", ["/sign-in/", "/sign-in/code/", "/sign-in/who/", "/staff/"])
def test_pages_are_kept_by_no_cache_and_name_themselves(browser, page):
    if page == "/sign-in/code/":
        ask(browser)
    if page == "/sign-in/who/":
        sign_in(browser)
    answer = browser.get(page)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert " style=" not in text(answer)
    assert " onclick=" not in text(answer)
    assert "<title>" in text(answer)


def test_pages_cost_a_constant_number_of_queries(browser, register, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        browser.get("/sign-in/")
    with django_assert_max_num_queries(0):
        browser.get("/staff/")
    children = [
        entry(f"12015880000001{n:02d}", born_on=date(2015, 1, 1) + timedelta(days=n))
        for n in range(8)
    ]
    register.people = {child.national_id: child for child in children}
    sign_in(browser)
    for child in children:
        assert prove(browser, child.national_id, child.born_on.isoformat()).status_code == 302
    with django_assert_max_num_queries(3):
        browser.get("/sign-in/who/")
