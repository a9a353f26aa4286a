"""A helper begins: whom, with what, for what fee; then the person agrees, by phone or on paper."""

from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import operations as people
from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.forms import CodeForm, PersonForm, PhoneForm
from accounts.pages.refusals import too_often
from accounts.policies import NotGranted
from applications import operations, policies, queries
from applications.models import HelpConsent
from applications.pages import consent_slip
from applications.pages.apply import language
from applications.pages.attached import WORDS
from applications.pages.cases import pdf, service_names
from applications.pages.helping import helper_line
from applications.queries import assisting
from applications.queries.assisting import LISTED_MAX
from applications.states import ConsentKind
from catalogue import queries as catalogue
from kernel import addresses, uploads
from kernel.country import country
from kernel.money import Money
from registers import gateways
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable

BEGUN_FOR = timedelta(days=2)
"""How long a consent that nobody gave stays in the helper's list."""


class BeginForm(PhoneForm, PersonForm):
    service = forms.ChoiceField(label=_("What does the person need?"))
    language = forms.ChoiceField(label=_("In which language do we write to the person?"))
    fee = forms.IntegerField(
        label=_("What do you take for your help?"),
        help_text=_("A whole amount; 0 if it is free. We tell the person, and never collect it."),
        min_value=0,
        max_value=1_000_000,
        initial=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    kind = forms.ChoiceField(
        label=_("How does the person agree?"),
        choices=[
            (ConsentKind.CODE, _("By a code on their own phone, which is here")),
            (ConsentKind.SLIP, _("Without a phone: by a slip, signed before a witness")),
        ],
        widget=forms.RadioSelect,
        initial=ConsentKind.CODE,
    )

    field_order = ("service", "kind", "phone", "national_id", "born_on", "language", "fee")

    def __init__(self, *args: object, today: object, **kwargs: object) -> None:
        super().__init__(*args, today=today, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].label = _("The person's mobile number")
        self.fields["phone"].help_text = _(
            "Never your own. Without a phone of their own: one through which the person is reached."
        )
        self.fields["born_on"].help_text = _("As on the identity card, such as 31/12/1990.")
        names = dict(settings.LANGUAGES)
        choices = [(code, names.get(code, code)) for code in country().languages]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        cards = catalogue.services_that_can_be_applied_for(language())
        offered = [("", gettext("Choose one")), *((card.code, card.name.text) for card in cards)]
        self.fields["service"].choices = offered  # type: ignore[attr-defined]


class ScanForm(forms.Form):
    scan = forms.FileField(
        label=_("Scan or photo of the signed slip"),
        help_text=_("A PDF, or a photo as JPEG or PNG."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": _("Choose a file."), "empty": WORDS[uploads.Why.EMPTY]},
    )


@never_cache
@require_GET
@sessions.staff_required
def helped(request: HttpRequest) -> HttpResponse:
    """List the cases with which she helps, and the consents that she waits for."""
    now = timezone.now()
    account = _helper(request, at=now)
    cases = queries.helped(account)
    begun = assisting.begun(account, since=now - BEGUN_FOR)
    names = service_names(cases) | catalogue.service_names(
        {one.assistance.service_code for one in begun}, language()
    )
    context = {
        "lines": [helper_line(one, names) for one in cases[:LISTED_MAX]],
        "is_cut": len(cases) > LISTED_MAX,
        "begun": [
            {
                "id": one.pk,
                "name": names.get(one.assistance.service_code, ""),
                "kind": one.get_kind_display(),
                "at": one.asked_at,
            }
            for one in begun
        ],
    }
    return render(request, "applications/help.html", context)


@never_cache
@sensitive_post_parameters("phone", "national_id", "born_on")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def begin(request: HttpRequest) -> HttpResponse:
    """Ask whom she helps with what; the register is compared with silently, as for the person."""
    now = timezone.now()
    helper_id = _helper(request, at=now)
    form = BeginForm(request.POST or None, today=now.astimezone(country().zone).date())
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            entry = _matched(helper_id, form, at=now)
            consent_id = _begin(helper_id, form, entry, at=now) if entry else None
            if consent_id is not None:
                if form.cleaned_data["kind"] == ConsentKind.CODE:
                    _ask(request, consent_id, at=now)
                return redirect("applications:help_consent", consent_id)
        except BudgetSpent as spent:
            return too_often(request, spent)
        except RegisterUnavailable:
            status = 503
            form.add_error(
                None,
                gettext(
                    "We could not check this now: the population register does not answer. "
                    "Try again in a few minutes."
                ),
            )
    return render(request, "applications/help_begin.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def consent(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Take the code that the person says, or the scan of the slip that she signed."""
    now = timezone.now()
    asked = _asked(request, consent_id, at=now)
    on_paper = asked.kind == ConsentKind.SLIP
    form: forms.Form
    if on_paper:
        form = ScanForm(request.POST or None, request.FILES or None)
    else:
        form = CodeForm(request.POST or None)
        form.fields["code"].label = gettext("The code that the person tells you")
    if form.is_valid():
        try:
            number = "" if on_paper else _prove(request, asked, form, at=now)
        except BudgetSpent as spent:
            return too_often(request, spent)
        if number:
            return redirect("applications:help_case", number)
        if on_paper and _scanned(asked, form, at=now):
            messages.success(request, gettext("The slip is here. A colleague must confirm it."))
            return redirect("applications:help_consent", asked.pk)
    context = {
        "consent": asked,
        "words": assisting.consent_words(asked.pk),
        "on_paper": on_paper,
        "form": form,
        "name": catalogue.current(asked.assistance.service_code).definition.name(language()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "applications/help_consent.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def code_again(request: HttpRequest, consent_id: int) -> HttpResponse:
    now = timezone.now()
    asked = _asked(request, consent_id, at=now)
    try:
        _ask(request, asked.pk, at=now)
    except BudgetSpent as spent:
        return too_often(request, spent)
    except operations.NoSuchConsent:
        raise Http404 from None
    messages.success(request, gettext("A new code is on its way."))
    return redirect("applications:help_consent", asked.pk)


@never_cache
@require_GET
@sessions.staff_required
def slip(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Give the slip to print, to be read aloud and signed, in the language of the person."""
    asked = _asked(request, consent_id, at=timezone.now())
    words = assisting.consent_words(asked.pk)
    if asked.kind != ConsentKind.SLIP or words is None:
        raise Http404
    help_ = asked.assistance
    data = consent_slip.draw(
        number=asked.pk,
        words=words,
        name=catalogue.current(help_.service_code).definition.name(help_.language),
        mends=asked.completion_id is not None,
        language=help_.language,
        at=asked.asked_at,
    )
    return pdf(data, f"slip-{asked.pk}.pdf", inline=True)


def _helper(request: HttpRequest, *, at: datetime) -> int:
    account_id = int(sessions.signed_in(request).pk)
    if not queries.helper_may(account_id=account_id, at=at):
        raise NotGranted(account_id=account_id, act=policies.ASSIST.code)
    return account_id


def _asked(request: HttpRequest, consent_id: int, *, at: datetime) -> HelpConsent:
    """Return a consent that she waits for; any other is as little there as none."""
    found = assisting.open_consent(consent_id, helper_id=_helper(request, at=at))
    if found is None:
        raise Http404
    return found


def _ask(request: HttpRequest, consent_id: int, *, at: datetime) -> None:
    operations.ask_consent_code(
        consent_id=consent_id,
        helper_id=sessions.signed_in(request).pk,
        binding=sessions.binding(request),
        address=addresses.address(request),
        at=at,
    )


def _matched(helper_id: int, form: BeginForm, *, at: datetime) -> PersonEntry | None:
    """Return the register's person if number and birthday are one's; None, and it is said."""
    national_id = form.cleaned_data["national_id"]
    people.allow_proof(account_id=helper_id, national_id=national_id, at=at)
    try:
        entry = gateways.population().person(national_id=national_id)
    except RegisterUnavailable:
        people.return_proof(account_id=helper_id, national_id=national_id)
        raise
    if entry is not None and entry.born_on == form.cleaned_data["born_on"]:
        return entry
    _no_match(helper_id, form, at=at)
    return None


def _begin(helper_id: int, form: BeginForm, entry: PersonEntry, *, at: datetime) -> int | None:
    typed = form.cleaned_data
    try:
        begun = operations.begin_assistance(
            helper_id=helper_id,
            service_code=typed["service"],
            entry=entry,
            phone=typed["phone"],
            language=typed["language"],
            fee_minor=typed["fee"] * 10 ** country().currency_exponent,
            kind=typed["kind"],
            at=at,
        )
    except people.BoundToAnotherPhone:
        # Said in the same words: another answer would confirm a neighbour's birthday.
        _no_match(helper_id, form, at=at)
        return None
    except operations.FeeRefused as refused:
        most = Money(refused.most_minor, country().currency).format(language())
        form.add_error("fee", gettext("You may take at most %(most)s for it.") % {"most": most})
        return None
    except operations.AgentsPhone:
        form.add_error("phone", gettext("This is the phone of an agent, not of the person."))
        return None
    except operations.HelpHeld:
        form.add_error("phone", _held())
        return None
    except policies.OwnCase:
        form.add_error(None, gettext("Nobody helps themselves, or gives their own phone."))
        return None
    except NotGranted:
        form.add_error("service", gettext("You may not help with this service at your office."))
        return None
    people.return_proof(account_id=helper_id, national_id=typed["national_id"])
    return begun


def _no_match(helper_id: int, form: BeginForm, *, at: datetime) -> None:
    people.record_proof_refused(account_id=helper_id, at=at)
    form.add_error(
        None,
        gettext(
            "These details do not match. Check the number and the date on the card, and whether "
            "the person has used another phone here before."
        ),
    )


def _prove(request: HttpRequest, asked: HelpConsent, form: forms.Form, *, at: datetime) -> str:
    try:
        return operations.prove_consent(
            consent_id=asked.pk,
            helper_id=sessions.signed_in(request).pk,
            typed=form.cleaned_data["code"],
            binding=sessions.binding(request),
            at=at,
        )
    except people.CodeWrong:
        form.add_error("code", gettext("That is not the code of our last message to the person."))
    except (people.CodeExpired, people.TooManyAttempts):
        form.add_error("code", gettext("This code is no longer good. Ask for a new one."))
    except people.BoundToAnotherPhone:
        form.add_error(None, gettext("The person has used another phone meanwhile. Begin again."))
    except operations.HelpHeld:
        form.add_error(None, _held())
    except (operations.AlreadyHelped, operations.TooManyDrafts):
        form.add_error(
            None, gettext("A request for this service is begun already. It must be finished first.")
        )
    return ""


def _held() -> str:
    return gettext(
        "You have helped too many persons through this phone. A supervisor must let you go on."
    )


def _scanned(asked: HelpConsent, form: forms.Form, *, at: datetime) -> bool:
    given: UploadedFile[bytes] = form.cleaned_data["scan"]
    if (given.size or 0) > uploads.BYTES_MAX:
        form.add_error("scan", WORDS[uploads.Why.TOO_LARGE])
        return False
    try:
        sha256 = uploads.accept(given.read(), at=at).sha256
    except uploads.Refused as refusal:
        form.add_error("scan", WORDS[refusal.why])
        return False
    except (uploads.Busy, uploads.NotChecked):
        form.add_error("scan", gettext("The file could not be looked at now. Try again."))
        return False
    operations.put_consent_scan(
        consent_id=asked.pk, helper_id=asked.assistance.helper_id, scan_sha256=sha256, at=at
    )
    return True
