"""Giving rights: choose the act, say over what and until when, look again, prove who you are."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import acts, policies, register, sessions, words
from accounts.operations import rights as rights_of
from accounts.operations import rights_desk
from accounts.operations.right_rules import Wanted
from accounts.pages import stepping
from accounts.pages.rights import shown
from accounts.pages.rights.forms import YEAR, CalledForm, CopyForm, GiveForm
from accounts.pages.rights.refusals import REFUSALS, refuse, stepped_up
from accounts.pages.rights.shown import Names
from accounts.pages.stepping import StepUpForm
from accounts.policies import Breadth
from accounts.register import Holder, Right
from places import queries as places

GIVE = policies.GIVE_RIGHTS.code


@never_cache
@require_safe
@sessions.staff_required
def choose(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show every act with what it lets somebody do."""
    at = timezone.now()
    _giver(request, at=at)
    context = {"holder": _holder(account_id), "subjects": words.by_subject()}
    return render(request, "accounts/rights/choose.html", context)


@never_cache
@sensitive_post_parameters("password", "password_code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def give(request: HttpRequest, account_id: int, act: str) -> HttpResponse:
    """Ask over what and why; show it again with a password to type; then give it."""
    at = timezone.now()
    giver_id, hers = _giver(request, at=at)
    holder, names = _holder(account_id), shown.names()
    if act not in acts.codes():
        raise Http404
    form = GiveForm(
        request.POST or None,
        names=names,
        hers=hers,
        endless=not acts.known(act).two_people,
        today=timezone.localdate(at),
    )
    context = {"holder": holder, "act": words.act(act), "form": form, "reach": _reach(hers, names)}
    wanted = _checked(form, account_id, act, giver_id=giver_id, at=at)
    if wanted is None:
        status = 422 if form.is_bound else 200
        return render(request, "accounts/rights/give.html", context, status=status)
    is_review = request.POST.get("step") != "give"
    proof = StepUpForm(None if is_review else request.POST)
    if not is_review and proof.is_valid():
        step = stepped_up(request, proof, purpose=GIVE, at=at)
        if step is not None:
            try:
                rights_desk.propose([wanted], given_by_id=giver_id, step_up_id=step, at=at)
            except REFUSALS as error:
                refuse(proof, error)
            else:
                messages.success(request, _done(acts.known(act).two_people))
                return redirect("accounts:rights_of", account_id)
    area_name = (
        places.area_line(wanted.over.area_code, shown.language()) if wanted.over.area_code else ""
    )
    context |= {
        "proof": proof,
        "wanted": wanted,
        "over": shown.over_words(wanted.over, area_name, names),
    }
    status = 422 if proof.is_bound else 200
    return render(request, "accounts/rights/review.html", context, status=status)


@never_cache
@sensitive_post_parameters("password", "password_code", "q")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def copy(request: HttpRequest, account_id: int) -> HttpResponse:
    """Propose for somebody what a colleague may do; each right waits to be confirmed as ever."""
    at = timezone.now()
    giver_id, _ = _giver(request, at=at)
    holder = _holder(account_id)
    from_id = request.GET.get("from", "")
    if not from_id.isascii() or not from_id.isdigit() or len(from_id) > 18:
        called = CalledForm(request.POST or None)
        typed = called.typed()
        known = shown.called(request, typed, at=at)
        people = [one for one in known if one.account_id != account_id]
        context = {"holder": holder, "called": called, "typed": typed, "people": people}
        return render(request, "accounts/rights/copy_whose.html", context)
    colleague = _holder(int(from_id))
    offered = _offered(colleague, holder, giver_id=giver_id, at=at)
    choices = [(line.right.id, f"{line.act.name}: {line.over}") for line in shown.lines(offered)]
    form = CopyForm(request.POST or None, offered=choices)
    if form.is_valid():
        step = stepped_up(request, form, purpose=GIVE, at=at)
        chosen = [right for right in offered if right.id in form.cleaned_data["which"]]
        wanted = [_copied(right, account_id, form.cleaned_data["because"], at) for right in chosen]
        if step is not None:
            try:
                rights_desk.propose(wanted, given_by_id=giver_id, step_up_id=step, at=at)
            except REFUSALS as error:
                refuse(form, error)
            else:
                count = len(wanted)
                told = ngettext("%(n)d right is given.", "%(n)d rights are given.", count)
                messages.success(request, told % {"n": count})
                return redirect("accounts:rights_of", account_id)
    stepping.fit(request, GIVE, form)
    context = {"holder": holder, "colleague": colleague, "form": form, "offered": offered}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/rights/copy.html", context, status=status)


def _giver(request: HttpRequest, *, at: datetime) -> tuple[int, list[Breadth]]:
    account_id = sessions.signed_in(request).pk
    hers = policies.breadths(account_id=account_id, act=GIVE, at=at)
    if not hers:
        raise policies.NotGranted(account_id=account_id, act=GIVE)
    return account_id, hers


def _holder(account_id: int) -> Holder:
    try:
        return register.holder(account_id)
    except register.NoHolder:
        raise Http404 from None


def _checked(
    form: GiveForm, account_id: int, act: str, *, giver_id: int, at: datetime
) -> Wanted | None:
    """Return what was typed if it may be given; else the form says why not."""
    if not form.is_valid():
        return None
    wanted = Wanted(
        account_id=account_id,
        act=act,
        over=form.over(),
        from_at=form.from_at(at),
        until_at=form.until_at(),
        because=form.cleaned_data["because"],
    )
    try:
        rights_of.check(wanted, given_by_id=giver_id, at=at)
    except REFUSALS as error:
        refuse(form, error)
        return None
    return wanted


def _reach(hers: Sequence[Breadth], names: Names) -> list[str]:
    """Return in words how far the giver's own right reaches."""
    codes = {one.area_code for one in hers if one.area_code}
    told = places.area_lines(codes)
    return [
        shown.over_words(
            one, told[one.area_code].told(shown.language()) if one.area_code in told else "", names
        )
        for one in hers
    ]


def _offered(colleague: Holder, holder: Holder, *, giver_id: int, at: datetime) -> list[Right]:
    """Return which of a colleague's rights may be given, and are not hers yet."""
    language = shown.language()
    within = shown.within(giver_id, at=at)
    held = register.of_person(colleague.account_id, within=within, at=at, language=language)
    open_now = [right for right in held if right.state in {"in_force", "ending"}]
    hers = register.of_person(holder.account_id, within=within, at=at, language=language)
    has = {(right.act, right.over) for right in hers if right.is_open}
    may = shown.can(giver_id, GIVE, open_now, at=at)
    return [one for one in open_now if one.id in may and (one.act, one.over) not in has]


def _copied(right: Right, account_id: int, because: str, at: datetime) -> Wanted:
    year = at + YEAR
    until_at = min(right.until_at, year) if right.until_at else year
    return Wanted(account_id, right.act, right.over, at, until_at, because)


def _done(two_people: bool) -> str:
    if two_people:
        return gettext("Proposed. It counts once another person has confirmed it.")
    return gettext("Given. It counts from its first day.")
