"""The editor's first page: services, what is being edited, and how a draft begins."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from catalogue import drafted, plain, queries
from catalogue.models import Service, ServiceVersion
from catalogue.operations import editing, exchanging
from catalogue.pages import editing_rights, editing_words
from catalogue.pages.editing_choices import choices
from catalogue.pages.editing_fields import CodeField
from catalogue.pages.editing_rights import Visitor
from catalogue.words import tell
from kernel.country import country


@never_cache
@require_safe
@sessions.staff_required
def services(request: HttpRequest) -> HttpResponse:
    """List the services that are hers, with what waits for a second person on top."""
    who = editing_rights.visitor(request)
    lines = drafted.services(who.reach, who.language)
    return render(
        request,
        "catalogue/editor/services.html",
        {"lines": lines, "waiting": drafted.waiting(lines), "may_begin": who.reach is None},
    )


@never_cache
@require_safe
@sessions.staff_required
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the service has said so far, version by version."""
    who = editing_rights.visitor(request)
    who.require(code)
    found = Service.objects.select_related("current").filter(code=code).first()
    if found is None:
        raise Http404
    names = found.current.definition.get("names", {}) if found.current else {}
    return render(
        request,
        "catalogue/editor/service.html",
        {
            "service": found,
            "name": tell(names, who.language),
            "versions": drafted.versions(code),
            "draft": drafted.open_draft(code),
            "may_edit": who.may_edit(code),
        },
    )


@never_cache
@require_safe
@sessions.staff_required
def version_file(request: HttpRequest, version_id: int) -> HttpResponse:
    """Give a version as one file."""
    who = editing_rights.visitor(request)
    found = ServiceVersion.objects.select_related("service").filter(pk=version_id).first()
    if found is None:
        raise Http404
    who.require(found.service.code)
    return file_response(found.service.code, found.definition)


@never_cache
@require_POST
@sessions.staff_required
def begin(request: HttpRequest, version_id: int) -> HttpResponse:
    """Begin a draft that says what this version said."""
    who = editing_rights.visitor(request)
    try:
        draft_id = editing.begin_from_version(
            version_id=version_id, by_id=who.account_id, at=who.at
        )
    except ServiceVersion.DoesNotExist:
        raise Http404 from None
    except editing.DraftStands as stands:
        return _go_on(request, stands)
    except editing.TooLong:
        messages.error(request, too_long())
        return redirect("catalogue:editor")
    return redirect("catalogue:editor_draft", draft_id)


class _Nothing(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = CodeField(
        label=_("Code"),
        max_length=60,
        help_text=_("Part of its address, such as residence. It stays as it is."),
    )
    category = forms.ChoiceField(label=_("Category"))
    agency = forms.ChoiceField(label=_("Agency"))
    kind = forms.ChoiceField(label=_("Kind"))

    def __init__(self, data: Any, files: Any, *, who: Visitor) -> None:
        super().__init__(data, files, auto_id="nothing-%s")
        for name, told in (("category", "categories"), ("agency", "agencies"), ("kind", "kinds")):
            _offer(self, name, choices(told, {}, who.language))

    def definition(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "code": typed["code"],
            "names": {country().default_language: typed["name"]},
            "category": typed["category"],
            "agency": typed["agency"],
            "kind": typed["kind"],
            "applicable": False,
        }


class _Copy(forms.Form):
    service = forms.ChoiceField(label=_("Of which service"))
    name = forms.CharField(label=_("Name of the new one"), max_length=120)
    code = CodeField(label=_("Its code"), max_length=60)

    def __init__(self, data: Any, files: Any, *, who: Visitor) -> None:
        super().__init__(data, files, auto_id="copy-%s")
        named = queries.services_called(who.language)
        _offer(self, "service", sorted(named.items(), key=lambda one: one[1]))

    def definition(self) -> dict[str, Any]:
        typed = self.cleaned_data
        current = Service.objects.select_related("current").get(code=typed["service"]).current
        says = dict(current.definition) if current else {}
        # Its cases are numbered by letters of their own, and its name is nobody's translation yet.
        for key in ("case_prefix", "unofficial", "synonyms"):
            says.pop(key, None)
        names = {country().default_language: typed["name"]}
        return {**says, "code": typed["code"], "names": names}


class _File(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("One service as a YAML file, as this page gives it out."),
    )

    def __init__(self, data: Any, files: Any, *, who: Visitor) -> None:
        super().__init__(data, files, auto_id="file-%s")
        self.read: dict[str, Any] = {}
        self.taken: list[plain.Taken] = []

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        try:
            told = exchanging.read(given.read(exchanging.FILE_BYTES_MAX + 1))
            self.read, self.taken = plain.clean_all(told)
        except exchanging.BadFile as bad:
            where = gettext("Line %(line)d: ") % {"line": bad.line} if bad.line else ""
            raise forms.ValidationError(f"{where}{bad.why}") from None
        return given

    def definition(self) -> dict[str, Any]:
        return self.read


def _offer(form: forms.Form, name: str, offered: Sequence[tuple[str, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = [("", _("Choose")), *offered]


_WAYS: Mapping[str, Callable[..., forms.Form]] = {"nothing": _Nothing, "copy": _Copy, "file": _File}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def new(request: HttpRequest) -> HttpResponse:
    """Begin a service from nothing, from another one, or from a file."""
    who = editing_rights.visitor(request)
    way = request.POST.get("way", "")
    made = {name: form(None, None, who=who) for name, form in _WAYS.items() if name != way}
    if way in _WAYS:
        form = made[way] = _WAYS[way](request.POST, request.FILES, who=who)
        if form.is_valid():
            definition = form.definition()  # type: ignore[attr-defined]
            try:
                draft_id = editing.begin(
                    code=definition["code"],
                    definition=definition,
                    section=way,
                    is_new=way != "file",
                    by_id=who.account_id,
                    at=who.at,
                )
            except editing.ServiceStands:
                form.add_error("code", gettext("Another service has this code."))
            except editing.TooLong:
                form.add_error(None, too_long())
            except editing.DraftStands as stands:
                return _go_on(request, stands)
            else:
                editing_words.tell_taken(request, getattr(form, "taken", []))
                return redirect("catalogue:editor_draft", draft_id)
    context = {"forms": made, "form": made.get(way)}
    return render(request, "catalogue/editor/new.html", context, status=422 if way in made else 200)


def too_long() -> str:
    """Return in words why `editing.TooLong` was raised."""
    return gettext("The service says more than anybody can read. Shorten it.")


def file_response(code: str, definition: Mapping[str, Any]) -> HttpResponse:
    """Return a definition as a file to keep."""
    response = HttpResponse(
        exchanging.export(definition), content_type="application/yaml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{code}.yaml"'
    return response


def _go_on(request: HttpRequest, stands: editing.DraftStands) -> HttpResponse:
    messages.warning(request, gettext("Somebody edits this service already: this is it."))
    return redirect("catalogue:editor_draft", stands.draft_id)
