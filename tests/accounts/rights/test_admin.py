"""Operators look at everything that they need, at no person, and never unseen."""

import pytest
from django.contrib import admin
from django.db.models import FileField
from django.test import Client, RequestFactory

from accounts.models import Account
from kernel.crypto import EncryptedTextField
from kernel.models import AuditEntry
from tests.accounts import people

PERSONAL = {
    "answers", "applicant_name", "body", "born_on", "family_name", "given_names", "holder_name",
    "national_id", "national_id_index", "national_ids", "note", "password", "phone",
    "private_answers", "recipient", "value", "value_index",
}  # fmt: skip
# About the state's own accounts, days, keys and offices; nobody's name belongs there.
OUR_OWN = {
    ("payments.closedifference", "note"),
    ("payments.settlementaccount", "note"),
    ("payments.settlementaccount", "holder_name"),
    ("documents.credentialrequest", "note"),
    ("places.office", "phone"),
}
SHOWN = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)


@pytest.mark.parametrize(("model", "page"), SHOWN, ids=lambda one: getattr(one, "__name__", ""))
def test_no_page_shows_what_is_a_persons(model, page):
    request = RequestFactory().get("/")
    request.user = Account(is_staff=True, is_superuser=True, is_active=True)
    shown = {str(name) for name in (*page.get_fields(request), *page.get_list_display(request))}
    shown |= {str(name).strip("^=@") for name in page.get_search_fields(request)}
    own = {name for label, name in OUR_OWN if label == model._meta.label_lower}
    assert not (shown & PERSONAL) - own
    kinds = {field.name: field for field in model._meta.get_fields()}
    for name in shown & kinds.keys():
        assert not isinstance(kinds[name], EncryptedTextField | FileField), name
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.get_actions(request) == {}
    assert not page.inlines
    assert not page.list_editable


@pytest.mark.django_db
def test_an_operators_look_at_one_row_is_written_down():
    operator = Account.objects.create_superuser("root@guichet.example", "password")
    browser = Client()
    browser.force_login(operator)
    looked = AuditEntry.objects.filter(act="operator.looked", actor_id=operator.pk)
    of = people.staff().pk
    assert browser.get("/operators/accounts/account/").status_code == 200
    assert browser.get("/operators/accounts/account/999999/change/").status_code == 302
    assert not looked.exists()
    assert browser.get(f"/operators/accounts/account/{of}/change/").status_code == 200
    assert list(looked.values_list("subject", "subject_id")) == [("accounts.account", of)]
