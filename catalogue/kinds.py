"""Kinds of service and stages of digitisation, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND_WORDS: Mapping[str, Promise] = {
    "certificate": _("Certificate"),
    "physical": _("Card or booklet"),
    "appointment": _("Appointment"),
    "payment": _("Payment only"),
    "information": _("Information only"),
}
# By the stage of `checks_editor.STAGES`: how far somebody comes here without going anywhere.
STAGE_WORDS: Mapping[str, Promise] = {
    "information": _("Read about it here"),
    "form": _("Print the form here"),
    "apply": _("Apply here"),
    "pay": _("Apply and pay here"),
    "paper": _("Apply, pay and receive the paper here"),
}
