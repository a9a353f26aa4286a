"""
Django forms made from a definition: one form for each group, in the reader's language.

What a form accepts is what the definition says and no more: lengths, choices, areas of the level.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import dateformat
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from catalogue.definition import Definition, Field, Group
from catalogue.words import tell
from kernel.country import country
from places import queries as places

LENGTHS = {"text": 120, "textarea": 1_000, "email": 254, "phone": 20, "person": 40}
# More choices than this are shown as a list to open, fewer as buttons to press.
RADIOS_MAX = 12

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Mistake:
    """What keeps a case from being submitted: where it is asked, and what is wrong."""

    group: str
    field: str
    message: str


def form_class(
    group: Group, language: str, answers: Mapping[str, object] | None = None
) -> type[forms.Form]:
    """
    Return the form of one page; its field names are the codes of the definition.

    `answers` are those given on earlier pages: they narrow the areas that a later field offers.
    """
    fields = {f.code: _form_field(f, language, answers or {}) for f in group.fields}
    return type("GroupForm", (_GroupForm,), fields)


def mistakes(definition: Definition, answers: Mapping[str, object], language: str) -> list[Mistake]:
    """Check all answers of a case as if every page were sent again; none means it may be sent."""
    found = []
    for group in definition.form:
        given = {f.code: answers.get(f.code, "") for f in group.fields}
        form = form_class(group, language, answers)(given)
        for code, errors in form.errors.items():
            found.append(Mistake(group.code, code, " ".join(str(error) for error in errors)))
    return found


def shown(field: Field, answer: object, language: str) -> str:
    """Return an answer as a person reads it: the option's label, the area with what holds it."""
    if answer is None or answer == "":
        return ""
    if isinstance(answer, bool):
        with override(language):
            return gettext("Yes") if answer else gettext("No")
    if field.type == "choice":
        labels = {o.value: o.labels for o in field.options}
        return tell(labels.get(str(answer), {}), language).text or str(answer)
    if field.type == "area":
        try:
            return places.area_line(str(answer), language)
        except places.NoArea:
            return str(answer)
    if field.type == "date":
        with override(language):
            return dateformat.format(date.fromisoformat(str(answer)), "j F Y")
    return str(answer)


class _GroupForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, value in list(cleaned.items()):
            if isinstance(value, str) and any(_unprintable(c) for c in value):
                self.add_error(code, gettext("Leave out characters that cannot be printed."))
        return cleaned


def _unprintable(character: str) -> bool:
    # Cc: control characters; Cf: invisible ones that turn text round; Cs, Co, Cn: no characters.
    # The joiners are letters' companions in many scripts and in emoji.
    kind = unicodedata.category(character)
    return kind in {"Cs", "Co", "Cn"} or (
        kind in {"Cc", "Cf"} and character not in "\n\r\t\u200c\u200d"
    )


class _Person(forms.CharField):
    """A national identity number, written as people write it, kept as its bare digits."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        bare = "".join(c for c in text if c.isalnum())
        if bare:
            forms.RegexField(
                country().national_id_pattern,
                error_messages={
                    "invalid": gettext("Enter the number as it stands on the card, such as %s.")
                    % country().national_id_example
                },
            ).clean(bare)
        return bare


class _Phone(forms.CharField):
    """A telephone number in the country's or the international way, kept as +250788123456."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, country().phone_region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(gettext("Enter a telephone number."), code="invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class _DateInput(forms.DateInput):
    def format_value(self, value: Any) -> str | None:
        # A kept answer is ISO text: it is shown as people write dates.
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value or ""))
        except ValueError:
            return str(value or "")
        return f"{day.day}/{day.month}/{day.year}"


class _Date(forms.DateField):
    """A date as people here write it, or in ISO 8601."""

    widget = _DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%Y-%m-%d"],
            error_messages={"invalid": _("Enter a date, such as 27/3/1994.")},
            **kwargs,
        )


class _Area(forms.ChoiceField):
    default_error_messages = {"invalid_choice": _("Choose one from the list.")}


def _form_field(field: Field, language: str, answers: Mapping[str, object]) -> forms.Field:
    usual: dict[str, Any] = {
        "label": tell(field.labels, language).text,
        "help_text": tell(field.hints, language).text,
        "required": field.required,
    }
    length = field.max_length or LENGTHS.get(field.type, 0)
    match field.type:
        case "textarea":
            return forms.CharField(
                max_length=length, widget=forms.Textarea(attrs={"rows": 4}), **usual
            )
        case "boolean":
            return forms.BooleanField(**usual)
        case "date":
            return _Date(**usual)
        case "email":
            return forms.EmailField(max_length=length, **usual)
        case "phone":
            widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
            return _Phone(max_length=length, widget=widget, **usual)
        case "person":
            widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            return _Person(max_length=length, widget=widget, **usual)
        case "choice":
            choices: Choices = [(o.value, tell(o.labels, language).text) for o in field.options]
            return forms.ChoiceField(**_listed(choices, len(choices), field), **usual)
        case "area":
            choices, count = _areas(field, language, answers)
            return _Area(**_listed(choices, count, field), **usual)
    return forms.CharField(max_length=length, **usual)


def _listed(choices: Choices, count: int, field: Field) -> dict[str, Any]:
    if count <= RADIOS_MAX:
        offered = choices if field.required else [("", _("No answer")), *choices]
        return {"choices": offered, "widget": forms.RadioSelect}
    return {"choices": [("", _("Choose")), *choices], "widget": forms.Select}


def _areas(field: Field, language: str, answers: Mapping[str, object]) -> tuple[Choices, int]:
    """Return the areas offered, under the names of the areas that hold them if these are many."""
    within = str(answers.get(field.within) or "") or None
    found = places.areas(level_name=field.level_name, parent_code=within)
    held = sorted(found, key=lambda a: (a.parent.path if a.parent else "", a.name))
    groups: list[tuple[str, Choices]] = [
        (name, [(a.code, a.told(language)) for a in members])
        for name, members in _by_parent(held, language)
    ]
    if len(groups) == 1:
        return groups[0][1], len(found)
    return list(groups), len(found)


def _by_parent(areas: Iterable[Any], language: str) -> Iterable[tuple[str, list[Any]]]:
    for parent, members in groupby(areas, key=lambda a: a.parent):
        yield (parent.told(language) if parent else ""), list(members)
