"""The operators' window, whatever stands in it: everything may be looked at, nothing changed."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Account
from kernel.admin import ReadOnlyAdmin

pytestmark = pytest.mark.django_db

SHOWN = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
ACTIONS = ("add/", "1/change/", "1/delete/")


@pytest.fixture
def browser():
    operator = Account.objects.create_superuser("root@guichet.example", "password")
    client = Client()
    client.force_login(operator)
    return client


@pytest.mark.parametrize(("model", "page"), SHOWN, ids=lambda one: getattr(one, "__name__", ""))
def test_every_table_is_shown_and_none_can_be_changed(browser, model, page):
    address = f"/operators/{model._meta.app_label}/{model._meta.model_name}/"
    assert isinstance(page, ReadOnlyAdmin)
    listed = browser.get(address)
    assert listed.status_code == 200
    assert b'name="action"' not in listed.content
    for action in ACTIONS:
        assert browser.post(address + action).status_code == 403


def test_djangos_own_groups_are_no_rights_here_and_are_not_shown(browser):
    assert not admin.site.is_registered(Group)
    assert browser.get("/operators/auth/group/").status_code == 404
