"""The acts of a page: each is one form and one operation on the thing that the page shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

Call = Callable[[int, Any, int, datetime], object]


@dataclass(frozen=True)
class Act:
    """What a form does: by the thing's id, form, account and time; and what is said then."""

    form: type[forms.Form]
    call: Call
    done: Callable[[], str]


def shown(
    acts: Mapping[str, Act], names: Iterable[str], wrong: Mapping[str, forms.Form]
) -> dict[str, forms.Form]:
    """
    Return the forms of the acts that are open, by their names, with what was typed wrong.

    Of an act that is no longer open, only the refusal is shown: its form is left out.
    """
    return {name: wrong.get(name) or acts[name].form(auto_id=f"{name}-%s") for name in names}


def refusal(wrong: Mapping[str, forms.Form]) -> forms.Form | None:
    """Return the form that was typed wrong, if one was."""
    return next(iter(wrong.values()), None)
