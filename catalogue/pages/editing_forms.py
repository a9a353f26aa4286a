"""
The forms of the editor, made from `editing_parts`: questions about one part of a definition.

What is typed is text: markup in it is taken out, and shown to her before anything is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue import comparing, plain, tree
from catalogue.comparing import Piece
from catalogue.pages import editing_choices as choices
from catalogue.pages import editing_conditions as conditions
from catalogue.pages.editing_fields import plain_field
from catalogue.pages.editing_parts import ITSELF, Input, Words
from catalogue.strict import TEXT_MAX
from kernel.country import country
from kernel.money import to_decimal_text

_TEXTS = ("texts", "paragraphs", "synonyms", "text")
# What a machine reads: a sign of less than in it means something else.
_NO_TEXTS = ("rules.pattern",)


@dataclass(frozen=True)
class Row:
    """Questions that stand together: one text in each language, or one question alone."""

    title: Words
    hint: Words
    fields: tuple[BoundField, ...]
    is_many: bool


@dataclass(frozen=True)
class Cleaned:
    """Under which question markup was typed, and what went of it."""

    title: Words
    pieces: list[Piece]


class PartForm(forms.Form):
    """
    The questions about one part of a definition.

    :param part: the part as it is written now; {} for a new one
    :param definition: the whole draft, whose questions and fees some choices name
    """

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        inputs: Sequence[Input],
        part: Any,
        definition: Mapping[str, Any],
        revision: int,
        language: str,
    ) -> None:
        super().__init__(data, initial={"revision": revision})
        self._inputs, self._part = inputs, part
        self._definition, self._language = definition, language
        for one in inputs:
            for name, field, now in self._made(one):
                self.fields[name] = field
                self.initial[name] = now

    def read_anew(self, revision: int) -> None:
        """Keep what was typed, against a newer revision of the draft."""
        typed = cast("QueryDict", self.data).copy()
        typed["revision"] = str(revision)
        self.data = typed

    @property
    def rows(self) -> Iterator[Row]:
        for one in self._inputs:
            bound = tuple(self[name] for name in self.names(one))
            yield Row(one.label, one.hint, bound, len(bound) > 1)

    def take_out_markup(self) -> list[Cleaned]:
        """
        Put plain text in the place of what was typed with markup, and return what went, by field.

        Nothing is kept yet: the page shows it, and whoever typed it saves again.
        """
        typed = cast("QueryDict", self.data).copy()
        found = []
        for one in self._inputs:
            for name in self.names(one) if one.kind in _TEXTS and one.key not in _NO_TEXTS else ():
                before = self.cleaned_data.get(name) or ""
                after = plain.cleaned(before)
                if after != before:
                    typed[name] = after
                    found.append(Cleaned(one.label, comparing.words(before, after)))
        if found:
            self.data = typed
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What was answered, by the keys of the part; what is empty, or usual, is None."""
        return {one.key: self._value(one) for one in self._inputs if not self._is_kept(one)}

    @property
    def is_text(self) -> bool:
        """Whether the part is one text alone, in its languages."""
        return [one.key for one in self._inputs] == [ITSELF]

    @property
    def itself(self) -> Any:
        """What was answered where the part is one text alone."""
        return self._value(self._inputs[0])

    def names(self, one: Input) -> list[str]:
        """Return the names of the fields that ask one question."""
        name = _name(one)
        if one.kind in ("texts", "paragraphs", "synonyms"):
            return [f"{name}-{language}" for language in self._languages(one)]
        if one.kind == "condition":
            return [name] if self._is_kept(one) else [f"{name}-{of}" for of in conditions.PARTS]
        return [name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for one in self._inputs:
            told = [cleaned.get(name) for name in self.names(one)]
            if one.required and one.kind in ("texts", "paragraphs") and not any(told):
                self.add_error(self.names(one)[0], gettext("Say it in one language at least."))
            if one.kind == "condition" and not self._is_kept(one):
                self._clean_condition(one, told)
        return cleaned

    def _clean_condition(self, one: Input, told: Sequence[Any]) -> None:
        field, test, value = told
        name = self.names(one)
        if one.required and not (field and test):
            self.add_error(name[0], gettext("Say when it holds."))
        elif field and test in ("is", "is_not", "in") and not value:
            self.add_error(name[2], gettext("Say which answer."))
        elif bool(field) != bool(test):
            self.add_error(name[1], gettext("Choose both a question and what must hold of it."))

    def _made(self, one: Input) -> Iterator[tuple[str, forms.Field, Any]]:
        now = self._part if one.key == ITSELF else tree.read(self._part, one.key)
        usual: dict[str, Any] = {"label": one.label, "help_text": one.hint}
        names = self.names(one)
        if one.kind in ("texts", "paragraphs", "synonyms"):
            yield from self._texts(one, names, now)
        elif one.kind == "condition":
            if self._is_kept(one):
                usual["help_text"] = _("It was written in a file and is kept as it is.")
                yield names[0], forms.CharField(disabled=True, required=False, **usual), str(now)
            else:
                asked = choices.field_choices(self._definition, self._language)
                yield from conditions.fields(names, now, asked)
        else:
            if now is None:
                now = one.default
            yield (
                names[0],
                plain_field(
                    one,
                    usual | {"required": one.required},
                    now,
                    definition=self._definition,
                    language=self._language,
                ),
                self._shown(one, now),
            )

    def _texts(
        self, one: Input, names: Sequence[str], now: Any
    ) -> Iterator[tuple[str, forms.Field, Any]]:
        for name, language in zip(names, self._languages(one), strict=True):
            widget: forms.Widget = forms.TextInput(attrs={"lang": language})
            if one.kind == "paragraphs":
                widget = forms.Textarea(attrs={"lang": language, "rows": 4})
            told = (now or {}).get(language, "")
            if one.kind == "synonyms":
                told = ", ".join(told)
            label = choices.language_name(language)
            yield (
                name,
                forms.CharField(label=label, required=False, max_length=TEXT_MAX, widget=widget),
                told,
            )

    def _shown(self, one: Input, now: Any) -> Any:
        if one.kind == "amount" and isinstance(now, int):
            return to_decimal_text(now, country().currency)
        return now

    def _value(self, one: Input) -> Any:
        told = [self.cleaned_data.get(name) for name in self.names(one)]
        if one.kind == "condition":
            now = tree.read(self._part, one.key)
            # Written in another way it is still the same: no change of what somebody pays.
            return now if conditions.read(now) == tuple(told) else conditions.written(*told)
        if one.kind in ("texts", "paragraphs", "synonyms"):
            texts = dict(zip(self._languages(one), told, strict=True))
            given = {language: text.strip() for language, text in texts.items() if text}
            if one.kind == "synonyms":
                return {language: conditions.split(text) for language, text in given.items()}
            return {language: text.replace("\r\n", "\n") for language, text in given.items()}
        value = told[0]
        return None if value in (one.default, "", []) else value

    def _is_kept(self, one: Input) -> bool:
        """Say whether a condition says more than the form can ask: it is kept as it stands."""
        if one.kind != "condition":
            return False
        now = tree.read(self._part, one.key)
        return bool(now) and conditions.read(now) == ("", "", "")

    def _languages(self, one: Input) -> list[str]:
        now = self._part if one.key == ITSELF else tree.read(self._part, one.key)
        more = [each for each in now or () if each not in country().languages]
        return [*country().languages, *more]


def _name(one: Input) -> str:
    return one.key.replace(".", "--") or "text"
