"""The page of reports: what is asked, the chart, the table, and the ways to take it along."""

from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from kernel.country import country
from reports import queries, tables, words, writing
from reports.asking import FORMATS, Asked, Format, Kind
from reports.pages.forms import AskForm, usual
from reports.pages.waiting import told_of
from reports.policies import VIEW_REPORTS
from reports.queries import Reach


@dataclass(frozen=True)
class Tab:
    label: Promise
    query: str
    here: bool


@dataclass(frozen=True)
class Way:
    """A form in which a report can be had."""

    format: Format
    label: Promise


@never_cache
@require_safe
@sessions.staff_required
def reports(request: HttpRequest) -> HttpResponse:
    """Show a report at once, or say that it is too big for that."""
    account, now = sessions.signed_in(request), timezone.now()
    reach = required_reach(account.pk, now)
    form = asked_form(request.GET, reach, account_id=account.pk, now=now)
    context: dict[str, Any] = {
        "form": form,
        "kind": form.kind,
        "tabs": _tabs(reach, form.kind),
        "mine": [told_of(one) for one in queries.mine(account.pk, now=now)],
        "stamp": uuid4(),
        "ways": [
            Way(one, words.FORMATS[one]) for one in FORMATS[form.kind] if one is not Format.PAGE
        ],
    }
    if not form.is_valid():
        return render(request, "reports/reports.html", context, status=422)
    asked = asked_by(form, now)
    count, at_once = queries.reads(asked, reach)
    context |= {"query": _query(form, asked), "at_once": at_once, "too_big": count > at_once}
    context["not_over"] = asked.kind is Kind.REVENUE and asked.period.last >= _today(now)
    if not context["too_big"] and Format.PAGE in FORMATS[form.kind]:
        context |= shown(queries.build(asked, reach))
    return render(request, "reports/reports.html", context)


@never_cache
@require_safe
@sessions.staff_required
def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """Answer with a report's file at once; with the page, where it is too big for that."""
    account, now = sessions.signed_in(request), timezone.now()
    reach = required_reach(account.pk, now)
    ask = asked_form(request.GET, reach, account_id=account.pk, now=now)
    back = redirect("reports:reports")
    if request.GET:
        back["Location"] += f"?{request.GET.urlencode()}"
    if not ask.is_valid() or form not in FORMATS[ask.kind] or form == Format.PAGE:
        return back
    asked, wanted = asked_by(ask, now), Format(form)
    count, at_once = queries.reads(asked, reach)
    if count > at_once:
        return back
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it.
    writing.write(file, asked, wanted, reach, at=now)
    file.seek(0)
    return as_file(file, asked, wanted)


def required_reach(account_id: int, at: datetime) -> Reach:
    """:raises NotGranted: to whoever may see no report at all"""
    reach = queries.reach(account_id=account_id, at=at)
    if reach.is_empty:
        raise grants.NotGranted(account_id=account_id, act=VIEW_REPORTS.code)
    return reach


def asked_form(data: QueryDict, reach: Reach, *, account_id: int, now: datetime) -> AskForm:
    """
    Read what is asked for; where nothing is said, what is usual.

    :raises NotGranted: if her grants do not cover that kind of report
    """
    told = data.get("report", Kind.REVENUE.value)
    kind = Kind(told) if told in set(Kind) else Kind.REVENUE
    if not reach.permits(kind):
        raise grants.NotGranted(account_id=account_id, act=VIEW_REPORTS.code)
    return AskForm(usual(kind, _today(now)) | {name: data[name] for name in data}, kind=kind)


def asked_by(form: AskForm, now: datetime) -> Asked:
    """Return what a valid form asks, in the reader's language."""
    return form.asked(get_language() or "en", today=_today(now))


def _today(now: datetime) -> date:
    return now.astimezone(country().zone).date()


def shown(table: tables.Table) -> dict[str, Any]:
    """Return a table as the template draws it."""
    return {
        "table": table,
        "charts": tables.charts(table),
        "several": len({row.currency for row in table.rows}) > 1,
        "lines": [_line(table, row) for row in table.rows],
        "total_lines": [_line(table, row) for row in table.totals],
    }


def as_file(file: Any, asked: Asked, form: Format) -> FileResponse:
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{asked.name}.{form}",
        content_type=writing.MEDIA_TYPES[form],
    )


def _line(table: tables.Table, row: tables.Row) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "within": row.within,
        "cells": list(zip(table.columns, row.cells, strict=True)),
    }


def _tabs(reach: Reach, here: Kind) -> list[Tab]:
    return [
        Tab(words.KINDS[kind], f"?report={kind}", kind is here)
        for kind in Kind
        if reach.permits(kind)
    ]


def _query(form: AskForm, asked: Asked) -> str:
    """Return the question as an address says it; the area is put in by whoever leads further."""
    query = QueryDict(mutable=True)
    for name in ("report", "by", "unit", "on", "first", "last", "within"):
        if value := str(form.data.get(name, "")):
            query[name] = value
    return query.urlencode()
