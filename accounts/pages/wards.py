"""For whom one may act: one's children, and whom an order puts under one's guardianship."""

from contextlib import suppress
from datetime import date, datetime

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import guarding, operations, queries, sessions
from accounts.operations import BudgetSpent
from accounts.pages import asking
from accounts.pages.forms import PersonForm
from accounts.pages.refusals import too_often
from accounts.states import GuardianKind
from kernel import files, uploads
from registers import gateways
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable

log = structlog.get_logger()
ACCEPTED = "image/jpeg,image/png,application/pdf"


class WardForm(PersonForm):
    kind = forms.ChoiceField(
        label=_("Who is this person?"),
        choices=[
            (GuardianKind.PARENT, _("My child")),
            (GuardianKind.GUARDIAN, _("A person whose guardian I am, by an order")),
        ],
        widget=forms.RadioSelect,
        initial=GuardianKind.PARENT,
    )
    until_on = forms.DateField(
        label=_("Until when, if the order says so"),
        help_text=_("For example 31/12/2030. A guardianship of a minor ends when they are of age."),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y"],
        error_messages={"invalid": _("Enter a date, such as 31/12/2030.")},
    )
    proof = forms.FileField(
        label=_("The order, or the birth certificate"),
        help_text=_(
            "PDF, JPEG or PNG, at most 5 MB. Only needed where the register does not name you as "
            "a parent: an officer then decides."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    field_order = ("kind", "national_id", "born_on", "until_on", "proof")

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["national_id"].label = _("Their national identity number")
        self.fields["born_on"].label = _("Their date of birth")
        for name in ("national_id", "born_on"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


@never_cache
@require_safe
@sessions.person_required
def wards(request: HttpRequest) -> HttpResponse:
    """List herself, those for whom she may act, and who else proved herself with this phone."""
    person_id = _person(request)
    others = [one for one in sessions.proven_person_ids(request) if one != person_id]
    at, contact_id = timezone.now(), sessions.signed_in(request).contact_id
    told = guarding.told_wards(person_id, at=at)
    context = {
        "person": queries.person(person_id),
        "wards": told,
        "strangers": guarding.sharing(contact_id, person_id, told, but_not=others),
        "guardians": guarding.guardians(person_id, at=timezone.now()),
        "others": queries.persons(others),
    }
    return render(request, "accounts/wards.html", context)


@never_cache
@sensitive_post_parameters("national_id", "born_on")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a child at once where the register names her as parent; else ask an officer."""
    at = timezone.now()
    form = WardForm(request.POST or None, request.FILES or None, today=guarding.today(at))
    if form.is_valid():
        try:
            if _added(request, form, at=at):
                return redirect("accounts:wards")
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.OfAge:
            form.add_error(
                None,
                gettext(
                    "Whoever is of age applies alone. An order of a court can say otherwise, and "
                    "until when."
                ),
            )
        except operations.GuardsAlready:
            form.add_error(None, gettext("This person stands on your list already."))
    status = 422 if form.errors else 200
    return render(request, "accounts/ward_add.html", {"form": form}, status=status)


@never_cache
@require_POST
@sessions.person_required
def end(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Act for somebody no longer."""
    try:
        operations.end_guardianship(
            guardianship_id=guardianship_id,
            guardian_id=_person(request),
            account_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.NoSuchRequest:
        messages.warning(request, gettext("That had ended before."))
    else:
        messages.success(request, gettext("Taken off your list."))
    return redirect("accounts:wards")


def _added(request: HttpRequest, form: WardForm, *, at: datetime) -> bool:
    """
    Add her child, or send the request; whether a stranger's number and birthday are right is told
    neither by the answer, nor by what was counted, nor by the list of what waits.
    """
    account_id, told = sessions.signed_in(request).pk, form.cleaned_data
    operations.refuse_of_age(
        born_on=told["born_on"], until_on=told["until_on"], kind=told["kind"], at=at
    )
    entry = asking.told_silently(form, account_id=account_id, at=at)
    if form.errors:
        return False
    if entry and told["kind"] == GuardianKind.PARENT and _is_parent(request, entry):
        asking.give_back(form, account_id=account_id)
        operations.accept_parent(
            account_id=account_id, guardian_id=_person(request), child=entry, at=at
        )
        messages.success(request, gettext("The register names you as a parent. You may apply."))
        return True
    proof = _proof(form, at=at)
    if proof is None:
        return False
    if entry is not None:
        with suppress(operations.GuardsAlready):
            operations.ask_guardianship(
                account_id=account_id,
                guardian_id=_person(request),
                ward=entry,
                kind=told["kind"],
                until_on=told["until_on"],
                proof_sha256=proof,
                at=at,
            )
    messages.success(
        request,
        gettext(
            "Taken. If the number and the date are right, an officer decides, and the person "
            "stands on this list after that. Check them on the card."
        ),
    )
    return True


def _is_parent(request: HttpRequest, entry: PersonEntry) -> bool:
    try:
        births = gateways.civil().acts(kind="birth", national_id=entry.national_id)
    except RegisterUnavailable:
        return False  # An officer can decide by the certificate instead.
    return operations.is_parent(guardian_id=_person(request), births=births)


def _proof(form: WardForm, *, at: datetime) -> str | None:
    """Return the kept file's SHA-256; None with a word beside the field."""
    given = form.cleaned_data["proof"]
    if given is None:
        form.add_error(
            "proof",
            gettext(
                "The register does not name you here. Add the order, or the birth certificate: "
                "an officer then decides."
            ),
        )
        return None
    try:
        return uploads.accept(given.read(), at=at).sha256
    except uploads.Refused as refusal:
        log.info("guardian.proof_refused", why=refusal.why.value)
        form.add_error(
            "proof", gettext("This file cannot be taken. Give a PDF, JPEG or PNG of at most 5 MB.")
        )
    except (uploads.Busy, uploads.NotChecked, files.StorageUnavailable):
        form.add_error("proof", gettext("Files cannot be checked now. Try again in a minute."))
    return None


def _person(request: HttpRequest) -> int:
    person_id = sessions.current_person_id(request)
    if person_id is None:
        raise sessions.NotSignedIn
    return person_id
