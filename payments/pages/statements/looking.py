"""A file that was read: what posting it would do, before anything is posted."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from payments.models import StatementFile
from payments.operations.importing import NoRail, queueing, reading
from payments.pages.statements import shown
from payments.pages.statements.listing import rail_field
from payments.policies import IMPORT_STATEMENT, VIEW_MONEY
from payments.queries import imports
from payments.states import StatementFileState


@never_cache
@require_safe
@sessions.staff_required
def look(request: HttpRequest, file_id: int) -> HttpResponse:
    """
    Show account, period, balance, what it follows on, its first and last lines, and who must
    confirm it; while it is being read, how far that is.
    """
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    try:
        file = imports.file(file_id)
    except imports.NoImport:
        raise Http404 from None
    looks = [shown.look(row) for row in imports.statements(file_id)]
    last = imports.last_of(file_id)
    line = shown.ImportLine.of(last) if last else None
    may_import = grants.may(
        account_id=account.pk, act=IMPORT_STATEMENT.code, area_code=None, at=now
    )
    second = shown.Second.of(file, looks, by_id=account.pk)
    context = {
        "file": file,
        "looks": looks,
        "looks_max": imports.STATEMENTS_MAX,
        "import": line,
        "version": line.version if line else "",
        "not_read": shown.not_read(last) if last and not file.problem else "",
        "second": second,
        "is_posted": file.state == StatementFileState.POSTED,
        "cannot_read": shown.cannot_read(file.problem) if file.problem else "",
        "in_order": sum(not one.row.held_back for one in looks),
        "held": sum(bool(one.row.held_back) for one in looks),
        "needs_rail": any(one.row.held_back == "rail" for one in looks),
        "rails": rail_field().choices,
        "stamp": queueing.stamp(file_id),
        "may_import": may_import,
        "may_post": may_import and not (second and second.is_hers),
    }
    return render(request, "payments/statements/look.html", context)


@never_cache
@require_POST
@sessions.staff_required
def again(request: HttpRequest, file_id: int) -> HttpResponse:
    """Have a kept file read once more, because another was posted, or somebody says whose it is."""
    account, now = sessions.signed_in(request), timezone.now()
    try:
        rail_code = rail_field().clean(request.POST.get("rail"))
    except ValidationError:
        raise Http404 from None
    for code in {rail_code, *queueing.rails_of(file_id)} - {""} or {grants.ANY}:
        grants.require(
            account_id=account.pk,
            act=IMPORT_STATEMENT.code,
            area_code=None,
            rail_code=code,
            at=now,
        )
    try:
        reading.look_again(file_id=file_id, rail_code=rail_code or None, by_id=account.pk, at=now)
    except (StatementFile.DoesNotExist, NoRail):
        raise Http404 from None
    return redirect("payments:statement_file", file_id=file_id)


@never_cache
@require_POST
@sessions.staff_required
def post(request: HttpRequest, file_id: int) -> HttpResponse:
    """Say that the file is to be posted."""
    account, now = sessions.signed_in(request), timezone.now()
    try:
        import_id = queueing.queue(
            file_id=file_id, by_id=account.pk, seen=request.POST.get("stamp", ""), at=now
        )
    except StatementFile.DoesNotExist:
        raise Http404 from None
    except queueing.CannotPost as refusal:
        messages.warning(request, _refusal(refusal))
        return redirect("payments:statement_file", file_id=file_id)
    return redirect("payments:statement_import", import_id=import_id)


def _refusal(refusal: queueing.CannotPost) -> str:
    match refusal:
        case queueing.PostedAlready():
            return gettext("All of this file is posted already. Nothing was posted twice.")
        case queueing.LookedAtAnew():
            return gettext(
                "Somebody has looked at this file again since your page was made. See what is"
                " found now, and press once more."
            )
        case queueing.BeingRead():
            return gettext(
                "This file is being read again just now. See what is found, and press once more."
            )
        case queueing.SecondMustConfirm():
            return gettext(
                "You brought this file yourself, and it moves money. Somebody else must confirm"
                " it; nothing is posted."
            )
        case _:
            return gettext("Nothing in this file is in order, so nothing can be posted.")
