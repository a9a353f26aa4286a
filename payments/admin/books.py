"""The ledger: accounts, journals, what came and where it stands, the days and their closes."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kernel.admin import ReadOnlyAdmin
from payments import models
from payments.admin.money import MoneyAdmin, amount_text


@admin.register(models.Rail)
class RailAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "provider", "currency", "by_contract", "active")


@admin.register(models.LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "role", "currency")
    list_filter = ("role", "currency")
    search_fields = ("code",)


@admin.register(models.LedgerDay)
class LedgerDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "closed_at")
    ordering = ("-day",)


@admin.register(models.Movement)
class MovementAdmin(MoneyAdmin):
    list_display = ("id", "rail", "external_id", "leg", "amount", "occurred_at")
    list_filter = ("rail", "leg")
    search_fields = ("=external_id",)
    readonly_fields = ("told_by", "also_known_as")

    @admin.display(description="told by")
    def told_by(self, movement: models.Movement) -> SafeString:
        seen = movement.evidence.order_by("source_at")
        return format_html_join(
            "", "<div>{} #{} {}</div>", ((e.source, e.source_id, e.source_at) for e in seen)
        )

    @admin.display(description="also known as")
    def also_known_as(self, movement: models.Movement) -> str:
        return ", ".join(movement.aliases.values_list("external_id", flat=True))


@admin.register(models.Journal)
class JournalAdmin(MoneyAdmin):
    list_display = ("id", "kind", "subject_id", "business_day", "posted_at")
    list_filter = ("kind",)
    readonly_fields = ("lines",)

    @admin.display(description="lines")
    def lines(self, journal: models.Journal) -> SafeString:
        postings = journal.postings.select_related("account").order_by("line_no")
        return format_html_join(
            "",
            "<div>{} {}</div>",
            ((p.account.code, amount_text(p.amount_minor, p.currency)) for p in postings),
        )


@admin.register(models.Allocation)
class AllocationAdmin(MoneyAdmin):
    list_display = ("id", "movement", "line", "journal", "amount_minor")
    list_select_related = ("line",)


@admin.register(models.SuspenseItem)
class SuspenseItemAdmin(MoneyAdmin):
    list_display = ("id", "reason", "amount", "movement", "bill", "opened_at")
    list_filter = ("reason",)


@admin.register(models.Difference)
class DifferenceAdmin(MoneyAdmin):
    list_display = (
        "id",
        "movement",
        "told_amount_minor",
        "told_currency",
        "told_reference",
        "source_id",
        "noted_at",
    )


@admin.register(models.OpenItem)
class OpenItemAdmin(MoneyAdmin):
    list_display = ("movement", "rail", "amount", "reason", "opened_at", "held_by", "held_until")
    list_filter = ("reason", "rail")
    list_select_related = ("movement", "rail", "held_by")


@admin.register(models.Hold)
class HoldAdmin(MoneyAdmin):
    list_display = ("id", "movement", "by", "until_at", "at")
    exclude = ("note",)


@admin.register(models.SuspenseRule)
class SuspenseRuleAdmin(ReadOnlyAdmin):
    list_display = ("currency", "write_off_max_minor", "legal_term_days")


@admin.register(models.Close)
class CloseAdmin(MoneyAdmin):
    list_display = ("day", "journals", "prepared_by", "signed_by", "signed_at")
    ordering = ("-day",)


@admin.register(models.CloseDifference)
class CloseDifferenceAdmin(MoneyAdmin):
    list_display = ("id", "day_found", "kind", "subject", "owner", "opened_at", "settled_at")
    list_filter = ("kind",)
