"""Writing a draft, section by section and part by part, each saved by itself."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from catalogue import drafted, tree
from catalogue.models import ServiceDraft
from catalogue.operations import editing
from catalogue.pages import editing_rights, editing_sections, editing_words
from catalogue.pages.editing import too_long
from catalogue.pages.editing_forms import PartForm
from catalogue.pages.editing_parts import ITSELF, Listing
from catalogue.pages.editing_rights import Visitor
from catalogue.states import EDITABLE
from catalogue.words import tell
from kernel.country import country

_STEPS = {"up": -1, "down": 1}
_REVISION = re.compile("[0-9]{1,9}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def section(request: HttpRequest, draft_id: int, code: str) -> HttpResponse:
    """Write one section: its questions here, each item of its lists on a page of its own."""
    who = editing_rights.visitor(request)
    found = editing_rights.draft_for(who, draft_id)
    try:
        part = editing_sections.section(code)
    except editing_sections.NoPart:
        raise Http404 from None
    form = _form(request.POST if request.method == "POST" else None, who, found, part.inputs)
    context: dict[str, Any] = {
        "section": part,
        "lists": [(each, _items(found, (each.key,), each, who)) for each in part.lists],
        "form": form if part.inputs else None,
    }
    if form.is_bound and form.is_valid():
        values = form.values
        saved = _save(
            request,
            who,
            found,
            form,
            keys=part.keys,
            section=code,
            how=lambda definition: tree.merge(definition, values),
            context=context,
        )
        if saved:
            return redirect("catalogue:editor_section", found.pk, code)
    return _page(request, who, found, "section", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def part(request: HttpRequest, draft_id: int, where: str) -> HttpResponse:
    """Write one item of a list, such as a fee, or a question of a page of the form."""
    who = editing_rights.visitor(request)
    found = editing_rights.draft_for(who, draft_id)
    path = _path(where)
    try:
        listing = editing_sections.listing(path)
        item = {} if path[-1] == tree.NEW else tree.get(found.definition, path)
        tree.get(found.definition, path[:-1])
    except (editing_sections.NoPart, tree.NoPlace):
        raise Http404 from None
    form = _form(
        request.POST if request.method == "POST" else None, who, found, listing.inputs, item
    )
    base = "/".join(path)
    context: dict[str, Any] = {
        "listing": listing,
        "is_new": path[-1] == tree.NEW,
        "back": _back(found, path),
        # What is not there yet holds nothing.
        "lists": [
            (each, _items(found, (*path, each.key), each, who), f"{base}/")
            for each in listing.inner
            if path[-1] != tree.NEW
        ],
        "form": form,
    }
    if form.is_bound and form.is_valid():
        try:
            saved = _save(
                request,
                who,
                found,
                form,
                keys=(path[0],),
                section=base[:60],
                how=lambda definition: tree.put(definition, path, _item(definition, path, form)),
                context=context,
            )
        except tree.CodeTaken:
            saved = False
            field = "code" if "code" in form.fields else "value"
            form.add_error(field, gettext("Another one has this code."))
        except tree.NoPlace:
            saved = False
            form.add_error(None, gettext("Somebody has taken this out meanwhile."))
        if saved:
            if path[-1] == tree.NEW and listing.inner:
                name = tree.name_of(form.values, 0)
                return redirect("catalogue:editor_part", found.pk, "/".join((*path[:-1], name)))
            return redirect(context["back"])
    return _page(request, who, found, "part", context)


@never_cache
@require_POST
@sessions.staff_required
def arrange(request: HttpRequest, draft_id: int, where: str) -> HttpResponse:
    """Move an item of a list up or down, or take it out."""
    who = editing_rights.visitor(request)
    found = editing_rights.draft_for(who, draft_id)
    path, what = _path(where), request.POST.get("what", "")
    revision = request.POST.get("revision", "")
    if what not in ("up", "down", "out") or not _REVISION.fullmatch(revision):
        raise Http404
    try:
        editing_sections.listing(path)
        editing.change(
            draft_id=found.pk,
            revision=int(revision),
            keys=(path[0],),
            section="/".join(path)[:60],
            how=lambda definition: (
                tree.take_out(definition, path)
                if what == "out"
                else tree.move(definition, path, _STEPS[what])
            ),
            by_id=who.account_id,
            at=who.at,
        )
    except (editing_sections.NoPart, tree.NoPlace):
        raise Http404 from None
    except editing.Overtaken:
        messages.warning(request, gettext("Somebody changed this list just now. Look again."))
    except editing.NotEditable:
        messages.error(request, gettext("This draft cannot be changed now."))
    return redirect(_back(found, path))


def _page(
    request: HttpRequest, who: Visitor, found: ServiceDraft, page: str, context: dict[str, Any]
) -> HttpResponse:
    form: PartForm | None = context["form"]
    context |= {
        "draft": found,
        "name": editing_rights.name_of(found, who),
        "may_edit": who.may_edit(found.code) and found.state in EDITABLE,
    }
    status = 200
    if form is not None and form.is_bound:
        status = 409 if "overtaken" in context else 422
    return render(request, f"catalogue/editor/{page}.html", context, status=status)


def _form(data: Any, who: Visitor, found: ServiceDraft, inputs: Any, part: Any = None) -> PartForm:
    return PartForm(
        data,
        inputs=inputs,
        part=found.definition if part is None else part,
        definition=found.definition,
        revision=found.revision,
        language=who.language,
    )


def _save(
    request: HttpRequest,
    who: Visitor,
    found: ServiceDraft,
    form: PartForm,
    *,
    context: dict[str, Any],
    **change: Any,
) -> bool:
    """Save what the form says; where that cannot be, put into form and context what to say."""
    if cleaned := form.take_out_markup():
        context["cleaned"] = cleaned
        return False
    try:
        editing.change(
            draft_id=found.pk,
            revision=form.cleaned_data["revision"],
            by_id=who.account_id,
            at=who.at,
            **change,
        )
    except editing.Overtaken as overtaken:
        # What she typed stays; saving again is her word against what she now sees.
        form.read_anew(overtaken.revision)
        context["overtaken"] = {
            "by": drafted.name_of(overtaken.by_id),
            "at": overtaken.at,
            "chapters": editing_words.chapters({}, {}, overtaken.differences),
        }
        return False
    except editing.NotEditable:
        form.add_error(None, gettext("This draft cannot be changed now."))
        return False
    except editing.TooLong:
        form.add_error(None, too_long())
        return False
    messages.success(request, gettext("Saved."))
    return True


def _item(definition: Mapping[str, Any], path: tuple[str, ...], form: PartForm) -> Any:
    """Return the item as it is to be: what the form does not ask for stays."""
    if form.is_text:
        return form.itself
    before = {} if path[-1] == tree.NEW else tree.get(dict(definition), path)
    item = tree.merge(before, form.values)
    if path[0] == "fees":
        item["currency"] = country().currency
    return item


def _items(
    found: ServiceDraft, path: tuple[str, ...], listing: Listing, who: Visitor
) -> list[tuple[str, str, str]]:
    """Return the items of a list: the path of each, its words, and its code."""
    items = tree.get(found.definition, path) or []
    texts = next((one.key for one in listing.inputs if one.kind in ("texts", "paragraphs")), None)
    told = []
    for index, item in enumerate(items):
        name = tree.name_of(item, index)
        words = item if texts == ITSELF else item.get(texts) if texts else None
        text = tell(words or {}, who.language).text or item.get("url", "") or name
        told.append(("/".join((*path, name)), text, "" if name.startswith("~") else name))
    return told


def _path(where: str) -> tuple[str, ...]:
    path = tuple(where.strip("/").split("/"))
    if len(path) % 2:
        raise Http404
    return path


def _back(found: ServiceDraft, path: tuple[str, ...]) -> str:
    """Return the page on which the item stands in its list."""
    if len(path) > 2:
        return reverse("catalogue:editor_part", args=[found.pk, "/".join(path[:-2])])
    section = editing_sections.section_of(path[0])
    if section is None:
        raise Http404
    return reverse("catalogue:editor_section", args=[found.pk, section.code])
