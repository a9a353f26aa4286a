"""Where would this go, and why? A supervisor tries it out, and tries other rules; all by GET."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as rights
from accounts import queries as accounts
from accounts import sessions
from applications import operations, policies, queries, routing_words
from applications.models import Application
from applications.operations.choosing import Candidate
from applications.pages.apply import language
from applications.pages.desk import reach_of
from catalogue import queries as catalogue
from catalogue.definition import NATIONAL, Definition
from catalogue.words import tell
from kernel.country import country
from places import queries as places

AREAS_NAMED_MAX = 8
_FAR = timedelta(days=3652)


class TrialForm(forms.Form):
    """What is tried: a case, or a service and an area; and, if wanted, other rules."""

    service = forms.ChoiceField(label=_("Service"))
    area = forms.CharField(
        label=_("Area"),
        help_text=_("Its code, or its whole name: the answer on which the office depends."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    moment = forms.DateTimeField(
        label=_("At"),
        help_text=_("Empty: now."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    number = forms.CharField(
        label=_("Or a case number"),
        help_text=_("Its answers and its history count instead of service and area."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=_("Try another level"), required=False)
    area_field = forms.ChoiceField(label=_("Try another answer as the area"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, definitions: Mapping[str, Definition]):
        super().__init__(data)
        chosen = definitions.get((data or {}).get("service", ""))
        services = [(code, one.name(language())) for code, one in definitions.items()]
        as_it_is = [("", _("As it is"))]
        levels = [(one, one) for one in (*reversed(country().area_levels), NATIONAL)]
        asked = [one for one in (chosen.fields.values() if chosen else ()) if one.type == "area"]
        labels = [(one.code, tell(one.labels, language()).text) for one in asked]
        self._offer("service", services)
        self._offer("level", [*as_it_is, *levels])
        self._offer("area_field", [*as_it_is, *labels])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices


@dataclass(frozen=True)
class Row:
    """One officer who was looked at."""

    name: str
    load: int
    is_chosen: bool
    says: str
    until: datetime | None


@never_cache
@require_safe
@sessions.staff_required
def trial(request: HttpRequest) -> HttpResponse:
    """Show where a case would go, and what other rules would change; nothing is written."""
    now = timezone.now()
    account = sessions.signed_in(request)
    reach = _reach(request, at=now)
    definitions = {
        card.code: card.definition
        for card in catalogue.services_that_can_be_applied_for(language())
    }
    form = TrialForm(request.GET if "service" in request.GET else None, definitions=definitions)
    context: dict[str, object] = {
        "form": form,
        "left_behind": queries.without_signer(reach, at=now),
    }
    if form.is_valid():
        asked = form.cleaned_data
        at = asked["moment"] or now
        if abs(at - now) > _FAR:
            form.add_error("moment", gettext("Choose a day within ten years."))
        case = _case(form, account.pk, account.person_id, at=now)
        found = None if form.errors else _explained(form, definitions, case, at=at)
        if found is not None:
            code = case.service_code if case else asked["service"]
            context |= _told(found, code, account.pk, at=at, now=now)
            # A case outlives its service; other rules are tried where there are rules now.
            definition = (
                catalogue.version(case.service_version_id).definition if case else definitions[code]
            )
            context |= {"case": case, "at": at, "name": definition.name(language())}
            if code in definitions and (asked["level"] or asked["area_field"]):
                context["other"] = _other_rules(reach, definitions[code], asked, at=at)
    return render(request, "applications/routing.html", context)


def _reach(request: HttpRequest, *, at: datetime) -> queries.Reach:
    """:raises accounts.policies.NotGranted: if she supervises nothing"""
    account = sessions.signed_in(request)
    if not rights.scopes(account_id=account.pk, act_codes=[policies.SUPERVISE.code], at=at):
        raise rights.NotGranted(account_id=account.pk, act=policies.SUPERVISE.code)
    return reach_of(request, at=at)


def _case(
    form: TrialForm, account_id: int, person_id: int | None, *, at: datetime
) -> Application | None:
    number = form.cleaned_data["number"].strip().upper()
    if not number:
        return None
    found = queries.at_desk(number, account_id=account_id, person_id=person_id, at=at)
    if found is None:
        form.add_error("number", gettext("No case with this number is within your rights."))
    return found


def _explained(
    form: TrialForm,
    definitions: Mapping[str, Definition],
    case: Application | None,
    *,
    at: datetime,
) -> operations.Explanation | None:
    try:
        if case is not None:
            return operations.explain_case(case, at=at)
        code = form.cleaned_data["service"]
        area_code = _area_code(form, definitions[code])
        if area_code is None:
            return None
        given = {definitions[code].area_field: area_code}
        return operations.explain(service_code=code, given=given, at=at)
    except places.NoOffice:
        form.add_error("area", gettext("No office serves this area for this service."))
        return None


def _area_code(form: TrialForm, definition: Definition) -> str | None:
    """Return the code of the area that was typed; None, said in the form, if it is unclear."""
    typed: str = form.cleaned_data["area"].strip()
    if definition.office_level == NATIONAL:
        return typed
    found = places.areas_called(typed, limit=AREAS_NAMED_MAX + 1) if typed else []
    if len(found) == 1:
        return found[0]
    if not typed:
        form.add_error("area", gettext("Say for which area."))
    elif not found:
        form.add_error("area", gettext("No area has this code or this name."))
    else:
        codes = ", ".join(found[:AREAS_NAMED_MAX])
        form.add_error("area", gettext("Several areas have this name: give the code. %s") % codes)
    return None


def _told(
    found: operations.Explanation,
    service_code: str,
    account_id: int,
    *,
    at: datetime,
    now: datetime,
) -> dict[str, object]:
    """Return the answer in words; officers are shown to whoever supervises their desk."""
    choice = found.choice
    may_see = rights.may(
        account_id=account_id,
        act=policies.SUPERVISE.code,
        service_code=service_code,
        area_code=found.desk.area_code,
        at=now,
    )
    names = {one.id: one.display_name for one in _officers(choice.candidates)} if may_see else {}
    return {
        "found": found,
        "office": places.office(found.desk.office_id).told(language()),
        "office_why": _said(found.desk.steps),
        "officer_why": _said(choice.reasons),
        "may_see": may_see,
        "chosen": names.get(choice.officer_id or 0, ""),
        "rows": [
            Row(
                name=names[one.account_id],
                load=one.load,
                is_chosen=one.account_id == choice.officer_id,
                says=routing_words.why_not(one.excluded),
                until=one.until,
            )
            for one in _nearest_first(choice.candidates, choice.officer_id)
            if may_see
        ],
    }


def _officers(candidates: Sequence[Candidate]) -> list[accounts.AccountView]:
    return accounts.accounts([one.account_id for one in candidates])


def _nearest_first(candidates: Sequence[Candidate], chosen: int | None) -> list[Candidate]:
    return sorted(
        candidates, key=lambda one: (one.account_id != chosen, bool(one.excluded), one.load)
    )


def _said(codes: Sequence[str]) -> list[str]:
    return [said for code in codes if (said := routing_words.why(code))]


def _other_rules(
    reach: queries.Reach, definition: Definition, asked: Mapping[str, str], *, at: datetime
) -> dict[str, object]:
    tried = operations.try_rules(
        service_code=definition.code,
        office_level=asked["level"] or definition.office_level,
        area_field=asked["area_field"] or definition.area_field,
        reach=reach,
        at=at,
    )
    ids = {one for case in tried.shown for one in (case.from_office_id, case.to_office_id) if one}
    names = {office.pk: office.told(language()) for office in places.offices(ids)}
    nowhere = gettext("no office")
    return {
        "says": ngettext(
            "%(moved)d of the last %(n)d case would go elsewhere.",
            "%(moved)d of the last %(n)d cases would go elsewhere.",
            tried.cases,
        )
        % {"moved": tried.moved, "n": tried.cases},
        "cases": tried.cases,
        "rows": [
            (
                case.number,
                names.get(case.from_office_id or 0, nowhere),
                names.get(case.to_office_id or 0, nowhere),
            )
            for case in tried.shown
        ],
        "more": tried.moved - len(tried.shown),
    }
