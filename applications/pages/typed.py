"""What was typed on a page of questions and not sent by its button: taken along, shown again."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from applications.models import Application
from applications.operations import unsent
from applications.operations.unsent import Typed
from catalogue.forms import GroupForm
from catalogue.rows import ADD, TAKE_OUT
from design import speaking

FORM_ID = "answers"
"""Names the form of questions on its page, so that the switch of languages is a button of it."""
LATER = "later"
"""Name of the button that keeps the answers and leaves."""
_NO_ANSWERS = {"csrfmiddlewaretoken", speaking.SWITCH, LATER, ADD, TAKE_OUT}


class SeeOther(HttpResponseRedirect):
    """Answers a form: whatever was sent, the next page is read by GET (RFC 9110, 15.4.4)."""

    status_code = 303


def typed(request: HttpRequest) -> Typed:
    """Return the texts of each field by its name, as the browser sent them."""
    return {name: texts for name, texts in request.POST.lists() if name not in _NO_ANSWERS}


def form(made: type[GroupForm], given: Mapping[str, Any], unsent: Typed) -> GroupForm:
    """Return the form of a page with what was typed last; of that nothing is said to be wrong."""
    if not unsent:
        return made(initial=dict(given))
    data = QueryDict(mutable=True)
    for name, texts in unsent.items():
        data.setlist(name, list(texts))
    # As when a row is added: the page is shown again, and nobody has sent it yet.
    data[ADD] = ""
    return made(data)


def switched(request: HttpRequest, language: str) -> SeeOther:
    """Show the same page in another language."""
    answer = SeeOther(request.get_full_path())
    speaking.keep(answer, language)
    return answer


def set_aside(request: HttpRequest, application: Application, group: str) -> SeeOther | None:
    """
    Keep what was typed on a page of a draft as it is.

    :return: the same page in another language, where that was asked for
    :raises applications.operations.NotNow: if the case is no draft any more
    """
    try:
        unsent.keep_of_case(
            application_id=application.pk,
            holder_id=application.holder_id,
            group_code=group,
            typed=typed(request),
            at=timezone.now(),
        )
    except unsent.TooMuchTyped:
        say_too_much(request)
    language = speaking.asked_for(request)
    return switched(request, language) if language else None


def say_too_much(request: HttpRequest) -> None:
    """Say why what was typed is not there any more."""
    messages.warning(
        request, gettext("What you typed was longer than any answer may be: it was not kept.")
    )
