"""Giving a case on: to a colleague, or to an office that is found in the country's tree."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policies as rights
from accounts import queries as accounts
from accounts import sessions
from applications import operations, policies
from applications.models import Application
from applications.pages.acting import Operation, action, kept, version
from applications.pages.apply import language
from applications.pages.cases import office_name
from applications.pages.kept import Kept
from applications.states import TransferReason
from catalogue import queries as catalogue
from kernel.country import country
from places import queries as places
from places.queries import Area, Office

COLLEAGUES_MAX = 60
_ID_DIGITS_MAX = 9


@dataclass(frozen=True)
class Target:
    """Where the case is to go; an officer without an office is a colleague of the same one."""

    office_id: int | None
    officer_id: int | None
    name: str = ""


@dataclass(frozen=True)
class Branch:
    """A place of the tree: what holds it, the places under it that have offices, its offices."""

    name: str
    above: list[Area]
    below: list[Area]
    offices: list[Office]


def _page(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    since: int | None = None,
    kept: Kept | None = None,
    status: int = 200,
) -> HttpResponse:
    """Choose where it goes first, and then why."""
    del since
    target = _target(request)
    definition = catalogue.version(application.service_version_id).definition
    colleagues = _colleagues(request, application)
    if target is not None:
        target = _named(target, colleagues)
        if target is None and request.method != "POST":
            raise Http404
    context = {
        "application": application,
        "name": definition.name(language()),
        "office": office_name(application),
        "problem": problem,
        "kept": kept or Kept(),
        "target": target,
        "colleagues": colleagues,
        "branch": None
        if target
        else branch(wanted_place(request, application), but_not=application.deciding_office_id),
        "reasons": TransferReason.choices,
    }
    return render(request, "applications/transfer.html", context, status=status)


@action("transfer", _("%s is given on."), form=_page)
def transfer(request: HttpRequest, application: Application) -> Operation:
    target, typed = _target(request), kept(request)
    return partial(
        operations.transfer,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        office_id=target.office_id if target else None,
        officer_id=target.officer_id if target else None,
        reason_code=typed.reason,
        text=typed.text,
        at=timezone.now(),
    )


def _target(request: HttpRequest) -> Target | None:
    typed = request.POST if request.method == "POST" else request.GET
    office_id, officer_id = (_id(str(typed.get(one, ""))) for one in ("office", "officer"))
    return Target(office_id, officer_id) if office_id or officer_id else None


def _id(text: str) -> int | None:
    good = text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS_MAX
    return int(text) if good else None


def _named(target: Target, colleagues: list[tuple[int, str]]) -> Target | None:
    """Return the target with its name; None if there is no such office, or colleague here."""
    if target.office_id is None:
        name = dict(colleagues).get(target.officer_id or 0)
        return Target(None, target.officer_id, name) if name is not None else None
    found = places.offices({target.office_id})
    return Target(target.office_id, None, found[0].told(language())) if found else None


def _colleagues(request: HttpRequest, application: Application) -> list[tuple[int, str]]:
    """Return who else may decide this service here; whether this very case is asked later."""
    office = application.deciding_office
    granted = rights.holders(
        act=policies.DECIDE.code,
        service_code=application.service_code,
        area_code=office.area.code if office and office.area else None,
        at=timezone.now(),
    )
    ids = [one for one in granted if one != application.officer_id]
    found = accounts.accounts(ids[:COLLEAGUES_MAX])
    return sorted(((one.id, one.display_name) for one in found), key=lambda one: one[1])


def wanted_place(request: HttpRequest, application: Application) -> str:
    """Return the place that she looks at, "" for the country: at first what lies around her."""
    asked = request.GET.get("within")
    office = application.deciding_office
    if asked is not None or office is None or office.area is None:
        return asked or ""
    line = places.area_lines([office.area.code])[office.area.code].areas
    return line[1].code if len(line) > 1 else ""


def branch(within: str, *, but_not: int | None) -> Branch:
    """Return a place of the tree, by the code of its area; one office of it is left out."""
    levels, area = country().area_levels, None
    if within:
        try:
            area = places.area(within)
        except places.NoArea:
            raise Http404 from None
    path, depth = (area.path, area.level) if area else ("", 0)
    paths = places.office_paths()
    here = [pk for pk, where in paths.items() if where == path]
    below = (
        places.areas(level_name=levels[depth], parent_code=area.code if area else None)
        if depth < len(levels)
        else []
    )
    taken = {part for where in paths.values() for part in where.split("/")}
    line = places.area_lines([area.code])[area.code].areas if area else ()
    return Branch(
        name=area.told(language()) if area else "",
        above=list(reversed(line[1:])),
        below=[one for one in below if one.code in taken],
        offices=[one for one in places.offices(here) if one.active and one.pk != but_not],
    )
