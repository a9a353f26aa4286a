"""What is said when a draft goes to a second person, is approved, or comes back."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.operations.reviewing import WORDS_MAX
from kernel.country import country

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _FromDay(forms.Form):
    publish_from = forms.DateField(
        label=_("Publish from"),
        help_text=_("Left empty, or today: as soon as it is approved."),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        required=False,
        widget=_DAY,
    )

    def clean_publish_from(self) -> date | None:
        day: date | None = self.cleaned_data["publish_from"]
        today = timezone.localdate(timezone=ZoneInfo(country().time_zone))
        if day and day < today:
            raise forms.ValidationError(gettext("This day is over."))
        return None if day == today else day

    @property
    def moment(self) -> datetime | None:
        """The first moment of that day in the country's zone; None: at once."""
        day = self.cleaned_data["publish_from"]
        return datetime.combine(day, time(), ZoneInfo(country().time_zone)) if day else None


class SendForm(_FromDay):
    words = forms.CharField(
        label=_("What changes and why"),
        help_text=_("For whoever approves it."),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ApproveForm(_FromDay):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Words for the trace"),
        max_length=WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReturnForm(forms.Form):
    words = forms.CharField(
        label=_("What should be different"),
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def day_of(moment: datetime | None) -> date | None:
    """Return the day of a moment in the country's zone."""
    return timezone.localdate(moment, ZoneInfo(country().time_zone)) if moment else None
