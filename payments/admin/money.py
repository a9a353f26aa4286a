"""How a row about money is looked at: newest first, amounts as people read them."""

from django.contrib import admin
from django.db.models import Model

from kernel.admin import ReadOnlyAdmin
from kernel.money import to_decimal_text


class MoneyAdmin(ReadOnlyAdmin):
    ordering = ("-pk",)
    list_per_page = 50

    @admin.display(description="amount")
    def amount(self, row: Model) -> str:
        return amount_text(row.amount_minor, row.currency)  # type: ignore[attr-defined]


def amount_text(amount_minor: int, currency: str) -> str:
    return f"{to_decimal_text(amount_minor, currency)} {currency}"
