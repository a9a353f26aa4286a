"""What is typed to ask and to decide about credentials."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.pages.stepping import StepUpField
from documents import custody
from documents.checks import custody_for_new_credentials
from documents.models import CredentialState, Purpose, Road
from documents.operations import credentials
from documents.pages.credentials import words

NOTE_CHARACTERS_MAX = 300
PEM_CHARACTERS_MAX = 60_000


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        help_text=_("Whoever decides reads this; so does an auditor."),
        max_length=NOTE_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words why.")},
    )


class FilterForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("What for"),
        required=False,
        choices=[("", _("all")), *((one.value, words.PURPOSES[one]) for one in Purpose)],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *((one.value, words.STATES[one][0]) for one in CredentialState)],
    )


class NewForm(forms.Form):
    """How a new key is made; what can be chosen depends on where keys are kept here."""

    road = forms.ChoiceField(label=_("Its certificate"), widget=forms.RadioSelect)
    algorithm = forms.ChoiceField(
        label=_("Kind of key"),
        widget=forms.RadioSelect,
        initial=custody.P256,
        choices=[
            (custody.P256, _("P-256: short, and known to every reader")),
            (custody.RSA3072, _("RSA 3072: for authorities that want it")),
        ],
        error_messages={"required": _("Choose a kind of key.")},
    )
    key_ref = forms.CharField(
        label=_("The service's name of the key"),
        help_text=_("Its credentialID."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the service's name of the key.")},
    )
    note = _note()

    def __init__(self, *args: Any, algorithms: Collection[str], **more: Any) -> None:
        super().__init__(*args, **more)
        kind: Any = self.fields["algorithm"]
        kind.choices = [(code, name) for code, name in kind.choices if code in algorithms]
        self.custody = custody_for_new_credentials()
        if self.custody == custody.CSC:
            roads: list[tuple[str, Any]] = [(Road.SERVICE, _("The signing service brings it"))]
            del self.fields["algorithm"]
        else:
            roads = [(Road.CSR, _("The national authority makes it from our request"))]
            if not settings.PRODUCTION:
                roads.insert(0, (Road.OWN, _("Development's own authority makes it at once")))
            del self.fields["key_ref"]
        road: Any = self.fields["road"]
        road.choices = roads
        road.initial = roads[0][0]
        road.error_messages["required"] = _("Choose where its certificate comes from.")


class NoteForm(forms.Form):
    note = _note()


class RevokeForm(NoteForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        choices=[(one, words.REASONS[one]) for one in credentials.REASONS],
        error_messages={"required": _("Choose a reason.")},
    )
    field_order = ("reason", "note")


class PasswordForm(forms.Form):
    password = StepUpField(missing=_("Enter your password to approve."))


class CertificateForm(forms.Form):
    """The authority's answer: the certificate first, then what stands between it and the root."""

    pem = forms.CharField(
        label=_("Certificate and chain (PEM)"),
        help_text=_("The certificate first, below it the authorities between it and the root."),
        max_length=PEM_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
        error_messages={"required": _("Paste the certificate.")},
    )
