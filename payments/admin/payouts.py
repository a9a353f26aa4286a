"""Money that goes back or on: refunds, their payees and claims, batches and their accounts."""

from django.contrib import admin

from payments import models
from payments.admin.money import MoneyAdmin


@admin.register(models.Refund)
class RefundAdmin(MoneyAdmin):
    list_display = ("id", "movement", "amount", "state", "rule", "maker", "checker")
    list_filter = ("state", "rule")
    exclude = ("key", "handle")  # Who knows both could answer in the provider's place.


@admin.register(models.Payee)
class PayeeAdmin(MoneyAdmin):
    list_display = ("id", "refund", "account_kind", "maker", "checker", "paid_at")
    list_select_related = ("refund", "maker", "checker")
    # Whose account it is stands on the desk's page alone.
    exclude = ("number", "number_index", "holder", "bank")


@admin.register(models.Claim)
class ClaimAdmin(MoneyAdmin):
    list_display = ("id", "number", "movement", "opened_at", "proven_at", "answered_at")
    list_select_related = ("movement",)
    exclude = ("phone", "phone_index")


@admin.register(models.FloatTopUp)
class FloatTopUpAdmin(MoneyAdmin):
    list_display = ("id", "rail", "amount", "maker", "checker", "confirmed_at")
    list_select_related = ("rail", "maker", "checker")


@admin.register(models.SettlementAccount)
class SettlementAccountAdmin(MoneyAdmin):
    list_display = ("id", "beneficiary", "currency", "approved", "from_at", "until_at")
    list_filter = ("approved",)
    list_select_related = ("beneficiary",)


@admin.register(models.Remittance)
class RemittanceAdmin(MoneyAdmin):
    list_display = ("number", "beneficiary", "amount", "state", "built_at", "end_to_end_id")
    list_filter = ("state",)
    list_select_related = ("beneficiary",)


@admin.register(models.RemittanceReport)
class RemittanceReportAdmin(MoneyAdmin):
    list_display = ("id", "remittance", "status", "by", "at")
    list_filter = ("status",)
    exclude = ("body",)


@admin.register(models.RemittanceRefusal)
class RemittanceRefusalAdmin(MoneyAdmin):
    list_display = ("id", "remittance", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)
