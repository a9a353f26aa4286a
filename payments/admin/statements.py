"""Statements, from the file to the line."""

from django.contrib import admin

from payments import models
from payments.admin.money import MoneyAdmin


@admin.register(models.StatementFile)
class StatementFileAdmin(MoneyAdmin):
    list_display = ("id", "name", "bytes", "state", "problem", "by", "imported_at")
    list_filter = ("state",)
    # The bytes may name payers: the desk shows them, and records who looked.
    exclude = ("body",)


@admin.register(models.Statement)
class StatementAdmin(MoneyAdmin):
    list_display = ("id", "account", "number", "to_day", "entries", "state", "held_back")
    list_filter = ("state", "held_back")


@admin.register(models.StatementLine)
class StatementLineAdmin(MoneyAdmin):
    list_display = ("id", "account", "booked_day", "amount", "kind", "fate", "movement")
    list_filter = ("fate", "kind")


@admin.register(models.StatementPreview)
class StatementPreviewAdmin(MoneyAdmin):
    list_display = ("statement", "follows", "new_lines", "known_lines", "made_at")


@admin.register(models.Import)
class ImportAdmin(MoneyAdmin):
    list_display = ("id", "file", "state", "by", "asked_at", "ended_at", "tries", "problem")
    list_filter = ("state",)


@admin.register(models.WatchedFile)
class WatchedFileAdmin(MoneyAdmin):
    list_display = ("id", "rail", "name", "bytes", "file", "problem", "seen_at")
    list_filter = ("problem",)
