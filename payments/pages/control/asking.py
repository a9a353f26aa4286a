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

from accounts import sessions
from payments.pages.control import views
from payments.pages.control.refusals import REFUSALS, said


def ask(
    request: HttpRequest,
    name: str,
    form: forms.Form,
    act: Callable[[Any, int, datetime], object],
) -> HttpResponse:
    """
    Let an operation ask, and answer; a mistake shows the room again, beside what was typed.

    :param name: by which the room's page knows the form
    :param act: the operation, by what the form says, the account and the time
    """
    if form.is_valid():
        try:
            act(form.cleaned_data, int(sessions.signed_in(request).pk), timezone.now())
        except REFUSALS as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, gettext("Another person decides now."))
            return redirect("payments:control")
    return views.page(request, status=422, **{name: form}, form=form)
