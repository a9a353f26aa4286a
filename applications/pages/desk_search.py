"""Finding a case at the counter: by its number, a phone or a name, never in an address."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications.pages.apply import language
from applications.pages.desk import reach_of
from applications.pages.desk_rows import rows
from applications.pages.looking import found_in_search
from applications.pages.openings import may_open
from applications.queries.searching import HITS_MAX, TYPED_MAX
from applications.queries.searching import search as found_by
from catalogue import queries as catalogue
from kernel import audit


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Case number, phone or name"),
        help_text=_("A number whole or its last eight digits; of a name, three letters or more."),
        max_length=TYPED_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "/", "type": "search"}),
    )


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def search(request: HttpRequest) -> HttpResponse:
    """Show what she looks for, as far as her rights reach; that she looked is written down."""
    form = SearchForm(request.POST or None)
    account, now = sessions.signed_in(request), timezone.now()
    context: dict[str, object] = {
        "form": form,
        "is_answer": False,
        "may_open": may_open(account.pk, at=now),
    }
    if form.is_valid():
        hits = found_by(reach_of(request, at=now), form.cleaned_data["q"])
        audit.record(
            act="case.search",
            actor_id=account.pk,
            subject="accounts.account",
            subject_id=account.pk,
            at=now,
        )
        found_in_search(request, hits.cases, at=now)
        if hits.too_many:
            form.add_error("q", gettext("Very many people are called so: add a second name."))
        codes = {case.service_code for case in hits.cases}
        names = catalogue.service_names(codes, language())
        context |= {
            "is_answer": not hits.too_many,
            "rows": rows(list(hits.cases), names, now=now),
            "is_cut": hits.is_cut,
            "hits_max": HITS_MAX,
        }
    return render(request, "applications/desk_search.html", context)
