"""What an officer fills in about one collection in suspense. Each carries what she was shown."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kernel import references
from payments.models import Bill
from payments.operations.matching import Shown
from payments.operations.splitting import PARTS_MAX, Part
from payments.pages.fields import minor_of
from payments.pages.suspense import words

HOLD_DAYS = (1, 3, 7, 14, 30)
_BIG = 10**17
_NOTE_CHARS_MAX = 240  # With the code of the reason before it, within what is kept.


class _Asking(forms.Form):
    """A reason from the list, a note, and what stood there when the page was made."""

    kind = ""
    field_order: tuple[str, ...] | None = None
    reason = forms.ChoiceField(label=_("Why"))
    note = forms.CharField(label=_("Note"), max_length=_NOTE_CHARS_MAX, required=False)
    stands = forms.IntegerField(min_value=0, max_value=_BIG, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.kind}_%s")
        super().__init__(*args, **kwargs)
        self.currency = currency
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101  # nosec B101
        reason.choices = list(words.REASONS[self.kind].items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == "OTHER" and not cleaned.get("note"):
            self.add_error("note", gettext("Say which reason."))
        return cleaned

    def _minor(self, typed: str) -> int:
        return minor_of(typed, self.currency)

    @property
    def why(self) -> str:
        code, note = self.cleaned_data["reason"], self.cleaned_data["note"]
        return f"{code}: {note}" if note else str(code)

    @property
    def shown(self) -> Shown:
        return Shown(
            stands_minor=self.cleaned_data["stands"], due_minor=self.cleaned_data.get("due")
        )


class _Amount(_Asking):
    amount = forms.CharField(label=_("Amount"), max_length=30)
    field_order: tuple[str, ...] | None = ("amount", "reason", "note")

    def clean_amount(self) -> int:
        return self._minor(self.cleaned_data["amount"])


class MatchForm(_Amount):
    kind = "match"
    reference = forms.CharField(label=_("Reference of the bill"), max_length=40)
    due = forms.IntegerField(min_value=0, max_value=_BIG, required=False, widget=forms.HiddenInput)
    field_order = ("reference", "amount", "reason", "note")

    def clean_reference(self) -> int:
        return _bill_id(self.cleaned_data["reference"])


class SplitForm(_Asking):
    kind = "split"
    parts = forms.CharField(
        label=_("Bills and amounts"),
        help_text=_("One bill on each line: its reference, then the amount."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_000,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    field_order = ("parts", "reason", "note")

    def clean_parts(self) -> list[Part]:
        lines = [line for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        if len(lines) > PARTS_MAX:
            raise forms.ValidationError(
                ngettext("At most %(most)s line.", "At most %(most)s lines.", PARTS_MAX)
                % {"most": PARTS_MAX}
            )
        return [self._part(line) for line in lines]

    def _part(self, line: str) -> Part:
        # A reference may be typed in groups; the amount is what comes last.
        typed, _space, amount = line.strip().replace("\t", " ").rpartition(" ")
        return Part(_bill_id(typed), self._minor(amount))


class ReturnForm(_Amount):
    kind = "return"
    by_hand = forms.ChoiceField(
        label=_("How it goes back"),
        choices=(("", _("By the network that it came by")), ("desk", _("At a desk, to the payer"))),
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("amount", "by_hand", "reason", "note")


class WriteOffForm(_Amount):
    kind = "write_off"


class UnclaimedForm(_Amount):
    kind = "unclaimed"
    law = forms.CharField(label=_("Which law says so"), max_length=120, required=False)
    term_days = forms.IntegerField(
        label=_("After how many days, by that law"), min_value=1, max_value=36_500, required=False
    )
    field_order = ("amount", "reason", "law", "term_days", "note")


class HoldForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[
            (days, _("1 day") if days == 1 else _("%(days)s days") % {"days": days})
            for days in HOLD_DAYS
        ],
    )
    hold_note = forms.CharField(label=_("What you are doing about it"), max_length=300)

    @property
    def life(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])


class PickForm(forms.Form):
    """Rows ticked on a list, with the stamp of the page."""

    key = forms.UUIDField(required=False)
    rows = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        picked = data.getlist("rows")[:200]
        rows = self.fields["rows"]
        assert isinstance(rows, forms.TypedMultipleChoiceField)  # noqa: S101  # nosec B101
        rows.choices = [(one, one) for one in picked if one.isascii() and one.isdigit()]

    @property
    def picked(self) -> list[int]:
        return [one for one in self.cleaned_data.get("rows", []) if one <= _BIG]

    @property
    def stamp(self) -> UUID:
        return self.cleaned_data.get("key") or uuid4()


FORMS: Mapping[str, type[_Asking]] = {
    form.kind: form for form in (MatchForm, SplitForm, ReturnForm, WriteOffForm, UnclaimedForm)
}


def _bill_id(typed: str) -> int:
    reference = references.normalise(typed)
    found = Bill.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if found is None:
        raise forms.ValidationError(gettext("No bill has this reference."))
    return found


class ArrivalForm(forms.Form):
    """Which sweep of ours a payment is."""

    sweep = forms.ChoiceField(
        label=_("Left another account of ours, of exactly this amount"), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("How you know"),
        help_text=_("The text of the bank's line, or who at the bank or the network said so."),
        max_length=_NOTE_CHARS_MAX,
    )

    def __init__(self, *args: Any, sweeps: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sweep"].choices = sweeps  # type: ignore[attr-defined]
        if len(sweeps) == 1:
            self.fields["sweep"].initial = sweeps[0][0]
