"""Citizens at the counter: who they are, and for whom they act."""

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
from accounts.operations.guardians import NOTE_MAX
from accounts.pages import asking, stepping
from accounts.pages.forms import PersonForm, PhoneForm
from accounts.pages.refusals import too_often
from accounts.pages.rights.refusals import stepped_up
from accounts.pages.stepping import StepUpField
from accounts.seeing import Seen
from accounts.states import SeenDocument
from kernel import audit, files

FILE_POLICY = "default-src 'none'; sandbox"
DECIDE = policies.DECIDE_GUARDIANS.code


class MeetForm(PersonForm, PhoneForm):
    document = forms.ChoiceField(label=_("Document that you saw"), choices=SeenDocument.choices)
    seen = forms.BooleanField(
        label=_("The person before me is the one on the document."),
        error_messages={"required": _("Without that nobody is confirmed.")},
    )
    password = StepUpField()
    field_order = ("national_id", "born_on", "phone", "document", "seen", "password")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].required = False
        self.fields["phone"].label = _("Mobile number with which they sign in")
        self.fields["phone"].help_text = _("Ask the person. Leave it empty if they have none.")

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""


class DecideForm(forms.Form):
    note = forms.CharField(
        label=_("A word for whoever asked"),
        max_length=NOTE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = StepUpField()


Doing = Callable[[HttpRequest, PersonForm, datetime], HttpResponse | None]


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
@sensitive_post_parameters(
    "national_id", "born_on", "password", "password_code", "password_passkey"
)
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def meet(request: HttpRequest) -> HttpResponse:
    """Confirm that somebody was met, with the document that showed it."""
    require(request, policies.MEET_PERSON.code)
    return at_counter(request, MeetForm, _met, "accounts/counter_meet.html")


@never_cache
@sensitive_post_parameters("password", "password_code", "password_passkey")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def guardian(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Show who would act for whom, and decide, with a fresh proof of who decides."""
    asked = _asked(request, guardianship_id)
    looked(request, asked.person_ids, Seen.REQUEST)
    form = DecideForm(request.POST or None)
    if form.is_valid() and request.POST.get("decision") in ("accept", "refuse"):
        at = timezone.now()
        step_up_id = stepped_up(request, form, purpose=DECIDE, at=at)
        if step_up_id is not None:
            _decide(request, guardianship_id, form, step_up_id, at=at)
            return redirect("accounts:citizens")
    stepping.fit(request, DECIDE, form)
    context = {"asked": asked, "form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/counter_guardian.html", context, status=status)


@never_cache
@require_safe
@sessions.staff_required
def proof(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Give the officer who decides the file itself; that is recorded."""
    asked = _asked(request, guardianship_id)
    looked(request, asked.person_ids, Seen.PROOF)
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


def at_counter(
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
            form.add_error(
                None,
                gettext("This is you, or shares a phone with you: a colleague does it for you."),
            )
    stepping.fit(request, policies.MEET_PERSON.code, form)
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


def _decide(
    request: HttpRequest, guardianship_id: int, form: DecideForm, step_up_id: int, *, at: datetime
) -> None:
    try:
        operations.decide_guardianship(
            guardianship_id=guardianship_id,
            approved=request.POST["decision"] == "accept",
            note=form.cleaned_data["note"],
            by_id=sessions.signed_in(request).pk,
            step_up_id=step_up_id,
            at=at,
        )
    except operations.SamePerson:
        messages.error(request, gettext("Somebody else must do this."))
    except operations.NoSuchRequest:
        messages.warning(request, gettext("Somebody was here before you."))
    else:
        messages.success(request, gettext("Decided. It stands on the list of whoever asked."))


def _met(request: HttpRequest, form: PersonForm, at: datetime) -> HttpResponse | None:
    by_id = sessions.signed_in(request).pk
    entry = asking.found(form, account_id=by_id, at=at, at_counter=True)
    if entry is None:
        return None
    # Last, because a code of her app is good once: a wrong number above must not use it up.
    step_up_id = stepped_up(request, form, purpose=policies.MEET_PERSON.code, at=at)
    if step_up_id is None:
        return None
    told = form.cleaned_data
    try:
        operations.meet_person(
            entry=entry,
            document=told["document"],
            phone=told["phone"],
            by_id=by_id,
            step_up_id=step_up_id,
            at=at,
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


def looked(request: HttpRequest, person_ids: Iterable[int], seen: Seen) -> None:
    account_id = sessions.signed_in(request).pk
    seeing.look(person_ids=person_ids, account_id=account_id, seen=seen, at=timezone.now())


def _asked(request: HttpRequest, guardianship_id: int) -> guarding.Asked:
    asked = guarding.asked(guardianship_id)
    may = asked is not None and policies.may(
        account_id=sessions.signed_in(request).pk,
        act=DECIDE,
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


def require(request: HttpRequest, act: str) -> None:
    if act not in _may(request):
        raise policies.NotGranted(account_id=sessions.signed_in(request).pk, act=act)
