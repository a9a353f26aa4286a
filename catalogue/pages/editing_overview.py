"""One draft at a glance: its parts, what is missing, what may be done with it, its story."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from catalogue import drafted
from catalogue.models import ServiceDraft
from catalogue.operations import reviewing
from catalogue.pages import editing_rights, editing_words
from catalogue.pages.editing_review_forms import ApproveForm, ReturnForm, SendForm, day_of
from catalogue.pages.editing_rights import Visitor
from catalogue.states import EDITABLE, DraftState


@never_cache
@require_safe
@sessions.staff_required
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show the draft: its sections, what is missing, what may be done with it, its story."""
    who = editing_rights.visitor(request)
    found = editing_rights.draft_for(who, draft_id)
    return overview(request, who, found)


def overview(
    request: HttpRequest, who: Visitor, found: ServiceDraft, *, status: int = 200, **bound: Any
) -> HttpResponse:
    """Render the draft's page; `bound` holds a form that was typed and not taken."""
    lacks = reviewing.lacks(found, at=who.at)
    with_fees = reviewing.changes_money(found)
    may_edit = who.may_edit(found.code)
    in_review = found.state == DraftState.IN_REVIEW
    may_publish = who.may_publish(found.code, with_fees=False)
    context = {
        "draft": found,
        "state": DraftState(found.state),
        "name": editing_rights.name_of(found, who),
        "sections": editing_words.sections_with(lacks),
        "gaps": editing_words.gaps(lacks, found.definition, found.pk),
        "with_fees": with_fees,
        "may_edit": may_edit and found.state in EDITABLE,
        "may_take_back": may_edit and in_review,
        "may_approve": in_review
        and who.may_publish(found.code, with_fees=with_fees)
        and not drafted.is_editor(found, who.account_id),
        "may_return": may_publish
        and found.state in (DraftState.IN_REVIEW, DraftState.APPROVED)
        and not drafted.is_editor(found, who.account_id),
        "lacks_fees": in_review
        and may_publish
        and not who.may_publish(found.code, with_fees=with_fees),
        "send_form": SendForm(auto_id="send-%s"),
        "approve_form": ApproveForm(
            auto_id="approve-%s",
            initial={"revision": found.revision, "publish_from": day_of(found.publish_from)},
        ),
        "return_form": ReturnForm(auto_id="return-%s"),
        "steps": [
            (step, editing_words.section_title(step.section)) for step in drafted.steps(found)
        ],
        **bound,
    }
    return render(request, "catalogue/editor/draft.html", context, status=status)
