"""Every part of the pages in every state, light and dark side by side: `/design/`."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from design import icons
from kernel.country import country

LONG = "Nyirabarihutugamuhizi-Mukandayisenga Uwimbabazimana Marie-Chantal"
MOMENT = datetime(2026, 11, 23, 10, tzinfo=UTC)
REFERENCE = "407291853343"
# Each is a template of design/gallery/; those with ids of their own are told the scheme.
SECTIONS = (
    ("words", gettext_lazy("Words")),
    ("buttons", gettext_lazy("Buttons")),
    ("tags", gettext_lazy("Tags and notices")),
    ("tickets", gettext_lazy("The ticket")),
    ("story", gettext_lazy("The story and the steps")),
    ("facts", gettext_lazy("Facts")),
    ("tables", gettext_lazy("Tables")),
    ("questions", gettext_lazy("Questions")),
    ("errors", gettext_lazy("Mistakes")),
    ("ways", gettext_lazy("Ways on")),
    ("nothing", gettext_lazy("Nothing yet, and waiting")),
    ("desk", gettext_lazy("The desk, denser")),
)


class Example(forms.Form):
    """One question of each kind."""

    name = forms.CharField(
        label=gettext_lazy("Family name"), help_text=gettext_lazy("As on the identity card")
    )
    other = forms.CharField(label=gettext_lazy("Other names"), required=False, max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    born_on = forms.DateField(
        label=gettext_lazy("Date of birth"), widget=forms.DateInput(attrs={"type": "date"})
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=[("F", gettext_lazy("Female")), ("M", gettext_lazy("Male"))],
        widget=forms.RadioSelect,
    )
    why = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose")), ("lost", gettext_lazy("Lost"))],
    )
    scan = forms.FileField(
        label=gettext_lazy("Photo or scan"),
        help_text=gettext_lazy("A PDF or a picture of at most 5 MB"),
    )
    closed = forms.CharField(
        label=gettext_lazy("Case"), required=False, disabled=True, initial="BC-26-118203"
    )
    agreed = forms.BooleanField(label=gettext_lazy("All of this is true"))


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "design/gallery.html",
        {
            "sections": [(code, f"design/gallery/{code}.html", name) for code, name in SECTIONS],
            "panes": [_pane("light", _("Light")), _pane("dark", _("Dark"))],
            "pictures": icons.NAMES,
            "moment": MOMENT,
            "reference": REFERENCE,
            "currency": country().currency,
            "amount_minor": 2500 * 10 ** country().currency_exponent,
            "long": LONG,
            "told": _story(),
            "steps": [_("Your answers"), _("Documents"), _("Review"), _("Pay")],
        },
    )


def _pane(css: str, name: str) -> dict[str, Any]:
    """One scheme, with forms whose ids are its own."""
    chosen = {"sex": "F", "name": LONG}
    wrong = {f"{css}-wrong-name": LONG, f"{css}-wrong-phone": "0788"}
    return {
        "css": css,
        "name": name,
        "form": Example(prefix=css, initial=chosen),
        "wrong": Example(wrong, prefix=f"{css}-wrong"),
    }


def _story() -> list[dict[str, object]]:
    def item(text: str, state: str, note: str = "") -> dict[str, object]:
        moment = MOMENT if state == "done" else None
        return {"text": text, "time": moment, "state": state, "note": note}

    return [
        item(_("Applied from her own phone"), "done"),
        item(_("Paid by mobile money"), "done", _("confirmed by the network")),
        item(_("The officer decides"), "next", _("promised for today")),
        item(_("Signed, sealed, sent to her phone"), "later"),
    ]
