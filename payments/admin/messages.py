"""What providers said and were asked, and what rings."""

from django.contrib import admin

from payments import models
from payments.admin.money import MoneyAdmin


@admin.register(models.InboundMessage)
class InboundMessageAdmin(MoneyAdmin):
    """Without the bytes: they may name a payer."""

    list_display = ("id", "received_at", "rail_code", "kind", "auth", "sha256")
    list_filter = ("kind", "auth")
    fields = ("received_at", "rail_code", "kind", "auth", "external_hint", "sha256")

    @admin.display(description="SHA-256 of the body")
    def sha256(self, message: models.InboundMessage) -> str:
        return bytes(message.body_sha256).hex()


@admin.register(models.RefusedMessage)
class RefusedMessageAdmin(MoneyAdmin):
    list_display = ("id", "received_at", "rail_code", "kind", "reason", "body_bytes", "remote_ip")
    list_filter = ("reason",)
    exclude = ("body_start", "body_sha256", "headers")


@admin.register(models.Inbox)
class InboxAdmin(MoneyAdmin):
    list_display = ("message_id", "received_at", "due_at", "refusals")


@admin.register(models.UnpostedMessage)
class UnpostedMessageAdmin(MoneyAdmin):
    list_display = ("message_id", "received_at", "reason", "read_at")
    list_filter = ("reason",)


@admin.register(models.Inquiry)
class InquiryAdmin(MoneyAdmin):
    list_display = ("id", "rail", "external_id", "state", "tries", "created_at", "answered_at")
    list_filter = ("state", "rail")
    # Who knows both could answer in the provider's place; what was told, a payer may have typed.
    exclude = ("key", "handle", "told")


@admin.register(models.RailHealth)
class RailHealthAdmin(MoneyAdmin):
    list_display = ("rail", "answered_at", "troubled_at", "silent_since", "pulled_until")


@admin.register(models.Alarm)
class AlarmAdmin(MoneyAdmin):
    list_display = ("id", "kind", "subject", "rail_code", "raised_at", "cleared_at", "cleared_by")
    list_filter = ("kind",)


@admin.register(models.AlarmAnswer)
class AlarmAnswerAdmin(MoneyAdmin):
    list_display = ("id", "alarm", "answer", "account", "at")
    list_filter = ("answer",)
    exclude = ("note",)


@admin.register(models.Check)
class CheckAdmin(MoneyAdmin):
    list_display = ("code", "offending", "checked_at")
    list_filter = ("code",)
