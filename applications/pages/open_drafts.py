"""Which drafts a browser has open before anybody proved who she is; and where ended ones led."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import sessions
from applications import operations, queries
from applications.models import Application, SavedDraft
from applications.operations import saving, unsent
from applications.pages.typed import SeeOther, say_too_much, typed
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition

P = ParamSpec("P")
_Page = Callable[Concatenate[HttpRequest, P], HttpResponse]

_OPEN = "applications.saved"
_OPEN_MAX = 5


def remember(request: HttpRequest, key: UUID) -> None:
    """Keep a draft open in this browser's session, until somebody leaves it with another code."""
    way = saving.way_in(SavedDraft.objects.get(key=key))
    request.session[_OPEN] = [*_others(request, key), [str(key), way]][-_OPEN_MAX:]


def forget(request: HttpRequest, key: UUID) -> None:
    request.session[_OPEN] = _others(request, key)


def opened(request: HttpRequest, key: UUID, *, at: datetime) -> SavedDraft | None:
    """Return a draft that this browser began or opened, or whose phone is signed in here."""
    draft = SavedDraft.objects.filter(key=key).first()
    if draft is None or saving.is_over(draft, at=at):
        return None
    account = sessions.current_account(request)
    by_phone = account is not None and draft.contact_id == account.contact_id is not None
    return draft if by_phone or _is_open(request, draft) else None


def open_here(request: HttpRequest, service_code: str, *, at: datetime) -> list[SavedDraft]:
    """Return the drafts of a service that this browser began or opened, the newest first."""
    keys = [key for key, _way in request.session.get(_OPEN, [])]
    if not keys:
        return []
    found = SavedDraft.objects.filter(key__in=keys, service_code=service_code).order_by("-pk")
    standing = [draft for draft in found if not saving.is_over(draft, at=at)]
    return [draft for draft in standing if _is_open(request, draft)]


def definition_of(draft: SavedDraft) -> Definition:
    """Return what the service of a draft asked when it was begun, or renewed last."""
    return catalogue.version(draft.service_version_id).definition


def question(draft: SavedDraft, group: str) -> str:
    """Return the address of one page of questions."""
    return reverse("applications:saved_group", args=[draft.key, group])


def led_on(page: _Page[P]) -> _Page[P]:
    """Lead on who acts on a draft that has ended since she read it, in another window."""

    @wraps(page)
    def led(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        except saving.NoSuchDraft as gone:
            return ended(request, gone.key, group=str(kwargs.get("group", "")))

    return led


def ended(request: HttpRequest, key: UUID, *, group: str = "") -> HttpResponse:
    """
    Answer for a draft that this browser has not open: the case that it became, if that is hers.

    What she typed on a page stands there again, as long as the case can be changed.
    """
    case = _case_of(request, key)
    if case is None:
        return SeeOther(reverse("applications:saved", args=[key]))
    forget(request, key)
    if request.method == "POST" and group and _keeps(request, case, group):
        messages.warning(
            request,
            gettext(
                "You went on with these answers in another window: they stand in your case now. "
                "What you typed last is shown here. It is not kept yet."
            ),
        )
        return SeeOther(reverse("applications:group", args=[case.number, group]))
    messages.warning(
        request,
        gettext("You went on with these answers in another window: they stand in your case now."),
    )
    return SeeOther(reverse("applications:case", args=[case.number]))


def _case_of(request: HttpRequest, key: UUID) -> Application | None:
    person_id = sessions.current_person_id(request)
    draft = SavedDraft.objects.select_related("application").filter(key=key).first()
    if person_id is None or draft is None or draft.application is None:
        return None
    number = draft.application.number
    return queries.of_holder(number, holder_id=person_id) or queries.of_ward(
        number, guardian_id=person_id, at=timezone.now()
    )


def _keeps(request: HttpRequest, case: Application, group: str) -> bool:
    """Keep what she typed with her case; say whether it has such a page and is still a draft."""
    definition = catalogue.version(case.service_version_id).definition
    if case.status != Status.DRAFT or definition.group(group) is None:
        return False
    try:
        unsent.keep_of_case(
            application_id=case.pk,
            holder_id=case.holder_id,
            group_code=group,
            typed=typed(request),
            at=timezone.now(),
        )
    except operations.NotNow:
        return False
    except unsent.TooMuchTyped:
        say_too_much(request)
    return True


def _is_open(request: HttpRequest, draft: SavedDraft) -> bool:
    return [str(draft.key), saving.way_in(draft)] in request.session.get(_OPEN, [])


def _others(request: HttpRequest, key: UUID) -> list[list[str]]:
    return [one for one in request.session.get(_OPEN, []) if one[0] != str(key)]
