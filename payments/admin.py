"""The operators' window on money: everything may be looked at, nothing changed."""

from django.contrib import admin
from django.db.models import Model
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kernel.admin import ReadOnlyAdmin
from kernel.money import to_decimal_text
from payments import models


class _MoneyAdmin(ReadOnlyAdmin):
    ordering = ("-pk",)
    list_per_page = 50

    @admin.display(description="amount")
    def amount(self, row: Model) -> str:
        return _amount(row.amount_minor, row.currency)  # type: ignore[attr-defined]


def _amount(amount_minor: int, currency: str) -> str:
    return f"{to_decimal_text(amount_minor, currency)} {currency}"


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


@admin.register(models.Bill)
class BillAdmin(_MoneyAdmin):
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
class BillLineAdmin(_MoneyAdmin):
    list_display = ("id", "bill", "line_no", "charge_key", "amount", "beneficiary", "live")
    list_select_related = ("bill", "beneficiary")
    search_fields = ("=bill__reference", "=charge_key")


@admin.register(models.PaymentAttempt)
class PaymentAttemptAdmin(_MoneyAdmin):
    list_display = ("id", "bill", "rail", "state", "amount", "failure_reason", "created_at")
    list_filter = ("state", "rail")
    exclude = ("phone",)


@admin.register(models.InboundMessage)
class InboundMessageAdmin(_MoneyAdmin):
    """Without the bytes: they may name a payer."""

    list_display = ("id", "received_at", "rail_code", "kind", "auth", "sha256")
    list_filter = ("kind", "auth")
    fields = ("received_at", "rail_code", "kind", "auth", "external_hint", "sha256")

    @admin.display(description="SHA-256 of the body")
    def sha256(self, message: models.InboundMessage) -> str:
        return bytes(message.body_sha256).hex()


@admin.register(models.RefusedMessage)
class RefusedMessageAdmin(_MoneyAdmin):
    list_display = ("id", "received_at", "rail_code", "kind", "reason", "body_bytes", "remote_ip")
    list_filter = ("reason",)
    exclude = ("body_start", "body_sha256", "headers")


@admin.register(models.Inbox)
class InboxAdmin(_MoneyAdmin):
    list_display = ("message_id", "received_at", "due_at", "refusals")


@admin.register(models.UnpostedMessage)
class UnpostedMessageAdmin(_MoneyAdmin):
    list_display = ("message_id", "received_at", "reason", "read_at")
    list_filter = ("reason",)


@admin.register(models.Movement)
class MovementAdmin(_MoneyAdmin):
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


@admin.register(models.Refund)
class RefundAdmin(_MoneyAdmin):
    list_display = ("id", "movement", "amount", "state", "rule", "maker", "checker")
    list_filter = ("state", "rule")
    exclude = ("key", "handle")  # Who knows both could answer in the provider's place.


@admin.register(models.Journal)
class JournalAdmin(_MoneyAdmin):
    list_display = ("id", "kind", "subject_id", "business_day", "posted_at")
    list_filter = ("kind",)
    readonly_fields = ("lines",)

    @admin.display(description="lines")
    def lines(self, journal: models.Journal) -> SafeString:
        postings = journal.postings.select_related("account").order_by("line_no")
        return format_html_join(
            "",
            "<div>{} {}</div>",
            ((p.account.code, _amount(p.amount_minor, p.currency)) for p in postings),
        )


@admin.register(models.Allocation)
class AllocationAdmin(_MoneyAdmin):
    list_display = ("id", "movement", "line", "journal", "amount_minor")
    list_select_related = ("line",)


@admin.register(models.SuspenseItem)
class SuspenseItemAdmin(_MoneyAdmin):
    list_display = ("id", "reason", "amount", "movement", "bill", "opened_at")
    list_filter = ("reason",)


@admin.register(models.Difference)
class DifferenceAdmin(_MoneyAdmin):
    list_display = (
        "id",
        "movement",
        "told_amount_minor",
        "told_currency",
        "told_reference",
        "source_id",
        "noted_at",
    )


@admin.register(models.Receipt)
class ReceiptAdmin(_MoneyAdmin):
    list_display = ("number", "bill", "beneficiary", "amount", "issued_at")
    search_fields = ("=number",)


@admin.register(models.ReceiptCancellation)
class ReceiptCancellationAdmin(_MoneyAdmin):
    list_display = ("receipt", "reason", "cancelled_at")


@admin.register(models.ReceiptSeries)
class ReceiptSeriesAdmin(_MoneyAdmin):
    list_display = ("beneficiary", "year", "last")


@admin.register(models.Alarm)
class AlarmAdmin(_MoneyAdmin):
    list_display = ("id", "kind", "subject", "rail_code", "raised_at", "cleared_at", "cleared_by")
    list_filter = ("kind",)


@admin.register(models.Check)
class CheckAdmin(_MoneyAdmin):
    list_display = ("code", "offending", "checked_at")
    list_filter = ("code",)


@admin.register(models.Inquiry)
class InquiryAdmin(_MoneyAdmin):
    list_display = ("id", "rail", "external_id", "state", "tries", "created_at", "answered_at")
    list_filter = ("state", "rail")
    # Who knows both could answer in the provider's place; what was told, a payer may have typed.
    exclude = ("key", "handle", "told")


@admin.register(models.RailHealth)
class RailHealthAdmin(_MoneyAdmin):
    list_display = ("rail", "answered_at", "troubled_at", "silent_since", "pulled_until")


@admin.register(models.FloatTopUp)
class FloatTopUpAdmin(_MoneyAdmin):
    list_display = ("id", "rail", "amount", "maker", "checker", "confirmed_at")
    list_select_related = ("rail", "maker", "checker")


@admin.register(models.Match)
class MatchAdmin(_MoneyAdmin):
    list_display = ("id", "movement", "bill", "amount_minor", "maker", "checker", "approved")
    list_filter = ("approved",)
    list_select_related = ("movement", "bill", "maker", "checker")


@admin.register(models.MatchSet)
class MatchSetAdmin(_MoneyAdmin):
    list_display = ("id", "kind", "movement", "maker", "asked_at")
    list_filter = ("kind",)


@admin.register(models.OpenItem)
class OpenItemAdmin(_MoneyAdmin):
    list_display = ("movement", "rail", "amount", "reason", "opened_at", "held_by", "held_until")
    list_filter = ("reason", "rail")
    list_select_related = ("movement", "rail", "held_by")


@admin.register(models.Hold)
class HoldAdmin(_MoneyAdmin):
    list_display = ("id", "movement", "by", "until_at", "at")


@admin.register(models.SuspenseRule)
class SuspenseRuleAdmin(ReadOnlyAdmin):
    list_display = ("currency", "write_off_max_minor", "legal_term_days")


@admin.register(models.Payee)
class PayeeAdmin(_MoneyAdmin):
    list_display = ("id", "refund", "account_kind", "maker", "checker", "paid_at")
    list_select_related = ("refund", "maker", "checker")
    # Whose account it is stands on the desk's page alone.
    exclude = ("number", "number_index", "holder", "bank")


@admin.register(models.Claim)
class ClaimAdmin(_MoneyAdmin):
    list_display = ("id", "number", "movement", "opened_at", "proven_at", "answered_at")
    list_select_related = ("movement",)
    exclude = ("phone", "phone_index")


@admin.register(models.StatementFile)
class StatementFileAdmin(_MoneyAdmin):
    list_display = ("id", "name", "bytes", "state", "problem", "by", "imported_at")
    list_filter = ("state",)
    # The bytes may name payers: the desk shows them, and records who looked.
    exclude = ("body",)


@admin.register(models.Statement)
class StatementAdmin(_MoneyAdmin):
    list_display = ("id", "account", "number", "to_day", "entries", "state", "held_back")
    list_filter = ("state", "held_back")


@admin.register(models.StatementLine)
class StatementLineAdmin(_MoneyAdmin):
    list_display = ("id", "account", "booked_day", "amount", "kind", "fate", "movement")
    list_filter = ("fate", "kind")


@admin.register(models.StatementPreview)
class StatementPreviewAdmin(_MoneyAdmin):
    list_display = ("statement", "follows", "new_lines", "known_lines", "made_at")


@admin.register(models.Import)
class ImportAdmin(_MoneyAdmin):
    list_display = ("id", "file", "state", "by", "asked_at", "ended_at", "tries", "problem")
    list_filter = ("state",)


@admin.register(models.WatchedFile)
class WatchedFileAdmin(_MoneyAdmin):
    list_display = ("id", "rail", "name", "bytes", "file", "problem", "seen_at")
    list_filter = ("problem",)


@admin.register(models.SettlementAccount)
class SettlementAccountAdmin(_MoneyAdmin):
    list_display = ("id", "beneficiary", "currency", "approved", "from_at", "until_at")
    list_filter = ("approved",)
    list_select_related = ("beneficiary",)


@admin.register(models.Remittance)
class RemittanceAdmin(_MoneyAdmin):
    list_display = ("number", "beneficiary", "amount", "state", "built_at", "end_to_end_id")
    list_filter = ("state",)
    list_select_related = ("beneficiary",)


@admin.register(models.RemittanceReport)
class RemittanceReportAdmin(_MoneyAdmin):
    list_display = ("id", "remittance", "status", "by", "at")
    list_filter = ("status",)
    exclude = ("body",)


@admin.register(models.RemittanceRefusal)
class RemittanceRefusalAdmin(_MoneyAdmin):
    list_display = ("id", "remittance", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)


@admin.register(models.Release)
class ReleaseAdmin(_MoneyAdmin):
    list_display = ("id", "kind", "amount", "approved", "asked_at", "decided_at")
    list_filter = ("kind", "approved")


@admin.register(models.Explanation)
class ExplanationAdmin(_MoneyAdmin):
    list_display = ("id", "movement", "answer", "approved", "asked_at", "decided_at")
    list_filter = ("answer", "approved")


@admin.register(models.Close)
class CloseAdmin(_MoneyAdmin):
    list_display = ("day", "journals", "prepared_by", "signed_by", "signed_at")
    ordering = ("-day",)


@admin.register(models.CloseDifference)
class CloseDifferenceAdmin(_MoneyAdmin):
    list_display = ("id", "day_found", "kind", "subject", "owner", "opened_at", "settled_at")
    list_filter = ("kind",)


@admin.register(models.AlarmAnswer)
class AlarmAnswerAdmin(_MoneyAdmin):
    list_display = ("id", "alarm", "answer", "account", "at")
    list_filter = ("answer",)


@admin.register(models.Limit)
class LimitAdmin(_MoneyAdmin):
    list_display = ("id", "act", "rail_code", "currency", "per_act_minor", "per_day_minor",
                    "approved", "from_at", "until_at")  # fmt: skip
    list_filter = ("act", "approved")


@admin.register(models.LimitDefault)
class LimitDefaultAdmin(_MoneyAdmin):
    list_display = ("act", "currency", "per_act_minor", "per_person_minor", "per_day_minor")


@admin.register(models.Move)
class MoveAdmin(_MoneyAdmin):
    list_display = ("number", "rail", "amount_minor", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)


@admin.register(models.MoveEnd)
class MoveEndAdmin(_MoneyAdmin):
    list_display = ("move", "approved", "asked_at", "decided_at")
    list_filter = ("approved",)


@admin.register(models.SweepAccount)
class SweepAccountAdmin(_MoneyAdmin):
    list_display = ("id", "rail", "approved", "from_at", "until_at")
    list_filter = ("approved",)
