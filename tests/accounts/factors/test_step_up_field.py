"""Where a page asks her to prove who she is, it asks for what she has."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from accounts.operations import Proof, factors
from accounts.pages import stepping
from accounts.pages.stepping import StepUpForm
from config.stack.home import ROOT
from tests.accounts.factors.world import add_app, add_passkey
from tests.accounts.people import staff


def test_every_page_that_steps_up_does_it_by_the_shared_field():
    alone = re.compile(r"\b(?:operations|accounts|people)\.step_up\(")
    pages = [one for one in ROOT.glob("*/pages/**/*.py") if one != Path(stepping.__file__)]
    assert [str(one) for one in pages if alone.search(one.read_text(encoding="utf-8"))] == []


def shown(account) -> str:
    request = RequestFactory().get("/")
    request.user, request.session = account, {}
    form = StepUpForm()
    stepping.fit(request, "refund.decide", form)
    return str(form)


@pytest.mark.django_db
def test_the_field_asks_for_what_she_has():
    bare, with_app, with_key = staff(), staff(), staff()
    add_app(with_app.pk)
    add_passkey(with_key.pk)
    assert "password_code" not in shown(bare)
    assert "passkey" not in shown(with_app)
    assert "Code from your app" in shown(with_app)
    assert 'data-purpose="step-up refund.decide"' in shown(with_key)
    assert "A recovery code" in shown(with_key)
    assert "style=" not in shown(with_key)


@pytest.mark.django_db
def test_without_a_site_for_passkeys_the_other_way_stays_open(settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    holder = staff()
    settings.SITE_URL = "https://guichet.example"
    add_passkey(holder.pk)
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert "data-passkey" not in shown(holder)
    assert "A recovery code" in shown(holder)
    assert factors.enrolled(holder.pk)


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ({}, False),
        ({"password": "", "password_code": "123456"}, False),
        ({"password": "x" * 513}, False),
        ({"password": "x"}, True),
        ({"password": "", "password_passkey": "{}"}, True),
    ],
)
def test_a_password_or_a_passkey_is_asked_for(typed, good):
    form = StepUpForm(typed)
    assert form.is_valid() is good
    assert "x" * 400 not in str(form)


def test_a_proof_tells_nothing_of_itself():
    assert "secret" not in repr(Proof("secret", "secret", "secret", "secret"))
