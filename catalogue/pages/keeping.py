"""The focal point's month: what is due, the page as it stands, and what readers found wrong."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policies as grants
from accounts import sessions
from catalogue import drafted, queries, queries_kept, reminding
from catalogue.models import RemarkAnswer
from catalogue.models.keeping import WORDS_MAX
from catalogue.operations import keeping
from catalogue.policies import CONFIRM, PUBLISH
from catalogue.words import FALLBACK, tell


class AnswerForm(forms.Form):
    remark = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=[
            ("mended", _("It was wrong, and is put right")),
            ("was_right", _("The page was right")),
            ("unclear", _("I cannot tell what was meant")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In words"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Say why, where the page was right."),
    )


@never_cache
@require_safe
@sessions.staff_required
def board(request: HttpRequest) -> HttpResponse:
    """
    List what is hers to confirm, the most neglected first, and how each agency stands.

    Whoever may publish a service sees how it is kept, too.
    """
    account, now = sessions.signed_in(request), timezone.now()
    reach = drafted.reach(account.pk, at=now, acts=[CONFIRM, PUBLISH])
    if reach is not None and not reach:
        raise grants.NotGranted(account_id=account.pk, act=CONFIRM.code)
    lines = queries_kept.lines(reach, get_language() or FALLBACK, at=now)
    context = {
        "lines": lines,
        "unkept": reminding.unkept([line.code for line in lines], at=now),
        "confirms": drafted.reach(account.pk, at=now, acts=[CONFIRM]),
        "due": sum(line.is_due for line in lines),
        "agencies": queries_kept.by_agency(lines),
    }
    return render(request, "catalogue/editor/kept.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Show one page's remarks and confirmations; take her word, or her answer to a remark."""
    account, now = sessions.signed_in(request), timezone.now()
    try:
        version = queries.current(code)
    except queries.NoService:
        raise Http404 from None
    grants.require(
        account_id=account.pk, act=CONFIRM.code, service_code=code, area_code=None, at=now
    )
    form = AnswerForm(request.POST) if "outcome" in request.POST else None
    if request.method == "POST":
        done = (
            _answer(request, code, form, account.pk)
            if form is not None
            else _confirm(request, code, account.pk)
        )
        if done:
            return redirect("catalogue:kept_service", code)
    remarks = queries_kept.open_remarks(code)
    told = [
        (one, form if form is not None and form.data.get("remark") == str(one.pk) else _form(one))
        for one in remarks
    ]
    context = {
        "code": code,
        "name": tell(version.definition.names, get_language() or FALLBACK),
        "version": version,
        "confirmed_at": queries_kept.confirmed_at(code),
        "remarks": told,
        "history": queries_kept.history(code),
        "form": form,
    }
    status = 422 if form is not None else 200
    return render(request, "catalogue/editor/kept_service.html", context, status=status)


def _form(remark: object) -> AnswerForm:
    pk = getattr(remark, "pk", None)
    return AnswerForm(initial={"remark": pk}, auto_id=f"remark-{pk}-%s")


def _confirm(request: HttpRequest, code: str, account_id: int) -> bool:
    version = request.POST.get("version", "")
    try:
        keeping.confirm(
            service_code=code,
            version_id=int(version) if version.isascii() and version.isdigit() else 0,
            by_id=account_id,
            at=timezone.now(),
        )
    except keeping.Overtaken:
        messages.error(
            request, gettext("This page has changed since you read it. Read it again first.")
        )
    else:
        messages.success(request, gettext("Confirmed. It is due again in 30 days."))
    return True


def _answer(request: HttpRequest, code: str, form: AnswerForm, account_id: int) -> bool:
    if not form.is_valid():
        return False
    try:
        keeping.answer(
            service_code=code,
            remark_id=form.cleaned_data["remark"],
            outcome=RemarkAnswer.Outcome(form.cleaned_data["outcome"]),
            words=form.cleaned_data["words"],
            by_id=account_id,
            at=timezone.now(),
        )
    except keeping.NoWords:
        form.add_error("words", gettext("Say why the page was right."))
        return False
    except keeping.NothingToAnswer:
        messages.warning(request, gettext("Somebody has answered this already."))
    else:
        messages.success(request, gettext("Answered."))
    return True
