"""What a person who checks a paper may hand over: what is printed on it, or the file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from documents import numbering, verdicts
from kernel import references


class PrintedForm(forms.Form):
    number = forms.CharField(
        label=_("Paper number"),
        help_text=_("It stands at the top, for example BC-1209-2026-000123-K."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the paper number.")},
    )
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("Sixteen letters and digits beside the number."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the verification code.")},
    )

    is_case = False  # The number of a case was typed: another page answers to it.

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        number = numbering.normalise_number(typed)
        if number is None and references.normalise_case_number(typed):
            self.is_case = True
            raise forms.ValidationError(
                _("This is the number of a case. The paper has a number of its own, at its top.")
            )
        if number is None and references.normalise(typed):
            raise forms.ValidationError(
                _("This is a reference to pay by. The paper has a number of its own, at its top.")
            )
        if number is None:
            raise forms.ValidationError(
                _("This is not a paper number. Compare it with the paper, character by character.")
            )
        return number

    def clean_code(self) -> str:
        code = numbering.normalise_verification_id(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("A verification code has sixteen letters and digits. Compare it with the paper.")
            )
        return code


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The file (PDF)"),
        help_text=_("At most 5 MB. We compare it and do not keep it."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("This file is empty."),
        },
    )

    def clean_file(self) -> bytes:
        uploaded: Any = self.cleaned_data["file"]
        if not isinstance(uploaded, UploadedFile) or (uploaded.size or 0) > verdicts.FILE_BYTES_MAX:
            raise forms.ValidationError(_("This file is larger than 5 MB."))
        data: bytes = uploaded.read()
        if not verdicts.is_pdf(data):
            raise forms.ValidationError(_("This file is not a PDF."))
        return data
