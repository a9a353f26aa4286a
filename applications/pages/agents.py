"""What a helper did, for whom she helped; who waits for a supervisor; what an area's agents did."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import licences, sessions
from accounts import policies as rights
from applications import operations, policies, queries
from applications.pages.apply import language, of_holder
from applications.queries import agents
from applications.queries.agents import Done, Step
from applications.queries.assisting import offices_reached, shares, supervises
from applications.rooms import MAY_READ_AGENTS
from applications.states import HelpStepKind
from catalogue import forms as catalogue_forms
from catalogue import queries as catalogue
from catalogue.definition import Definition
from catalogue.words import tell
from kernel import audit, exports
from kernel.country import country
from places import queries as places

MAY_READ = tuple(act.code for act in MAY_READ_AGENTS)
_BACK = timedelta(days=90)


class ReleaseForm(forms.Form):
    because = forms.CharField(
        label=_("Why may the helper go on?"),
        help_text=_("What did you find out? Name no citizen and no case."),
        min_length=5,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TimeForm(forms.Form):
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, date]:
        given = super().clean() or {}
        first, last = given.get("since"), given.get("until")
        if first and last and not timedelta(0) <= last - first <= timedelta(days=366):
            self.add_error("until", gettext("Choose a time of one year at most."))
        return given


# --- the person who is helped -----------------------------------------------------------------


@never_cache
@require_safe
@sessions.person_required
def done_for_you(request: HttpRequest, number: str) -> HttpResponse:
    """List for her what the helper typed, gave and opened in her case."""
    application = of_holder(request, number)
    help_ = queries.assistance_of(application.pk)
    if help_ is None:
        raise Http404
    definition = catalogue.version(application.service_version_id).definition
    told = [_told(one, definition) for one in agents.steps(application.pk)]
    context = {
        "application": application,
        "name": definition.name(language()),
        "help": queries.helper_words(application.pk),
        "typed": [one for one in told if one["kind"] == HelpStepKind.TYPED],
        "files": [one for one in told if one["kind"] == HelpStepKind.FILE],
        "looked": [one for one in told if one["kind"] == HelpStepKind.LOOKED],
        "is_unpaid": application.status in {"DRAFT", "AWAITING_PAYMENT"},
    }
    return render(request, "applications/help_done.html", context)


def _told(one: Step, definition: Definition) -> dict[str, object]:
    return {
        "kind": one.kind,
        "label": _label(one, definition),
        "value": _value(one, definition),
        "at": one.at,
    }


def _label(one: Step, definition: Definition) -> str:
    if one.kind == HelpStepKind.TYPED and one.code in definition.fields:
        return tell(definition.fields[one.code].labels, language()).text
    if one.kind == HelpStepKind.FILE and one.code in definition.slots:
        return tell(definition.slots[one.code].names, language()).text
    group = definition.group(one.code)
    if group is not None:
        return group.title(language()).text
    return {
        "documents": gettext("Your files"),
        "review": gettext("All your answers, before they were sent"),
        "mend": gettext("Your answers that the office asked about"),
    }.get(one.code, one.code)


def _value(one: Step, definition: Definition) -> str:
    field = definition.fields.get(one.code)
    if one.kind != HelpStepKind.TYPED:
        return ""
    shown = catalogue_forms.shown(field, one.value, language()) if field else str(one.value or "")
    return shown or gettext("Emptied")


# --- the supervisor ---------------------------------------------------------------------------


@never_cache
@require_safe
@sessions.staff_required
def holds(request: HttpRequest) -> HttpResponse:
    """List the helpers who have helped too many persons through one phone."""
    now, account_id = timezone.now(), _own(request)
    if not supervises(account_id=account_id, at=now):
        raise rights.NotGranted(account_id=account_id, act=policies.SUPERVISE.code)
    found = agents.open_holds(account_id=account_id, at=now)
    names = {one.pk: one.told(language()) for one in places.offices({o.office_id for o in found})}
    context = {
        "lines": [(one, names.get(one.office_id, "")) for one in found],
        "persons_max": policies.PERSONS_OF_A_PHONE_MAX,
    }
    return render(request, "applications/help_holds.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Ask why a helper may go on, and let her."""
    now, account_id = timezone.now(), _own(request)
    held = agents.open_holds(account_id=account_id, at=now)
    hold = next((one for one in held if one.id == hold_id), None)
    if hold is None:
        raise Http404
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            operations.release_hold(
                hold_id=hold_id, by_id=account_id, because=form.cleaned_data["because"], at=now
            )
        except operations.NoSuchHold:
            messages.error(request, gettext("Somebody has decided in the meantime."))
        else:
            messages.success(request, gettext("The helper may go on with this phone."))
        return redirect("applications:help_holds")
    status = 422 if form.is_bound else 200
    return render(
        request, "applications/help_release.html", {"hold": hold, "form": form}, status=status
    )


# --- the agency -------------------------------------------------------------------------------


@never_cache
@require_safe
@sessions.staff_required
def report(request: HttpRequest) -> HttpResponse:
    """Show what the agents of her area did, and how people of its offices apply."""
    now = timezone.now()
    form, first, last = _time(request, at=now)
    lines = _lines(request, first, last, at=now)
    office_ids = offices_reached(_own(request), MAY_READ, at=now)
    counted = [
        one
        for one in shares(since=first, until=last + timedelta(days=1))
        if office_ids is None or one.office_id in office_ids
    ]
    by_self, assisted, undeclared = (
        sum(getattr(one, name) for one in counted) for name in ("by_self", "assisted", "undeclared")
    )
    every = by_self + assisted + undeclared
    context = {
        "form": form,
        "lines": lines,
        "first": first,
        "last": last,
        "by_self": by_self,
        "assisted": assisted,
        "undeclared": undeclared,
        "self_percent": by_self * 100 // every if every else None,
    }
    return render(request, "applications/help_agents.html", context)


@never_cache
@require_safe
@sessions.staff_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give the same as CSV; that it was taken is kept."""
    now = timezone.now()
    _form, first, last = _time(request, at=now)
    lines = _lines(request, first, last, at=now)
    audit.record(
        act="agents.exported",
        actor_id=_own(request),
        subject="accounts.agent",
        subject_id=None,
        detail={"since": first.isoformat(), "until": last.isoformat()},
        at=now,
    )
    header = (
        gettext("Licence"), gettext("Business"), gettext("Area"), gettext("State"),
        gettext("Persons"), gettext("Cases sent in"), gettext("Ended by the person"),
        gettext("Slips in doubt"), gettext("Held for one phone"),
    )  # fmt: skip
    return exports.csv_response("agents", header, _cells(lines))


def _cells(lines: list[tuple[licences.Licence, Done]]) -> Iterator[tuple[object, ...]]:
    for one, done in lines:
        yield (
            one.number, one.business, one.area, one.state, done.persons, done.sent_in,
            done.ended_by_person, done.slips_doubted, done.held,
        )  # fmt: skip


def _lines(
    request: HttpRequest, first: date, last: date, *, at: datetime
) -> list[tuple[licences.Licence, Done]]:
    scopes = rights.scopes(account_id=_own(request), act_codes=MAY_READ, at=at)
    if not scopes:
        raise rights.NotGranted(account_id=_own(request), act=rights.REGISTER_AGENTS.code)
    paths = None
    if all(scope.area_code is not None for scope in scopes):
        known = places.area_paths({scope.area_code for scope in scopes if scope.area_code})
        paths = list(known.values())
    held = [
        one
        for one in licences.overseen(paths, at=at, language=language())
        if one.state != licences.WAITING
    ]
    zone = country().zone
    done = agents.done_under(
        [one.id for one in held],
        since=datetime.combine(first, time(), zone),
        until=datetime.combine(last + timedelta(days=1), time(), zone),
    )
    lines = [(one, done[one.id]) for one in held]
    return sorted(lines, key=lambda line: (-line[1].sent_in, line[0].business))


def _time(request: HttpRequest, *, at: datetime) -> tuple[TimeForm, date, date]:
    today = at.astimezone(country().zone).date()
    first, last = today - _BACK, today
    form = TimeForm(request.GET or None, initial={"since": first, "until": last})
    if form.is_valid():
        first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    return form, first, last


def _own(request: HttpRequest) -> int:
    return int(sessions.signed_in(request).pk)
