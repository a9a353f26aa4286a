"""
When something is asked, or costs: a condition as the three questions that an editor answers.

A condition that a file wrote may say more than these can ask: it is kept and shown as it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.strict import TEXT_MAX

PARTS = ("field", "test", "value")
TESTS = (
    ("", _("always")),
    ("is", _("is")),
    ("is_not", _("is not")),
    ("in", _("is one of")),
    ("filled", _("is answered")),
    ("empty", _("is not answered")),
)


def fields(
    names: Sequence[str], now: Any, asked: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, forms.Field, Any]]:
    """
    Yield name, field and present value of the three questions that make a condition.

    :param names: as many as `PARTS`; `asked` are the questions of the draft that it may name
    """
    field, test, value = read(now)
    yield (
        names[0],
        forms.ChoiceField(
            label=_("the answer to"), required=False, choices=[("", _("none")), *asked]
        ),
        field,
    )
    yield names[1], forms.ChoiceField(label=_("test"), required=False, choices=TESTS), test
    yield (
        names[2],
        forms.CharField(
            label=_("answer"),
            required=False,
            max_length=TEXT_MAX,
            help_text=_("Its code as the choice has it; of several, commas between them."),
        ),
        value,
    )


def read(now: Any) -> tuple[str, str, str]:
    """Return question, test and answer of a simple condition; nothing of any other."""
    if not isinstance(now, dict) or not now.get("field"):
        return "", "", ""
    field, rest = str(now["field"]), {k: v for k, v in now.items() if k != "field"}
    match list(rest.items()):
        case [("is" | "value", str(value))]:
            return field, "is", value
        case [("is_not", str(value))]:
            return field, "is_not", value
        case [("in", list(values))]:
            return field, "in", ", ".join(map(str, values))
        case [("filled", bool(is_filled))]:
            return field, "filled" if is_filled else "empty", ""
    return "", "", ""


def written(field: Any, test: Any, value: Any) -> dict[str, Any] | None:
    """Return a condition as a definition has it; None where nothing is asked."""
    if not field:
        return None
    match test:
        case "is" | "is_not":
            return {"field": field, test: value}
        case "in":
            return {"field": field, "in": split(value)}
        case "filled" | "empty":
            return {"field": field, "filled": test == "filled"}
    return None


def split(text: str) -> list[str]:
    """Return words that were typed with commas between them."""
    return [word.strip() for word in text.split(",") if word.strip()]
