"""Reports in the background: asking for one, watching it, taking it along."""

from typing import IO
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from reports import operations, queries, words, writing
from reports.asking import FORMATS, Asked, Format
from reports.models import Export
from reports.pages.reports import as_file, asked_by, asked_form, required_reach, shown
from reports.pages.waiting import told_of
from reports.policies import VIEW_REPORTS
from reports.queries import NotWithinReach
from reports.states import ExportState


class MakeForm(forms.Form):
    """`stamp` is the report's key: a form that is sent twice asks for one report."""

    stamp = forms.UUIDField()
    format = forms.ChoiceField(choices=list(words.FORMATS.items()))


@never_cache
@require_POST
@sessions.staff_required
def make(request: HttpRequest) -> HttpResponse:
    """Note that a report is wanted, and lead to where it will be."""
    account, now = sessions.signed_in(request), timezone.now()
    ask = asked_form(request.POST, required_reach(account.pk, now), account_id=account.pk, now=now)
    form = MakeForm(request.POST)
    if not (ask.is_valid() and form.is_valid()):
        return redirect("reports:reports")
    wanted = Format(form.cleaned_data["format"])
    if wanted not in FORMATS[ask.kind]:
        return redirect("reports:reports")
    try:
        key = operations.ask(
            asked=asked_by(ask, now),
            format=wanted,
            by_id=account.pk,
            key=form.cleaned_data["stamp"],
            at=now,
        )
    except operations.TooManyExports:
        messages.warning(
            request, gettext("Five of your reports are not ready yet. Wait for one of them.")
        )
        return redirect("reports:reports")
    return redirect("reports:export", key=key)


@never_cache
@require_safe
@sessions.staff_required
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far it is; once it is ready, the report itself or the way to its file."""
    made = _mine(request, key)
    context = {"export": told_of(made)}
    if made.state == ExportState.DONE and made.format == Format.PAGE:
        with _opened(made) as file:
            context |= shown(writing.read_page(file.read()))
    return render(request, "reports/export.html", context)


@never_cache
@require_safe
@sessions.staff_required
def state(request: HttpRequest, key: UUID) -> JsonResponse:
    told = told_of(_mine(request, key))
    html = render_to_string("reports/_progress.html", {"export": told}, request)
    return JsonResponse({"version": told.version, "html": html, "over": told.is_over})


@never_cache
@require_safe
@sessions.staff_required
def file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Answer with the finished file, to whoever asked for it and still may see what it holds."""
    made = _mine(request, key)
    return as_file(_opened(made), Asked.from_dict(made.parameters), Format(made.format))


def _mine(request: HttpRequest, key: UUID) -> Export:
    account, now = sessions.signed_in(request), timezone.now()
    required_reach(account.pk, now)
    try:
        return queries.export(key, account_id=account.pk, now=now)
    except queries.NoExport:
        raise Http404 from None


def _opened(made: Export) -> IO[bytes]:
    try:
        return operations.opened(made, now=timezone.now())
    except NotWithinReach:
        raise grants.NotGranted(account_id=made.asked_by_id, act=VIEW_REPORTS.code) from None
    except operations.FileGone:
        raise Http404 from None
