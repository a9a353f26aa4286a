"""Everything is lost: two administrators, a fresh proof, and she begins anew."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import operations
from accounts.models import FactorReset, Visit
from accounts.operations import StepUpRefused, factors, resetting
from accounts.policies import NotGranted
from tests.accounts.browsing import staff_in, text
from tests.accounts.factors.world import add_app
from tests.accounts.people import PASSWORD, officer, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db
MANAGE = "staff.manage"


def proved(by_id: int) -> int:
    return operations.step_up(
        account_id=by_id,
        password=PASSWORD,
        purpose=resetting.RESET_PURPOSE,
        session_key="here",
        at=NOON,
    ).pk


def ask(account_id: int, by_id: int) -> int:
    return resetting.ask_reset(
        account_id=account_id, note="stood before me with her card", by_id=by_id, at=NOON
    )


def decide(reset_id: int, by_id: int, step_up_id: int | None, *, approved: bool = True) -> None:
    resetting.decide_reset(
        reset_id=reset_id,
        approved=approved,
        by_id=by_id,
        step_up_id=step_up_id,
        session_key="here",
        at=NOON,
    )


def test_two_administrators_take_everything_away():
    her, asks, decides = staff().pk, officer(MANAGE), officer(MANAGE)
    with pytest.raises(resetting.NothingToReset):
        ask(her, asks)
    add_app(her)
    for nobody in (officer(), officer("case.decide")):
        with pytest.raises(NotGranted):
            ask(her, nobody)
    asked = ask(her, asks)
    with pytest.raises(resetting.ResetAsked):
        ask(her, decides)
    with pytest.raises(operations.SamePerson):
        decide(asked, asks, proved(asks))
    with pytest.raises(StepUpRefused):
        decide(asked, decides, None)
    decide(asked, decides, proved(decides))
    assert factors.enrolled(her) == factors.Enrolled(False, 0, 0)
    with pytest.raises(resetting.ResetDecided):
        decide(asked, decides, proved(decides))


def test_declining_takes_no_proof_and_changes_nothing():
    her, asks, decides = staff().pk, officer(MANAGE), officer(MANAGE)
    add_app(her)
    decide(ask(her, asks), decides, None, approved=False)
    assert factors.enrolled(her)
    assert resetting.waiting(her, at=NOON) is None


def test_whoever_asked_withdraws_and_what_nobody_decides_is_over_after_a_week():
    her, asks, decides = staff().pk, officer(MANAGE), officer(MANAGE)
    add_app(her)
    decide(ask(her, asks), asks, None, approved=False)
    assert resetting.waiting(her, at=NOON) is None
    told, week = {"account_id": her, "note": "with her card"}, NOON + resetting.ASKED_LASTS
    asked = resetting.ask_reset(by_id=asks, at=NOON, **told)
    assert resetting.waiting(her, at=week) is None
    with pytest.raises(resetting.ResetDecided):
        resetting.decide_reset(reset_id=asked, approved=True, by_id=decides, at=week)
    again = resetting.ask_reset(by_id=decides, at=week, **told)
    assert resetting.waiting(her, at=week).pk == again
    assert factors.enrolled(her)


def test_nobody_resets_herself_under_any_account(refused_by):
    herself = staff()
    add_app(herself.pk)
    other = officer(MANAGE)
    twin = officer(MANAGE, person=herself.person)
    for hers in (herself.pk, twin):
        with pytest.raises((operations.SamePerson, NotGranted)):
            ask(herself.pk, hers)
    asked = ask(herself.pk, other)
    change = {"approved": True, "decided_at": NOON}
    for who, rule in (
        (other, "factor_reset_two_people"),
        (herself.pk, "factor_reset_two_people"),
        (twin, "factor_reset_different_people"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            FactorReset.objects.filter(pk=asked).update(decided_by_id=who, **change)
        assert refused_by(refused.value) == rule


def test_by_the_pages_her_visits_end_and_she_begins_anew(browser):
    her = staff()
    add_app(her.pk)
    asker, decider = Client(), Client()
    asks, decides = officer(MANAGE), officer(MANAGE)
    accounts = type(her).objects
    staff_in(asker, accounts.get(pk=asks))
    staff_in(decider, accounts.get(pk=decides))
    page = f"/staff/people/{her.pk}/factors/"
    assert browser.get(page).status_code == 302
    assert asker.post(page, {"note": ""}).status_code == 422
    assert asker.post(page, {"note": "with her card"}).status_code == 302
    assert "another person decides" in text(asker.get(page))
    assert "with her card" in text(decider.get(page))
    asker.post(page, {"decision": "approve", "password": PASSWORD})
    assert factors.enrolled(her.pk)
    assert decider.post(page, {"decision": "approve", "password": "wrong"}).status_code == 422
    assert decider.post(page, {"decision": "approve", "password": PASSWORD}).status_code == 302
    assert not Visit.objects.filter(account=her, ended_at=None).exists()
    assert staff_in(browser, her)["Location"] == "/desk/"
