"""An officer's act on a case: found, done once, answered; each refusal turned into words."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol
from uuid import UUID

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications import operations, queries
from applications.models import Application, DeskAct
from applications.pages.desk import at_desk, reach_of, show
from applications.pages.kept import Kept, key_of

NOTE_LENGTH_MAX = 500
_VERSION_DIGITS_MAX = 9

Operation = Callable[[], object]
Act = Callable[[HttpRequest, Application], Operation | HttpResponse]
Page = Callable[[HttpRequest, str], HttpResponse]


class Form(Protocol):
    """The page that a refused act goes back to, with what was typed."""

    def __call__(
        self,
        request: HttpRequest,
        application: Application,
        *,
        problem: str = "",
        since: int | None = None,
        kept: Kept | None = None,
        status: int = 200,
    ) -> HttpResponse: ...


_REFUSALS = (
    operations.StalePage,
    operations.HeldByAnother,
    operations.NotHeld,
    operations.NotNow,
    operations.NoEntry,
    operations.EntryOfAnother,
    operations.EntryChanged,
    operations.AnswersDiffer,
    operations.RegisterDenies,
    operations.NothingToIssue,
    operations.NothingAsked,
    operations.UnknownField,
    operations.UnknownReason,
    operations.TextRefused,
    operations.NoTarget,
    operations.OfficeClosed,
    operations.CannotTake,
    operations.GoesInACircle,
    operations.MadeAStep,
    operations.SigningOrdered,
    operations.KeyUsed,
)


def action(
    name: str,
    said: str | Promise,
    *,
    form: Form | None = None,
    keeps: bool = False,
    stays: bool = False,
) -> Callable[[Act], Page]:
    """
    Make a page of an act: what `act` prepares outside any transaction is done in one, once.

    :param name: of the act, under which its key is remembered
    :param said: told when it is done; may name the case by %s
    :param form: shown to whoever asks for the page, and again where the act is refused; without
        it that is the case's own page, and the act's address answers nothing but POST
    :param keeps: whether the form comes back with what was typed even where the case has changed;
        else the case's own page tells what changed
    :param stays: whether she is led back to the case, and not to her list
    """

    def decorate(act: Act) -> Page:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"] if form else ["POST"])
        @sessions.staff_required
        @wraps(act)
        def page(request: HttpRequest, number: str) -> HttpResponse:
            if form is not None and request.method != "POST":
                return form(request, at_desk(request, number))
            account_id, key, code = (
                sessions.signed_in(request).pk,
                key_of(request),
                f"{name}:{number}",
            )
            if key and DeskAct.objects.filter(account_id=account_id, key=key, act=code).exists():
                # She may no longer see the case, if that was what she did.
                return _done(request, number, said, stays=stays)
            application = at_desk(request, number)
            try:
                prepared = act(request, application)
                if isinstance(prepared, HttpResponse):
                    return prepared
                _do_once(prepared, account_id, key, code)
            except operations.OwnCase:
                raise Http404 from None
            except _REFUSALS as refusal:
                stale = isinstance(refusal, operations.StalePage)
                back = show if form is None or (stale and not keeps) else form
                return _refused(request, number, refusal, back)
            return _done(request, number, said, stays=stays, case_id=application.pk)

        return page

    return decorate


def _do_once(operation: Operation, account_id: int, key: UUID | None, code: str) -> None:
    with transaction.atomic():
        if key is None or operations.once(
            account_id=account_id, key=key, act=code, at=timezone.now()
        ):
            operation()


def _done(
    request: HttpRequest, number: str, said: str | Promise, *, stays: bool, case_id: int = 0
) -> HttpResponse:
    """Lead her on; a script that asked for the address alone goes there itself."""
    _tell(request, str(said) % number if "%s" in str(said) else str(said))
    address = (
        reverse("applications:desk_case", args=[number]) if stays else _after(request, case_id)
    )
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"next": address})
    return redirect(address)


def _tell(request: HttpRequest, text: str) -> None:
    """Tell it once, however often she sent it before she saw the answer."""
    waiting = messages.get_messages(request)
    told = {str(one) for one in waiting}
    if isinstance(waiting, BaseStorage):
        waiting.used = False  # To look is not to show.
    if text not in told:
        messages.success(request, text)


def _after(request: HttpRequest, case_id: int) -> str:
    """Return the address of the next case on her list, if she asked for it, or of the list."""
    if request.POST.get("next"):
        now = timezone.now()
        following = queries.next_of(reach_of(request, at=now), but_not=case_id, at=now)
        if following is not None:
            return reverse("applications:desk_case", args=[following.number])
    return reverse("applications:queue")


def _refused(request: HttpRequest, number: str, refusal: Exception, form: Form) -> HttpResponse:
    return form(
        request,
        at_desk(request, number),
        problem=words(refusal),
        since=refusal.since if isinstance(refusal, operations.StalePage) else None,
        kept=kept(request),
        status=409,
    )


def words(refusal: Exception) -> str:
    """Return what an officer reads where her act is refused."""
    if isinstance(refusal, operations.HeldByAnother):
        until = formats.time_format(timezone.localtime(refusal.until), "H:i")
        return gettext("A colleague has this case in hand until %s.") % until
    if isinstance(refusal, operations.TextRefused):
        return gettext("Write at least one word, and at most %d characters.") % refusal.most
    return (_words_of_deciding() | _words_of_giving_on())[type(refusal)]


def _words_of_deciding() -> dict[type[Exception], str]:
    return {
        operations.StalePage: gettext(
            "The case has changed since you opened it. Nothing was decided; look again."
        ),
        operations.NotHeld: gettext("Take the case in hand first."),
        operations.NotNow: gettext("This cannot be done in the state that the case is in now."),
        operations.NoEntry: gettext(
            "The register holds no entry, so there is nothing to print. Refuse, and point to "
            "late registration."
        ),
        operations.EntryOfAnother: gettext("The entry is about another person."),
        operations.EntryChanged: gettext(
            "The register says something else than what your colleague approved. Decline."
        ),
        operations.AnswersDiffer: gettext(
            "The answers differ from the register. Ask for completion, or refuse and point to "
            "rectification."
        ),
        operations.RegisterDenies: gettext(
            "The register does not say what this paper would state, or it cannot be drawn."
        ),
        operations.NothingToIssue: gettext("This service names no paper that can be drawn."),
        operations.NothingAsked: gettext("Choose at least one answer to correct, and why."),
        operations.UnknownField: gettext("The form has no such question."),
        operations.UnknownReason: gettext("Choose a reason from the list."),
    }


def _words_of_giving_on() -> dict[type[Exception], str]:
    return {
        operations.NoTarget: gettext("Choose another office, or a colleague."),
        operations.OfficeClosed: gettext("That office is closed. Choose another one."),
        operations.CannotTake: gettext("That colleague may not decide this case."),
        operations.GoesInACircle: gettext(
            "The case was there before. Only the supervisor may send it back."
        ),
        operations.MadeAStep: gettext(
            "You have decided something in this case yourself: another officer has to confirm it."
        ),
        operations.SigningOrdered: gettext(
            "The paper is signed, or ordered signed: the approval cannot be taken back. If the "
            "order runs out before anything is signed, it can: look again in a quarter of an hour."
        ),
        operations.KeyUsed: gettext("This page is out of date. Open the case again."),
    }


def version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    good = typed.isascii() and typed.isdigit() and len(typed) <= _VERSION_DIGITS_MAX
    # No version is an old version: the page that sent it did not know what it decided on.
    return int(typed) if good else 0


def kept(request: HttpRequest) -> Kept:
    """Read what she typed: `why-<field>` holds the reason for each answer that is to be mended."""
    prefix = "why-"
    fields = {
        key.removeprefix(prefix): value
        for key, value in request.POST.items()
        if key.startswith(prefix) and value and isinstance(value, str)
    }
    return Kept(
        fields=fields,
        reason=request.POST.get("reason", ""),
        note=_written(request, "note")[:NOTE_LENGTH_MAX],
        text=_written(request, "text")[: operations.NOTE_CHARACTERS_MAX],
    )


def _written(request: HttpRequest, name: str) -> str:
    # A line's end comes as two characters, of which the browser counted one.
    return request.POST.get(name, "").replace("\r\n", "\n")
