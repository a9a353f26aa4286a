"""What a person who checks a paper may hand over: what is printed on it, or the file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from documents import numbering, verdicts


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

    def clean_number(self) -> str:
        number = numbering.normalise_number(self.cleaned_data["number"])
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
