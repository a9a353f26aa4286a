"""Bills, what was asked of payers for them, and the receipts that they got."""

from django.contrib import admin

from payments import models
from payments.admin.money import MoneyAdmin


@admin.register(models.Bill)
class BillAdmin(MoneyAdmin):
    list_display = (
        "id",
        "reference",
        "state",
        "paid_minor",
        "total_minor",
        "currency",
        "issued_at",
    )
    list_filter = ("state",)
    search_fields = ("=reference",)
    # Whose phone it is stands with accounts, where its reading is recorded.
    exclude = ("payer_contact",)


@admin.register(models.BillLine)
class BillLineAdmin(MoneyAdmin):
    list_display = ("id", "bill", "line_no", "charge_key", "amount", "beneficiary", "live")
    list_select_related = ("bill", "beneficiary")
    search_fields = ("=bill__reference", "=charge_key")


@admin.register(models.PaymentAttempt)
class PaymentAttemptAdmin(MoneyAdmin):
    list_display = ("id", "bill", "rail", "state", "amount", "failure_reason", "created_at")
    list_filter = ("state", "rail")
    exclude = ("phone",)


@admin.register(models.Receipt)
class ReceiptAdmin(MoneyAdmin):
    list_display = ("number", "bill", "beneficiary", "amount", "issued_at")
    search_fields = ("=number",)


@admin.register(models.ReceiptCancellation)
class ReceiptCancellationAdmin(MoneyAdmin):
    list_display = ("receipt", "reason", "cancelled_at")


@admin.register(models.ReceiptSeries)
class ReceiptSeriesAdmin(MoneyAdmin):
    list_display = ("beneficiary", "year", "last")
