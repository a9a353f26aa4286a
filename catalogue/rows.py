"""A repeated group as one question: rows of questions, added and taken out without a script."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from catalogue.parts import Field
from catalogue.words import tell

ADD = "_add"
TAKE_OUT = "_take_out"
"""Names of the buttons; the value is the field's code, and for taking out the row's place."""

Row = Mapping[str, Any]
RowForms = Callable[..., forms.Form]


class RowsWidget(forms.Widget):
    """
    Shows a form for each row, and the buttons.

    What was typed comes as "children-0-name"; answers that are kept come as a list of rows.
    """

    template_name = "catalogue/forms/rows.html"
    use_fieldset = True

    def __init__(self, field: Field, language: str, row_form: RowForms) -> None:
        super().__init__()
        self._field, self._language, self.row_form = field, language, row_form

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        if isinstance(kept := data.get(name), list):
            return kept
        rows: list[Row] = [self._typed(data, name, i) for i in range(self._count(data, name))]
        button, _, place = str(data.get(TAKE_OUT, "")).partition(" ")
        if button == name and place.isascii() and place.isdigit() and int(place) < len(rows):
            del rows[int(place)]
        if data.get(ADD) == name and len(rows) < self._most:
            rows.append({})
        is_changing = ADD in data or TAKE_OUT in data
        return rows if is_changing else Sent(rows)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        least = self._field.repeat.least if self._field.repeat else 0
        rows = value if isinstance(value, list) else [{}] * least
        context["rows"] = [
            {"title": self.title(i), "form": self._shown(name, i, row, value), "place": i}
            for i, row in enumerate(rows)
        ]
        context["add"] = len(rows) < self._most
        context["another"] = tell(self._names, self._language).text
        return context

    def title(self, place: int) -> str:
        """Return what the row is called: "Child 2"."""
        return f"{tell(self._names, self._language).text or gettext('Row')} {place + 1}"

    def _shown(self, name: str, place: int, row: Row, value: Any) -> forms.Form:
        # Rows that were just sent are shown with what is wrong in them; kept ones as they are.
        is_sent = getattr(value, "is_sent", False)
        return self.row_form(f"{name}-{place}", row, is_sent=is_sent)

    def _typed(self, data: Mapping[str, Any], name: str, place: int) -> dict[str, Any]:
        prefix = f"{name}-{place}-"
        codes = [*(each.code for each in self._field.fields), f"_asked_{self._field.code}"]
        row = {code: data[prefix + code] for code in codes if prefix + code in data}
        # A box that is not ticked is not sent at all.
        boxes = {each.code for each in self._field.fields if each.type == "boolean"}
        return row | {code: code in row for code in boxes}

    def _count(self, data: Mapping[str, Any], name: str) -> int:
        count = str(data.get(f"{name}-count", ""))
        return min(int(count), self._most) if count.isascii() and count.isdigit() else 0

    @property
    def _names(self) -> dict[str, str]:
        return self._field.repeat.names if self._field.repeat else {}

    @property
    def _most(self) -> int:
        return self._field.repeat.most if self._field.repeat else 0


class Sent(list[Row]):
    """Rows as they were sent, to be shown with what is wrong in them."""

    is_sent = True


class RowsField(forms.Field):
    """The answer is a list of rows, each the cleaned answers of its questions by code."""

    widget: RowsWidget

    def __init__(self, field: Field, language: str, row_form: RowForms, **kwargs: Any) -> None:
        widget = RowsWidget(field, language, row_form)
        super().__init__(widget=widget, template_name="catalogue/forms/rows_field.html", **kwargs)
        self._field = field
        self.more = False  # Whether a row asks more than was seen.

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        wrong: list[str] = []
        for place, row in enumerate(value):
            if not any(row.get(each.code) for each in self._field.fields):
                continue  # Added and left empty.
            form = self.widget.row_form(f"{self._field.code}-{place}", row, is_sent=True)
            if form.is_valid():
                rows.append(form.cleaned_data)
            self.more = self.more or getattr(form, "more", False)
            for code, errors in form.errors.items():
                label = form.fields[code].label if code in form.fields else ""
                wrong += [f"{self.widget.title(place)}, {label}: {error}" for error in errors]
        if wrong:
            raise ValidationError(wrong)
        if not self.more:
            self._check_count(len(rows))
        return rows

    def _check_count(self, count: int) -> None:
        repeat = self._field.repeat
        if repeat and count < repeat.least:
            raise ValidationError(gettext("Give at least %(least)s.") % {"least": repeat.least})
        if repeat and count > repeat.most:
            raise ValidationError(gettext("Give at most %(most)s.") % {"most": repeat.most})
