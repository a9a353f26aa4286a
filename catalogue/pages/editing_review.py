"""What is done with a whole draft: seen as citizens will, compared, sent, approved, returned."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.queries import SamePerson
from catalogue import comparing, missing
from catalogue.definition import Definition
from catalogue.forms import form_class
from catalogue.models import ServiceDraft
from catalogue.operations import editing, reviewing
from catalogue.pages import editing_overview, editing_rights, editing_words, public
from catalogue.pages.editing import file_response
from catalogue.pages.editing_review_forms import ApproveForm, ReturnForm, SendForm
from catalogue.pages.editing_rights import Visitor
from catalogue.states import DraftState
from catalogue.words import tell


@never_cache
@require_safe
@sessions.staff_required
def differences(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show what the draft says differently from what is in force, or was when it was published."""
    who = editing_rights.visitor(request)
    draft = editing_rights.draft_for(who, draft_id)
    before = draft.base.definition if draft.base else {}
    return render(
        request,
        "catalogue/editor/differences.html",
        {
            "draft": draft,
            "name": editing_rights.name_of(draft, who),
            "chapters": editing_words.chapters(before, draft.definition),
            "fees": comparing.fee_changes(before, draft.definition),
            "base": draft.base,
        },
    )


@never_cache
@require_safe
@sessions.staff_required
def preview(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show the procedure page as citizens will see it."""
    draft, definition, _who = _readable(request, draft_id)
    context = public.page_of(definition) | {
        "draft": draft,
        "groups": definition.form,
        "version": draft.revision,
    }
    return render(request, "catalogue/editor/preview_service.html", context)


@never_cache
@require_safe
@sessions.staff_required
def preview_group(request: HttpRequest, draft_id: int, group: str) -> HttpResponse:
    """Show one page of the form as citizens will see it; nothing of it can be sent."""
    draft, definition, who = _readable(request, draft_id)
    codes = [one.code for one in definition.form]
    if group not in codes:
        raise Http404
    step = codes.index(group)
    page = definition.form[step]
    return render(
        request,
        "catalogue/editor/preview_group.html",
        {
            "draft": draft,
            "name": definition.name(who.language),
            "title": page.title(who.language),
            "help": tell(page.help, who.language),
            "form": form_class(page, who.language)(),
            "step": step + 1,
            "steps": len(codes),
            "next": codes[step + 1] if step + 1 < len(codes) else "",
        },
    )


@never_cache
@require_safe
@sessions.staff_required
def draft_file(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Give the draft as one file."""
    who = editing_rights.visitor(request)
    draft = editing_rights.draft_for(who, draft_id)
    return file_response(draft.code, draft.definition)


@never_cache
@require_POST
@sessions.staff_required
def act(request: HttpRequest, draft_id: int, name: str) -> HttpResponse:
    """Do one thing with the whole draft; a refusal shows its page again, in words."""
    who = editing_rights.visitor(request)
    draft = editing_rights.draft_for(who, draft_id)
    forms_of: dict[str, type[forms.Form]] = {
        "send": SendForm,
        "approve": ApproveForm,
        "return": ReturnForm,
    }
    form = forms_of.get(name, forms.Form)(request.POST, auto_id=f"{name}-%s")
    if form.is_valid():
        try:
            _do(name, form, draft, who)
        except REFUSALS as refusal:
            form.add_error(None, said(refusal))
        else:
            draft.refresh_from_db()
            messages.success(request, _done(name, draft))
            if draft.state == DraftState.DISCARDED:
                return redirect("catalogue:editor")
            return redirect("catalogue:editor_draft", draft.pk)
    bound: dict[str, Any] = {"form": form, f"{name}_form": form}
    return editing_overview.overview(request, who, draft, status=422, **bound)


REFUSALS = (
    SamePerson,
    editing.NotEditable,
    reviewing.FeeBeforeLaw,
    reviewing.FeeWithoutLaw,
    reviewing.InThePast,
    reviewing.NotInReview,
    reviewing.NotReady,
    reviewing.NoWords,
    reviewing.OutOfDate,
)


def said(refusal: Exception) -> str:
    """Return in words for people why it was refused."""
    match refusal:
        case SamePerson():
            return gettext("You have edited this draft: somebody else approves it.")
        case reviewing.FeeWithoutLaw():
            return gettext(
                "A fee changes. It needs its law, the day since which that is in force, and a "
                "revenue code: %(fees)s."
            ) % {"fees": ", ".join(refusal.codes)}
        case reviewing.FeeBeforeLaw():
            return gettext(
                "A fee changes before its law is in force: %(fees)s. Publish from that day on."
            ) % {"fees": ", ".join(refusal.codes)}
        case reviewing.InThePast():
            return gettext("This day is over.")
        case reviewing.NotReady():
            return gettext("Something is missing: see the list.")
        case reviewing.NoWords():
            return gettext("Say what should be different.")
        case reviewing.OutOfDate():
            return gettext(
                "Another version came into force since this draft began. Compare with it first."
            )
        case reviewing.NotInReview():
            return gettext("It was changed or decided meanwhile. Read it again.")
    return gettext("This draft cannot be changed now.")


def _do(name: str, form: Any, draft: ServiceDraft, who: Visitor) -> None:
    by: dict[str, Any] = {"draft_id": draft.pk, "by_id": who.account_id, "at": who.at}
    match name:
        case "send":
            words = form.cleaned_data["words"]
            reviewing.send(**by, publish_from=form.moment, words=words)
        case "take-back":
            reviewing.take_back(**by)
        case "approve":
            told = form.cleaned_data
            reviewing.approve(
                **by,
                revision=told["revision"],
                publish_from=form.moment,
                words=told["words"],
            )
        case "return":
            reviewing.send_back(**by, words=form.cleaned_data["words"])
        case "renew":
            editing.renew_base(**by)
        case "discard":
            editing.discard(**by)
        case _:
            raise Http404


def _done(name: str, draft: ServiceDraft) -> str:
    if name == "approve" and draft.state == DraftState.APPROVED:
        return gettext("Approved. It is published on its day.")
    return {
        "send": gettext("Sent. Another person decides now."),
        "take-back": gettext("You can go on with it."),
        "approve": gettext("Published. Running cases keep the version that they began with."),
        "return": gettext("Returned to its editor."),
        "renew": gettext("The draft now changes what is in force. Read the differences again."),
        "discard": gettext("Given up. What is in force stays."),
    }[name]


def _readable(request: HttpRequest, draft_id: int) -> tuple[ServiceDraft, Definition, Visitor]:
    """:raises Http404: if so little of the draft fits that nothing can be shown"""
    who = editing_rights.visitor(request)
    draft = editing_rights.draft_for(who, draft_id)
    reading = missing.read(draft.definition, lambda _definition: None)
    if reading.definition is None:
        raise Http404
    return draft, reading.definition, who
