"""The translation desk: what the site's strings lack, what a machine made, files to and fro."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policies as grants
from accounts import sessions
from catalogue import drafted, queries_translating, translating
from catalogue.pages.editing_parts import Words
from catalogue.policies import CONFIRM, EDIT
from catalogue.translating import Wanted
from catalogue.words import FALLBACK
from design.wording import FILE_BYTES_MAX, NoPoFile, Taken, Why
from kernel import asking
from kernel.country import country

LINES_A_PAGE = 50
TYPED_MAX = 80
REFUSED_SHOWN = 100

WHATS: Mapping[str, Words] = {
    "all": _("all strings"),
    "missing": _("without words"),
    "machine": _("made by a machine"),
    "read": _("read by a person"),
}
ROOMS: Mapping[str, Words] = {
    "all": _("all pages"),
    "citizens": _("pages of citizens"),
    "staff": _("pages of staff"),
}
WHYS: Mapping[Why, Words] = {
    Why.UNKNOWN: _("no page says this any more"),
    Why.FORMS: _("singular and plural must both be there"),
    Why.PLACES: _("what is filled in, between signs, must be as in English"),
    Why.TAGS: _("its tags must be the same"),
    Why.QUOTES: _("write typographic quotation marks"),
    Why.EDGES: _("a new line at an end is too many or missing"),
    Why.LONG: _("more than four times as long"),
}


class GivenForm(forms.Form):
    file = forms.FileField(
        label=_("Translated file"),
        help_text=_("The .po file of this page, with words filled in. At most 3 MB."),
        widget=forms.FileInput(attrs={"accept": ".po"}),
    )


@never_cache
@require_safe
@sessions.staff_required
def languages(request: HttpRequest) -> HttpResponse:
    """Say of each language of the country how far the site and the country's texts are."""
    reach(request)
    texts = queries_translating.every()
    on_site = translating.languages()
    lines = [
        {
            "code": code,
            "name": own_name(code),
            "site": translating.share(translating.lines(code)) if code in on_site else None,
            "pack": queries_translating.share(texts, code),
        }
        for code in country().languages
    ]
    return render(request, "catalogue/editor/languages.html", {"lines": lines})


@never_cache
@require_safe
@sessions.staff_required
def strings(request: HttpRequest, language: str) -> HttpResponse:
    """List the site's strings in a language, fifty at a time."""
    reach(request)
    every, wanted = _lines(language), _wanted(request)
    found = translating.chosen(every, wanted)
    context = {
        **page_of(request, found),
        "language": language,
        "name": own_name(language),
        "share": translating.share(every),
        "wanted": wanted,
        "whats": WHATS.items(),
        "rooms": ROOMS.items(),
        "form": GivenForm(),
        "has_beside": language != translating.BESIDE,
    }
    return render(request, "catalogue/editor/language.html", context)


@never_cache
@require_safe
@sessions.staff_required
def strings_file(request: HttpRequest, language: str) -> HttpResponse:
    """Give the strings that the page lists, all of them, as a .po file."""
    reach(request)
    wanted = _wanted(request)
    chosen = translating.chosen(_lines(language), wanted)
    return _po(f"guichet-{language}-{wanted.what}", translating.to_translate(language, chosen))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def examine(request: HttpRequest, language: str) -> HttpResponse:
    """Say which words of a translator's file can be taken, and give these back as a file."""
    reach(request)
    _lines(language)
    if "words" in request.POST:
        mended = _examined(language, request.POST["words"].encode())
        if mended is None:
            return HttpResponse(status=400)
        return _po(f"guichet-{language}-translated", mended[1])
    context: dict[str, Any] = {"language": language, "name": own_name(language)}
    form = GivenForm(request.POST, request.FILES) if request.method == "POST" else GivenForm()
    if form.is_bound and form.is_valid():
        came = _examined(language, form.cleaned_data["file"].read(FILE_BYTES_MAX + 1))
        if came is None:
            form.add_error("file", gettext("This is no .po file in UTF-8 of at most 3 MB."))
        else:
            refused = [(one.english, WHYS[one.why]) for one in came[0].refused[:REFUSED_SHOWN]]
            more = len(came[0].refused) - len(refused)
            context |= {"came": came[0], "refused": refused, "more": more}
            context["mended"] = came[1].decode()
    context["form"] = form
    status = 422 if form.errors else 200
    return render(request, "catalogue/editor/language_examined.html", context, status=status)


def reach(request: HttpRequest) -> frozenset[str] | None:
    """
    Return which services she may edit; None: all.

    :raises accounts.policies.NotGranted: if she may neither edit nor confirm anything
    """
    account, now = sessions.signed_in(request), timezone.now()
    either = drafted.reach(account.pk, at=now, acts=[EDIT, CONFIRM])
    if either is not None and not either:
        raise grants.NotGranted(account_id=account.pk, act=EDIT.code)
    return drafted.reach(account.pk, at=now, acts=[EDIT])


def _lines(language: str) -> tuple[translating.Line, ...]:
    try:
        return translating.lines(language)
    except translating.NoLanguage:
        raise Http404 from None


def _examined(language: str, data: bytes) -> tuple[Taken, bytes] | None:
    try:
        return translating.examined(language, data)
    except NoPoFile:
        return None


def page_of(request: HttpRequest, found: list[Any]) -> dict[str, Any]:
    """Return one page of what was found, with the ways to the pages beside it."""
    last = max(0, (len(found) - 1) // LINES_A_PAGE)
    number = asking.number(request, "page", most=last)
    return {
        "lines": found[number * LINES_A_PAGE : (number + 1) * LINES_A_PAGE],
        "count": len(found),
        "newer": _address(request, number - 1) if number > 0 else "",
        "older": _address(request, number + 1) if number < last else "",
        "asked": _address(request, 0).removeprefix("?"),
    }


def _address(request: HttpRequest, number: int) -> str:
    kept = {key: request.GET.get(key, "") for key in ("what", "room", "kind", "q")}
    told = {key: value for key, value in kept.items() if value}
    return "?" + urlencode(told | ({"page": number} if number else {}))


def _wanted(request: HttpRequest) -> Wanted:
    room = request.GET.get("room", "")
    return Wanted(what_of(request), room if room in ROOMS else "all", typed_of(request))


def what_of(request: HttpRequest) -> str:
    what = request.GET.get("what", "")
    return what if what in WHATS else "all"


def typed_of(request: HttpRequest) -> str:
    return asking.text(request, "q", most=TYPED_MAX)


def _po(name: str, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="text/x-gettext-translation; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.po"'
    return response


def own_name(code: str) -> str:
    """Return what a language is called in the reader's, else in its own words."""
    try:
        info = get_language_info(code)
    except KeyError:  # Neither Django nor the settings know this language.
        return code.upper()
    is_here = code == (get_language() or FALLBACK)
    return str(info["name_local"] if is_here else info["name_translated"]).capitalize()
