"""
Django forms made from a definition: one form for each group, in the reader's language.

A question may depend on an earlier one of its own page. It is in the page from the start, hidden
while it is not asked; a small script shows it at once, and where there is none the page comes back
with it once Continue is pressed. `more` says so.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils import dateformat
from django.utils.translation import gettext, override

from catalogue import conditions, questions, rules
from catalogue.definition import Definition, Field, Group
from catalogue.parts import Condition
from catalogue.rows import ADD, TAKE_OUT, RowsField
from catalogue.words import tell
from places import queries as places

ASKED = "_asked_"
"""
Begins the name of the input that says which questions that depend on others were seen; the code of
the group ends it.
"""


@dataclass(frozen=True)
class Mistake:
    """What keeps a case from being submitted: where it is asked, and what is wrong."""

    group: str
    field: str
    message: str


@dataclass(frozen=True)
class Question:
    """A question on the page; `when` is its condition for the script, "" where it has none."""

    field: forms.BoundField
    code: str
    when: str
    is_hidden: bool


@dataclass(frozen=True)
class _Plan:
    """What a form was made for: the fields that may be asked, and what was answered before."""

    group: str
    fields: tuple[Field, ...]
    before: Mapping[str, object]
    language: str
    today: date | None

    @property
    def codes(self) -> set[str]:
        return {field.code for field in self.fields}

    def depends(self, field: Field) -> bool:
        """Say whether the field depends on another of this page."""
        return not self.codes.isdisjoint(conditions.fields_of(field.when))


def form_class(
    group: Group,
    language: str,
    answers: Mapping[str, object] | None = None,
    *,
    today: date | None = None,
) -> type["GroupForm"]:
    """
    Return the form of one page; its field names are the codes of the definition.

    `answers` are those given so far: they narrow the areas that a field offers and decide what is
    asked. `today` is wanted where a rule names it.
    """
    given = answers or {}
    codes = {f.code for f in group.asked}
    before = {code: answer for code, answer in given.items() if code not in codes}
    asked = [
        f
        for f in group.asked
        if codes & set(conditions.fields_of(f.when)) or conditions.holds(f.when, before)
    ]
    made: dict[str, Any] = {}
    for f in asked:
        if f.type == "rows":
            row_form = partial(_row_form, f, language, before, today)
            label = tell(f.labels, language).text
            made[f.code] = RowsField(f, language, row_form, label=label, required=f.required)
        else:
            made[f.code] = questions.form_field(f, language, given)
    # No code begins with "_", and so no question can take this name.
    made["_plan"] = _Plan(group.code, tuple(asked), before, language, today)
    return type("GroupForm", (GroupForm,), made)


def mistakes(
    definition: Definition,
    answers: Mapping[str, object],
    language: str,
    *,
    today: date | None = None,
) -> list[Mistake]:
    """Check all answers of a case as if every page were sent again; none means it may be sent."""
    given = conditions.kept(definition, answers)
    found = []
    for group, form in checked(definition, given, language, today=today):
        for code, errors in form.errors.items():
            found.append(Mistake(group.code, code, " ".join(str(error) for error in errors)))
    return found


def checked(
    definition: Definition, given: Mapping[str, object], language: str, *, today: date | None
) -> Iterator[tuple[Group, "GroupForm"]]:
    """Yield each page that the answers lead through, with its form as if it were sent now."""
    for group in conditions.groups(definition, given):
        sent = {f.code: given.get(f.code, "") for f in group.asked}
        yield group, form_class(group, language, given, today=today)(sent)


def shown(field: Field, answer: object, language: str) -> str:
    """Return an answer as a person reads it: the option's label, the area with what holds it."""
    if answer is None or answer in ("", []):
        return ""
    if isinstance(answer, bool):
        with override(language):
            return gettext("Yes") if answer else gettext("No")
    if isinstance(answer, list):
        told = (_row_shown(field, row, language) for row in answer)
        return "; ".join(f"{i}. {row}" for i, row in enumerate(told, 1))
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


def _row_shown(field: Field, row: Mapping[str, object], language: str) -> str:
    """Return a row in one line: "Name: Anna, Born on: 1 May 2020"."""
    told = ((each, shown(each, row.get(each.code), language)) for each in field.fields)
    return ", ".join(f"{tell(each.labels, language).text}: {text}" for each, text in told if text)


class GroupForm(forms.Form):
    """
    The questions of one page, and whether all that is asked was seen.

    It is not valid while a row was only added or taken out, or while `more` is asked: then the
    page is shown again, and nothing is said to be wrong.
    """

    template_name = "catalogue/forms/group.html"
    _plan: _Plan

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.more = False
        self._hidden: set[str] = set()

    @property
    def is_changing_rows(self) -> bool:
        return ADD in self.data or TAKE_OUT in self.data

    @property
    def has_rows(self) -> bool:
        return any(isinstance(field, RowsField) for field in self.fields.values())

    @property
    def has_conditions(self) -> bool:
        return any(self._plan.depends(field) for field in self._plan.fields)

    @property
    def asked_name(self) -> str:
        return self.add_prefix(f"{ASKED}{self._plan.group}")

    @property
    def asked_codes(self) -> str:
        """The codes of the questions that depend on others and are shown, with spaces."""
        return " ".join(q.code for q in self.questions() if q.when and not q.is_hidden)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.more and not self.is_changing_rows

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.is_changing_rows:
            self._errors, self.more = ErrorDict(), False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, value in list(cleaned.items()):
            if isinstance(value, str) and any(_unprintable(c) for c in value):
                self.add_error(code, gettext("Leave out characters that cannot be printed."))
        given: dict[str, Any] = dict(self._plan.before)
        for field in self._plan.fields:
            if not conditions.holds(field.when, given):
                self._hidden.add(field.code)
                self._forget(field.code)
            elif self._is_new(field):
                self.more = True
                self._forget(field.code)
            elif field.code in cleaned:
                self._check(field, cleaned[field.code], given)
            self.more = self.more or getattr(self.fields[field.code], "more", False)
        return cleaned

    def questions(self) -> Iterator[Question]:
        """Yield the questions of the page, those that are hidden for now too."""
        if self.is_bound:
            hidden = self._hidden if self.errors is not None else set()
        else:
            hidden = self._hidden_at_first()
        for field in self._plan.fields:
            depends = self._plan.depends(field)
            when = json.dumps(self._for_script(field.when)) if depends else ""
            yield Question(self[field.code], field.code, when, field.code in hidden)

    def _check(self, field: Field, value: Any, given: dict[str, Any]) -> None:
        wrong = rules.breach(
            field, value, given, language=self._plan.language, today=self._plan.today
        )
        if wrong:
            self.add_error(field.code, wrong)
        else:
            given[field.code] = value

    def _is_new(self, field: Field) -> bool:
        """Say whether a question that is asked now was not on the page that she answered."""
        seen = self.data.get(self.asked_name)
        if seen is None or field.code in str(seen).split():
            return False
        return self._plan.depends(field) and not self[field.code].data

    def _forget(self, code: str) -> None:
        self.cleaned_data.pop(code, None)
        self.errors.pop(code, None)

    def _hidden_at_first(self) -> set[str]:
        given, hidden = dict(self._plan.before), set()
        for field in self._plan.fields:
            if conditions.holds(field.when, given):
                given[field.code] = self.initial.get(field.code)
            else:
                hidden.add(field.code)
        return hidden

    def _for_script(self, condition: Condition | None) -> object:
        """Return a condition over this page's inputs; what other pages say is true or false."""
        if condition is None:
            return True
        for word, parts in (("all", condition.all_), ("any", condition.any_)):
            if parts:
                return [word, *(self._for_script(part) for part in parts)]
        if condition.field not in self._plan.codes:
            return conditions.holds(condition, self._plan.before)
        name = self.add_prefix(condition.field)
        if condition.filled is not None:
            return ["filled", name, condition.filled]
        if condition.is_not:
            return ["not", name, condition.is_not]
        return ["in", name, *(condition.in_ or (condition.is_ or condition.value,))]


def _row_form(
    rows: Field,
    language: str,
    before: Mapping[str, object],
    today: date | None,
    prefix: str,
    row: Mapping[str, Any],
    *,
    is_sent: bool,
) -> GroupForm:
    """Return the form of one row of a repeated group."""
    group = Group(code=rows.code, titles=rows.labels, fields=rows.fields)
    made = form_class(group, language, {**before, **row}, today=today)
    if not is_sent:
        return made(initial=dict(row), prefix=prefix)
    return made({f"{prefix}-{code}": answer for code, answer in row.items()}, prefix=prefix)


def _unprintable(character: str) -> bool:
    # Cc: control characters; Cf: invisible ones that turn text round; Cs, Co, Cn: no characters.
    # The joiners are letters' companions in many scripts and in emoji.
    kind = unicodedata.category(character)
    return kind in {"Cs", "Co", "Cn"} or (
        kind in {"Cc", "Cf"} and character not in "\n\r\t\u200c\u200d"
    )
