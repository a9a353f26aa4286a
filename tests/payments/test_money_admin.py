"""The operators' window on money."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory

from payments.models import Evidence, MovementAlias, Posting, RailHour, UnpostedLine

MODELS = [
    model
    for model in apps.get_app_config("payments").get_models()
    # Shown with their movement and their journal, on the desk's pages.
    if model not in {Evidence, MovementAlias, Posting, RailHour, UnpostedLine}
]
NEVER_SHOWN = {"phone", "body", "body_start", "payer_contact", "headers"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_superuser_may_look_at_everything_and_change_nothing(model):
    page = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    request.user = type("Superuser", (), {"has_perm": lambda *_: True, "is_active": True})()

    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    shown = {*page.list_display, *page.get_fields(request)} - {*(page.exclude or ())}
    assert not shown & NEVER_SHOWN
