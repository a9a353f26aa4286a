"""The sitting: what waits for her key, what is uncommon about it; one password signs her choice."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import operations as accounts
from accounts import sessions
from accounts.pages import stepping
from accounts.pages.stepping import StepUpField
from applications import operations, queries
from applications.models import Application, Seen
from applications.pages.cases import pdf, service_names
from applications.pages.desk import at_desk, reach_of
from applications.pages.looking import looked
from applications.queries.desk import TO_SIGN_MAX
from applications.queries.sittings import Mark, marks
from applications.states import Status
from documents import operations as documents
from documents import orders
from documents import queries as papers

PURPOSE = "case.sign"
MANDATE_LIFE = timedelta(minutes=15)
"""Long enough for a slow signer to heal, short enough that an order is not a standing one."""
ASIDE = "applications.set_aside"
"""In her session: the papers that she has set aside, until she signs out."""
EXCEPTIONS = "exceptions"
_HASH_SHOWN = 12
_PAPERS_MAX = 200
_PAPER = re.compile(r"[0-9]{1,18}:[0-9a-f]{64}", re.ASCII)
MARKS: dict[Mark, tuple[str | Promise, str]] = {
    Mark.LATE: (_("late"), "bad"),
    Mark.ON_PAPER: (_("from the paper register"), "warn"),
    Mark.SECOND: (_("second approval"), "warn"),
    Mark.DECLINED: (_("declined once"), "bad"),
    Mark.CORRECTED: (_("answers corrected"), "warn"),
    Mark.UNDONE: (_("approval taken back once"), "bad"),
    Mark.APPEALED: (_("won on appeal"), "warn"),
    Mark.HELD: (_("payment was held"), "warn"),
    Mark.GIVEN_ON: (_("given to others"), "warn"),
}


@dataclass(frozen=True)
class Waiting:
    """
    A paper that waits for the officer's key; `value` is what the form sends back.

    `marks` say, in words and tones, what makes it an exception; `is_aside` if she set it aside.
    """

    paper_id: int
    number: str
    name: str
    who: str
    value: str
    sha256: str
    marks: tuple[tuple[str | Promise, str], ...]
    is_aside: bool

    @property
    def short_hash(self) -> str:
        return self.sha256[:_HASH_SHOWN]


class _Papers(forms.MultipleChoiceField):
    """Values such as "17:ab12...": a paper and the hash of its file; at most `_PAPERS_MAX`."""

    def to_python(self, value: Any) -> list[str]:
        return super().to_python(value)[:_PAPERS_MAX]

    def valid_value(self, value: str) -> bool:
        # Whether she may sign it is asked under the lock, not of the list that she was shown.
        return bool(_PAPER.fullmatch(value))


class SigningForm(forms.Form):
    """The chosen papers with the hashes that she saw, and her password."""

    paper = _Papers(
        label=_("Papers to sign"), error_messages={"required": _("Choose at least one paper.")}
    )
    password = StepUpField(help_text=_("Your key opens for these papers only."))
    # Two hundred papers stand between the head of the page and this field: a key leads to it.
    password.widget.attrs["data-key"] = "s"

    def clean_paper(self) -> dict[int, str]:
        """Return the hashes by paper."""
        pairs = (value.partition(":") for value in self.cleaned_data["paper"])
        return {int(paper_id): sha256 for paper_id, _colon, sha256 in pairs}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def to_sign(request: HttpRequest) -> HttpResponse:
    """List what waits for her signature; with her password, order exactly that signed."""
    only = request.GET.get("only") == EXCEPTIONS
    if request.method == "POST" and request.POST.get("choose"):
        _choose(request)
        there = f"?only={EXCEPTIONS}" if only and request.POST["choose"] != "keep" else ""
        return redirect(reverse("applications:to_sign") + there)
    form = SigningForm(request.POST or None)
    account_id, now = sessions.signed_in(request).pk, timezone.now()
    if form.is_valid() and _sign(request, form):
        order_id = orders.last_order_id(officer_id=account_id, since=now)
        if order_id is None:
            return redirect(reverse("applications:to_sign"))
        return redirect(reverse("applications:sitting", args=[order_id]))
    stepping.fit(request, PURPOSE, form)
    waiting = waiting_papers(request, at=now)
    exceptions = [one for one in waiting if one.marks]
    shown = exceptions if only else waiting
    picked = set(request.POST.getlist("paper"))
    context = {
        "form": form,
        "waiting": shown,
        # In one field: of a sitting of two hundred a form has no room for two of each.
        "shown": ",".join(str(one.paper_id) for one in shown),
        "all": len(waiting),
        "exceptions": len(exceptions),
        "aside": sum(one.is_aside for one in waiting),
        "only": only,
        "is_cut": len(waiting) == TO_SIGN_MAX,
        "being_signed": queries.being_signed(account_id, at=now),
        "order_id": orders.last_order_id(officer_id=account_id, since=now - MANDATE_LIFE),
        "picked": picked if form.is_bound else {one.value for one in shown if not one.is_aside},
    }
    status = 422 if form.is_bound else 200
    return render(request, "applications/to_sign.html", context, status=status)


@never_cache
@require_GET
@sessions.staff_required
def drawn(request: HttpRequest, number: str) -> HttpResponse:
    """Show the drawn paper to the officer who is to sign it; the reading is recorded."""
    application = at_desk(request, number)
    if application.status != Status.AWAITING_SIGNATURE or application.paper_id is None:
        raise Http404
    looked(request, application, seen=Seen.PAPER, at=timezone.now(), reason="drawn paper")
    return pdf(papers.unsigned_file(application.paper_id), f"{application.number}.pdf", inline=True)


def waiting_papers(request: HttpRequest, *, at: datetime) -> list[Waiting]:
    """Return what one sitting can sign, the oldest first; what is set aside among it."""
    found = queries.to_sign(reach_of(request, at=at), at=at)
    cases = {case.paper_id: case for case in found if case.paper_id}
    names = service_names(list(cases.values()))
    hashes = papers.unsigned_sha256s(list(cases))
    uncommon = marks(found, at=at)
    aside = set_aside(request)
    return [
        _one(cases[paper_id], hashes[paper_id], names, uncommon, aside)
        for paper_id in cases
        if paper_id in hashes
    ]


def set_aside(request: HttpRequest) -> set[int]:
    return set(request.session.get(ASIDE, ()))


def keep_aside(request: HttpRequest, paper_ids: Collection[int], among: Collection[int]) -> None:
    """Remember which of the papers among these are set aside: these, and no others of them."""
    kept = (set_aside(request) - set(among)) | set(paper_ids)
    # The newest papers stay known: what was signed long ago need not be.
    request.session[ASIDE] = sorted(kept)[-_PAPERS_MAX:]


def _choose(request: HttpRequest) -> None:
    waiting = {one.paper_id for one in waiting_papers(request, at=timezone.now())}
    shown = waiting & _ids(request.POST.get("shown", "").split(","))
    signed = {
        "all": shown,
        "none": set(),
        "keep": shown & _ids(request.POST.getlist("paper")),
    }.get(request.POST["choose"], shown)
    keep_aside(request, shown - signed, shown)


def _ids(values: list[str]) -> set[int]:
    heads = (value.partition(":")[0] for value in values[:_PAPERS_MAX])
    return {int(head) for head in heads if re.fullmatch(r"[0-9]{1,18}", head, re.ASCII)}


def _sign(request: HttpRequest, form: SigningForm) -> bool:
    account_id, at = sessions.signed_in(request).pk, timezone.now()
    try:
        step_up_id = stepping.step_up(request, form.cleaned_data["password"], PURPOSE, at=at)
        ordered = operations.order_signatures(
            paper_hashes=form.cleaned_data["paper"],
            by_id=account_id,
            step_up_id=step_up_id,
            until=at + MANDATE_LIFE,
            at=at,
        )
    except (accounts.WrongPassword, accounts.BudgetSpent) as refused:
        form.add_error("password", stepping.wrong(refused))
    except (operations.NotHerSignature, operations.NotNow, documents.MandateRefused):
        form.add_error(
            None, gettext("The list has changed since you opened it. Nothing was signed.")
        )
    else:
        messages.success(request, _ordered(ordered))
        return True
    return False


def _ordered(count: int) -> SafeString:
    done = ngettext("%d paper is being signed.", "%d papers are being signed.", count) % count
    desk = reverse("applications:queue")
    return format_html('{} <a href="{}">{}</a>', done, desk, gettext("Back to the desk"))


def _one(
    case: Application,
    sha256: str,
    names: dict[str, str],
    uncommon: dict[int, tuple[Mark, ...]],
    aside: set[int],
) -> Waiting:
    given, paper_id = case.holder.given_names, case.paper_id or 0
    return Waiting(
        paper_id=paper_id,
        number=case.number,
        name=names.get(case.service_code, case.service_code),
        who=f"{case.holder.family_name} {given[:1]}{'.' if given else ''}".strip(),
        value=f"{paper_id}:{sha256}",
        sha256=sha256,
        marks=tuple(MARKS[mark] for mark in uncommon.get(case.pk, ())),
        is_aside=paper_id in aside,
    )
