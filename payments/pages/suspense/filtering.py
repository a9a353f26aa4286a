"""The queue's filter: read from an address, checked, and written into one again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.country import country
from kernel.money import to_decimal_text
from payments.models import LedgerAccount
from payments.pages.fields import minor_of
from payments.pages.suspense import words
from payments.queries import open_items
from payments.queries.open_items import Wanted
from payments.states import AccountRole


class RangeForm(forms.Form):
    """From which amount to which, both included, in major units of one currency."""

    least = forms.CharField(label=_("Amount from"), max_length=30, required=False)
    most = forms.CharField(label=_("Amount to"), max_length=30, required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, data: Mapping[str, Any], *, currencies: list[str]) -> None:
        super().__init__(data, auto_id="%s")
        self.currencies = currencies
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)  # noqa: S101  # nosec B101
        currency.choices = [("", _("all")), *((one, one) for one in currencies)]
        for name in ("least", "most"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = {name: cleaned.get(name, "") for name in ("least", "most")}
        currency = cleaned.get("currency", "")
        if any(typed.values()) and not currency:
            if len(self.currencies) > 1:
                self.add_error("currency", gettext("Choose the currency of the amount."))
                return cleaned
            currency = self.currencies[0]
        for name, text in typed.items():
            cleaned[name] = self._minor(name, text, currency) if text else None
        cleaned["currency"] = currency
        least, most = cleaned["least"], cleaned["most"]
        if least is not None and most is not None and least > most:
            self.add_error("most", gettext("This is less than the amount that it begins from."))
        return cleaned

    def _minor(self, name: str, text: str, currency: str) -> int | None:
        try:
            return minor_of(text, currency, least=0)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None


@dataclass(frozen=True)
class Asked:
    """What an address asks for; `wanted` is None where its amounts are no range."""

    wanted: Wanted | None
    form: RangeForm
    choices: Wanted  # Without the amounts: what the other filters say.


def asked(query: QueryDict, *, rails: Mapping[str, object], by_id: int) -> Asked:
    """
    Read the filters of the address; "" is all.

    :raises Http404: for a filter that does not exist
    """
    known: dict[str, Mapping[str, object]] = {
        "rail": rails,
        "reason": words.WHY_HERE,
        "age": open_items.AGES,
        "state": words.STATES,
        "order": words.ORDERS,
    }
    given = {name: query.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in given.items()):
        raise Http404
    form = RangeForm(query, currencies=_currencies())
    amounts: dict[str, Any] = {}
    if form.is_valid():
        amounts = {
            "least_minor": form.cleaned_data["least"],
            "most_minor": form.cleaned_data["most"],
            "currency": form.cleaned_data["currency"],
        }
    choices: dict[str, Any] = {
        "rail_code": given["rail"],
        "reason": given["reason"],
        "age": given["age"],
        "state": given["state"],
        "order": given["order"] or "oldest",
        "by_id": by_id,
    }
    after = query.get("after", "")[:40]
    wanted = Wanted(**choices, **amounts, after=after) if form.is_valid() else None
    return Asked(wanted, form, Wanted(**choices))


def address(wanted: Wanted, *, after: str = "") -> str:
    """Return the filter as the part of an address after "?"."""
    given = {
        "rail": wanted.rail_code,
        "reason": wanted.reason,
        "age": wanted.age,
        "state": wanted.state,
        "least": _typed(wanted.least_minor, wanted.currency),
        "most": _typed(wanted.most_minor, wanted.currency),
        "currency": wanted.currency,
        "order": "" if wanted.order == "oldest" else wanted.order,
        "after": after,
    }
    return urlencode({name: value for name, value in given.items() if value})


def _typed(amount_minor: int | None, currency: str) -> str:
    return "" if amount_minor is None else to_decimal_text(amount_minor, currency)


def _currencies() -> list[str]:
    """Return the currencies that may stand in suspense, the country's own first."""
    found = LedgerAccount.objects.filter(role=AccountRole.SUSPENSE).values_list(
        "currency", flat=True
    )
    mine = country().currency
    return [mine, *sorted(set(found.distinct()) - {mine})]
