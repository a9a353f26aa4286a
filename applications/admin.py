"""Operators look at cases; nobody changes one here. Answers are not shown: they are a citizen's."""

from django.contrib import admin

from applications.models import Application, CompletionRequest, Refusal, StatusChange
from kernel.admin import ReadOnlyAdmin


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ("number", "service_code", "status", "deciding_office", "promised_at")
    list_filter = ("status", "service_code")
    search_fields = ("number",)
    list_select_related = ("deciding_office",)
    exclude = ("answers", "private_answers", "holder", "contact")


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ("application", "source", "target", "changed_at", "changed_by", "note_code")
    list_select_related = ("application", "changed_by")


@admin.register(CompletionRequest)
class CompletionRequestAdmin(ReadOnlyAdmin):
    list_display = ("application", "asked_at", "answered_at")
    list_select_related = ("application",)
    exclude = ("note",)


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ("application", "reason_code", "at")
    list_select_related = ("application",)
    exclude = ("note",)
