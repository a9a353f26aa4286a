"""The state of messages, for operators. Neither the words nor the recipient are shown."""

from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from notifications.models import Attempt, Message, Receipt


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["id", "template", "language", "state", "attempts", "queued_at", "sent_at"]
    list_filter = ["state", "template", "language"]
    fields = [
        "channel",
        "template",
        "language",
        "state",
        "attempts",
        "inquiries",
        "queued_at",
        "due_at",
        "sent_at",
        "lease_until",
    ]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["id", "message_id", "number", "outcome", "reason", "recorded_at"]
    list_filter = ["outcome"]
    fields = ["number", "outcome", "reason", "recorded_at"]


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ["id", "message_id", "status", "recorded_at"]
    list_filter = ["status"]
    fields = ["status", "recorded_at"]
