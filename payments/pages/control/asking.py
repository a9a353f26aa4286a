"""Asking in the room of control for what another person decides about."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from accounts.acts import Act
from payments.pages.control import views
from payments.pages.control.refusals import REFUSALS, said
from payments.pages.rights import require_any


def ask(
    request: HttpRequest,
    right: Act,
    name: str,
    form: forms.Form,
    act: Callable[[Any, int, datetime], object],
) -> HttpResponse:
    """
    Let an operation ask, and answer; a mistake shows the room again, beside what was typed.

    :param right: without which nothing of the form is read
    :param name: by which the room's page knows the form
    :param act: the operation, by what the form says, the account and the time
    """
    at = timezone.now()
    account_id = require_any(request, right, at=at)
    if form.is_valid():
        try:
            act(form.cleaned_data, account_id, at)
        except REFUSALS as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, gettext("Another person decides now."))
            return redirect("payments:control")
    return views.page(request, status=422, **{name: form}, form=form)
