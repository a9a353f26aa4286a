"""Citizens at the counter: who they are, for whom they act, and a lost phone."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import guarding, moving, operations, policies, seeing, sessions
from accounts.acts import Act
from accounts.operations import BudgetSpent
from accounts.operations.mending import CONFIRM_PURPOSE, NOTE_MAX
from accounts.pages import asking, stepping
from accounts.pages.forms import CodeForm, PersonForm, PhoneForm
from accounts.pages.phones import send_code, took_code
from accounts.pages.refusals import too_often
from accounts.pages.stepping import StepUpForm
from accounts.seeing import Seen
from accounts.states import SeenDocument
from kernel import audit, files

FILE_POLICY = "default-src 'none'; sandbox"


class MeetForm(PersonForm, PhoneForm):
    document = forms.ChoiceField(label=_("Document that you saw"), choices=SeenDocument.choices)
    seen = forms.BooleanField(
        label=_("The person before me is the one on the document."),
        error_messages={"required": _("Without that nobody is confirmed.")},
    )
    field_order = ("national_id", "born_on", "phone", "document", "seen")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].required = False
        self.fields["phone"].label = _("Mobile number with which they sign in")
        self.fields["phone"].help_text = _("Ask the person. Leave it empty if they have none.")

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""


class MendForm(PersonForm, PhoneForm):
    document = forms.ChoiceField(label=_("Document that you saw"), choices=SeenDocument.choices)
    note = forms.CharField(
        label=_("What happened to the old phone"),
        help_text=_("For whoever confirms. For example: stolen on the bus yesterday."),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("national_id", "born_on", "document", "phone", "note")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].label = _("The new mobile number")
        self.fields["phone"].help_text = _("A code goes there: let the person read it to you.")


class DecideForm(forms.Form):
    note = forms.CharField(
        label=_("A word for whoever asked"),
        max_length=NOTE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@never_cache
@require_safe
@sessions.staff_required
def citizens(request: HttpRequest) -> HttpResponse:
    """Show what waits for her, and what she can do for whoever stands before her."""
    at, may = timezone.now(), _may(request)
    guard_areas = [scope.area_code for scope in _scopes(request, policies.DECIDE_GUARDIANS, at=at)]
    mend_scopes = _scopes(request, policies.MEND_PHONE, at=at)
    context = {
        "may_meet": policies.MEET_PERSON.code in may,
        "may_guard": policies.DECIDE_GUARDIANS.code in may,
        "may_mend": policies.MEND_PHONE.code in may,
        "asked": guarding.waiting(guard_areas) if guard_areas else [],
        "changes": moving.to_mend(mend_scopes, at=at) if mend_scopes else [],
        "by_id": sessions.signed_in(request).pk,
    }
    return render(request, "accounts/counter.html", context)


@never_cache
@sensitive_post_parameters("national_id", "born_on")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def meet(request: HttpRequest) -> HttpResponse:
    """Confirm that somebody was met, with the document that showed it."""
    _require(request, policies.MEET_PERSON.code)
    return _at_counter(request, MeetForm, _met, "accounts/counter_meet.html")


@never_cache
@sensitive_post_parameters("national_id", "born_on", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def mend(request: HttpRequest) -> HttpResponse:
    """Begin the change of a lost phone."""
    _require(request, policies.MEND_PHONE.code)
    return _at_counter(request, MendForm, _mended, "accounts/counter_mend.html")


@never_cache
@sensitive_post_parameters("code", "password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def mending(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take the new number's code from the first officer, and the confirmation of the second."""
    change = moving.one(change_id)
    if change is None or not change.at_counter:
        raise Http404
    account_id, at = sessions.signed_in(request).pk, timezone.now()
    if not policies.may(
        account_id=account_id,
        act=policies.MEND_PHONE.code,
        area_code=moving.area_of(change),
        at=at,
    ):
        raise Http404
    _looked(request, [change.person_id], Seen.PHONE)
    typed = request.method == "POST" and request.POST.get("do") == "code"
    form = CodeForm(request.POST if typed else None)
    proof = StepUpForm(request.POST if request.POST.get("do") == "confirm" else None)
    if request.method == "POST":
        try:
            if _mend_step(request, change, form, proof, at=at):
                return redirect("accounts:citizens")
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.SamePerson:
            messages.error(request, gettext("Somebody else must do this."))
        except operations.NoSuchChange:
            messages.warning(request, gettext("It is done or stopped already."))
            return redirect("accounts:citizens")
    stepping.fit(request, CONFIRM_PURPOSE, proof)
    context = {
        "change": change,
        "form": form,
        "proof": proof,
        "is_hers": change.asked_by_id == account_id,
    }
    status = 422 if form.errors or proof.errors else 200
    return render(request, "accounts/counter_mending.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def guardian(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Show who would act for whom, and decide."""
    asked = _asked(request, guardianship_id)
    _looked(request, asked.person_ids, Seen.REQUEST)
    form = DecideForm(request.POST or None)
    if form.is_valid() and request.POST.get("decision") in ("accept", "refuse"):
        try:
            operations.decide_guardianship(
                guardianship_id=guardianship_id,
                approved=request.POST["decision"] == "accept",
                note=form.cleaned_data["note"],
                by_id=sessions.signed_in(request).pk,
                at=timezone.now(),
            )
        except operations.SamePerson:
            messages.error(request, gettext("Somebody else must do this."))
        except operations.NoSuchRequest:
            messages.warning(request, gettext("Somebody was here before you."))
        else:
            messages.success(request, gettext("Decided. It stands on the list of whoever asked."))
        return redirect("accounts:citizens")
    context = {"asked": asked, "form": form}
    return render(request, "accounts/counter_guardian.html", context)


@never_cache
@require_safe
@sessions.staff_required
def proof(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Give the officer who decides the file itself; that is recorded."""
    asked = _asked(request, guardianship_id)
    _looked(request, asked.person_ids, Seen.PROOF)
    response = HttpResponse(
        files.read(asked.proof_sha256), content_type=files.media_type(asked.proof_sha256)
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["Content-Disposition"] = "inline"
    audit.record(
        act="guardian.proof_read",
        actor_id=sessions.signed_in(request).pk,
        subject="accounts.guardianship",
        subject_id=guardianship_id,
        at=timezone.now(),
    )
    return response


Doing = Callable[[HttpRequest, PersonForm, datetime], HttpResponse | None]


def _at_counter(
    request: HttpRequest, form_class: type[PersonForm], do: Doing, template: str
) -> HttpResponse:
    at = timezone.now()
    form = form_class(request.POST or None, today=guarding.today(at))
    if form.is_valid():
        try:
            if (answer := do(request, form, at)) is not None:
                return answer
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.SamePerson:
            form.add_error(None, gettext("This is you: a colleague does it for you."))
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


def _met(request: HttpRequest, form: PersonForm, at: datetime) -> HttpResponse | None:
    by_id = sessions.signed_in(request).pk
    entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
    if entry is None:
        return None
    told = form.cleaned_data
    try:
        operations.meet_person(
            entry=entry, document=told["document"], phone=told["phone"], by_id=by_id, at=at
        )
    except operations.OtherPhone:
        form.add_error(
            "phone",
            gettext(
                "That is not the phone from which this person was proved. If they have another, "
                "or somebody else used their number, mend it as a lost phone; if they have never "
                "signed in, they do that first."
            ),
        )
        return None
    messages.success(request, gettext("Confirmed: this person was met."))
    return redirect("accounts:citizens")


def _mended(request: HttpRequest, form: PersonForm, at: datetime) -> HttpResponse | None:
    by_id = sessions.signed_in(request).pk
    entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
    if entry is None:
        return None
    try:
        change_id = operations.mend_phone(
            entry=entry,
            phone=form.cleaned_data["phone"],
            document=form.cleaned_data["document"],
            note=form.cleaned_data["note"],
            by_id=by_id,
            at=at,
        )
    except operations.NotReachedHere:
        form.add_error(None, gettext("No phone is bound to this person: any phone can sign in."))
        return None
    except operations.SamePhone:
        form.add_error("phone", gettext("That is the number that this person has now."))
        return None
    except operations.ChangeWaits:
        form.add_error(None, gettext("A change of this person's phone waits already."))
        return None
    send_code(request, change_id, to_new=True, at=at, language=moving.language_of(change_id))
    return redirect("accounts:mending", change_id)


def _mend_step(
    request: HttpRequest,
    change: moving.Change,
    form: CodeForm,
    proof: StepUpForm,
    *,
    at: datetime,
) -> bool:
    by_id, wanted = sessions.signed_in(request).pk, request.POST.get("do", "")
    if wanted == "code":
        taken = form.is_valid() and took_code(
            request, change.id, form, operations.prove_new_phone, at=at
        )
        if taken:
            messages.success(request, gettext("The number is right. A colleague confirms now."))
        return bool(taken)
    if wanted == "again":
        send_code(request, change.id, to_new=True, at=at, language=moving.language_of(change.id))
    elif wanted == "confirm":
        shown = _stepped_up(request, proof, at=at)
        if shown is None:
            return False
        operations.confirm_mend(change_id=change.id, by_id=by_id, step_up_id=shown, at=at)
        messages.success(request, gettext("Done. The new number signs in, the old one no longer."))
        return True
    elif wanted == "decline":
        operations.decline_mend(change_id=change.id, by_id=by_id, at=at)
        withdrawn = change.asked_by_id == by_id
        declined = gettext("Declined. Nothing has changed.")
        said = gettext("Withdrawn. Nothing has changed.") if withdrawn else declined
        messages.success(request, said)
        return True
    return False


def _stepped_up(request: HttpRequest, proof: StepUpForm, *, at: datetime) -> int | None:
    """Return the id of a step-up by what was typed, or None; the form then says what was wrong."""
    if not proof.is_valid():
        return None
    try:
        return stepping.step_up(request, proof.cleaned_data["password"], CONFIRM_PURPOSE, at=at)
    except (operations.WrongPassword, BudgetSpent) as refused:
        proof.add_error("password", stepping.wrong(refused))
        return None


def _looked(request: HttpRequest, person_ids: Iterable[int], seen: Seen) -> None:
    account_id = sessions.signed_in(request).pk
    seeing.look(person_ids=person_ids, account_id=account_id, seen=seen, at=timezone.now())


def _asked(request: HttpRequest, guardianship_id: int) -> guarding.Asked:
    asked = guarding.asked(guardianship_id)
    may = asked is not None and policies.may(
        account_id=sessions.signed_in(request).pk,
        act=policies.DECIDE_GUARDIANS.code,
        area_code=asked.area_code,
        at=timezone.now(),
    )
    if asked is None or not may:
        raise Http404
    return asked


def _scopes(request: HttpRequest, act: Act, *, at: datetime) -> list[policies.Scope]:
    return policies.scopes(account_id=sessions.signed_in(request).pk, act_codes=[act.code], at=at)


def _may(request: HttpRequest) -> set[str]:
    """
    Return which of the acts with citizens she holds.

    :raises accounts.policies.NotGranted: if none
    """
    account_id = sessions.signed_in(request).pk
    codes = [act.code for act in policies.WITH_CITIZENS]
    held = policies.held(account_id=account_id, act_codes=codes, at=timezone.now())
    if not held:
        raise policies.NotGranted(account_id=account_id, act=codes[0])
    return held


def _require(request: HttpRequest, act: str) -> None:
    if act not in _may(request):
        raise policies.NotGranted(account_id=sessions.signed_in(request).pk, act=act)
